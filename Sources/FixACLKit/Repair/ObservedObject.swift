package import AWSKit

/// An object's state at one moment, as far as the given accounts can see it.
package struct ObservedObject: Sendable {
  package enum Sight: Sendable {
    /// Its content, and the headers that a copy needs; nil if only a listing could be read.
    case found(etag: String, size: Int, ObjectHead?)
    case missing
    /// No given account may read it.
    case denied(AWSError)
  }

  /// What a listing shows of an object's content.
  package enum ListedContent: Sendable {
    case found(etag: String, size: Int, owner: CanonicalID?)
    case missing
  }

  package var object: Sight
  /// Whether the bucket owner could read it.
  package var isReadableByBucketOwner: Bool
  /// Nil if no given account may read it.
  package var acl: AccessControlList?
  /// Why the ACL could not be read.
  package var aclError: AWSError?
  /// The owner in a listing; nil if it was not needed.
  package var listedOwner: CanonicalID?

  package init(
    object: Sight, isReadableByBucketOwner: Bool, acl: AccessControlList?, aclError: AWSError? = nil,
    listedOwner: CanonicalID? = nil
  ) {
    self.object = object
    self.isReadableByBucketOwner = isReadableByBucketOwner
    self.acl = acl
    self.aclError = aclError
    self.listedOwner = listedOwner
  }
}

extension ObservedObject {
  /// The object's headers, if they could be read.
  package var head: ObjectHead? {
    if case .found(_, _, let head) = object { head } else { nil }
  }
}

/// How an object differs from what the plan saw. It must be left alone then.
package enum Staleness: Sendable, Equatable {
  case deleted
  /// Its ETag or size has changed.
  case overwritten
  case ownerChanged(CanonicalID)
  case aclChanged
  /// It is as planned, except for attributes that a copy must preserve.
  case propertiesChanged
  case tagsChanged
  /// It now has something that no copy can carry over.
  case obstacle(ChangeReason)

  /// A stable word for it, for programs.
  package var word: String {
    switch self {
    case .deleted: "deleted"
    case .overwritten: "overwritten"
    case .ownerChanged: "owner-changed"
    case .aclChanged: "acl-changed"
    case .propertiesChanged: "properties-changed"
    case .tagsChanged: "tags-changed"
    case .obstacle(let reason): reason.rawValue
    }
  }
}

/// How far an object's change has come.
package enum ChangeStatus: Sendable, Equatable {
  /// It is as the plan saw it: the change can be made.
  case asSeen
  /// The grant to the bucket owner has been made; the copy itself has not.
  case opened
  /// It is as planned.
  case asPlanned
  case stale(Staleness)
}

extension Change {
  /// Compares an object with its change, without I/O. The only judge: `apply` and `verify` both ask here.
  ///
  /// If something that the plan saw cannot be read now, the error that prevented it is thrown.
  package func status(
    of look: ObservedObject, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy
  ) throws(AWSError) -> ChangeStatus {
    let content: (etag: String, size: Int)
    switch look.object {
    case .missing: return .stale(.deleted)
    case .denied(let error): throw error
    case .found(let etag, let size, _): content = (etag, size)
    }
    let hasSameContent = content == (etag, size)
    guard let acl = look.acl else {
      guard hasSameContent else { return .stale(.overwritten) }
      if let listedOwner = look.listedOwner, listedOwner != owner { return .stale(.ownerChanged(listedOwner)) }
      // The ACL could not be read for the plan either: all that can be seen is unchanged.
      if from == nil, action == .copy { return .asSeen }
      if let error = look.aclError { throw error }
      return .stale(.aclChanged)
    }
    let isCopied = action == .copy && acl.owner == to.owner && content.size == size
    guard hasSameContent || (isCopied && mayHaveNewETag(content.etag, look.head)) else { return .stale(.overwritten) }
    if acl.isEquivalent(to: to) {
      guard let preserved, let head = look.head else { return .asPlanned }
      return preserved.fits(head, lock: head.lock) ? .asPlanned : .stale(.propertiesChanged)
    }
    guard acl.owner == owner else { return .stale(.ownerChanged(acl.owner)) }
    guard let from else { return .stale(.aclChanged) }
    if acl.isEquivalent(to: from) { return .asSeen }
    if reason == .grantFirst, acl.isEquivalent(to: policy.opened(from)) { return .opened }
    return .stale(.aclChanged)
  }

  /// Whether a copy may have another ETag for the same content: one of them is a multipart ETag, or KMS has encrypted
  /// it (S3 API Reference, Object).
  private func mayHaveNewETag(_ found: String, _ head: ObjectHead?) -> Bool {
    [etag, found].contains { $0.utf8.contains(UInt8(ascii: "-")) } || head?.encryption?.usesKMS ?? false
  }
}
