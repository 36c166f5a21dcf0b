package import AWSKit

/// Undoes what the journal says that apply has written, or may have written.
package final class Rollback: Undertaking {
  private let undo: Undo
  private let accounts: Accounts
  private let policy: ACLPolicy
  private let blocksPublicGrants: Bool
  private let observer: ObjectObserver
  private let maximumCopySize: Int
  package let tally: Tally

  /// - Parameter bucket: the bucket's settings as they are now.
  package init(undo: Undo, bucket: BucketSettings, accounts: Accounts, options: WorkOptions) {
    self.undo = undo
    self.accounts = accounts
    policy = ACLPolicy(bucket: undo.bucket, desired: undo.desired)
    blocksPublicGrants = bucket.effectivePublicAccessBlock.blockPublicAcls
    observer = ObjectObserver(bucket: undo.bucket.name, accounts: accounts)
    maximumCopySize = options.maximumCopySize
    tally = Tally(planned: undo.replay.touchedCount)
  }

  package var changes: any ChangeReader { undo.changes }
  package var changeCount: Int { undo.changeCount }
  package var client: AWSClient { accounts.main.client }

  package func isPending(_ index: Int) -> Bool { undo.replay.isTouched(index) }

  package func rules(for change: PlannedChange, to target: AccessControlList) -> RollbackProcedure {
    let (replay, index) = (undo.replay, change.index)
    return RollbackProcedure(
      change: change.change, from: change.from, to: target, policy: policy, blocksPublicGrants: blocksPublicGrants,
      versions: RollbackProcedure.Versions(
        isMade: { replay.isVersion($0, madeBy: index) }, isReplaced: { replay.isVersion($0, replacedBy: index) }))
  }

  /// Ends multipart uploads that apply has left behind.
  package func begin() async {
    guard let client = accounts.bucketOwnerClient, let journal = undo.journal else { return }
    let copier = ObjectCopier(
      bucket: undo.bucket.name, owner: undo.bucket.owner, client: client, maximumCopySize: maximumCopySize)
    for (index, uploads) in undo.replay.openUploads { await copier.end(uploads, of: index, journal) }
  }

  package func end() { undo.journal?.finish() }

  package func perform(
    _ action: RollbackProcedure.Action, of planned: PlannedChange
  ) async throws -> RollbackProcedure.Event {
    let (change, bucket) = (planned.change, undo.bucket.name)
    switch action {
    case .observe:
      return .observed(try await observer.observe(change))
    case .putACL(let acl):
      let owner = try accounts.requiredClient(of: change.owner)
      try await owner.putObjectACL(bucket: bucket, key: change.key, versionID: change.versionID, acl: acl)
      return .aclPut
    case .findPreviousVersions(let version):
      return .foundPreviousVersions(try await observer.versions(olderThan: version, of: change.key))
    case .deleteVersion(let version):
      let client = try accounts.requiredClient(of: accounts.bucketOwner)
      try await client.deleteObjectVersion(bucket: bucket, key: change.key, versionID: version)
      return .versionDeleted
    case .wait(let error, let attempt):
      return .waited(mayRepeat: await accounts.main.client.mayRepeat(after: error, attempt: attempt))
    case .finish:
      preconditionFailure("a finished change has no more steps")
    }
  }

  package func record(_ outcome: Outcome, of change: PlannedChange, isUntouched: Bool) async throws(FileError) {
    try await undo.journal?.append(
      .rollback(index: change.index, key: change.change.key, JournalResult(outcome), JournalCause(outcome)))
  }
}
