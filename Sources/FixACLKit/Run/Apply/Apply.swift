package import AWSKit

/// Makes a plan's changes.
package final class Apply: Undertaking {
  private let plan: Plan
  private let accounts: Accounts
  private let settings: ApplyProcedure.Settings
  private let preflight: CopyPreflight
  private let copier: ObjectCopier?
  private let observer: ObjectObserver
  private let listingFreshness: Double
  /// Nil for a dry run.
  private let journal: Journal?
  private let replay: JournalReplay
  private let onlyCompletes: Bool
  package let tally: Tally

  /// - Parameters:
  ///   - bucket: the bucket's settings as they are now: whether a copy locks or overwrites something depends on them.
  ///   - onlyCompletes: to begin nothing, and only to complete the copies that the journal does not have as confirmed.
  package init(
    plan: Plan, bucket: BucketSettings, accounts: Accounts, options: WorkOptions, journal: Journal?,
    replay: JournalReplay, onlyCompletes: Bool = false
  ) {
    self.plan = plan
    self.accounts = accounts
    self.journal = journal
    self.replay = replay
    listingFreshness = options.listingFreshness
    preflight = CopyPreflight(bucket: bucket, accounts: accounts, maximumCopySize: options.maximumCopySize)
    var settings = ApplyProcedure.Settings(policy: ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired))
    settings.needsPreparation = preflight.isNeeded
    settings.maximumCopySize = options.maximumCopySize
    // An object from before S3 encrypted everything must not come under KMS by being copied.
    if bucket.encryption?.usesKMS ?? false { settings.encryption = .s3Managed }
    settings.onlyCompletes = onlyCompletes
    self.onlyCompletes = onlyCompletes
    self.settings = settings
    copier = accounts.bucketOwnerClient.map {
      ObjectCopier(
        bucket: bucket.name, owner: bucket.owner, client: $0, maximumCopySize: options.maximumCopySize)
    }
    observer = ObjectObserver(bucket: bucket.name, accounts: accounts)
    if onlyCompletes {
      tally = Tally(planned: replay.unconfirmedCopies.count)
    } else {
      let blocked = plan.header.summary.actions[.blocked] ?? 0
      tally = Tally(planned: plan.changeCount - blocked, blocked: blocked, finishedBefore: replay.finishedCount)
    }
  }

  package var changes: any ChangeReader { PlanChangeReader(plan) }
  package var changeCount: Int { plan.changeCount }
  package var client: AWSClient { accounts.main.client }

  package func isPending(_ index: Int) -> Bool {
    onlyCompletes ? replay.unconfirmedCopies[index] != nil : !replay.isFinished(index)
  }

  package func contentCheck(of changes: [Change]) -> BatchContentCheck? {
    let check = BatchContentCheck(
      of: changes, bucket: plan.header.bucket.name, lister: accounts.main.client, freshness: listingFreshness)
    check.begin()
    return check
  }

  package func rules(for change: PlannedChange, to target: AccessControlList) -> ApplyProcedure {
    ApplyProcedure(
      change: change.change, from: change.from, to: target, settings: settings,
      unconfirmed: replay.unconfirmedCopies[change.index])
  }

  package func begin() async { await endUploads() }

  package func end() { journal?.finish() }

  package func record(
    _ action: ApplyProcedure.Action, of change: PlannedChange, isFirst: Bool
  ) async throws(FileError) {
    if isFirst, !replay.isTouched(change.index), let to = change.to {
      try await journal?.append(.begins(index: change.index, change.change, from: change.from, to: to))
    }
    if case .copy(let copy) = action, let intent = CopyIntent(copy) {
      try await journal?.append(.copyBegins(index: change.index, key: change.change.key, intent))
    }
  }

  package func record(
    _ outcome: Outcome, of change: PlannedChange, isUntouched: Bool
  ) async throws(FileError) {
    var version: String?
    switch outcome {
    // It was left as it was.
    case .pending: return
    case .done(let made): version = made
    case .already(let current):
      // Made by an earlier run that was killed before it could say so; what is "null" took the place of what was there.
      if change.change.action == .copy, replay.isTouched(change.index), current != "null" { version = current }
    default: break
    }
    let result = JournalResult(outcome)
    try await journal?.append(
      .result(
        index: change.index, key: change.change.key, result, JournalCause(outcome), version: version,
        isUntouched: isUntouched && !result.isFinal && !replay.isTouched(change.index)))
  }

  /// Ends multipart uploads that earlier runs have left behind. What cannot be ended now, the next run tries again.
  package func endUploads() async {
    guard let copier, let journal else { return }
    await withTaskGroup(of: Void.self) { group in
      for (index, uploads) in replay.openUploads { group.addTask { await copier.end(uploads, of: index, journal) } }
    }
  }

  package func perform(_ action: ApplyProcedure.Action, of planned: PlannedChange) async throws -> ApplyProcedure.Event
  {
    let (change, bucket) = (planned.change, plan.header.bucket.name)
    switch action {
    case .observe:
      guard case .known(let content) = await planned.listedContent() else {
        return .observed(try await observer.observe(change))
      }
      return .observed(try await observer.observe(change, listed: content))
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
      return .copied(try await self.copy(copy, planned))
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
  }

  private func copy(_ copy: InPlaceCopy, _ planned: PlannedChange) async throws -> CopyOutcome {
    guard let copier else { throw Accounts.missingCredentials(of: accounts.bucketOwner) }
    return try await copier.copy(planned.change.key, copy) { event throws(FileError) in
      try await journal?.append(.upload(index: planned.index, key: planned.change.key, event))
    }
  }

  /// Reads the tags as the bucket owner, or else as the object's owner: no ACL of S3's can let the one read them.
  private func tags(of change: Change) async throws(AWSError) -> ([ObjectTag], byCopier: Bool) {
    let bucket = plan.header.bucket.name
    let answer = try await accounts.ask([.bucketOwner, .objectOwner(change.owner)]) { client throws(AWSError) in
      try await client.objectTags(bucket: bucket, key: change.key)
    }
    switch answer {
    case .found(let tags, let role): return (tags, byCopier: role == .bucketOwner)
    case .missing(let error), .needsCustomerKey(let error, _): throw error
    case .denied(let error): throw error ?? Accounts.missingCredentials(of: accounts.bucketOwner)
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
    for intent in uploads.intended where (try? await abortUploads(of: key, intent)) != nil {
      try? await journal.append(.upload(index: index, key: key, .ended(id: nil)))
    }
  }
}
