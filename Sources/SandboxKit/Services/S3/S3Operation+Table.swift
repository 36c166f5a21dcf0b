internal import AWSKit

extension S3Operation {
  /// Every operation of S3 that the sandbox has, and S3 Control's for Block Public Access and Batch Operations.
  static let all = accounts + buckets + bucketSettings + unsetSettings + objects + uploads

  /// Name, method, S3 Control's path, handler.
  private static let accounts: [S3Operation] = [
    .service("ListBuckets", "GET", S3Service.listBuckets),
    .account("GetAccountPublicAccessBlock", "GET", accountBlock, S3Service.getAccountPublicAccessBlock),
    .account("PutAccountPublicAccessBlock", "PUT", accountBlock, S3Service.putAccountPublicAccessBlock),
    .account("DeleteAccountPublicAccessBlock", "DELETE", accountBlock, S3Service.deleteAccountPublicAccessBlock),
    .account("CreateJob", "POST", "jobs", S3Service.createJob),
    .account("ListJobs", "GET", "jobs", S3Service.listJobs),
    .account("DescribeJob", "GET", "jobs/{id}", S3Service.describeJob),
    .account("UpdateJobStatus", "POST", "jobs/{id}/status", S3Service.updateJobStatus),
    .account("UpdateJobPriority", "POST", "jobs/{id}/priority", S3Service.updateJobPriority),
  ]

  private static let accountBlock = "configuration/publicAccessBlock"

  /// Name, method, sub-resource, IAM action, the bucket ACL's permission that grants it, handler.
  private static let buckets: [S3Operation] = [
    .newBucket("CreateBucket", "PUT", S3Service.createBucket),
    .bucket("DeleteBucket", "DELETE", nil, "s3:DeleteBucket", nil, S3Service.deleteBucket),
    .bucket("HeadBucket", "HEAD", nil, "s3:ListBucket", .read, S3Service.headBucket),
    .bucket("ListObjects", "GET", nil, "s3:ListBucket", .read, S3Service.listObjects),
    .bucket("ListObjectsV2", "GET", "list-type", "s3:ListBucket", .read, S3Service.listObjectsV2),
    .bucket("ListObjectVersions", "GET", "versions", "s3:ListBucketVersions", .read, S3Service.listObjectVersions),
    .bucket(
      "ListMultipartUploads", "GET", "uploads", "s3:ListBucketMultipartUploads", .read, S3Service.listMultipartUploads),
    .deletion("DeleteObjects", "POST", .bucket, "delete", "s3:DeleteObject(Version)", S3Service.deleteObjects),
  ]

