internal import Crypto
internal import NIOHTTP1
internal import AWSKit

/// What the query of a presigned URL says of its signature (API Reference: "Authenticating Requests: Using Query
/// Parameters (AWS Signature Version 4)").
struct PresignedQuery {
  static let signature = "X-Amz-Signature"

  /// A week.
  private static let maximumSeconds = 604_800

  let accessKeyID: String
  let day: String
  let region: String
  let service: String
  let signedHeaderList: String
  let signature: String
  let date: String
  let signedAt: Timestamp
  /// How long it may be used.
  let seconds: Int
  let token: String?

  var expiry: Timestamp { Timestamp(seconds: signedAt.seconds + seconds) }

  static func isIn(_ request: SandboxRequest) -> Bool {
    request.query.contains { $0.name == "X-Amz-Algorithm" || $0.name == signature }
  }

  init(_ request: SandboxRequest) throws(ServiceError) {
    let algorithm = request.text("X-Amz-Algorithm")
    guard let algorithm, let credential = request.text("X-Amz-Credential"),
      let signature = request.text(Self.signature),
      let date = request.text("X-Amz-Date"), let headers = request.text("X-Amz-SignedHeaders"),
      let expires = request.text("X-Amz-Expires")
    else {
      throw Self.refusal(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
          + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    }
    guard algorithm == "AWS4-HMAC-SHA256" else {
      throw Self.refusal("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
    }
    guard let signedAt = Timestamp(basic: date) else {
      throw Self.refusal("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    }
    guard let seconds = Int(expires) else { throw Self.refusal("X-Amz-Expires should be a number") }
    guard seconds >= 0 else { throw Self.refusal("X-Amz-Expires must be non-negative") }
    guard seconds <= Self.maximumSeconds else {
      throw Self.refusal(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
          + "\(Self.maximumSeconds) seconds")
    }
    let scope = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard scope.count == 5, scope[4] == "aws4_request" else {
      throw Self.refusal(
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
          + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
    }
    guard date.hasPrefix(scope[1]) else {
      throw Self.refusal(
        "Error parsing the X-Amz-Credential parameter; incorrect date \"\(scope[1])\". This date in the credential must "
          + "be in the format \"yyyyMMdd\" and the same as that of X-Amz-Date.")
    }
    (accessKeyID, day, region, service) = (scope[0], scope[1], scope[2], scope[3])
    (signedHeaderList, self.signature, self.date) = (headers, signature, date)
    (self.signedAt, self.seconds) = (signedAt, seconds)
    token = request.text("X-Amz-Security-Token")
  }

  static func refusal(
    _ message: String, details: [(name: String, value: String)] = []
  ) -> ServiceError {
    ServiceError(400, "AuthorizationQueryParametersError", message, details: details)
  }

  /// Parameters that SDKs sign in place of headers of the same name: `x-amz-acl`, `x-amz-checksum-crc32`.
  static func hoistedHeaders(of request: SandboxRequest) -> [(name: String, value: String)] {
    request.query.compactMap { field in
      let name = field.name.lowercased()
      let isOfSignature = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token",
      ].contains(name)
      guard name.hasPrefix("x-amz-"), !isOfSignature, request[header: name] == nil else { return nil }
      return (name, String(decoding: field.value, as: UTF8.self))
    }
  }
}

extension SignatureVerifier {
  /// Verifies a presigned URL.
  mutating func verifyQuery(
    of request: SandboxRequest, accounts: AccountDirectory, now: Timestamp
  ) throws(ServiceError) -> Verified {
    let query = try PresignedQuery(request)
    let authorization = Authorization(query)
    guard query.service == service else {
      throw PresignedQuery.refusal(
        "Error parsing the X-Amz-Credential parameter; incorrect service \"\(query.service)\". This endpoint belongs to "
          + "\"\(service)\".")
    }
    // An expired one is told so before its keys are looked up.
    guard now < query.expiry else {
      throw ServiceError(
        403, "AccessDenied", "Request has expired",
        details: [
          ("X-Amz-Expires", String(query.seconds)), ("Expires", query.expiry.extended), ("ServerTime", now.extended),
        ])
    }
    guard query.signedAt.seconds - now.seconds <= Self.maximumSkew else {
      throw ServiceError(403, "AccessDenied", "Request is not valid yet")
    }
    let (identity, credentials) = try lookUp(query.accessKeyID, token: query.token, accounts: accounts, now: now)
    let unsigned = request.headers.map { $0.name.lowercased() }.filter { name in
      (name == "host" || name.hasPrefix("x-amz-")) && name != "x-amz-content-sha256"
        && !authorization.signedHeaders.contains(name)
    }
    guard unsigned.isEmpty else {
      throw .headersNotSigned(unsigned.sorted())
    }
    // S3 takes any body where none is promised; the other services take their usual one, which is empty.
    let payloadHash =
      request[header: "x-amz-content-sha256"] ?? request.text("X-Amz-Content-Sha256")
      ?? (service == "s3" ? "UNSIGNED-PAYLOAD" : Self.hash(request.body))
    let key = signingKey(
      KeyScope(secret: credentials.secretAccessKey, day: query.day, region: query.region))
    let toSign = stringToSign(of: request, authorization, date: query.date, payloadHash: payloadHash)
    let code = HMAC<SHA256>.authenticationCode(for: toSign, using: key)
    guard code.withUnsafeBytes({ Hexadecimal.encode($0) }) == query.signature else {
      throw Self.mismatch(accessKeyID: query.accessKeyID, stringToSign: toSign, provided: query.signature)
    }
    let seed = ChunkedBody.Seed(
      key: key, date: query.date, scope: "\(query.day)/\(query.region)/\(service)/aws4_request",
      signature: query.signature)
    let (body, trailers) = try body(of: request, payloadHash: payloadHash, seed: seed)
    return Verified(
      caller: .identity(identity), region: query.region, body: body,
      method: .query(age: max(0, now.seconds - query.signedAt.seconds) * 1000),
      addedHeaders: PresignedQuery.hoistedHeaders(of: request) + trailers)
  }

  /// The error for a signature that is not right, with what was signed here.
  static func mismatch(accessKeyID: String, stringToSign: [UInt8], provided: String) -> ServiceError {
    .signatureDoesNotMatch([
      ("AWSAccessKeyId", accessKeyID), ("StringToSign", String(decoding: stringToSign, as: UTF8.self)),
      ("SignatureProvided", provided),
    ])
  }
}
