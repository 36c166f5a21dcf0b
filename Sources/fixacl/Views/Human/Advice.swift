internal import AWSKit
internal import FixACLKit

/// What to do after an error of S3's: one sentence, or two.
enum Advice {
  static func text(for error: AWSError) -> String {
    switch error.kind {
    case .stopped:
      return "Run the same command again: it goes on from here."
    case .credentials:
      return "See that the credentials are there and valid: 'aws sts get-caller-identity' with \(profile(of: error))."
    case .transport(.cannotConnect):
      return "Check the network, and \(address(of: error.service))."
    case .transport(.untrusted):
      return "The server's certificate is not trusted; set AWS_CA_BUNDLE to a file with its authority."
    case .transport(.interrupted), .transport(.other), .transport(.responseTooLarge):
      return "Run the same command again; if it stays like this, check the network and any proxy, and"
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
      "Is this address an S3 server, and nothing in between? Check --endpoint-url or AWS_ENDPOINT_URL, then run it"
        + " again."
    default:
      "Is this address \(name(of: error.service))'s, and nothing in between? Check \(variable(of: error.service)), then"
        + " run it again."
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
    }
  }

  private static func variable(of service: AWSService) -> String {
    service == .s3 ? "AWS_ENDPOINT_URL" : "AWS_ENDPOINT_URL_\(service.settingName.uppercased())"
  }

  /// Whose credentials they are, as something to use or to check.
  private static func profile(of error: AWSError) -> String {
    guard let account = error.account else { return "the same profile" }
    return account.hasPrefix("profile ") ? account.escapedForTerminal : "the keys in \(account.escapedForTerminal)"
  }

  private static func serviceAdvice(for error: AWSError) -> String {
    switch error.code {
    case "NoSuchBucket":
      return "Check the bucket's name, and that the endpoint and the profile are those of its server."
    case "InvalidAccessKeyId", "InvalidClientTokenId":
      return
        "The server does not know this access key: check the profile (\(profile(of: error))), and that the endpoint"
        + " is the one the key belongs to."
    case "SignatureDoesNotMatch":
      return "The secret key does not fit the access key: check the profile's aws_secret_access_key"
        + " (\(profile(of: error)))."
    case "ExpiredToken", "ExpiredTokenException", "InvalidToken":
      return
        "The session of \(profile(of: error)) has ended: renew it ('aws sso login', or new temporary keys), then run"
        + " it again."
    case "RequestTimeTooSkewed":
      return "This machine's clock is wrong: set it, then run it again."
    case "AccessControlListNotSupported":
      return "ACLs are switched off for this bucket (BucketOwnerEnforced): its owner owns every object, and"
        + " there is nothing to repair."
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return "The bucket is in another region: name it with --region."
    case "NotFound" where error.key == nil:
      return notTheService(error)
    case "NoSuchVersion":
      return "The version is gone: make a new plan."
    case "NoSuchKey", "NotFound":
      return "The object is gone: make a new plan."
    case "PreconditionFailed":
      return "The object was changed at this very moment: make a new plan."
    case "InvalidObjectState":
      return "The object is archived: restore it first ('aws s3api restore-object')."
    case "MethodNotAllowed" where error.operation == "GetBucketPolicy":
      return "Only the account that owns the bucket may read its policy: name a profile of it with --profile."
    case "NotImplemented", "MethodNotAllowed":
      return incapable(error.operation)
    case "InvalidArgument" where aclWrites.contains(error.operation):
      return unknownGrantee(error.argument)
    case "UnresolvableGrantByEmailAddress" where aclWrites.contains(error.operation):
      return unknownGrantee(nil)
    case "SlowDown", "ServiceUnavailable", "InternalError", "Throttling", "ThrottlingException", "RequestLimitExceeded":
      return "The server is overloaded: run the same command again, with a lower --concurrency."
    default:
      guard let status = error.status, (400..<500).contains(status), status != 408, status != 429 else {
        return "Run the same command again; if it stays like this, see the code."
      }
      guard status == 403 else {
        return "The server refuses the request as it is, so the same command would fail again: see what it says, and"
          + " look at the object with 'aws s3api' if there is one."
      }
      return accessAdvice(for: error)
    }
  }

  private static let aclWrites: Set<String> = ["PutObjectAcl", "CopyObject", "CreateMultipartUpload"]

  /// What a server cannot do, and what else would do.
  private static func incapable(_ operation: String) -> String {
    switch operation {
    case "CopyObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload":
      return "The server cannot copy like that: use --strategy grant with the owner's credentials."
    case "PutObjectAcl": return "The server cannot write an object's ACL: use --strategy copy."
    case "ListObjectVersions": return "The server cannot list old versions: leave out --all-versions."
    default: return "The server cannot do that (\(operation)); the same command would fail again."
    }
  }

  private static func unknownGrantee(_ argument: AWSError.Argument?) -> String {
    guard let id = argument?.granteeID else {
      return "The server does not know one of the ACL's grantees. Correct the ID of a reader; what the ACL has already,"
        + " of an account that is gone, a new plan with --drop-grantee ID leaves out."
    }
    return
      "The server knows no account \(id). If it is a reader's ID, correct it; if the object's ACL has it already, its"
      + " account is gone: make a new plan with --drop-grantee \(id), which leaves it out."
  }

  /// S3 gives the same bare 403 for an ACL that Block Public Access refuses.
  private static let publicGrantAdvice =
    "under Block Public Access the ACL must hold no public grant: make a new plan, without --drop-public-grants never."

  /// The right that an operation needs, by the names that IAM has for them.
  private static func accessAdvice(for error: AWSError) -> String {
    let credentials = "The credentials\(error.account.map { " of \($0.escapedForTerminal)" } ?? "")"
    switch error.operation {
    case "PutObjectAcl":
      return "The object owner's credentials need s3:PutObjectAcl on the object; \(publicGrantAdvice)"
    case "CopyObject":
      return "The bucket owner's credentials need s3:GetObject, s3:PutObject and s3:PutObjectAcl, for tags also"
        + " s3:GetObjectTagging and s3:PutObjectTagging; \(publicGrantAdvice)"
    case "GetCallerIdentity":
      return "It needs no right, so a policy denies \(profile(of: error)) sts:GetCallerIdentity."
    case "ListBuckets":
      return "\(credentials) need s3:ListAllMyBuckets, by which fixacl finds out whose they are."
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
        }
      let place = error.key != nil ? " on the object" : error.bucket != nil ? " on the bucket" : ""
      return "\(credentials) need \(prefix):\(right)\(place); are they those of the right account?"
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
