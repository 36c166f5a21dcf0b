package import AWSKit

/// What to do with an object.
package enum ChangeAction: String, CaseIterable, Sendable, Codable {
  /// Its owner rewrites its ACL.
  case grant
  /// The bucket owner copies it over itself, and so becomes its owner.
  case copy
  /// It needs work that cannot be done with the given credentials and options.
  case blocked
}

/// Why a change has its action. Plans contain the raw values.
package enum ChangeReason: String, CaseIterable, Sendable, Codable {
  case readerMissing = "reader-missing"
  case grantFirst = "grant-first"
  case aclUnknown = "acl-unknown"

  case ownerCredentialsMissing = "owner-credentials-missing"
  case anonymousOwner = "anonymous-owner"
  case bucketOwnerCredentialsMissing = "bucket-owner-credentials-missing"
  case ownerAccessDenied = "owner-access-denied"
  case noncurrentVersion = "noncurrent-version"
  case kmsEncryption = "kms-encryption"
  case customerKey = "customer-key"
  case archived = "archived"
  case metadata = "metadata"
  case objectLock = "object-lock"
  case defaultRetention = "default-retention"
  case nullVersion = "null-version"
  case tooManyGrants = "too-many-grants"
  case tooManyACLs = "too-many-acls"
  case tagsHidden = "tags-hidden"
  case annotations
  case annotationsHidden = "annotations-hidden"
  case unreadable
}

/// One object that needs work: its state now, and the state it should have.
package struct Change: Sendable, Hashable {
  package var key: ObjectKey
  /// Nil for the current version, whichever ID it has.
  package var versionID: String?
  /// Without its quotation marks.
  package var etag: String
  /// Bytes.
  package var size: Int
  /// As the listing showed it: for people, never used as evidence.
  package var lastModified: String
  package var owner: CanonicalID
  package var action: ChangeAction
  /// Name of its current ACL in the plan's table; nil if the ACL could not be read.
  package var from: ACLName?
  /// Name of its target ACL in the plan's table; nil for a blocked object.
  package var to: ACLName?
  package var reason: ChangeReason
  /// The attributes that a copy must preserve besides content and ACL; nil if unknown, and for other actions.
  package var preserved: AttributesDigest?
  /// The tags that a copy must preserve; nil if there are none, or if they cannot be read.
  package var tags: AttributesDigest?
  /// The server's answer for an object that cannot be read.
  package var failure: ObjectFailure?

  package init(
    key: ObjectKey, versionID: String? = nil, etag: String, size: Int, lastModified: String,
    owner: CanonicalID, action: ChangeAction, from: ACLName?, to: ACLName?, reason: ChangeReason,
    preserved: AttributesDigest? = nil, tags: AttributesDigest? = nil, failure: ObjectFailure? = nil
  ) {
    self.key = key
    self.versionID = versionID
    self.etag = etag
    self.size = size
    self.lastModified = lastModified
    self.owner = owner
    self.action = action
    self.from = from
    self.to = to
    self.reason = reason
    self.preserved = preserved
    self.tags = tags
    self.failure = failure
  }
}

extension Change {
  /// The content that the plan saw.
  package var content: ContentIdentity { ContentIdentity(etag: etag, size: size) }

  /// Whether the object has the content that the plan saw, and the owner if the listing names one.
  package func isSameObject(as listed: ListedObject) -> Bool {
    listed.content == content && (listed.owner ?? owner) == owner
  }

  package var name: ObjectName { ObjectName(key, versionID: versionID) }
}
