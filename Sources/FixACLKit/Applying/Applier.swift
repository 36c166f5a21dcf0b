internal import S3Kit
internal import Synchronization

/// Makes a plan's changes: bounded in flight, each looked at first, each recorded before it counts.
package final class Applier: Sendable {
  /// What to do with a plan, and how.
  package struct Options: Sendable {
    package var concurrency: Int
    /// Look at every object, write nothing.
    package var isDryRun = false
    /// The most changes to take on in this run.
    package var limit: Int?

    package init(concurrency: Int) {
      self.concurrency = concurrency
    }
  }

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
  private let policy: ACLPolicy
  private let observer: ObjectObserver
  private let options: Options
  /// Nil for a dry run.
  private let journal: Journal?
  private let replay: JournalReplay
  private let stop: StopSignal
  private let report: @Sendable (Report) -> Void
  private let tallyBox: Mutex<Tally>

  /// - Parameter report: told of every outcome but `done` and `already`, and in a dry run of all; from any thread.
  package init(
    plan: Plan, accounts: Accounts, options: Options, journal: Journal?, replay: JournalReplay,
    stop: StopSignal, report: @escaping @Sendable (Report) -> Void
  ) {
    self.plan = plan
    self.accounts = accounts
    self.options = options
    self.journal = journal
    self.replay = replay
    self.stop = stop
    self.report = report
    policy = ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired)
    observer = ObjectObserver(bucket: plan.header.bucket.name, accounts: accounts)
    var tally = Tally()
    tally.blocked = plan.header.summary.actions[.blocked] ?? 0
    tally.planned = plan.changeCount - tally.blocked
    tally.finishedBefore = replay.finishedCount
    tallyBox = Mutex(tally)
  }

  package var tally: Tally { tallyBox.withLock { $0 } }

  /// Works through the plan, and returns when nothing is in flight any more.
  ///
  /// - Throws: `PlanError` where the plan cannot be read on, `FileError` where the journal cannot be written;
  ///   single objects that fail are in the tally.
  package func run() async throws {
    var changes = plan.changes()
    var begun = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      while !stop.isSet, begun < options.limit ?? .max, let (index, change) = try changes.next() {
        guard change.action != .blocked, !replay.isFinished(index), let to = plan.acl(change.to) else {
          continue
        }
        if begun >= options.concurrency { try await group.next() }
        begun += 1
        group.addTask { try await self.execute(change, index: index, to: to) }
      }
      try await group.waitForAll()
    }
  }

  private func execute(_ change: Change, index: Int, to: AccessControlList) async throws {
    var execution = ChangeExecution(
      change: change, from: plan.acl(change.from), to: to, policy: policy,
      unconfirmedTags: replay.unconfirmedCopies[index])
    var action = execution.handle(.begin)
    while true {
      if case .finish(let outcome) = action {
        try await finish(change, index: index, outcome)
        return
      }
      if options.isDryRun, action.isWrite {
        try await finish(change, index: index, .done)
        return
      }
      action = execution.handle(try await carryOut(action, change: change, index: index))
    }
  }

  /// Takes one step. Throws only where the journal cannot be written.
  private func carryOut(
    _ action: ChangeExecution.Action, change: Change, index: Int
  ) async throws(FileError) -> ChangeExecution.Event {
    let bucket = plan.header.bucket.name
    do {
      switch action {
      case .look:
        return .looked(try await observer.look(at: change))
      case .putACL(let acl):
        try await client(of: change.owner).putObjectACL(bucket: bucket, key: change.key, acl: acl)
        return .aclPut
      case .saveTags:
        let (tags, byCopier) = try await tags(of: change)
        if !tags.isEmpty { try await journal?.append(.copyBegins(change: index, key: change.key, tags: tags)) }
        return .tagsSaved(tags, byCopier: byCopier)
      case .copy(let head, let acl, let withTags):
        try await copier().copyInPlace(bucket: bucket, key: change.key, head: head, acl: acl, withTags: withTags)
        return .copied
      case .ensureTags(let tags):
        try await ensure(tags, of: change)
        return .tagsEnsured
      case .finish:
        preconditionFailure("a finished change has no more steps")
      }
    } catch let error as S3Error {
      return .failed(error)
    } catch let error as FileError {
      throw error
    } catch {
      fatalError("an error of another type: \(error)")
    }
  }

  /// Reads the tags as the bucket owner, or else as the object's owner: no ACL of S3's can let the one read them.
  private func tags(of change: Change) async throws(S3Error) -> ([ObjectTag], byCopier: Bool) {
    let bucket = plan.header.bucket.name
    do {
      return (try await copier().objectTags(bucket: bucket, key: change.key), byCopier: true)
    } catch {
      guard error.isAccessDenied, let owner = accounts.client(of: change.owner) else { throw error }
      return (try await owner.objectTags(bucket: bucket, key: change.key), byCopier: false)
    }
  }

  private func ensure(_ tags: [ObjectTag], of change: Change) async throws(S3Error) {
    let bucket = plan.header.bucket.name
    let client = try copier()
    guard Set(try await client.objectTags(bucket: bucket, key: change.key)) != Set(tags) else { return }
    try await client.putObjectTags(bucket: bucket, key: change.key, tags: tags)
    guard Set(try await client.objectTags(bucket: bucket, key: change.key)) == Set(tags) else {
      throw S3Error(
        kind: .malformedAnswer, operation: "PutObjectTagging", bucket: bucket, key: change.key,
        message: "the server took the tags and does not show them")
    }
  }

  private func finish(_ change: Change, index: Int, _ outcome: ChangeOutcome) async throws(FileError) {
    let result: JournalResult
    var detail: String?
    switch outcome {
    case .done: result = .done
    case .already: result = .already
    case .stale(let staleness):
      result = .stale
      detail = staleness.explanation
    case .failed(let failure):
      result = .failed
      detail = failure.description
    }
    try await journal?.append(.result(change: index, key: change.key, result, detail: detail))
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

  private func client(of owner: CanonicalID) throws(S3Error) -> S3Client {
    guard let client = accounts.client(of: owner) else { throw Self.missingCredentials(of: owner) }
    return client
  }

  private func copier() throws(S3Error) -> S3Client {
    guard let client = accounts.bucketOwnerClient else {
      throw Self.missingCredentials(of: accounts.bucketOwner)
    }
    return client
  }

  private static func missingCredentials(of account: CanonicalID) -> S3Error {
    S3Error(
      kind: .credentials, operation: "credentials", message: "none are at hand of the account \(account)")
  }
}

extension ChangeExecution.Action {
  /// Whether it would change something on the server.
  fileprivate var isWrite: Bool {
    switch self {
    case .putACL, .copy, .ensureTags, .saveTags: true
    case .look, .finish: false
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
