internal import AWSKit
internal import Synchronization

/// Undoes what the journal says that apply has written, or may have: each object looked at first, each recorded.
package final class Rollbacker: Sendable {
  /// Counts of a run, complete once `run` has returned. Read it on any thread.
  package struct Tally: Sendable, Equatable {
    /// Changes for which something was written, or may have been.
    package var touched = 0
    package var done = 0
    package var already = 0
    package var stale = 0
    package var impossible = 0
    package var failed = 0

    package var handled: Int { done + already + stale + impossible + failed }
  }

  /// Something to tell of one object.
  package struct Report: Sendable {
    package let change: Change
    package let outcome: RollbackOutcome
  }

  private let undo: Undo
  private let accounts: Accounts
  private let policy: ACLPolicy
  private let blocksPublicGrants: Bool
  private let observer: ObjectObserver
  private let options: WorkOptions
  private let stop: StopSignal
  private let report: @Sendable (Report) -> Void
  private let tallyBox: Mutex<Tally>
  private let watch: FailureWatch

  /// - Parameters:
  ///   - bucket: the bucket's settings as they are now.
  ///   - report: told of every outcome but `done` and `already`, and in a dry run of all; from any thread.
  package init(
    undo: Undo, bucket: BucketSettings, accounts: Accounts, options: WorkOptions, stop: StopSignal,
    report: @escaping @Sendable (Report) -> Void
  ) {
    self.undo = undo
    self.accounts = accounts
    self.options = options
    self.stop = stop
    self.report = report
    policy = ACLPolicy(bucket: undo.bucket, desired: undo.desired)
    blocksPublicGrants = bucket.effectivePublicAccessBlock.blockPublicAcls
    observer = ObjectObserver(bucket: undo.bucket.name, accounts: accounts)
    var tally = Tally()
    tally.touched = undo.replay.touchedCount
    tallyBox = Mutex(tally)
    watch = FailureWatch(limit: options.maximumFailures, stop: stop)
  }

  /// Why the run was ended before its time, where it could not succeed.
  package var stopReason: FailureStreak.Stop? { watch.reason }

  package var tally: Tally { tallyBox.withLock { $0 } }

  /// Works through the journal, and returns when nothing is in flight any more.
  ///
  /// - Throws: `FileFormatError` where the journal cannot be read on, `FileError` where the journal cannot be written;
  ///   single objects that fail are in the tally.
  package func run() async throws {
    defer { undo.journal?.finish() }
    await endUploads()
    try await Work.run(
      undo.changes, count: undo.changeCount, options, stop: stop,
      isMeant: { [replay = undo.replay] in replay.isTouched($0) }, companion: { _ in },
      executor: accounts.main.client.executor
    ) { planned, _ in
      try await self.undo(planned)
    }
  }

  /// Ends multipart uploads that apply has left behind.
  private func endUploads() async {
    guard let client = accounts.bucketOwnerClient, let journal = undo.journal else { return }
    let copier = ObjectCopier(bucket: undo.bucket.name, client: client, maximumCopySize: options.maximumCopySize)
    for (index, uploads) in undo.replay.openUploads { await copier.end(uploads, of: index, journal) }
  }

  private func undo(_ planned: PlannedChange) async throws(FileError) {
    let (change, index) = (planned.change, planned.index)
    var execution = RollbackProcedure(
      change: change, from: planned.from, to: planned.to, policy: policy, blocksPublicGrants: blocksPublicGrants,
      versions: RollbackProcedure.Versions(
        isMade: { [replay = undo.replay] in replay.isVersion($0, madeBy: index) },
        isReplaced: { [replay = undo.replay] in replay.isVersion($0, replacedBy: index) }))
    var action = execution.handle(.begin)
    while true {
      switch action {
      case .finish(let outcome):
        try await finish(change, index: index, outcome)
        return
      case .putACL, .deleteVersion:
        guard !options.isDryRun else {
          try await finish(change, index: index, .done)
          return
        }
      case .look, .lookBehind, .wait: break
      }
      let event = await carryOut(action, change: change)
      if case .failed(let error) = event, error.isStopped { return }
      action = execution.handle(event)
    }
  }

  private func carryOut(_ action: RollbackProcedure.Action, change: Change) async -> RollbackProcedure.Event {
    let bucket = undo.bucket.name
    do throws(AWSError) {
      switch action {
      case .look:
        return .looked(try await observer.look(at: change))
      case .putACL(let acl):
        let owner = try accounts.requiredClient(of: change.owner)
        try await owner.putObjectACL(bucket: bucket, key: change.key, versionID: change.versionID, acl: acl)
        return .aclPut
      case .lookBehind(let version):
        return .foundBehind(try await observer.versions(behind: version, of: change.key))
      case .deleteVersion(let version):
        let client = try accounts.requiredClient(of: accounts.bucketOwner)
        try await client.deleteObjectVersion(bucket: bucket, key: change.key, versionID: version)
        return .versionDeleted
      case .wait(let error, let attempt):
        return .waited(mayRepeat: await accounts.main.client.mayRepeat(after: error, attempt: attempt))
      case .finish:
        preconditionFailure("what is finished has no more steps")
      }
    } catch {
      return .failed(error)
    }
  }

  private func finish(_ change: Change, index: Int, _ outcome: RollbackOutcome) async throws(FileError) {
    guard watch.counts(outcome, of: change) else { return }
    let result: RollbackResult
    var detail: String?
    switch outcome {
    case .done: result = .done
    case .already: result = .already
    case .stale(let staleness):
      result = .stale
      detail = staleness.explanation
    case .impossible(let reason):
      result = .impossible
      detail = reason.explanation
    case .failed(let failure):
      result = .failed
      detail = failure.description
    }
    try await undo.journal?.append(.rollback(index: index, key: change.key, result, detail: detail))
    tallyBox.withLock { tally in
      switch result {
      case .done: tally.done += 1
      case .already: tally.already += 1
      case .stale: tally.stale += 1
      case .impossible: tally.impossible += 1
      case .failed: tally.failed += 1
      }
    }
    if options.isDryRun || !result.isFinal { report(Report(change: change, outcome: outcome)) }
  }
}
