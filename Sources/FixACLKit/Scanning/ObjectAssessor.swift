package import S3Kit

/// Finds out what one foreign object needs, with as few requests as the question allows.
package struct ObjectAssessor: Sendable {
  /// What was found.
  package enum Finding: Sendable {
    /// Nothing to do, or the object is gone.
    case none
    case change(ChangeAction, from: AccessControlList?, to: AccessControlList?, ChangeReason)
  }

  private let bucket: PlanBucket
  private let strategy: Strategy
  private let policy: ACLPolicy
  private let accounts: Accounts

  package init(bucket: PlanBucket, strategy: Strategy, policy: ACLPolicy, accounts: Accounts) {
    self.bucket = bucket
    self.strategy = strategy
    self.policy = policy
    self.accounts = accounts
  }

  /// - Parameter owner: the object's owner, who is not the bucket's.
  /// - Throws: whatever is not an answer about this one object, such as an unreachable server.
  package func assess(_ object: ListedObject, owner: CanonicalID) async throws(S3Error) -> Finding {
    guard let client = accounts.client(of: owner) else {
      return strategy == .grant
        ? .change(.blocked, from: nil, to: nil, .ownerCredentialsMissing)
        : try await assessCopyWithoutOwner(object)
    }
    let acl: AccessControlList
    switch try await Self.probe({ () throws(S3Error) in
      try await client.objectACL(bucket: bucket.name, key: object.key)
    }) {
    case .found(let found): acl = found
    case .missing: return .none
    case .denied: return .change(.blocked, from: nil, to: nil, .ownerAccessDenied)
    }
    guard !policy.isSatisfied(by: acl) else { return .none }
    return strategy == .copy
      ? try await assessCopy(object, acl: acl, owner: client)
      : limited(.grant, from: acl, to: policy.granted(acl), .readerMissing)
  }

  /// A copy by the bucket owner of an object whose ACL is known.
  private func assessCopy(
    _ object: ListedObject, acl: AccessControlList, owner: S3Client
  ) async throws(S3Error) -> Finding {
    // First, since other credentials may not even be told whether the bucket has versions.
    guard let copier = accounts.bucketOwnerClient else {
      return .change(.blocked, from: acl, to: nil, .bucketOwnerCredentialsMissing)
    }
    let obstacle = CopyObstacle.find(
      size: object.size, storageClass: object.storageClass, versioning: bucket.versioning)
    if let obstacle { return .change(.blocked, from: acl, to: nil, obstacle) }
    var reason = ChangeReason.readerMissing
    var head = try await probeHead(copier, object)
    if case .denied = head {
      reason = .grantFirst
      head = try await probeHead(owner, object)
    }
    switch head {
    case .missing: return .none
    case .denied: return .change(.blocked, from: acl, to: nil, .ownerAccessDenied)
    case .found(let head):
      if let obstacle = CopyObstacle.find(in: head) {
        return .change(.blocked, from: acl, to: nil, obstacle)
      }
      return limited(.copy, from: acl, to: policy.copied(acl), reason)
    }
  }

  /// A copy by the bucket owner where nobody speaks for the object's owner.
  private func assessCopyWithoutOwner(_ object: ListedObject) async throws(S3Error) -> Finding {
    guard let copier = accounts.bucketOwnerClient else {
      return .change(.blocked, from: nil, to: nil, .bucketOwnerCredentialsMissing)
    }
    let head: ObjectHead
    switch try await probeHead(copier, object) {
    case .missing: return .none
    case .denied: return .change(.blocked, from: nil, to: nil, .ownerCredentialsMissing)
    case .found(let found): head = found
    }
    // The owner may have let the bucket owner see the ACL; then it is known, and may be in order.
    var acl: AccessControlList?
    if case .found(let found) = try await Self.probe({ () throws(S3Error) in
      try await copier.objectACL(bucket: bucket.name, key: object.key)
    }) {
      guard !policy.isSatisfied(by: found) else { return .none }
      acl = found
    }
    let obstacle =
      CopyObstacle.find(
        size: object.size, storageClass: object.storageClass, versioning: bucket.versioning)
      ?? CopyObstacle.find(in: head)
    if let obstacle { return .change(.blocked, from: acl, to: nil, obstacle) }
    return limited(.copy, from: acl, to: policy.copied(acl), acl == nil ? .aclUnknown : .readerMissing)
  }

  private func limited(
    _ action: ChangeAction, from: AccessControlList?, to: AccessControlList, _ reason: ChangeReason
  ) -> Finding {
    let largest = max(to.grants.count, reason == .grantFirst ? (from?.grants.count ?? 0) + 1 : 0)
    return largest > AccessControlList.maximumGrants
      ? .change(.blocked, from: from, to: nil, .tooManyGrants)
      : .change(action, from: from, to: to, reason)
  }

  /// What a question about one object can come to.
  private enum Answer<Value: Sendable>: Sendable {
    case found(Value)
    case missing
    case denied
  }

  private func probeHead(
    _ client: S3Client, _ object: ListedObject
  ) async throws(S3Error) -> Answer<ObjectHead> {
    do {
      return try await Self.probe { () throws(S3Error) in
        try await client.headObject(bucket: bucket.name, key: object.key)
      }
    } catch {
      // HEAD of an object with a customer's key, without the key: nothing more can be found out.
      guard error.status == 400, error.operation == "HeadObject" else { throw error }
      return .denied
    }
  }

  private static func probe<Value>(
    _ body: () async throws(S3Error) -> Value
  ) async throws(S3Error) -> Answer<Value> {
    do {
      return .found(try await body())
    } catch {
      if error.isNotFound, error.code != "NoSuchBucket" { return .missing }
      if error.isAccessDenied { return .denied }
      throw error
    }
  }
}
