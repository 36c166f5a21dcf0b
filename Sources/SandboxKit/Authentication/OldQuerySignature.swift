internal import Crypto
internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// What the query of a URL says that was presigned with Signature Version 2 (User Guide: "Signing and authenticating
/// REST requests", query string request authentication): what botocore makes unless it is told otherwise.
struct OldQuerySignature {
  /// Regions younger than these know Signature Version 4 only.
  static let regions: Set<String> = [
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
    "sa-east-1",
  ]

  static let unsupported = ServiceError.invalidRequest(
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")

  static func isIn(_ request: SandboxRequest) -> Bool {
    request.query.contains { $0.name == "Signature" } && request.query.contains { $0.name == "AWSAccessKeyId" }
  }

  let accessKeyID: String
  let signature: String
  /// In seconds since 1970.
  let expiry: Timestamp

  init(_ request: SandboxRequest) throws(ServiceError) {
    guard let key = request.text("AWSAccessKeyId"), let signature = request.text("Signature"),
      let expires = request.text("Expires")
    else {
      throw ServiceError(
        403, "AccessDenied",
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
    }
    guard let seconds = Int(expires) else {
      throw ServiceError(403, "AccessDenied", "Invalid date (should be seconds since epoch): \(expires)")
    }
    (accessKeyID, self.signature, expiry) = (key, signature, Timestamp(seconds: seconds))
  }

  /// What was signed.
  func stringToSign(of request: SandboxRequest) -> String {
    let amz =
      (request.headers.map { ($0.name.lowercased(), $0.value) } + PresignedQuery.hoistedHeaders(of: request)
      + (request.text("x-amz-security-token").map { [("x-amz-security-token", $0)] } ?? []))
      .filter { $0.0.hasPrefix("x-amz-") }
    let lines = Dictionary(grouping: amz) { $0.0 }.sorted { $0.key < $1.key }.map { name, fields in
      name + ":" + fields.map(\.1).joined(separator: ",") + "\n"
    }
    let path = request.uri.prefix { $0 != "?" }
    let parameters = request.query.filter { Self.signedParameters.contains($0.name) }.sorted { $0.name < $1.name }.map {
      let value = String(decoding: $0.value, as: UTF8.self)
      return value.isEmpty ? $0.name : $0.name + "=" + value
    }
    return """
      \(request.method)
      \(request[header: "content-md5"] ?? "")
      \(request[header: "content-type"] ?? "")
      \(expiry.seconds)
      \(lines.joined())\(request.hostBucket.map { "/" + $0 } ?? "")\(path)
      """ + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
  }

  private static let signedParameters: Set<String> = [
    "acl", "cors", "delete", "lifecycle", "location", "logging", "notification", "partNumber", "policy",
    "replication", "requestPayment", "restore", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning",
    "versions", "website", "object-lock", "accelerate", "analytics", "inventory", "metrics",
    "response-cache-control", "response-content-disposition", "response-content-encoding",
    "response-content-language", "response-content-type", "response-expires",
  ]
}

extension SignatureVerifier {
  /// Verifies a URL that was presigned with Signature Version 2. Only S3 takes these.
  func verifyOldQuery(
    of request: SandboxRequest, accounts: AccountDirectory, now: Timestamp
  ) throws(ServiceError) -> Verified {
    guard service == "s3" else { throw OldQuerySignature.unsupported }
    let query = try OldQuerySignature(request)
    guard now < query.expiry else {
      throw ServiceError(
        403, "AccessDenied", "Request has expired",
        details: [("Expires", query.expiry.extended), ("ServerTime", now.extended)])
    }
    let (identity, credentials) = try lookUp(
      query.accessKeyID, token: request.text("x-amz-security-token"), accounts: accounts, now: now)
    let toSign = Array(query.stringToSign(of: request).utf8)
    let code = HMAC<Insecure.SHA1>.authenticationCode(
      for: toSign, using: SymmetricKey(data: Array(credentials.secretAccessKey.utf8)))
    guard Data(code).base64EncodedString() == query.signature else {
      throw Self.mismatch(accessKeyID: query.accessKeyID, stringToSign: toSign, provided: query.signature)
    }
    return Verified(
      caller: .identity(identity), region: nil, body: request.body, method: .oldQuery,
      addedHeaders: PresignedQuery.hoistedHeaders(of: request))
  }
}
