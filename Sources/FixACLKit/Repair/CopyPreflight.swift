package import AWSKit

/// Checks before a copy what HEAD does not show: which lock the copy must have, and what it would overwrite.
///
/// CopyObject never copies the source's lock; without one in the request, the bucket's default retention applies.
/// HeadObject shows a lock only to accounts that may see it, and otherwise looks as if there were none, so locks are
/// requested explicitly.
package struct CopyPreflight: Sendable {
  package enum Answer: Sendable, Equatable {
    /// The lock to send; nil for none.
    case lock(ObjectLockState?)
    case obstacle(ChangeReason)
  }

  private let bucket: BucketSettings
  private let accounts: Accounts
  private let now: @Sendable () -> Timestamp

  package init(bucket: BucketSettings, accounts: Accounts, now: @escaping @Sendable () -> Timestamp = { .now() }) {
    self.bucket = bucket
    self.accounts = accounts
    self.now = now
  }

  /// Whether copies in this bucket need the check at all.
  package var isNeeded: Bool { hasLocks || bucket.versioning == .suspended }

  private var hasLocks: Bool { bucket.objectLock?.isEnabled ?? false }

  /// - Parameter head: the object's headers, read by one of the given accounts.
  package func prepare(
    _ key: ObjectKey, owner: CanonicalID, head: ObjectHead
  ) async throws(AWSError) -> Answer {
    if try await wouldOverwriteNullVersion(of: key, head) { return .obstacle(.nullVersion) }
    guard hasLocks else { return .lock(head.lock) }
    let answer = try await accounts.ask([.objectOwner(owner), .bucketOwner]) { client throws(AWSError) in
      ObjectLockState(
        retention: try await client.objectRetention(bucket: bucket.name, key: key),
        hasLegalHold: try await client.hasLegalHold(bucket: bucket.name, key: key))
    }
    switch answer {
    case .found(var lock, _):
      if lock.retention?.isActive(at: now()) != true { lock.retention = nil }
      if lock.retention == nil, bucket.objectLock?.defaultMode != nil { return .obstacle(.defaultRetention) }
      return .lock(lock == ObjectLockState() ? nil : lock)
    case .denied: return .obstacle(.objectLock)
    case .missing(let error), .needsCustomerKey(let error, _): throw error
    }
  }

  /// Whether there is an old version with the ID `null`. While versioning is suspended, a new object takes that ID and
  /// replaces that version for good.
  private func wouldOverwriteNullVersion(of key: ObjectKey, _ head: ObjectHead) async throws(AWSError) -> Bool {
    // Ceph RadosGW does not name the version "null".
    guard bucket.versioning == .suspended, let current = head.versionID, current != "null",
      accounts.bucketOwnerClient != nil
    else { return false }
    do throws(AWSError) {
      let answer = try await accounts.ask([.bucketOwner]) { client throws(AWSError) in
        try await client.headObject(bucket: bucket.name, key: key, versionID: "null")
      }
      if case .missing = answer { return false }
      return true
    } catch {
      // It belongs to another account, or is a delete marker (405).
      guard error.kind == .service, [403, 405].contains(error.status) else { throw error }
      return true
    }
  }
}
