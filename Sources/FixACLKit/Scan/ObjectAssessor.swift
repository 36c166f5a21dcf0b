package import AWSKit

/// Finds out what one object needs, with as few requests as possible.
package struct ObjectAssessor: Sendable {
  /// What was found about an object.
  package struct Finding: Sendable {
    /// Its current ACL, if it could be read.
    package var acl: AccessControlList?
    /// Nil if there is nothing to do, or the object is gone.
    package var need: Need?

    static let gone = Finding(acl: nil, need: nil)

    /// The finding for an object that the server does not answer for as it does for others.
    static func unreadable(_ failure: ObjectFailure, acl: AccessControlList? = nil) -> Finding {
      Finding(acl: acl, need: Need(action: .blocked, to: nil, reason: .unreadable, failure: failure))
    }
  }

  /// What to do.
  package struct Need: Sendable {
    package let action: ChangeAction
    package let to: AccessControlList?
    package let reason: ChangeReason
    package var preserved: AttributesDigest?
    package var tags: AttributesDigest?
    /// The server's answer for an object that cannot be read.
    package var failure: ObjectFailure?
  }

  let bucket: BucketSettings
  let strategy: Strategy
  let policy: ACLPolicy
  let accounts: Accounts
  private let preflight: CopyPreflight

  package init(bucket: BucketSettings, strategy: Strategy, policy: ACLPolicy, accounts: Accounts) {
    self.bucket = bucket
    // If no ACL can help, only a change of owner can.
    self.strategy = policy.needsBucketOwnership ? .copy : strategy
    self.policy = policy
    self.accounts = accounts
    preflight = CopyPreflight(bucket: bucket, accounts: accounts)
  }

  /// - Parameters:
  ///   - owner: the object's owner; the bucket owner only if its objects are selected.
  ///   - reported: its ACL as a report tells it, which is then not asked for.
  /// - Throws: if a question was answered neither with yes or no, nor with "not found".
  package func assess(
    _ object: ListedObject, owner: CanonicalID, reported: AccessControlList? = nil
  ) async throws(AWSError) -> Finding {
    if let refusal = refusal(of: object) { return refusal }
    let finding = try await find(object, owner: owner, reported: reported)
    guard let acl = finding.acl else { return finding }
    guard acl.isPlain else { return Self.invalidGrantee }
    guard acl.owner == owner else {
      // The bucket policy decides about objects of the bucket owner.
      return acl.owner == bucket.owner
        ? .gone
        : .unreadable(
          ObjectFailure(operation: "GetObjectAcl", message: "it belongs to another account than the listing says"))
    }
    return finding
  }

  private func find(
    _ object: ListedObject, owner: CanonicalID, reported: AccessControlList?
  ) async throws(AWSError) -> Finding {
    let isOwn = owner == bucket.owner
    guard accounts.client(of: owner) != nil else {
      return isOwn
        ? Self.blocked(.bucketOwnerCredentialsMissing)
        : try await assessWithoutOwner(object, owner: owner, reported: reported)
    }
    let acl: AccessControlList
    switch try await askACL(.objectOwner(owner), object, reported) {
    case .found(let found, _): acl = found
    case .missing: return .gone
    case .denied: return Self.blocked(.ownerAccessDenied)
    case .needsCustomerKey: return Self.blocked(.customerKey)
    }
    guard !policy.isSatisfied(by: acl) else { return Finding(acl: acl) }
    // A copy would give the bucket owner nothing that a grant does not.
    guard strategy == .copy, !isOwn else { return try await assessGrant(object, acl: acl, owner: owner) }
    if object.isNoncurrent { return Self.blocked(.noncurrentVersion, acl: acl) }
    return try await assessCopy(object, acl: acl, owner: owner)
  }

  private func assessGrant(
    _ object: ListedObject, acl: AccessControlList, owner: CanonicalID
  ) async throws(AWSError) -> Finding {
    // Only a HEAD shows the encryption, which matters to OAIs only.
    if policy.onlyMissesOriginAccessIdentities(acl),
      case .found(let head, _) = try await askHead([.objectOwner(owner)], object),
      head.encryption?.usesKMS ?? false
    {
      return Self.blocked(.kmsEncryption, acl: acl)
    }
    return Self.limited(.grant, from: acl, to: policy.granted(acl), .readerMissing)
  }

  /// Plans a copy by the bucket owner of an object with a known ACL.
  private func assessCopy(
    _ object: ListedObject, acl: AccessControlList, owner: CanonicalID
  ) async throws(AWSError) -> Finding {
    guard accounts.bucketOwnerClient != nil else { return Self.blocked(.bucketOwnerCredentialsMissing, acl: acl) }
    switch try await askHead([.bucketOwner, .objectOwner(owner)], object) {
    case .missing: return .gone
    case .denied: return Self.blocked(.ownerAccessDenied, acl: acl)
    case .needsCustomerKey: return Self.blocked(.customerKey, acl: acl)
    case .found(let head, let reader):
      let reason: ChangeReason = reader == .bucketOwner ? .readerMissing : .grantFirst
      return try await assessCopy(object, head, acl: acl, reason, reader: reader, owner: owner)
    }
  }

  /// When the owner's credentials are missing: what the bucket owner alone can find out.
  private func assessWithoutOwner(
    _ object: ListedObject, owner: CanonicalID, reported: AccessControlList?
  ) async throws(AWSError) -> Finding {
    let ownerMissing = Self.ownerMissing(owner)
    guard accounts.bucketOwnerClient != nil else {
      return Self.blocked(strategy == .grant ? ownerMissing : .bucketOwnerCredentialsMissing)
    }
    var acl: AccessControlList?
    if case .found(let found, _) = try await askACL(.bucketOwner, object, reported) {
      guard !policy.isSatisfied(by: found) else { return Finding(acl: found) }
      acl = found
    }
    if strategy == .grant { return Self.blocked(ownerMissing, acl: acl) }
    if object.isNoncurrent {
      return Self.blocked(strategy == .copy ? .noncurrentVersion : ownerMissing, acl: acl)
    }
    switch try await askHead([.bucketOwner], object) {
    case .missing: return .gone
    case .denied: return Self.blocked(ownerMissing, acl: acl)
    case .needsCustomerKey: return Self.blocked(.customerKey, acl: acl)
    case .found(let head, let reader):
      let reason: ChangeReason = acl == nil ? .aclUnknown : .readerMissing
      return try await assessCopy(object, head, acl: acl, reason, reader: reader, owner: owner)
    }
  }

  /// - Parameter reader: the account that read `head`. What HEAD hides from it is not requested.
  private func assessCopy(
    _ object: ListedObject, _ head: ObjectHead, acl: AccessControlList?, _ reason: ChangeReason,
    reader: Accounts.Role, owner: CanonicalID
  ) async throws(AWSError) -> Finding {
    if let obstacle = CopyObstacle.find(in: head) { return Self.blocked(obstacle, acl: acl) }
    if let encryption = head.encryption, !encryption.canBeAskedFor {
      let message = "it is encrypted with '\(encryption.algorithm)', which a copy cannot ask for"
      return .unreadable(ObjectFailure(operation: "HeadObject", message: message), acl: acl)
    }
    if head.encryption?.usesKMS ?? false, policy.onlyMissesOriginAccessIdentities(acl) {
      return Self.blocked(.kmsEncryption, acl: acl)
    }
    let lock: ObjectLockState?
    switch try await preflight.prepare(object.key, owner: owner, head: head) {
    case .obstacle(let reason): return Self.blocked(reason, acl: acl)
    case .lock(let found): lock = found
    }
    var finding = Self.limited(.copy, from: acl, to: policy.copied(acl, previousOwner: owner), reason)
    finding.need?.preserved = AttributesDigest(head, lock: lock)
    if head.size > AWSClient.maximumCopySize {
      // A multipart copy does not copy tags, and HEAD hides tags from accounts that may not read them.
      switch try await askTags([.bucketOwner, .objectOwner(owner)], object) {
      case .found(let tags, _): if !tags.isEmpty { finding.need?.tags = AttributesDigest(tags) }
      case .missing: break
      case .denied, .needsCustomerKey: return Self.blocked(.tagsHidden, acl: acl)
      }
    } else if (head.tagCount ?? 0) > 0, case .found(let tags, _) = try await askTags([reader], object) {
      finding.need?.tags = AttributesDigest(tags)
    }
    return finding
  }

  static func blocked(_ reason: ChangeReason, acl: AccessControlList? = nil) -> Finding {
    Finding(acl: acl, need: Need(action: .blocked, to: nil, reason: reason))
  }

  static func limited(
    _ action: ChangeAction, from: AccessControlList?, to: AccessControlList, _ reason: ChangeReason
  ) -> Finding {
    let largest = max(to.grants.count, reason == .grantFirst ? (from?.grants.count ?? 0) + 1 : 0)
    return largest > AccessControlList.maximumGrants
      ? blocked(.tooManyGrants, acl: from)
      : Finding(acl: from, need: Need(action: action, to: to, reason: reason))
  }

  /// - Parameter reported: an ACL that is known already. The bucket owner is shown it only if it lets the bucket owner see it.
  private func askACL(
    _ role: Accounts.Role, _ object: ListedObject, _ reported: AccessControlList?
  ) async throws(AWSError) -> Accounts.Answer<AccessControlList> {
    if let reported {
      let isVisible = role != .bucketOwner || Self.rights(of: bucket.owner, on: reported).contains(.readACP)
      return isVisible ? .found(reported, by: role) : .denied(nil)
    }
    return try await ask([role]) { client throws(AWSError) in
      try await client.objectACL(bucket: bucket.name, key: object.key, versionID: object.pinnedVersion)
    }
  }

  private func askTags(
    _ order: [Accounts.Role], _ object: ListedObject
  ) async throws(AWSError) -> Accounts.Answer<[ObjectTag]> {
    try await ask(order) { client throws(AWSError) in
      try await client.objectTags(bucket: bucket.name, key: object.key)
    }
  }

  private func askHead(
    _ order: [Accounts.Role], _ object: ListedObject
  ) async throws(AWSError) -> Accounts.Answer<ObjectHead> {
    try await ask(order) { client throws(AWSError) in
      try await client.headObject(bucket: bucket.name, key: object.key, versionID: object.pinnedVersion)
    }
  }

  /// - Throws: also if the bucket is missing, for then no object is just gone.
  private func ask<Value: Sendable>(
    _ order: [Accounts.Role], _ question: (AWSClient) async throws(AWSError) -> Value
  ) async throws(AWSError) -> Accounts.Answer<Value> {
    let answer = try await accounts.ask(order, question)
    if case .missing(let error) = answer, error.code == "NoSuchBucket" { throw error }
    return answer
  }
}

extension ListedObject {
  /// The version ID to send with requests; nil for the current version.
  var pinnedVersion: String? { isNoncurrent ? version?.id : nil }
}
