internal import AWSKit

/// Has CloudFront forget what was repaired, once each.
struct InvalidationRun {
  let request: InvalidationRequest
  let plan: Plan
  let session: Session
  /// Nil for a dry run.
  let journal: Journal?
  /// What earlier runs have invalidated.
  let history: InvalidationHistory
  let stop: StopSignal
  let events: RunEventHandler

  /// For how many seconds CloudFront may have too many invalidations in progress. Most take some minutes.
  private static let busySeconds = 900.0

  /// - Parameter isRepaired: whether a change is done, by its index in the plan.
  /// - Throws: `FileFormatError` if the plan cannot be read, `FileError` if the journal cannot be written.
  func run(isRepaired: (Int) -> Bool) async throws -> InvalidationSummary {
    let finder: DistributionFinder
    let distributions: [Distribution]
    do throws(EdgeProblem) {
      finder = try DistributionFinder(
        bucket: plan.header.bucket.name, readers: plan.header.desired.readers, client: session.client(of: .cloudFront))
      distributions = try await finder.find(request.distributions)
    } catch {
      if stop.isRequested { return InvalidationSummary(.interrupted) }
      tell(.unknownDistributions(error, request.distributions, profile: session.credentialNames.profile))
      var summary = InvalidationSummary(.failed)
      summary.problem = error
      summary.profile = session.credentialNames.profile
      return summary
    }
    var targets = try collect(distributions, isRepaired)
    for index in targets.indices {
      targets[index].id = history.id(of: targets[index].record)
      report(targets[index])
    }
    let pending = targets.filter(\.isPending)
    if !pending.isEmpty { tell(.planned(pending, isDryRun: journal == nil)) }
    for target in pending where target.mayBeRewritten { tell(.mayMiss(target)) }
    if let journal {
      for index in targets.indices where targets[index].isPending { try await invalidate(&targets[index], journal) }
      if request.waits {
        for index in targets.indices where targets[index].id != nil { await waitForEnd(of: &targets[index]) }
      }
    }
    return summary(of: targets)
  }

  /// What each distribution serves of the repaired objects, in one pass over the plan.
  private func collect(
    _ distributions: [Distribution], _ isRepaired: (Int) -> Bool
  ) throws(FileFormatError) -> [DistributionInvalidation] {
    let served = distributions.map { ServedKeys($0, bucket: plan.header.bucket.name) }
    var paths = distributions.map { _ in InvalidationPaths() }
    var objects = distributions.map { _ in 0 }
    var changes = PlanChangeReader(plan)
    while let resolved = try changes.next() {
      // Viewers get current versions only.
      guard resolved.change.versionID == nil, isRepaired(resolved.index) else { continue }
      for index in served.indices {
        let found = served[index].paths(of: resolved.change.key)
        if !found.isEmpty { objects[index] += 1 }
        for path in found { paths[index].insert(path) }
      }
    }
    return distributions.indices.map {
      DistributionInvalidation(
        distributions[$0], objects: objects[$0], paths[$0], mayBeRewritten: served[$0].mayBeRewritten,
        profile: session.credentialNames.profile)
    }
  }

  private func report(_ target: DistributionInvalidation) {
    if let problem = target.problem { return tell(.failed(target, problem)) }
    if target.paths.isEmpty { return tell(.nothingServed(target)) }
    if target.id != nil { tell(.already(target)) }
  }

  private func invalidate(_ target: inout DistributionInvalidation, _ journal: Journal) async throws(FileError) {
    guard !stop.isSet, let client = session.client(of: .cloudFront) else { return }
    // If it is made and the answer never arrives, what is undone meanwhile must not pass for invalidated.
    try await journal.append(.invalidation(target.record))
    var patience = Patience(total: Self.busySeconds)
    while target.id == nil {
      do throws(AWSError) {
        let invalidation = try await client.createInvalidation(
          of: target.distribution, paths: target.paths, reference: reference(of: target.record))
        target.id = invalidation.id
        target.isNew = true
        target.isCompleted = invalidation.isCompleted
      } catch {
        if error.isStopped { return }
        guard error.code == "TooManyInvalidationsInProgress" else {
          return fail(&target, .refused(distribution: target.distribution, error))
        }
        guard let seconds = patience.next() else {
          return fail(&target, .busy(distribution: target.distribution, error))
        }
        tell(.busy(distribution: target.distribution, seconds: seconds))
        await stop.wait(seconds: seconds)
        if stop.isSet { return }
      }
    }
    try await journal.append(.invalidation(target.record))
    tell(.created(target, isAwaited: request.waits))
  }

  /// The same for the same plan, paths and round, so that CloudFront does and bills it once.
  private func reference(of record: InvalidationRecord) -> String {
    "fixacl-\(plan.digest.suffix(64).prefix(24))-\(history.round)-\(record.distribution)-\(record.paths)"
  }

  private func fail(_ target: inout DistributionInvalidation, _ problem: EdgeProblem) {
    target.problem = problem
    tell(.failed(target, problem))
  }

  private func waitForEnd(of target: inout DistributionInvalidation) async {
    guard let id = target.id, target.isCompleted != true, let client = session.client(of: .cloudFront) else { return }
    let start = ContinuousClock.now
    var patience = Patience(total: nil)
    while !stop.isSet, target.isCompleted != true {
      do throws(AWSError) {
        let invalidation = try await client.invalidation(id, of: target.distribution)
        target.isCompleted = invalidation.isCompleted
      } catch {
        if error.isStopped { return }
        return fail(&target, .unanswered(error))
      }
      if target.isCompleted == true { break }
      await stop.wait(seconds: patience.next() ?? 0)
      tell(.inProgress(target, seconds: Int(start.seconds(until: .now))))
    }
    if target.isCompleted == true { tell(.completed(target)) }
  }

  private func summary(of targets: [DistributionInvalidation]) -> InvalidationSummary {
    var summary = InvalidationSummary(result(of: targets))
    summary.distributions = targets
    return summary
  }

  private func result(of targets: [DistributionInvalidation]) -> InvalidationSummary.Result {
    if targets.contains(where: { $0.problem != nil }) { return .failed }
    if targets.allSatisfy(\.paths.isEmpty) { return .nothing }
    let isPending = targets.contains(where: \.isPending)
    guard journal != nil else { return isPending ? .planned : .done }
    let isAwaited = request.waits && targets.contains { $0.id != nil && $0.isCompleted != true }
    // Nothing but a signal leaves something undone that has not failed.
    return isPending || isAwaited ? .interrupted : .done
  }

  private func tell(_ notice: InvalidationNotice) { events(.notice(.invalidation(notice))) }
}

extension DistributionInvalidation {
  /// The journal's record of it.
  fileprivate var record: InvalidationRecord {
    InvalidationRecord(distribution: distribution, paths: InvalidationPaths.digest(of: paths), id: id)
  }
}
