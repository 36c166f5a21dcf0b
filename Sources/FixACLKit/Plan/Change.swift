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
  case tagsHidden = "tags-hidden"
  case unreadable

  /// The reason in words, and what would unblock a blocked object.
  package var explanation: String {
    switch self {
    case .readerMissing:
      "its ACL does not let every reader in"
    case .grantFirst:
      "the bucket owner cannot read it yet: its owner first grants the bucket owner READ, then it is copied"
    case .aclUnknown:
      "its ACL cannot be read by anybody at hand: the copy gets the wanted grants, and no others"
    case .ownerCredentialsMissing:
      "no credentials of the object's owner are at hand, and the bucket owner cannot read the object:"
        + " give a profile of that account with --owner-profile"
    case .anonymousOwner:
      "it was uploaded without credentials, so nobody can speak for its owner, and the bucket owner cannot read it:"
        + " delete it and upload it again as the bucket owner, who may always delete"
    case .bucketOwnerCredentialsMissing:
      "the credentials in use are not known to be the bucket owner's, who must make the copy:"
        + " use its profile with --profile, with the right s3:ListAllMyBuckets"
    case .ownerAccessDenied:
      "the object owner's credentials are refused: allow them s3:GetObjectAcl (and for a copy s3:GetObject;"
        + " of old versions s3:GetObjectVersionAcl)"
    case .noncurrentVersion:
      "it is an old version, and a copy can only make a new current one: with a profile of its owner"
        + " (--owner-profile) and without --strategy copy, its ACL can be rewritten"
    case .kmsEncryption:
      "it is encrypted with KMS, and CloudFront's OAI cannot read that whatever the ACL says: use an origin access"
        + " control (OAC) for the distribution, or encrypt the object with SSE-S3"
    case .customerKey:
      "it is encrypted with a key of the uploader's own (SSE-C), without which it cannot be copied:"
        + " use --strategy grant with the owner's credentials"
    case .archived:
      "the object is archived: restore it first ('aws s3api restore-object'), or use --strategy grant with the owner's"
        + " credentials"
    case .metadata:
      "it has user metadata that S3 cannot send, which a copy would lose:"
        + " use --strategy grant with the owner's credentials"
    case .objectLock:
      "the bucket has Object Lock, and nobody at hand may see the object's: allow its owner s3:GetObjectRetention and"
        + " s3:GetObjectLegalHold, or use --strategy grant with the owner's credentials"
    case .defaultRetention:
      "the bucket's default retention would lock a copy, and the object is not locked:"
        + " use --strategy grant with the owner's credentials"
    case .nullVersion:
      "the bucket's versions are suspended, and a copy would overwrite the old version \"null\" of the object for good:"
        + " switch versioning on, or use --strategy grant with the owner's credentials"
    case .tooManyGrants:
      "the ACL would hold more than 100 grants, S3's limit: remove some first"
    case .tagsHidden:
      "it is larger than 5 GiB, so it would be copied in parts, which takes no tags along, and nobody at hand may read its"
        + " tags: give a profile of its owner with --owner-profile that is allowed s3:GetObjectTagging, or use"
        + " --strategy grant with it"
    case .unreadable:
      "the server does not answer for it as for other objects, so that nobody knows what it needs: look at it with"
        + " 'aws s3api head-object' and 'aws s3api get-object-acl', then make a new plan"
    }
  }
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
  package var name: ObjectName { ObjectName(key, versionID: versionID) }
}
