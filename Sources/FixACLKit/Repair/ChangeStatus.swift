package import AWSKit

/// How far an object's change has come.
package enum ChangeStatus: Sendable, Equatable {
  /// It is as the plan saw it: the change can be made.
  case asSeen
  /// The grant to the bucket owner has been made; the copy itself has not.
  case bucketOwnerGranted
  /// It is as planned.
  case asPlanned
  case stale(Staleness)
}

extension Change {
  /// Compares an object with its change, without I/O. The only judge: `apply` and `verify` both ask here.
  ///
  /// If something that the plan saw cannot be read now, the error that prevented it is thrown.
  package func status(
    of observed: ObservedObject, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy
  ) throws(AWSError) -> ChangeStatus {
    let found: ContentIdentity
    switch observed.content {
    case .missing: return .stale(.deleted)
    case .denied(let error): throw error
    case .found(let content, _): found = content
    }
    let hasSameContent = found == content
    guard let acl = observed.acl else {
      guard hasSameContent else { return .stale(.overwritten) }
      if let listedOwner = observed.listedOwner, listedOwner != owner { return .stale(.ownerChanged(listedOwner)) }
      // The ACL could not be read for the plan either: all that can be seen is unchanged.
      if from == nil, action == .copy { return .asSeen }
      if let error = observed.aclError { throw error }
      return .stale(.aclChanged)
    }
    let isCopied = action == .copy && acl.owner == to.owner && found.size == size
    guard hasSameContent || (isCopied && mayHaveNewETag(found.etag, observed.head)) else { return .stale(.overwritten) }
    if acl.isEquivalent(to: to) {
      guard let preserved, let head = observed.head else { return .asPlanned }
      return preserved.fits(head, lock: head.lock) ? .asPlanned : .stale(.propertiesChanged)
    }
    guard acl.owner == owner else { return .stale(.ownerChanged(acl.owner)) }
    guard let from else { return .stale(.aclChanged) }
    if acl.isEquivalent(to: from) { return .asSeen }
    if reason == .grantFirst, acl.isEquivalent(to: policy.grantingReadToBucketOwner(from)) {
      return .bucketOwnerGranted
    }
    return .stale(.aclChanged)
  }

  /// Whether a copy may have another ETag for the same content: one of them is a multipart ETag, or KMS has encrypted
  /// it (S3 API Reference, Object).
  private func mayHaveNewETag(_ found: String, _ head: ObjectHead?) -> Bool {
    [etag, found].contains { $0.utf8.contains(UInt8(ascii: "-")) } || head?.encryption?.usesKMS ?? false
  }
}
