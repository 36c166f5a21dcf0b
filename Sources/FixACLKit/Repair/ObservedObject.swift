package import AWSKit

/// What an object looks like at one moment, as far as the accounts at hand can see.
package struct ObservedObject: Sendable {
  package enum Sight: Sendable {
    /// Its content, and what a copy needs to know of it; that is nil where only a listing could be had.
    case found(etag: String, size: Int, ObjectHead?)
    case missing
    /// Nobody at hand may read it.
    case denied(AWSError)
  }

  /// What a listing has of an object's content.
  package enum ListedContent: Sendable {
    case found(etag: String, size: Int, owner: CanonicalID?)
    case missing
  }

  package var object: Sight
  /// Whether it was the bucket owner who read it.
  package var isReadableByBucketOwner: Bool
  /// Nil where nobody at hand may read it.
  package var acl: AccessControlList?
  /// Why the ACL could not be read.
  package var aclError: AWSError?
  /// The owner, as a listing shows it; nil where there was no need to ask.
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
  /// What was read of the object itself.
  package var head: ObjectHead? {
    if case .found(_, _, let head) = object { head } else { nil }
  }
}

/// How an object differs from what the plan saw, so that it must be left alone.
package enum Staleness: Sendable, Equatable {
  case deleted
  /// Its ETag or size is another.
  case overwritten
  case ownerChanged(CanonicalID)
  case aclChanged
  /// It is as planned but for what a copy had to keep.
  case propertiesChanged
  case tagsChanged
  /// Something has come up that no copy can carry over.
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

/// How an object stands towards its change.
package enum ChangeStatus: Sendable, Equatable {
  /// It is what the plan saw: the change can be made.
  case asSeen
  /// A copy's grant to the bucket owner has been made already; the copy itself has not.
  case opened
  /// It is as planned.
  case asPlanned
  case stale(Staleness)
}

extension Change {
  /// Compares an object with its change. Pure, and the only judge of it: `apply` and `verify` both ask here.
  ///
  /// Where something that the plan saw cannot be seen now, the error that stood in the way is thrown.
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
      // An ACL that could not be read for the plan either: all that can be seen is as it was.
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

  /// Whether the ETag of a copy can be another for the same content: it is one of parts, before or after, or of
  /// what KMS has encrypted (S3 API Reference, Object).
  private func mayHaveNewETag(_ found: String, _ head: ObjectHead?) -> Bool {
    [etag, found].contains { $0.utf8.contains(UInt8(ascii: "-")) } || head?.encryption?.usesKMS ?? false
  }
}
