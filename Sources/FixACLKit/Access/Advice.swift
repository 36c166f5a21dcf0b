package import S3Kit

/// What to do after an error of S3's: one sentence, or two.
package enum Advice {
  package static func text(for error: S3Error) -> String {
    switch error.kind {
    case .credentials:
      return "See that the credentials are there and valid: 'aws sts get-caller-identity' with the same profile."
    case .transport(.cannotConnect):
      return "Check the network, and --endpoint-url or AWS_ENDPOINT_URL if it is not Amazon's S3."
    case .transport(.untrusted):
      return "The server's certificate is not trusted; set AWS_CA_BUNDLE to a file with its authority."
    case .transport(.interrupted), .transport(.other), .transport(.responseTooLarge):
      return "Run the same command again; if it stays like this, check the network and any proxy, and"
        + " --endpoint-url or AWS_ENDPOINT_URL if it is not Amazon's S3."
    case .malformedAnswer:
      return notS3
    case .service:
      return serviceAdvice(for: error)
    }
  }

  private static let notS3 =
    "Is this address an S3 server, and nothing in between? Check --endpoint-url or AWS_ENDPOINT_URL, then run it again."

  private static func serviceAdvice(for error: S3Error) -> String {
    switch error.code {
    case "NoSuchBucket":
      return "Check the bucket's name, and that the endpoint and the profile are those of its server."
    case "InvalidAccessKeyId":
      return "The server does not know this access key: check the profile, and that the endpoint is the one"
        + " the key belongs to."
    case "SignatureDoesNotMatch":
      return "The secret key does not fit the access key: check the profile's aws_secret_access_key."
    case "ExpiredToken", "ExpiredTokenException", "InvalidToken":
      return "The session has ended: renew it ('aws sso login', or new temporary keys), then run it again."
    case "RequestTimeTooSkewed":
      return "This machine's clock is wrong: set it, then run it again."
    case "AccessControlListNotSupported":
      return "ACLs are switched off for this bucket (BucketOwnerEnforced): its owner owns every object, and"
        + " there is nothing to repair."
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return "The bucket is in another region: name it with --region."
    // S3 says NoSuchBucket.
    case "NotFound" where error.key == nil:
      return notS3
    case "NoSuchKey", "NotFound":
      return "The object is gone: make a new plan."
    case "PreconditionFailed":
      return "The object was changed at this very moment: make a new plan."
    case "InvalidObjectState":
      return "The object is archived: restore it first ('aws s3api restore-object')."
    case "MethodNotAllowed" where error.operation == "GetBucketPolicy":
      return "Only the account that owns the bucket may read its policy: name a profile of it with --profile."
    case "NotImplemented":
      return "The server cannot do that. Where it is a copy, use --strategy grant with the owner's credentials."
    case "SlowDown", "ServiceUnavailable", "InternalError":
      return "The server is overloaded: run the same command again, with a lower --concurrency."
    default:
      guard error.status == 403 else { return "Run the same command again; if it stays like this, see the code." }
      return accessAdvice(for: error.operation)
    }
  }

  /// S3 gives the same bare 403 for an ACL that Block Public Access refuses.
  private static let publicGrantAdvice =
    "under Block Public Access the ACL must hold no public grant: make a new plan, without --drop-public-grants never."

  /// The right that an operation needs, by the names that IAM has for them.
  private static func accessAdvice(for operation: String) -> String {
    switch operation {
    case "PutObjectAcl":
      return "The object owner's credentials need s3:PutObjectAcl on the object; \(publicGrantAdvice)"
    case "CopyObject":
      return "The bucket owner's credentials need s3:GetObject, s3:PutObject and s3:PutObjectAcl, for tags also"
        + " s3:GetObjectTagging and s3:PutObjectTagging; \(publicGrantAdvice)"
    case "HeadObject":
      return "The credentials need s3:GetObject on the object."
    case "ListBuckets":
      return "The credentials need s3:ListAllMyBuckets, by which fixacl finds out whose they are."
    case "ListObjectsV2":
      return "The credentials need s3:ListBucket on the bucket."
    case "GetBucketEncryption":
      return "The credentials need s3:GetEncryptionConfiguration on the bucket."
    case "GetObjectLockConfiguration":
      return "The credentials need s3:GetBucketObjectLockConfiguration on the bucket."
    case "GetAccountPublicAccessBlock":
      return "The credentials need s3:GetAccountPublicAccessBlock."
    case "GetPublicAccessBlock":
      return "The credentials need s3:GetBucketPublicAccessBlock on the bucket."
    default:
      // Most operations have the name of their right.
      return "The credentials need s3:\(operation) on it; are they those of the right account?"
    }
  }
}
