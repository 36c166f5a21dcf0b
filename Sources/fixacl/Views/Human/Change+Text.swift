internal import AWSKit
internal import FixACLKit

extension ChangeReason {
  /// The reason for a person, with what would unblock a blocked object.
  var explanation: String {
    switch self {
    case .readerMissing: "its ACL does not allow every reader"
    case .grantFirst:
      "the bucket owner cannot read it yet: its owner first grants the bucket owner READ, then the bucket owner copies it"
    case .aclUnknown: "no given account can read its ACL: the copy gets the wanted grants, and no others"
    case .ownerCredentialsMissing:
      "no credentials of its owner are given, and the bucket owner cannot read it: add --owner-profile with a profile of"
        + " its owner"
    case .anonymousOwner:
      "it was uploaded without credentials, so nobody can act as its owner, and the bucket owner cannot read it:"
        + " delete it as the bucket owner, and upload it again"
    case .bucketOwnerCredentialsMissing:
      "only the bucket owner can make the copy, and fixacl cannot tell that the credentials are the bucket owner's:"
        + " name a profile of that account with --profile, and allow it s3:ListAllMyBuckets"
    case .ownerAccessDenied:
      "S3 denies access to its owner's credentials: allow them s3:GetObjectAcl (to copy also s3:GetObject, for old"
        + " versions s3:GetObjectVersionAcl)"
    case .noncurrentVersion:
      "it is an old version, and a copy would create a new current one: add --owner-profile with a profile of its"
        + " owner, and leave out --strategy copy"
    case .kmsEncryption:
      "it is encrypted with KMS, so no OAI can read it, whatever its ACL: use origin access control (OAC) for the"
        + " distribution, or encrypt the object with SSE-S3"
    case .customerKey:
      "it is encrypted with a key of the uploader (SSE-C), and cannot be copied without that key: \(Self.grantInstead)"
    case .archived:
      "it is archived: restore it first ('aws s3api restore-object'), or \(Self.grantInstead)"
    case .metadata:
      "a copy would lose its user metadata, which S3 cannot send: \(Self.grantInstead)"
    case .objectLock:
      "the bucket has Object Lock, and no given account may read the object's: allow its owner s3:GetObjectRetention and"
        + " s3:GetObjectLegalHold, or \(Self.grantInstead)"
    case .defaultRetention:
      "the bucket's default retention would lock a copy, or its default event hold would, and the object is not locked"
        + " in this way: \(Self.grantInstead)"
    case .nullVersion:
      "versioning is suspended, and a copy would overwrite the old version \"null\" for good: enable versioning, or"
        + " \(Self.grantInstead)"
    case .tooManyGrants: "its ACL would have more than 100 grants, S3's limit: remove some first"
    case .tooManyACLs:
      "the plan has as many different ACLs as it can hold: apply it, then plan again, or plan a part with --prefix"
    case .tagsHidden:
      "it is larger than 5 GiB, so a copy is made in parts and without tags, and no given account may read its tags:"
        + " allow its owner s3:GetObjectTagging and name the profile with --owner-profile, or \(Self.grantInstead)"
    case .annotations:
      "it has annotations, and is larger than one request copies, so a copy is made in parts and loses them:"
        + " \(Self.grantInstead)"
    case .annotationsHidden:
      "it is larger than one request copies, so a copy is made in parts and loses annotations, and no given account may"
        + " list them: allow its owner s3:ListObjectAnnotations and name the profile with --owner-profile, or"
        + " \(Self.grantInstead)"
    case .unreadable:
      "the server does not answer for it as for other objects, so fixacl cannot tell what it needs: look at it with"
        + " 'aws s3api head-object' and 'aws s3api get-object-acl', then make a new plan"
    }
  }

  private static let grantInstead = "use --strategy grant with the owner's credentials"
}

extension Staleness {
  /// What has changed, as a clause about the object.
  var explanation: String {
    switch self {
    case .deleted: "it is gone"
    case .overwritten: "it was overwritten after the plan was made"
    case .ownerChanged(let owner): "account \(owner) owns it now"
    case .aclChanged: "its ACL was changed after the plan was made"
    case .propertiesChanged:
      "its content headers, metadata, storage class, encryption, redirect or lock are not what the plan saw"
    case .tagsChanged: "its tags are not what the plan saw"
    case .changedBack: "it was changed as planned, and somebody has changed it back"
    case .obstacle(let reason): reason.explanation
    }
  }
}

extension Irreversible {
  /// Why it cannot be undone, and what to do.
  var explanation: String {
    switch self {
    case .ownership:
      "the copy replaced the object, and ownership cannot be given back: have the former owner upload it again"
    case .previousVersion:
      "the version from before the copy is gone, so only the copy is left: have the former owner upload it again"
    case .publicGrants:
      "its ACL had public grants, which Block Public Access refuses: turn off BlockPublicAcls, and run it again"
    }
  }
}
