package import AWSKit

/// Looks at the objects of copies before they go into a manifest: what a job has to ask for is one value for all of its
/// objects, and a plan does not have it.
package struct CopySurvey: Sendable {
  package enum Finding: Sendable {
    /// - Parameter replaces: the current version; nil on a bucket without versions.
    case task(BatchCopy.Attributes, replaces: String?)
    case obstacle(BatchObstacle)
  }

  private let bucket: BucketSettings
  private let accounts: Accounts
  private let policy: ACLPolicy
  private let observer: ObjectObserver
  private let preflight: CopyPreflight

  /// - Parameters:
  ///   - bucket: the bucket's settings as they are now.
  ///   - policy: of the plan.
  package init(bucket: BucketSettings, accounts: Accounts, policy: ACLPolicy) {
    self.bucket = bucket
    self.accounts = accounts
    self.policy = policy
    observer = ObjectObserver(bucket: bucket.name, accounts: accounts)
    preflight = CopyPreflight(bucket: bucket, accounts: accounts)
  }

  /// - Throws: an error that is not about the object, such as an unreachable server.
  package func look(at planned: ResolvedChange) async throws(AWSError) -> Finding {
    let change = planned.change
    guard let to = planned.to else { return .obstacle(.changed) }
    if change.reason == .grantFirst { return .obstacle(.grantFirst) }
    if change.size > AWSClient.maximumCopySize { return .obstacle(.tooLarge) }
    let observed = try await observer.observe(change)
    guard observed.isReadableByBucketOwner, let head = observed.head else {
      if case .missing = observed.content { return .obstacle(.changed) }
      return .obstacle(.unreadable)
    }
    guard let status = try? change.status(of: observed, from: planned.from, to: to, policy: policy) else {
      return .obstacle(.unreadable)
    }
    guard status == .asSeen else { return .obstacle(.changed) }
    if let reason = CopyObstacle.find(in: head) { return .obstacle(.copy(reason)) }
    var lock = head.lock
    if preflight.isNeeded {
      switch try await preflight.prepare(change.key, owner: change.owner, head: head) {
      case .lock(let found): lock = found
      case .obstacle(let reason): return .obstacle(.copy(reason))
      }
    }
    if change.tags != nil || (head.tagCount ?? 0) > 0 {
      let tags = try await accounts.ask([.bucketOwner]) { client throws(AWSError) in
        try await client.objectTags(bucket: bucket.name, key: change.key)
      }
      guard case .found = tags else { return .obstacle(.tagsHidden) }
    }
    do {
      let attributes = try BatchCopy.Attributes(keeping: head, lock: lock, bucketDefault: bucket.encryption)
      return .task(attributes, replaces: head.versionID)
    } catch {
      return .obstacle(error.obstacle)
    }
  }
}
