import Crypto
import Foundation
import AWSKit
import TestSupport
import Testing

/// All of AWS's services that fixacl asks, as far as the repair of a small bucket needs them: one object, which another
/// account owns. It answers by what is asked, whoever asks and on whatever host.
enum StandInAmazon {
  /// The bucket owner, who signs in by IAM Identity Center.
  static let site = String(repeating: "a1", count: 32)
  /// The object owner, who signs in by `aws login`.
  static let tools = String(repeating: "b2", count: 32)
  static let oai = String(repeating: "c3", count: 32)
  static let other = String(repeating: "d4", count: 32)
  static let bucket = "site-bucket"
  /// In keys and tokens of all kinds.
  static let secret = "stand-in-secret"

  private static let later = "2099-01-01T00:00:00Z"

  /// - Parameter region: the bucket's.
  static func answer(_ request: LoopbackServer.Request, region: String) -> TLSServer.Answer {
    let parts = request.target.split(separator: "?", maxSplits: 1)
    let path = parts.first.map(String.init) ?? "/"
    let query = parts.count > 1 ? String(parts[1]) : ""
    if let answer = keys(request, path: path) ?? service(request, path: path) { return answer }
    let isObject = path.hasSuffix("index.html")
    switch (request.method, query.prefix { $0 != "=" && $0 != "&" }) {
    case ("HEAD", _): return .init(" ", headers: ["ETag: \"\(etag)\"", "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT"])
    case ("PUT", "acl"): return .init()
    case ("GET", "acl"): return acl(of: isObject ? tools : site)
    case ("GET", "max-buckets"):
      return .init("<ListAllMyBucketsResult><Owner><ID>\(account(of: request))</ID></Owner></ListAllMyBucketsResult>")
    case ("GET", "location"): return .init("<LocationConstraint>\(region)</LocationConstraint>")
    case ("GET", "versioning"): return .init("<VersioningConfiguration/>")
    case ("GET", "requestPayment"):
      return .init("<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>")
    case ("GET", "ownershipControls"): return missing("OwnershipControlsNotFoundError")
    case ("GET", "publicAccessBlock"): return missing("NoSuchPublicAccessBlockConfiguration")
    case ("GET", "encryption"): return missing("ServerSideEncryptionConfigurationNotFoundError")
    case ("GET", "object-lock"): return missing("ObjectLockConfigurationNotFoundError")
    case ("GET", "policy"): return missing("NoSuchBucketPolicy")
    default: return query.contains("list-type=2") ? listing : missing("NoSuchKey")
    }
  }

  private static func missing(_ code: String) -> TLSServer.Answer {
    .init("<Error><Code>\(code)</Code><Message>there is none</Message></Error>", status: 404)
  }

  private static let etag = "0123456789abcdef0123456789abcdef"

  private static let listing = TLSServer.Answer(
    "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>index.html</Key>"
      + "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"\(etag)\"</ETag><Size>1</Size>"
      + "<StorageClass>STANDARD</StorageClass><Owner><ID>\(tools)</ID></Owner></Contents></ListBucketResult>")

  private static func acl(of owner: String) -> TLSServer.Answer {
    .init(
      "<AccessControlPolicy><Owner><ID>\(owner)</ID></Owner><AccessControlList><Grant><Grantee "
        + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>\(owner)</ID></Grantee>"
        + "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>")
  }

  /// The account whose key signed the request.
  private static func account(of request: LoopbackServer.Request) -> String {
    let authorization = request.header("Authorization") ?? ""
    return authorization.contains("=ASIASITE/") ? site : authorization.contains("=ASIATOOLS/") ? tools : other
  }

