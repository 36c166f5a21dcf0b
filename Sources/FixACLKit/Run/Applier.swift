internal import AWSKit
internal import Synchronization

/// Makes a plan's changes: bounded in flight, each looked at first, each recorded before it counts.
package final class Applier: Sendable {
  /// Counts of a run, complete once `run` has returned. Read it on any thread.
  package struct Tally: Sendable, Equatable {
    /// In the plan, blocked ones aside.
    package var planned = 0
    package var blocked = 0
    /// Finished by earlier runs, as the journal says.
    package var finishedBefore = 0
    package var done = 0
    package var already = 0
    package var stale = 0
    package var failed = 0

    /// Taken on in this run.
    package var handled: Int { done + already + stale + failed }
    /// What the next run will take on.
    package var remaining: Int { planned - finishedBefore - done - already }
  }

  /// Something to tell of one object.
  package struct Report: Sendable {
    package let change: Change
    package let outcome: ChangeOutcome
  }

  private let plan: Plan
  private let accounts: Accounts
  private let settings: ApplyProcedure.Settings
  private let preflight: CopyPreflight
  private let copier: ObjectCopier?
  private let observer: ObjectObserver
  private let options: WorkOptions
  /// Nil for a dry run.
  private let journal: Journal?
  private let replay: JournalReplay
  private let stop: StopSignal
  private let report: @Sendable (Report) -> Void
  private let tallyBox: Mutex<Tally>
  private let watch: FailureWatch

  /// - Parameters:
  ///   - bucket: the bucket's settings as they are now: whether a copy locks or overwrites something depends on them.
  ///   - report: told of every outcome but `done` and `already`, and in a dry run of all; from any thread.
  package init(
    plan: Plan, bucket: BucketSettings, accounts: Accounts, options: WorkOptions, journal: Journal?,
    replay: JournalReplay,
    stop: StopSignal, report: @escaping @Sendable (Report) -> Void
  ) {
    self.plan = plan
    self.accounts = accounts
    self.options = options
    self.journal = journal
    self.replay = replay
    self.stop = stop
    self.report = report
    preflight = CopyPreflight(bucket: bucket, accounts: accounts)
    var settings = ApplyProcedure.Settings(policy: ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired))
    settings.needsPreparation = preflight.isNeeded
    settings.maximumCopySize = options.maximumCopySize
    // An object from before S3 encrypted everything must not come under KMS by being copied.
    if bucket.encryption?.usesKMS ?? false { settings.encryption = .s3Managed }
    self.settings = settings
    copier = accounts.bucketOwnerClient.map {
      ObjectCopier(bucket: bucket.name, client: $0, maximumCopySize: options.maximumCopySize)
    }
    observer = ObjectObserver(bucket: bucket.name, accounts: accounts)
    var tally = Tally()
    tally.blocked = plan.header.summary.actions[.blocked] ?? 0
    tally.planned = plan.changeCount - tally.blocked
    tally.finishedBefore = replay.finishedCount
    tallyBox = Mutex(tally)
    watch = FailureWatch(limit: options.maximumFailures, stop: stop)
  }

  /// Why the run was ended before its time, where it could not succeed.
  package var stopReason: FailureStreak.Stop? { watch.reason }

  package var tally: Tally { tallyBox.withLock { $0 } }

  /// Works through the plan, and returns when nothing is in flight any more.
  ///
  /// - Throws: `FileFormatError` where the plan cannot be read on, `FileError` where the journal cannot be written;
  ///   single objects that fail are in the tally.
  package func run() async throws {
    defer { journal?.finish() }
    await endUploads()
    try await Work.run(
      PlanChangeReader(plan), count: plan.changeCount, options, stop: stop,
      isMeant: { [replay] in !replay.isFinished($0) },
      companion: { [bucket = plan.header.bucket.name, lister = accounts.main.client, options] in
        let listing = BatchContentCheck(of: $0, bucket: bucket, lister: lister, freshness: options.listingFreshness)
        listing.begin()
        return listing
      }, executor: accounts.main.client.executor
    ) { planned, listing in
      try await self.execute(planned) {
        await listing.content(at: planned.place)
      }
    }
  }

  /// - Parameter listed: what a listing has of the object.
  private func execute(_ planned: PlannedChange, listed: () async -> BatchContentCheck.Answer) async throws {
    let (change, index) = (planned.change, planned.index)
    var execution = ApplyProcedure(
      change: change, from: planned.from, to: planned.to, settings: settings,
      unconfirmed: replay.unconfirmedCopies[index])
    var action = execution.handle(.begin)
    var hasBegun = replay.isTouched(index)
    while true {
      if case .finish(let outcome) = action {
        try await finish(change, index: index, outcome)
        return
      }
      if options.isDryRun, action.isWrite {
        try await finish(change, index: index, .done(version: nil))
        return
      }
      if action.isWrite, !hasBegun {
        try await journal?.append(.begins(index: index, change, from: planned.from, to: planned.to))
        hasBegun = true
      }
      if case .copy(let copy) = action, let intent = CopyIntent(copy) {
        try await journal?.append(.copyBegins(index: index, key: change.key, intent))
      }
      let event = try await carryOut(action, change: change, index: index, listed: listed)
      // What was not done because somebody stopped the run is left for the next one.
      if case .failed(let error) = event, error.isStopped { return }
      action = execution.handle(event)
    }
  }

  /// Ends multipart uploads that earlier runs have left behind. What cannot be ended now, the next run tries again.
  package func endUploads() async {
    guard let copier, let journal else { return }
    await withTaskGroup(of: Void.self) { group in
      for (index, uploads) in replay.openUploads { group.addTask { await copier.end(uploads, of: index, journal) } }
    }
  }

  /// Takes one step. Throws only where the journal cannot be written.
  private func carryOut(
    _ action: ApplyProcedure.Action, change: Change, index: Int, listed: () async -> BatchContentCheck.Answer
  ) async throws(FileError) -> ApplyProcedure.Event {
    let bucket = plan.header.bucket.name
    do {
      switch action {
      case .look:
        guard case .known(let content) = await listed() else { return .looked(try await observer.look(at: change)) }
        return .looked(try await observer.look(at: change, listed: content))
      case .putACL(let acl):
        try await accounts.requiredClient(of: change.owner).putObjectACL(
          bucket: bucket, key: change.key, versionID: change.versionID, acl: acl)
        return .aclPut
      case .prepare(let head):
        return .prepared(try await preflight.prepare(change.key, owner: change.owner, head: head))
      case .saveTags:
        let (tags, byCopier) = try await tags(of: change)
        return .tagsSaved(tags, byCopier: byCopier)
      case .copy(let copy):
        return .copied(try await self.copy(copy, change: change, index: index))
      case .putLock(let lock, let version):
        let client = try accounts.requiredClient(of: accounts.bucketOwner)
        try await client.putObjectLock(lock, bucket: bucket, key: change.key, versionID: version)
        return .lockPut
      case .ensureTags(let tags, let version):
        try await ensure(tags, of: change, version: version)
        return .tagsEnsured
      case .wait(let error, let attempt):
        return .waited(mayRepeat: await accounts.main.client.mayRepeat(after: error, attempt: attempt))
      case .finish:
        preconditionFailure("a finished change has no more steps")
      }
    } catch let error as AWSError {
      return .failed(error)
    } catch let error as FileError {
      throw error
    } catch {
      fatalError("an error of another type: \(error)")
    }
  }

  private func copy(_ copy: InPlaceCopy, change: Change, index: Int) async throws -> CopyOutcome {
    guard let copier else { throw Accounts.missingCredentials(of: accounts.bucketOwner) }
    return try await copier.copy(change.key, copy) { event throws(FileError) in
      try await journal?.append(.upload(index: index, key: change.key, event))
    }
  }

  /// Reads the tags as the bucket owner, or else as the object's owner: no ACL of S3's can let the one read them.
  private func tags(of change: Change) async throws(AWSError) -> ([ObjectTag], byCopier: Bool) {
    let bucket = plan.header.bucket.name
    do {
      let copier = try accounts.requiredClient(of: accounts.bucketOwner)
      return (try await copier.objectTags(bucket: bucket, key: change.key), byCopier: true)
    } catch {
      guard error.isAccessDenied, let owner = accounts.client(of: change.owner) else { throw error }
      return (try await owner.objectTags(bucket: bucket, key: change.key), byCopier: false)
    }
  }

  private func ensure(_ tags: [ObjectTag], of change: Change, version: String?) async throws(AWSError) {
    let bucket = plan.header.bucket.name
    let client = try accounts.requiredClient(of: accounts.bucketOwner)
    func current() async throws(AWSError) -> Set<ObjectTag> {
      Set(try await client.objectTags(bucket: bucket, key: change.key, versionID: version))
    }
    guard try await current() != Set(tags) else { return }
    try await client.putObjectTags(bucket: bucket, key: change.key, versionID: version, tags: tags)
    guard try await current() == Set(tags) else {
      throw AWSError(
        kind: .malformedAnswer, operation: "PutObjectTagging", bucket: bucket, key: change.key,
        message: "the server took the tags and does not show them")
    }
  }

  private func finish(_ change: Change, index: Int, _ outcome: ChangeOutcome) async throws(FileError) {
    guard watch.counts(outcome, of: change) else { return }
    let result: JournalResult
    var detail: String?
    var version: String?
    switch outcome {
    case .done(let made):
      result = .done
      version = made
    case .already(let current):
      result = .already
      // Made by an earlier run that was killed before it could say so; what is "null" took the place of what was there.
      if change.action == .copy, replay.isTouched(index), current != "null" { version = current }
    case .stale(let staleness):
      result = .stale
      detail = staleness.explanation
    case .failed(let failure):
      result = .failed
      detail = failure.description
    }
    try await journal?.append(.result(index: index, key: change.key, result, detail: detail, version: version))
    tallyBox.withLock { tally in
      switch result {
      case .done: tally.done += 1
      case .already: tally.already += 1
      case .stale: tally.stale += 1
      case .failed: tally.failed += 1
      }
    }
    if options.isDryRun || !result.isFinal { report(Report(change: change, outcome: outcome)) }
  }
}

extension ApplyProcedure.Action {
  /// Whether it would change something on the server.
  fileprivate var isWrite: Bool {
    switch self {
    case .putACL, .copy, .putLock, .ensureTags: true
    case .look, .prepare, .saveTags, .wait, .finish: false
    }
  }
}

extension CopyIntent {
  /// Nil where a copy has nothing that could be lost.
  fileprivate init?(_ copy: InPlaceCopy) {
    self.init(replaces: copy.head.versionID, tags: copy.tags, lock: copy.lock)
    if self == CopyIntent() { return nil }
  }
}

extension ObjectCopier {
  /// Ends what may be left of uploads for a change, and records it.
  func end(_ uploads: JournalReplay.OpenUploads, of index: Int, _ journal: Journal) async {
    let key = uploads.key
    for id in uploads.ids where (try? await abort(key, uploadID: id)) != nil {
      try? await journal.append(.upload(index: index, key: key, .ended(id: id)))
    }
    for others in uploads.intended where (try? await abortUploads(of: key, besides: others)) != nil {
      try? await journal.append(.upload(index: index, key: key, .ended(id: nil)))
    }
  }
}

extension ChangeFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .s3(let error): "\(error)"
    case .notAsPlanned(let detail): detail
    }
  }
}
