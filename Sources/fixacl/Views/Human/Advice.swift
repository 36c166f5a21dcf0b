internal import AWSKit
internal import FixACLKit

/// What to do after an error of AWS's: one sentence, or a few.
enum Advice {
  static func text(for error: AWSError) -> String {
    switch error.kind {
    case .stopped:
      return "Run the same command again to resume."
    case .credentials where error.operation == AWSError.missingCredentials:
      return "Add --owner-profile with a profile of that account."
    case .credentials:
      // The message itself says what to do.
      return ""
    case .transport where error.isWithoutFIPSHost:
      return "FIPS endpoints are asked for, and \(name(of: error.service)) does not have one in every region. Unset"
        + " AWS_USE_FIPS_ENDPOINT (use_fips_endpoint), or check the network."
    case .transport(.refusedByProxy):
      return "Have the proxy allow this host, or correct HTTPS_PROXY or NO_PROXY."
    case .transport(.cannotConnect):
      return "Check the network, and \(address(of: error.service))."
    case .transport(.untrusted):
      return "The server's certificate is not trusted. Set AWS_CA_BUNDLE to a file with its certificate authority."
    case .transport(.interrupted), .transport(.other), .transport(.responseTooLarge):
      return "Run the same command again. If it fails again, check the network, any proxy, and"
        + " \(address(of: error.service))."
    case .malformedAnswer:
      return notTheService(error)
    case .service:
      return serviceAdvice(for: error)
    }
  }

  private static func notTheService(_ error: AWSError) -> String {
    switch error.service {
    case .s3:
      "Is this address an S3 server? Check --endpoint-url or AWS_ENDPOINT_URL, and any proxy. Then run the same command"
        + " again."
    default:
      "Is this address \(name(of: error.service))? Check \(variable(of: error.service)), and any proxy. Then run the same"
        + " command again."
    }
  }

  /// Where a service is, as something to check.
  private static func address(of service: AWSService) -> String {
    service == .s3
      ? "--endpoint-url or AWS_ENDPOINT_URL if it is not Amazon's S3"
      : "\(variable(of: service)) if it is not Amazon's \(name(of: service))"
  }

  private static func name(of service: AWSService) -> String {
    switch service {
    case .s3: "S3"
    case .cloudFront: "CloudFront"
    case .sts: "STS"
    case .s3Control: "S3 Control"
    case .sso, .ssoOIDC: "IAM Identity Center"
    case .signIn: "AWS Sign-In"
    case .kms: "KMS"
    case .organizations: "Organizations"
    case .iam: "IAM"
    }
  }

  private static func variable(of service: AWSService) -> String {
    service == .s3 ? "AWS_ENDPOINT_URL" : "AWS_ENDPOINT_URL_\(service.settingName.uppercased())"
  }

  /// The credentials that signed the request, as something to use or to check.
  private static func profile(of error: AWSError) -> String {
    guard let account = error.account else { return "the same profile" }
    return account == "the environment" ? "the keys in the environment" : account.escapedForTerminal
  }

  private static func serviceAdvice(for error: AWSError) -> String {
    if let reason = error.renewalFailure { return "There are no other credentials: \(reason)." }
    switch error.code {
    case "NoSuchBucket" where error.bucket == nil:
      // The service's path was taken for a bucket's name.
      return notTheService(error)
    case "NoSuchBucket":
      return "Check the bucket's name, the endpoint and the profile."
    case "InvalidAccessKeyId", "InvalidClientTokenId":
      return "The server does not know this access key. Check \(profile(of: error)), and the endpoint."
    case "SignatureDoesNotMatch":
      return "The secret key does not match the access key. Check aws_secret_access_key (\(profile(of: error)))."
    case "ExpiredToken", "ExpiredTokenException", "InvalidToken":
      return
        "The session of \(profile(of: error)) has expired. Renew it ('aws sso login', or new temporary keys), then run"
        + " the same command again."
    case "RequestTimeTooSkewed":
      return "This machine's clock is wrong. Set it, then run the same command again."
    case "AccessControlListNotSupported":
      return "ACLs are disabled on this bucket (BucketOwnerEnforced). The bucket owner owns every object, so there is"
        + " nothing to repair."
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return "The bucket is in another region. Name it with --region."
    case "NotFound" where error.key == nil:
      return notTheService(error)
    case "NoSuchVersion":
      return "The version is gone. Make a new plan."
    case "NoSuchKey", "NotFound":
      return "The object is gone. Make a new plan."
    case "PreconditionFailed":
      return "Somebody has just changed the object. Make a new plan."
    case "InvalidObjectState":
      return "The object is archived. Restore it first ('aws s3api restore-object')."
    case "MethodNotAllowed" where error.operation == "GetBucketPolicy":
      return "Only the bucket owner's account may read the bucket policy. Name a profile of it with --profile."
    case "NotImplemented", "MethodNotAllowed":
      return incapable(error.operation)
    case "InvalidArgument" where aclWrites.contains(error.operation):
      return unknownGrantee(error.argument)
    case "UnresolvableGrantByEmailAddress" where aclWrites.contains(error.operation):
      return unknownGrantee(nil)
    case "SlowDown", "ServiceUnavailable", "InternalError", "Throttling", "ThrottlingException", "RequestLimitExceeded":
      return "The server is overloaded. Run the same command again with a lower --concurrency."
    default:
      guard let status = error.status, (400..<500).contains(status), status != 408, status != 429 else {
        return "Run the same command again. If it fails again, look up the error code."
      }
      guard status == 403 else {
        return "The server rejects this request, so the same command would fail again."
          + (error.key == nil ? "" : " Look at the object with 'aws s3api head-object'.")
      }
      return accessAdvice(for: error)
    }
  }