  /// The services that give keys.
  private static func keys(_ request: LoopbackServer.Request, path: String) -> TLSServer.Answer? {
    switch (request.method, path) {
    case ("POST", "/token"):
      return .init(#"{"accessToken":"\#(secret)-2","expiresIn":28800,"refreshToken":"\#(secret)-3"}"#)
    case ("GET", "/federation/credentials"):
      return .init(
        #"{"roleCredentials":{"accessKeyId":"ASIASITE","secretAccessKey":"\#(secret)-4","#
          + #""sessionToken":"\#(secret)-5","expiration":4070908800000}}"#)
    case ("POST", "/v1/token"):
      return .init(
        #"{"accessToken":{"accessKeyId":"ASIATOOLS","secretAccessKey":"\#(secret)-6","sessionToken":"\#(secret)-7"},"#
          + #""expiresIn":900,"refreshToken":"\#(secret)-8"}"#)
    case ("POST", "/") where request.text.contains("Action=AssumeRole"):
      return .init(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAOTHER</AccessKeyId><SecretAccessKey>"
          + "\(secret)-9</SecretAccessKey><SessionToken>\(secret)-0</SessionToken><Expiration>\(later)</Expiration>"
          + "</Credentials></AssumeRoleResult></AssumeRoleResponse>")
    default: return nil
    }
  }

  /// STS, S3 Control and CloudFront.
  private static func service(_ request: LoopbackServer.Request, path: String) -> TLSServer.Answer? {
    if request.text.contains("Action=GetCallerIdentity") {
      return .init(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult>"
          + "</GetCallerIdentityResponse>")
    }
    if path == "/v20180820/configuration/publicAccessBlock" {
      return missing("NoSuchPublicAccessBlockConfiguration")
    }
    if path.hasPrefix("/2020-05-31/origin-access-identity/cloudfront/") {
      return .init(
        "<CloudFrontOriginAccessIdentity><S3CanonicalUserId>\(oai)</S3CanonicalUserId></CloudFrontOriginAccessIdentity>"
      )
    }
    return nil
  }

  // MARK: - Files

  /// Profiles of people whose sign-ins have to be renewed: `site` by IAM Identity Center, `tools` by `aws login`.
  ///
  /// - Parameter settings: lines for each profile.
  static func writeSignIns(
    to place: Workplace, partition: String = "aws", region: String, settings: String = "", more: String = ""
  ) throws {
    let session = "arn:\(partition):iam::444455556666:user/me"
    try place.write(
      """
      [profile site]
      region = \(region)
      sso_session = work
      sso_account_id = 111122223333
      sso_role_name = Admin
      \(settings)
      [sso-session work]
      sso_start_url = https://sandbox.awsapps.com/start
      sso_region = \(region)
      [profile tools]
      region = \(region)
      login_session = \(session)
      \(settings)
      \(more)
      """, to: "config")
    try place.write("", to: "credentials")
    try write(
      #"{"startUrl":"https://sandbox.awsapps.com/start","region":"\#(region)","accessToken":"\#(secret)","#
        + #""expiresAt":"2020-01-01T00:00:00Z","clientId":"client","clientSecret":"\#(secret)","#
        + #""registrationExpiresAt":"\#(later)","refreshToken":"\#(secret)"}"#,
      "sso", Insecure.SHA1.hash(data: Data("work".utf8)), to: place)
    let key = P256.Signing.PrivateKey().pemRepresentation.split(separator: "\n").joined(separator: "\\n")
    try write(
      #"{"accessToken":{"accessKeyId":"ASIATOOLS","secretAccessKey":"\#(secret)","sessionToken":"\#(secret)","#
        + #""accountId":"444455556666","expiresAt":"2020-01-01T00:00:00Z"},"clientId":"client","#
        + #""refreshToken":"\#(secret)","idToken":"id","dpopKey":"\#(key)\n","signInRegion":"\#(region)"}"#,
      "login", SHA256.hash(data: Data(session.utf8)), to: place)
  }

  private static func write(
    _ document: String, _ kind: String, _ name: some Sequence<UInt8>, to place: Workplace
  ) throws {
    let folder = ".aws/\(kind)/cache"
    try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: true)
    let hex = name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try place.write(document, to: "\(folder)/\(hex).json")
  }

  /// Profiles with keys that do not end.
  static func writeKeys(to place: Workplace, region: String? = nil, settings: String = "", more: String = "") throws {
    let region = region.map { "region = \($0)\n" } ?? ""
    try place.write("\(more)\n", to: "config")
    try place.write(
      ["SITE", "TOOLS"].map { name in
        "[\(name.lowercased())]\naws_access_key_id = ASIA\(name)\naws_secret_access_key = \(secret)\n\(region)\(settings)\n"
      }.joined(), to: "credentials")
  }
}

extension Workplace {
  /// A folder from which Amazon's hosts are asked through a proxy.
  ///
  /// - Parameter certificates: whose certificates to trust.
  static func amazon(
    through proxy: RecordingProxy, trusting certificates: String = "", environment: [String: String] = [:]
  ) throws -> Workplace {
    let standard = [
      "AWS_ENDPOINT_URL": "", "AWS_PROFILE": "site", "AWS_REGION": "", "HTTPS_PROXY": proxy.url,
      "AWS_CA_BUNDLE": certificates,
    ]
    return try Workplace(.nowhere, environment: standard.merging(environment) { $1 })
  }
}
