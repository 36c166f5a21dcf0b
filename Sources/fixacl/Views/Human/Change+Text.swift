internal import AWSKit
internal import FixACLKit

extension ChangeReason {
  /// The reason for a person, with what would unblock a blocked object.
  var explanation: String {
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

extension Staleness {
  var explanation: String {
    switch self {
    case .deleted: "it is gone"
    case .overwritten: "it was overwritten since the plan was made"
    case .ownerChanged(let owner): "it belongs to \(owner) now"
    case .aclChanged: "its ACL was changed since the plan was made"
    case .propertiesChanged:
      "its content headers, metadata, storage class, encryption, redirect or lock are not those that the plan saw"
    case .tagsChanged: "its tags are not those that the plan saw"
    case .obstacle(let reason): reason.explanation
    }
  }
}

extension Irreversible {
  /// Why it cannot be undone, and what to do.
  var explanation: String {
    switch self {
    case .ownership:
      "it was copied where no older version stays, and ownership cannot be given back: have its former owner"
        + " upload it again"
    case .previousVersion:
      "the version from before the copy is gone, so the copy is all that is left of it: have its former owner upload"
        + " it again"
    case .publicGrants:
      "its ACL had public grants, which Block Public Access refuses: switch BlockPublicAcls off, and run it again"
    }
  }
}