  private static let aclWrites: Set<String> = ["PutObjectAcl", "CopyObject", "CreateMultipartUpload"]

  /// What a server cannot do, and what else would do.
  private static func incapable(_ operation: String) -> String {
    switch operation {
    case "CopyObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload":
      return "The server cannot copy like this. Use --strategy grant with the owner's credentials."
    case "PutObjectAcl": return "The server cannot write an object's ACL. Use --strategy copy."
    case "ListObjectVersions": return "The server cannot list old versions. Leave out --all-versions."
    default: return "The server cannot do that (\(operation)), so the same command would fail again."
    }
  }

  private static func unknownGrantee(_ argument: AWSError.Argument?) -> String {
    guard let id = argument?.granteeID else {
      return
        "The server does not know a grantee in the ACL. Correct the reader's ID if that is wrong. If the object's ACL"
        + " names an account that is gone, make a new plan with --drop-grantee ID."
    }
    return
      "The server knows no account \(id). If it is a reader's ID, correct it. If the object's ACL already has it, the"
      + " account is gone: make a new plan with --drop-grantee \(id)."
  }

  /// S3 gives the same bare 403 for an ACL that Block Public Access refuses.
  private static let publicGrantAdvice =
    "Block Public Access may refuse a public grant in the ACL: then make a new plan, without --drop-public-grants never."

  /// The right that an operation needs, by the names that IAM has for them.
  private static func accessAdvice(for error: AWSError) -> String {
    let credentials = "The credentials\(error.account.map { " of \($0.escapedForTerminal)" } ?? "")"
    switch error.operation {
    case "PutObjectAcl":
      return "The object owner's credentials need s3:PutObjectAcl on the object. \(publicGrantAdvice)"
    case "CopyObject":
      return "The bucket owner's credentials need s3:GetObject, s3:PutObject and s3:PutObjectAcl (for tags also"
        + " s3:GetObjectTagging and s3:PutObjectTagging). For annotations they need s3:GetObjectAnnotation and"
        + " s3:PutObjectAnnotation. \(publicGrantAdvice)"
    case "GetCallerIdentity":
      return "The request needs no right, so a policy must deny \(profile(of: error)) sts:GetCallerIdentity."
    case "ListBuckets":
      return "\(credentials) need s3:ListAllMyBuckets, so that fixacl can tell which account they belong to."
    default:
      // Most operations have the name of their right.
      let right = rights[error.operation] ?? error.operation
      let prefix =
        switch error.service {
        case .s3, .s3Control: "s3"
        case .cloudFront: "cloudfront"
        case .sts: "sts"
        // Nobody signs these, and no right is needed.
        case .sso, .ssoOIDC, .signIn: error.service.settingName
        case .kms, .organizations, .iam: error.service.settingName
        }
      let place = error.key != nil ? " on the object" : error.bucket != nil ? " on the bucket" : ""
      return "\(credentials) need \(prefix):\(right)\(place). Do they belong to the right account?"
    }
  }

  /// The rights that have other names than their operations.
  private static let rights = [
    "HeadObject": "GetObject", "ListObjectsV2": "ListBucket", "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads", "CreateMultipartUpload": "PutObject",
    "UploadPartCopy": "PutObject", "CompleteMultipartUpload": "PutObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock", "DeleteObject": "DeleteObjectVersion",
  ]
}

extension AWSError.Argument {
  /// The ID of the grantee that a server does not know: it shows the ID alone, or the header's text, `id="…"`.
  var granteeID: CanonicalID? {
    var text = value[...]
    if text.hasPrefix("id=") { text = text.dropFirst(3) }
    if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 2 { text = text.dropFirst().dropLast() }
    let isPlain = text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2c && $0 != 0x5c }
    return text.isEmpty || !isPlain ? nil : CanonicalID(String(text))
  }
}