  private static let bucketSettings: [S3Operation] = [
    .bucket("GetBucketLocation", "GET", "location", "s3:GetBucketLocation", nil, S3Service.getBucketLocation),
    .bucket("GetBucketAcl", "GET", "acl", "s3:GetBucketAcl", .readACP, S3Service.getBucketACL),
    .bucket("PutBucketAcl", "PUT", "acl", "s3:PutBucketAcl", .writeACP, S3Service.putBucketACL),
    .bucket("GetBucketPolicy", "GET", "policy", "s3:GetBucketPolicy", nil, S3Service.getBucketPolicy),
    .bucket("PutBucketPolicy", "PUT", "policy", "s3:PutBucketPolicy", nil, S3Service.putBucketPolicy),
    .bucket("DeleteBucketPolicy", "DELETE", "policy", "s3:DeleteBucketPolicy", nil, S3Service.deleteBucketPolicy),
    .bucket(
      "GetBucketPolicyStatus", "GET", "policyStatus", "s3:GetBucketPolicyStatus", nil, S3Service.getBucketPolicyStatus),
    .bucket(
      "GetPublicAccessBlock", "GET", "publicAccessBlock", "s3:GetBucketPublicAccessBlock", nil,
      S3Service.getPublicAccessBlock),
    .bucket(
      "PutPublicAccessBlock", "PUT", "publicAccessBlock", "s3:PutBucketPublicAccessBlock", nil,
      S3Service.putPublicAccessBlock),
    .bucket(
      "DeletePublicAccessBlock", "DELETE", "publicAccessBlock", "s3:PutBucketPublicAccessBlock", nil,
      S3Service.deletePublicAccessBlock),
    .bucket(
      "GetBucketOwnershipControls", "GET", "ownershipControls", "s3:GetBucketOwnershipControls", nil,
      S3Service.getBucketOwnershipControls),
    .bucket(
      "PutBucketOwnershipControls", "PUT", "ownershipControls", "s3:PutBucketOwnershipControls", nil,
      S3Service.putBucketOwnershipControls),
    .bucket(
      "DeleteBucketOwnershipControls", "DELETE", "ownershipControls", "s3:PutBucketOwnershipControls", nil,
      S3Service.deleteBucketOwnershipControls),
    .bucket("GetBucketVersioning", "GET", "versioning", "s3:GetBucketVersioning", nil, S3Service.getBucketVersioning),
    .bucket("PutBucketVersioning", "PUT", "versioning", "s3:PutBucketVersioning", nil, S3Service.putBucketVersioning),
    .bucket(
      "GetBucketRequestPayment", "GET", "requestPayment", "s3:GetBucketRequestPayment", nil,
      S3Service.getBucketRequestPayment),
    .bucket(
      "PutBucketRequestPayment", "PUT", "requestPayment", "s3:PutBucketRequestPayment", nil,
      S3Service.putBucketRequestPayment),
    .bucket("GetBucketCors", "GET", "cors", "s3:GetBucketCORS", nil, S3Service.getBucketCORS),
    .bucket("PutBucketCors", "PUT", "cors", "s3:PutBucketCORS", nil, S3Service.putBucketCORS),
    .bucket("DeleteBucketCors", "DELETE", "cors", "s3:PutBucketCORS", nil, S3Service.deleteBucketCORS),
    .bucket("GetBucketLogging", "GET", "logging", "s3:GetBucketLogging", nil, S3Service.getBucketLogging),
    .bucket("PutBucketLogging", "PUT", "logging", "s3:PutBucketLogging", nil, S3Service.putBucketLogging),
    .bucket("GetBucketAbac", "GET", "abac", "s3:GetBucketAbac", nil, S3Service.getBucketABAC),
    .bucket("PutBucketAbac", "PUT", "abac", "s3:PutBucketAbac", nil, S3Service.putBucketABAC),
    .bucket("GetBucketTagging", "GET", "tagging", "s3:GetBucketTagging", nil, S3Service.getBucketTagging),
    .bucket("PutBucketTagging", "PUT", "tagging", "s3:PutBucketTagging", nil, S3Service.putBucketTagging),
    .bucket("DeleteBucketTagging", "DELETE", "tagging", "s3:PutBucketTagging", nil, S3Service.deleteBucketTagging),
    .bucket("GetBucketWebsite", "GET", "website", "s3:GetBucketWebsite", nil, S3Service.getBucketWebsite),
    .bucket("PutBucketWebsite", "PUT", "website", "s3:PutBucketWebsite", nil, S3Service.putBucketWebsite),
    .bucket("DeleteBucketWebsite", "DELETE", "website", "s3:DeleteBucketWebsite", nil, S3Service.deleteBucketWebsite),
    .bucket(
      "GetBucketEncryption", "GET", "encryption", "s3:GetEncryptionConfiguration", nil, S3Service.getBucketEncryption),
    .bucket(
      "PutBucketEncryption", "PUT", "encryption", "s3:PutEncryptionConfiguration", nil, S3Service.putBucketEncryption),
    .bucket(
      "DeleteBucketEncryption", "DELETE", "encryption", "s3:PutEncryptionConfiguration", nil,
      S3Service.deleteBucketEncryption),
    .bucket(
      "PutBucketInventoryConfiguration", "PUT", "inventory", "s3:PutInventoryConfiguration", nil,
      S3Service.putInventory),
    .bucket(
      "GetBucketInventoryConfiguration", "GET", "inventory", "s3:GetInventoryConfiguration", nil,
      S3Service.getInventory),
    .bucket(
      "ListBucketInventoryConfigurations", "GET", "inventory-list", "s3:GetInventoryConfiguration", nil,
      S3Service.listInventories),
    .bucket(
      "DeleteBucketInventoryConfiguration", "DELETE", "inventory", "s3:PutInventoryConfiguration", nil,
      S3Service.deleteInventory),
    .bucket(
      "GetObjectLockConfiguration", "GET", "object-lock", "s3:GetBucketObjectLockConfiguration", nil,
      S3Service.getObjectLockConfiguration),
    .bucket(
      "PutObjectLockConfiguration", "PUT", "object-lock", "s3:PutBucketObjectLockConfiguration", nil,
      S3Service.putObjectLockConfiguration),
  ]

  /// What no bucket of the sandbox has: the same columns.
  private static let unsetSettings: [S3Operation] = [
    .bucket(
      "GetBucketAccelerateConfiguration", "GET", "accelerate", "s3:GetAccelerateConfiguration", nil,
      S3Service.getBucketAccelerate),
    .bucket(
      "GetBucketNotificationConfiguration", "GET", "notification", "s3:GetBucketNotification", nil,
      S3Service.getBucketNotification),
    .bucket(
      "PutBucketNotificationConfiguration", "PUT", "notification", "s3:PutBucketNotification", nil,
      S3Service.putBucketNotification),
    .bucket(
      "GetBucketLifecycleConfiguration", "GET", "lifecycle", "s3:GetLifecycleConfiguration", nil,
      S3Service.getBucketLifecycle),
    .bucket(
      "DeleteBucketLifecycle", "DELETE", "lifecycle", "s3:PutLifecycleConfiguration", nil,
      S3Service.deleteUnsetSetting),
    .bucket(
      "GetBucketReplication", "GET", "replication", "s3:GetReplicationConfiguration", nil,
      S3Service.getBucketReplication),
    .bucket(
      "DeleteBucketReplication", "DELETE", "replication", "s3:PutReplicationConfiguration", nil,
      S3Service.deleteUnsetSetting),
    .bucket(
      "GetBucketAnalyticsConfiguration", "GET", "analytics", "s3:GetAnalyticsConfiguration", nil,
      S3Service.getAnalytics),
    .bucket(
      "DeleteBucketAnalyticsConfiguration", "DELETE", "analytics", "s3:PutAnalyticsConfiguration", nil,
      S3Service.deleteConfiguration),
    .bucket(
      "GetBucketIntelligentTieringConfiguration", "GET", "intelligent-tiering",
      "s3:GetIntelligentTieringConfiguration", nil, S3Service.getIntelligentTiering),
    .bucket(
      "DeleteBucketIntelligentTieringConfiguration", "DELETE", "intelligent-tiering",
      "s3:PutIntelligentTieringConfiguration", nil, S3Service.deleteConfiguration),
    .bucket(
      "GetBucketMetricsConfiguration", "GET", "metrics", "s3:GetMetricsConfiguration", nil, S3Service.getMetrics),
    .bucket(
      "DeleteBucketMetricsConfiguration", "DELETE", "metrics", "s3:PutMetricsConfiguration", nil,
      S3Service.deleteConfiguration),
  ]

