package import AWSKit

/// An object's state at one moment, as far as the given accounts can see it.
package struct ObservedObject: Sendable {
  package enum Content: Sendable {
    /// The headers that a copy needs are nil if only a listing could be read.
    case found(ContentIdentity, ObjectHead?)
    case missing
    /// No given account may read it.
    case denied(AWSError)
  }

  /// What a listing shows of an object's content.
  package enum ListedContent: Sendable {
    case found(ContentIdentity, owner: CanonicalID?)
    case missing
  }

  package var content: Content
  /// Whether the bucket owner could read it.
  package var isReadableByBucketOwner: Bool
  /// Nil if no given account may read it.
  package var acl: AccessControlList?
  /// Why the ACL could not be read.
  package var aclError: AWSError?
  /// The owner in a listing; nil if it was not needed.
  package var listedOwner: CanonicalID?

  package init(
    content: Content, isReadableByBucketOwner: Bool, acl: AccessControlList?, aclError: AWSError? = nil,
    listedOwner: CanonicalID? = nil
  ) {
    self.content = content
    self.isReadableByBucketOwner = isReadableByBucketOwner
    self.acl = acl
    self.aclError = aclError
    self.listedOwner = listedOwner
  }
}

extension ObservedObject {
  /// The object's headers, if they could be read.
  package var head: ObjectHead? {
    if case .found(_, let head) = content { head } else { nil }
  }
}
