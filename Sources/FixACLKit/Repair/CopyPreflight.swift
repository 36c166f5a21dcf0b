package import AWSKit

/// Checks before a copy what HEAD does not show: which lock the copy must have, and what it would overwrite.
///
/// CopyObject never copies the source's lock; without one in the request, the bucket's default retention applies.
/// HeadObject shows a lock only to accounts that may see it, and otherwise looks as if there were none, so locks are
/// requested explicitly. It never shows annotations, which a copy in one request takes over, and a copy in parts does not.
package struct CopyPreflight: Sendable {
  package enum Answer: Sendable, Equatable {
    /// The lock to send; nil for none.
    case lock(ObjectLockState?)
    case obstacle(ChangeReason)
  }

  private let bucket: BucketSettings
  private let accounts: Accounts
  private let maximumCopySize: Int
  private let now: @Sendable () -> Timestamp

  /// - Parameter maximumCopySize: the most bytes that are copied by one request.
  package init(
    bucket: BucketSettings, accounts: Accounts, maximumCopySize: Int = AWSClient.maximumCopySize,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.bucket = bucket
    self.accounts = accounts
    self.maximumCopySize = maximumCopySize
    self.now = now
  }

  /// Whether copies in this bucket need the check, also those in one request.
  package var isNeeded: Bool { hasLocks || bucket.versioning == .suspended }

  private var hasLocks: Bool { bucket.objectLock?.isEnabled ?? false }

  /// - Parameter head: the object's headers, read by one of the given accounts.
  package func prepare(
    _ key: ObjectKey, owner: CanonicalID, head: ObjectHead
  ) async throws(AWSError) -> Answer {
    if try await wouldOverwriteNullVersion(of: key, head) { return .obstacle(.nullVersion) }
    if head.size > maximumCopySize, let obstacle = try await annotationObstacle(to: key, owner: owner, head) {
      return .obstacle(obstacle)
    }
    guard hasLocks else { return .lock(head.lock) }
    let answer = try await accounts.ask([.objectOwner(owner), .bucketOwner]) { client throws(AWSError) in
      var lock = try await client.objectRetention(bucket: bucket.name, key: key)
      lock.hasLegalHold = try await client.hasLegalHold(bucket: bucket.name, key: key)
      return lock
    }
    switch answer {
    case .found(var lock, _):
      if lock.retention?.isActive(at: now()) != true { lock.retention = nil }
      if wouldBeLockedByDefault(lock) { return .obstacle(.defaultRetention) }
      return .lock(lock == ObjectLockState() ? nil : lock)
    case .denied: return .obstacle(.objectLock)
    case .missing(let error), .needsCustomerKey(let error, _): throw error
    }
  }

  /// Whether the bucket's default would put more of a lock on a copy than the request asks for.
  private func wouldBeLockedByDefault(_ lock: ObjectLockState) -> Bool {
    guard let configuration = bucket.objectLock else { return false }
    return lock.retention == nil && configuration.hasDefaultRetention
      || lock.eventHold == nil && configuration.defaultEventHold != nil
  }

  /// What annotations have against a copy in parts.
  private func annotationObstacle(
    to key: ObjectKey, owner: CanonicalID, _ head: ObjectHead
  ) async throws(AWSError) -> ChangeReason? {
    do throws(AWSError) {
      let answer = try await accounts.ask([.bucketOwner, .objectOwner(owner)]) { client throws(AWSError) in
        try await client.hasAnnotations(bucket: bucket.name, key: key, head)
      }
      switch answer {
      case .found(let hasAnnotations, _): return hasAnnotations ? .annotations : nil
      case .denied: return .annotationsHidden
      case .missing(let error), .needsCustomerKey(let error, _): throw error
      }
    } catch {
      // An answer that says nothing of annotations, where a server's trouble would be another.
      let isUnclear =
        error.kind == .malformedAnswer || error.kind == .service && [400, 405, 501].contains(error.status)
      guard isUnclear, !error.refusesCredentials else { throw error }
      return .annotationsHidden
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
