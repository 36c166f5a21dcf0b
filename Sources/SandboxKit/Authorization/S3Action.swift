/// The actions that a bucket policy can name, and whether each is about the bucket or about its objects (Service
/// Authorization Reference: "Actions, resources, and condition keys for Amazon S3").
enum S3Action {
  /// What a statement can be about.
  enum Resource: Hashable {
    case bucket, object
  }

  /// What the actions that a pattern of a policy names are about; empty if it names none that S3 knows.
  static func resources(of pattern: String) -> Set<Resource> {
    let wildcard = Wildcard(pattern, ignoresCase: true)
    var result: Set<Resource> = []
    if ofBuckets.contains(where: { wildcard.matches($0) }) { result.insert(.bucket) }
    if ofObjects.contains(where: { wildcard.matches($0) }) { result.insert(.object) }
    return result
  }

  private static let ofBuckets = names(
    """
    CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration \
    DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac \
    GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration \
    GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy \
    GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning \
    GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration \
    GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket \
    ListBucketMultipartUploads ListBucketVersions ListTagsForResource PauseReplication PutAccelerateConfiguration \
    PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification \
    PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock \
    PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration \
    PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration \
    PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource \
    UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
    """)

  private static let ofObjects = names(
    """
    AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion \
    DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention \
    GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes \
    GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication \
    ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold \
    PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete \
    ReplicateObject ReplicateTags RestoreObject UpdateObjectEncryption
    """)

  private static func names(_ text: String) -> [String] { text.split(separator: " ").map { "s3:" + $0 } }
}
