package import AWSKit
internal import Synchronization

/// Takes what completion reports say of a plan's changes into its journal, as if apply had made them.
package final class Collect: Undertaking {
  /// What a report says of one change.
  package enum Verdict: Sendable {
    /// - Parameter isLookedAt: whether the object is looked at again.
    case succeeded(isLookedAt: Bool)
    /// - Parameter isLookedAt: whether the object is looked at, to find what is the matter with it.
    case failed(AWSError, isLookedAt: Bool)
    /// The job has not come to it.
    case unreported
  }

  private let plan: Plan
  private let policy: ACLPolicy
  private let accounts: Accounts
  private let observer: ObjectObserver
  private let journal: Journal
  private let replay: JournalReplay
  private let reader: BatchChangeReader
  package let tally: Tally

  /// - Parameters:
  ///   - jobs: those whose reports are in `rows`.
  ///   - sample: of how many objects of tasks that succeeded are looked at again, chosen at random; nil for all.
  package init(
    plan: Plan, accounts: Accounts, journal: Journal, replay: JournalReplay, jobs: [BatchHistory.Job], rows: BatchRows,
    sample: Int?
  ) throws(FileFormatError) {
    self.plan = plan
    self.accounts = accounts
    self.journal = journal
    self.replay = replay
    policy = ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired)
    observer = ObjectObserver(bucket: plan.header.bucket.name, accounts: accounts)
    let jobs = Dictionary(jobs.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
    @Sendable func job(of index: Int) -> BatchHistory.Job? {
      replay.isFinished(index) ? nil : replay.job(of: index).flatMap { jobs[$0] }
    }
    var planned = 0
    for index in 0..<plan.changeCount where job(of: index) != nil { planned += 1 }
    tally = Tally(planned: planned)
    reader = BatchChangeReader(
      changes: PlanChangeReader(plan), lookup: rows.lookup(), bucket: plan.header.bucket.name, job: job, sample: sample,
      population: rows.succeeded(of: jobs.keys))
  }

  package var changes: any ChangeReader { reader }
  package var changeCount: Int { plan.changeCount }
  package var client: AWSClient { accounts.main.client }

  package func isPending(_ index: Int) -> Bool { true }

  package func rules(for change: PlannedChange, to target: AccessControlList) -> CollectProcedure {
    CollectProcedure(
      verdict: reader.verdicts.take(change.index),
      verification: VerifyProcedure(
        change: change.change, from: change.from, to: target, policy: policy,
        comparesTags: accounts.bucketOwnerClient != nil))
  }

  package func perform(
    _ action: VerifyProcedure.Action, of planned: PlannedChange
  ) async throws -> VerifyProcedure.Event {
    switch action {
    case .observe: return .observed(try await observer.observe(planned.change))
    case .readTags:
      let client = try accounts.requiredClient(of: accounts.bucketOwner)
      return .tagsRead(try await client.objectTags(bucket: plan.header.bucket.name, key: planned.change.key))
    case .finish: preconditionFailure("a finished change has no more steps")
    }
  }

  package func record(_ outcome: Outcome, of change: PlannedChange, isUntouched: Bool) async throws(FileError) {
    // What was not begun is left as it was.
    if case .pending = outcome { return }
    try await journal.append(
      .result(index: change.index, key: change.change.key, JournalResult(outcome), JournalCause(outcome)))
  }

  /// What a report tells failed in the job's hands, with the credentials of its role.
  package func isOfThisRun(_ outcome: Outcome) -> Bool {
    guard case .failed(.s3(let error)) = outcome else { return true }
    return !BatchChangeReader.operations.contains(error.operation)
  }

  package func end() { journal.finish() }
}

