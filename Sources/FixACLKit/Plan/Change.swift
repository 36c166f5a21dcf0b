package import AWSKit

/// What is to be done with an object.
package enum ChangeAction: String, CaseIterable, Sendable, Codable {
  /// Its ACL is written anew, by its owner.
  case grant
  /// It is copied over itself, by the bucket's owner, who thereby becomes its owner.
  case copy
  /// It needs work, and nothing fixacl has been given can do it.
  case blocked
}

/// Why a change is what it is. The raw values are what a plan says.
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
  case tagsHidden = "tags-hidden"
  case unreadable
}

/// One object that needs work: what it looks like now, and what it will look like.
package struct Change: Sendable, Hashable {
  package var key: ObjectKey
  /// Nil for the current version, whatever its ID.
  package var versionID: String?
  /// Without its quotation marks.
  package var etag: String
  /// Bytes.
  package var size: Int
  /// As the server's listing had it; for people, never evidence of anything.
  package var lastModified: String
  package var owner: CanonicalID
  package var action: ChangeAction
  /// The name, in the plan's table, of the ACL it has; nil where that could not be read.
  package var from: ACLName?
  /// The name of the ACL it will have; nil for a blocked object.
  package var to: ACLName?
  package var reason: ChangeReason
  /// What a copy has to keep besides content and ACL; nil where it is not known, and for anything but a copy.
  package var preserved: AttributesDigest?
  /// The tags that a copy has to keep; nil where there are none, and where they cannot be read.
  package var tags: AttributesDigest?
  /// What the server said of an object that cannot be read.
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
  package var name: ObjectName { ObjectName(key, versionID: versionID) }
}
