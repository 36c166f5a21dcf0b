internal import AWSKit

/// What can be said of an object without a request, because a report tells its owner and its ACL.
extension ObjectAssessor {
  /// The finding for an object with an ETag that no request can carry; nil for all others.
  func refusal(of object: ListedObject) -> Finding? {
    PlanText.canBeHeader(object.etag)
      ? nil : .unreadable(ObjectFailure(operation: "ListObjects", message: "it has no valid ETag"))
  }

  /// What `assess` would find of an object with this ACL; nil if it has to ask.
  ///
  /// - Parameters:
  ///   - acl: as a GetObjectAcl of its owner would show it.
  ///   - usesKMS: nil if that is not known.
  func finding(for acl: AccessControlList, usesKMS: Bool?, isNoncurrent: Bool) -> Finding? {
    guard let finding = decide(acl, usesKMS: usesKMS, isNoncurrent: isNoncurrent) else { return nil }
    return finding.acl.map(\.isPlain) ?? true ? finding : Self.invalidGrantee
  }

  private func decide(_ acl: AccessControlList, usesKMS: Bool?, isNoncurrent: Bool) -> Finding? {
    let isOwn = acl.owner == bucket.owner
    guard accounts.client(of: acl.owner) != nil else {
      if isOwn { return Self.blocked(.bucketOwnerCredentialsMissing) }
      return decideWithoutOwner(acl, isNoncurrent: isNoncurrent)
    }
    guard !policy.isSatisfied(by: acl) else { return Finding(acl: acl) }
    if strategy == .copy, !isOwn { return isNoncurrent ? Self.blocked(.noncurrentVersion, acl: acl) : nil }
    if policy.onlyMissesOriginAccessIdentities(acl) {
      guard let usesKMS else { return nil }
      if usesKMS { return Self.blocked(.kmsEncryption, acl: acl) }
    }
    return Self.limited(.grant, from: acl, to: policy.granted(acl), .readerMissing)
  }

  private func decideWithoutOwner(_ acl: AccessControlList, isNoncurrent: Bool) -> Finding? {
    let ownerMissing = Self.ownerMissing(acl.owner)
    guard accounts.bucketOwnerClient != nil else {
      return Self.blocked(strategy == .grant ? ownerMissing : .bucketOwnerCredentialsMissing)
    }
    let rights = Self.rights(of: bucket.owner, on: acl)
    let visible = rights.contains(.readACP) ? acl : nil
    if let visible, policy.isSatisfied(by: visible) { return Finding(acl: visible) }
    if strategy == .grant { return Self.blocked(ownerMissing, acl: visible) }
    if isNoncurrent { return Self.blocked(strategy == .copy ? .noncurrentVersion : ownerMissing, acl: visible) }
    // Whether it can be copied, only the object itself tells; who may not read it gets no answer.
    return rights.contains(.read) ? nil : Self.blocked(ownerMissing, acl: visible)
  }

  /// What an account may do with an object of somebody else, by itself or as one of all.
  static func rights(of account: CanonicalID, on acl: AccessControlList) -> Permission.Rights {
    acl.rights(of: .canonicalUser(account)).union(acl.rights(of: .allUsers)).union(acl.rights(of: .authenticatedUsers))
  }

  static func ownerMissing(_ owner: CanonicalID) -> ChangeReason {
    AmazonCanonicalID.isAnonymous(owner) ? .anonymousOwner : .ownerCredentialsMissing
  }

  static var invalidGrantee: Finding {
    .unreadable(ObjectFailure(operation: "GetObjectAcl", message: "its ACL names an invalid grantee"))
  }
}