/// The rules by which a report's word on a change becomes its outcome.
package struct CollectProcedure: Procedure {
  private let verdict: Collect.Verdict
  private var verification: VerifyProcedure

  /// - Parameter verification: used if the object is looked at again.
  package init(verdict: Collect.Verdict, verification: VerifyProcedure) {
    self.verdict = verdict
    self.verification = verification
  }

  package static var beginning: VerifyProcedure.Event { .begin }

  package static func failed(_ error: AWSError) -> VerifyProcedure.Event { .failed(error) }

  package mutating func handle(_ event: VerifyProcedure.Event) -> VerifyProcedure.Action {
    switch verdict {
    case .succeeded(isLookedAt: false): return .finish(.done())
    case .failed(let error, isLookedAt: false): return .finish(.failed(.s3(error)))
    case .unreported: return .finish(.pending)
    case .succeeded(isLookedAt: true), .failed(_, isLookedAt: true): break
    }
    let action = verification.handle(event)
    if case .failed(let error, _) = verdict {
      switch action.outcome {
      case nil, .stale, .already: return action
      // Nobody could look at any other either.
      case .failed(.s3(let own)) where !own.mayConcernOneObject: return action
      default: return .finish(.failed(.s3(error)))
      }
    }
    switch action.outcome {
    case .already: return .finish(.done())
    case .pending:
      return .finish(.failed(.notAsPlanned("its task succeeded by the report, and the object still is as it was")))
    default: return action
    }
  }
}

/// The changes that jobs have made or not, in the order of the plan, each with what the reports say of it.
struct BatchChangeReader: ChangeReader {
  /// What the reports say of changes that were handed out.
  final class Verdicts: Sendable {
    private let verdicts = Mutex<[Int: Collect.Verdict]>([:])

    func put(_ verdict: Collect.Verdict, for index: Int) { verdicts.withLock { $0[index] = verdict } }

    func take(_ index: Int) -> Collect.Verdict { verdicts.withLock { $0.removeValue(forKey: index) } ?? .unreported }
  }

  /// What jobs do.
  static let operations: Set<String> = [grant, copy]
  private static let grant = "PutObjectAcl"
  private static let copy = "CopyObject"

  let verdicts = Verdicts()
  private var changes: PlanChangeReader
  private var lookup: BatchRows.Lookup
  private let bucket: String
  private let job: @Sendable (Int) -> BatchHistory.Job?
  /// How many are still to be chosen for a look.
  private var wanted: Int
  /// Of how many.
  private var population: Int

  init(
    changes: PlanChangeReader, lookup: BatchRows.Lookup, bucket: String,
    job: @escaping @Sendable (Int) -> BatchHistory.Job?, sample: Int?, population: Int
  ) {
    self.changes = changes
    self.lookup = lookup
    self.bucket = bucket
    self.job = job
    wanted = sample ?? .max
    self.population = population
  }

  mutating func next() throws(FileFormatError) -> ResolvedChange? {
    while let resolved = try changes.next() {
      guard let job = job(resolved.index) else { continue }
      verdicts.put(try verdict(on: resolved.change, job), for: resolved.index)
      return resolved
    }
    return nil
  }

  private mutating func verdict(
    on change: Change, _ job: BatchHistory.Job
  ) throws(FileFormatError) -> Collect.Verdict {
    let result: BatchRows.Result?
    do {
      result = try lookup.result(
        of: change.key, version: job.record.group.hasVersions ? change.versionID ?? "null" : nil, job: job.number)
    } catch {
      throw FileFormatError("\(error).")
    }
    guard let result else { return .unreported }
    guard result.hasSucceeded else {
      return .failed(
        AWSError(
          kind: .service, operation: job.record.group.action == .copy ? Self.copy : Self.grant, bucket: bucket,
          key: change.key, status: result.status, code: result.code, message: result.message,
          account: "role \(job.record.role)"), isLookedAt: wanted == .max)
    }
    // Each set of that many is as likely as any other (Knuth, selection sampling).
    guard wanted < .max else { return .succeeded(isLookedAt: true) }
    defer { population -= 1 }
    guard wanted > 0, Int.random(in: 0..<max(1, population)) < wanted else { return .succeeded(isLookedAt: false) }
    wanted -= 1
    return .succeeded(isLookedAt: true)
  }
}