  /// Name, method, sub-resource, IAM action, the object ACL's permission that grants it, handler.
  private static let objects: [S3Operation] = [
    .object("GetObject", "GET", nil, "s3:GetObject(Version)", .read, S3Service.getObject),
    .object("HeadObject", "HEAD", nil, "s3:GetObject(Version)", .read, S3Service.headObject),
    .object(
      "GetObjectAttributes", "GET", "attributes", "s3:GetObject(Version)Attributes", .read,
      S3Service.getObjectAttributes),
    .key("PutObject", "PUT", nil, "s3:PutObject", S3Service.putObject),
    .key("CopyObject", "PUT", nil, "s3:PutObject", isCopy: true, S3Service.copyObject),
    .deletion("DeleteObject", "DELETE", .object, nil, "s3:DeleteObject(Version)", S3Service.deleteObject),
    .object("GetObjectAcl", "GET", "acl", "s3:GetObject(Version)Acl", .readACP, S3Service.getObjectACL),
    .object(
      "PutObjectAcl", "PUT", "acl", "s3:PutObject(Version)Acl", .writeACP, S3Service.putObjectACL,
      if: S3Service.checkACLsAreOn),
    .object("GetObjectTagging", "GET", "tagging", "s3:GetObject(Version)Tagging", nil, S3Service.getObjectTagging),
    .object("PutObjectTagging", "PUT", "tagging", "s3:PutObject(Version)Tagging", nil, S3Service.putObjectTagging),
    .object(
      "DeleteObjectTagging", "DELETE", "tagging", "s3:DeleteObject(Version)Tagging", nil, S3Service.deleteObjectTagging),
    .object(
      "GetObjectRetention", "GET", "retention", "s3:GetObjectRetention", nil, S3Service.getObjectRetention,
      if: S3Service.checkObjectLock),
    .object(
      "PutObjectRetention", "PUT", "retention", "s3:PutObjectRetention", nil, S3Service.putObjectRetention,
      if: S3Service.checkObjectLock),
    .object(
      "GetObjectLegalHold", "GET", "legal-hold", "s3:GetObjectLegalHold", nil, S3Service.getObjectLegalHold,
      if: S3Service.checkObjectLock),
    .object(
      "PutObjectLegalHold", "PUT", "legal-hold", "s3:PutObjectLegalHold", nil, S3Service.putObjectLegalHold,
      if: S3Service.checkObjectLock),
    .object(
      "ListObjectAnnotations", "GET", "annotation-list", "s3:ListObjectAnnotations", nil,
      S3Service.listObjectAnnotations),
    .object(
      "GetObjectAnnotation", "GET", "annotation", "s3:GetObjectAnnotation", nil, S3Service.getObjectAnnotation),
    .object(
      "PutObjectAnnotation", "PUT", "annotation", "s3:PutObjectAnnotation", nil, S3Service.putObjectAnnotation),
    .object(
      "DeleteObjectAnnotation", "DELETE", "annotation", "s3:DeleteObjectAnnotation", nil,
      S3Service.deleteObjectAnnotation),
    .object("RestoreObject", "POST", "restore", "s3:RestoreObject", nil, S3Service.restoreObject),
  ]

  private static let uploads: [S3Operation] = [
    .key("CreateMultipartUpload", "POST", "uploads", "s3:PutObject", S3Service.createMultipartUpload),
    .upload("UploadPart", "PUT", "s3:PutObject", S3Service.uploadPart),
    .upload("UploadPartCopy", "PUT", "s3:PutObject", isCopy: true, S3Service.uploadPartCopy),
    .upload("ListParts", "GET", "s3:PutObject", S3Service.listParts),
    .upload("CompleteMultipartUpload", "POST", "s3:PutObject", S3Service.completeMultipartUpload),
    .upload("AbortMultipartUpload", "DELETE", "s3:PutObject", S3Service.abortMultipartUpload),
  ]
}
