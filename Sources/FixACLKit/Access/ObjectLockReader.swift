package import S3Kit

/// Finds out which lock a copy of an object has to carry.
///
/// S3 takes none from the source, and where none is sent the bucket's default retention applies. HeadObject shows locks
/// only to whoever may see them, and looks the same where there are none, so they are asked for.
package struct ObjectLockReader: Sendable {
  package enum Answer: Sendable, Equatable {
    /// What to send; nil for nothing.
    case lock(ObjectLockState?)
    case obstacle(ChangeReason)
  }

  private let bucket: PlanBucket
  private let accounts: Accounts
  private let now: @Sendable () -> Timestamp

  package init(bucket: PlanBucket, accounts: Accounts, now: @escaping @Sendable () -> Timestamp = { .now() }) {
    self.bucket = bucket
    self.accounts = accounts
    self.now = now
  }

  /// Whether objects of this bucket can have locks at all.
  package var isNeeded: Bool { bucket.objectLock?.isEnabled ?? false }

  /// - Parameter head: the object, as somebody at hand sees it.
  package func lock(
    of key: ObjectKey, owner: CanonicalID, head: ObjectHead
  ) async throws(S3Error) -> Answer {
    guard isNeeded else { return .lock(head.lock) }
    for client in [accounts.client(of: owner), accounts.bucketOwnerClient] {
      guard let client else { continue }
      do throws(S3Error) {
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
}
