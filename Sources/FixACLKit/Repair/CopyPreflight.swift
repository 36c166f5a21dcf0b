package import AWSKit

/// Finds out what a copy has to know that HEAD does not show: which lock it has to carry, and what it would overwrite.
///
/// S3 takes none from the source, and where none is sent the bucket's default retention applies. HeadObject shows locks
/// only to whoever may see them, and looks the same where there are none, so they are asked for.
package struct CopyPreflight: Sendable {
  package enum Answer: Sendable, Equatable {
    /// What to send; nil for nothing.
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

  /// Whether copies in this bucket need it at all.
  package var isNeeded: Bool { hasLocks || bucket.versioning == .suspended }

  private var hasLocks: Bool { bucket.objectLock?.isEnabled ?? false }

  /// - Parameter head: the object, as somebody at hand sees it.
  package func prepare(
    _ key: ObjectKey, owner: CanonicalID, head: ObjectHead
  ) async throws(AWSError) -> Answer {
    if try await wouldOverwriteNullVersion(of: key, head) { return .obstacle(.nullVersion) }
    guard hasLocks else { return .lock(head.lock) }
    for client in [accounts.client(of: owner), accounts.bucketOwnerClient] {
      guard let client else { continue }
      do throws(AWSError) {
        var lock = ObjectLockState(
          retention: try await client.objectRetention(bucket: bucket.name, key: key),
          hasLegalHold: try await client.hasLegalHold(bucket: bucket.name, key: key))
        if lock.retention?.isActive(at: now()) != true { lock.retention = nil }
        if lock.retention == nil, bucket.objectLock?.defaultMode != nil { return .obstacle(.defaultRetention) }
        return .lock(lock == ObjectLockState() ? nil : lock)
      } catch {
        guard error.isAccessDenied else { throw error }
      }
    }
    return .obstacle(.objectLock)
  }

  /// Whether there is an old version with the ID `null`: while versions are suspended, whatever is put takes that ID,
  /// and the place of the one that had it, which would be gone for good.
  private func wouldOverwriteNullVersion(of key: ObjectKey, _ head: ObjectHead) async throws(AWSError) -> Bool {
    // Ceph RadosGW does not name the version "null".
    guard bucket.versioning == .suspended, let current = head.versionID, current != "null",
      let copier = accounts.bucketOwnerClient
    else { return false }
    do throws(AWSError) {
      _ = try await copier.headObject(bucket: bucket.name, key: key, versionID: "null")
      return true
    } catch {
      if error.isNotFound { return false }
      // One that is another account's, a delete marker (405), or under a customer's key (400).
      guard error.kind == .service, [400, 403, 405].contains(error.status) else { throw error }
      return true
    }
  }
}
