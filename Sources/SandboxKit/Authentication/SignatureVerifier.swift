internal import Crypto
internal import NIOHTTP1
internal import AWSKit

/// Verifies AWS Signature Version 4, in a request's Authorization header or in its query, as S3 and the other services
/// do.
///
/// Written apart from AWSKit's signer, so that a mistake there does not verify itself.
struct SignatureVerifier {
  /// `s3`, `sts`, `cloudfront`.
  let service: String
  /// The most that a client's clock may be off, in seconds (S3: 15 minutes).
  static let maximumSkew = 900

  private var signingKeys: [KeyScope: SymmetricKey] = [:]
  /// What clients sent before, the last one first.
  private var heads: [AuthorizationHead] = []

  init(service: String) {
    self.service = service
  }

  /// What a signature says once it has been found right.
  struct Verified {
    var caller: Caller
    /// That was signed for; nil of an anonymous request.
    var region: String?
    var body: [UInt8]
    var method = Method.header
    /// What counts as headers of the request, but came in the query of a presigned URL or after the body.
    var addedHeaders: [(name: String, value: String)] = []
  }

  /// Where a signature was.
  enum Method: Sendable, Hashable {
    case header
    /// A presigned URL, so many milliseconds after it was signed.
    case query(age: Int)
    /// The same, of Signature Version 2.
    case oldQuery
  }

  struct KeyScope: Hashable {
    let secret: String
    let day: String
    let region: String
  }

  /// - Parameter bodyFollows: whether the client waits to be asked for the body, which is then not looked at.
  /// - Returns: an anonymous caller where nothing is signed.
  mutating func verify(
    _ request: SandboxRequest, accounts: AccountDirectory, now: Timestamp, bodyFollows: Bool = false
  ) throws(ServiceError) -> Verified {
    guard let header = request[header: "authorization"] else {
      if PresignedQuery.isIn(request) { return try verifyQuery(of: request, accounts: accounts, now: now) }
      if OldQuerySignature.isIn(request) { return try verifyOldQuery(of: request, accounts: accounts, now: now) }
      return try unsigned(request)
    }
    guard !PresignedQuery.isIn(request), !OldQuerySignature.isIn(request) else {
      throw .invalidArgument(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or "
          + "the Authorization header should be specified")
    }
    let known = head(of: header)
    let authorization: Authorization
    let signature: String
    if let known {
      authorization = known.authorization
      signature = String(Substring(header.utf8.dropFirst(known.text.utf8.count)))
    } else {
      authorization = try Authorization(header)
      signature = authorization.signature
    }
    guard let (dateHeader, date, signedAt) = Self.date(of: request) else {
      throw ServiceError(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
    }
    let (identity, credentials) = try lookUp(
      authorization.accessKeyID, token: request[header: "x-amz-security-token"], accounts: accounts, now: now)
    guard authorization.service == service, date.hasPrefix(authorization.day) else {
      throw .otherCredentialScope(day: date.prefix(8), service: service)
    }
    // Of the other services, AWS does not say which headers they demand beyond these.
    if service == "s3" { try Self.checkSigned(request, authorization.signedHeaders) }
    for name in ["host", dateHeader] where !authorization.signedHeaders.contains(name) {
      throw .headersNotSigned([name])
    }
    let payloadHash = request[header: "x-amz-content-sha256"] ?? Self.hash(request.body)
    let toSign = stringToSign(of: request, authorization, date: date, payloadHash: payloadHash)
    let common = known ?? AuthorizationHead(header, authorization)
    let key = key(for: credentials, common)
    var code = common.code
    code.update(data: toSign)
    guard code.finalize().withUnsafeBytes({ Hexadecimal.encode($0) }) == signature else {
      throw .signatureDoesNotMatch([("AWSAccessKeyId", authorization.accessKeyID)])
    }
    guard abs(signedAt.seconds - now.seconds) <= Self.maximumSkew else {
      throw .requestTimeTooSkewed(date, now: now, maximum: Self.maximumSkew)
    }
    // Most bodies come in one piece, and need no seed.
    let (body, trailers) =
      bodyFollows
      ? ([], [])
      : try body(
        of: request, payloadHash: payloadHash,
        seed: ChunkedBody.Seed(
          key: key, date: date, scope: "\(authorization.day)/\(authorization.region)/\(service)/aws4_request",
          signature: signature))
    if known == nil { remember(common) }
    return Verified(
      caller: .identity(identity), region: authorization.region, body: body, addedHeaders: trailers)
  }

  /// When a request was signed: `x-amz-date`, or `Date` where that is not there, in the basic form of ISO 8601 or in that
  /// of HTTP (API Reference: "Common Request Headers", Date and x-amz-date).
  ///
  /// - Returns: the header, the time as it is signed, and the time.
  private static func date(of request: SandboxRequest) -> (header: String, text: String, moment: Timestamp)? {
    if let text = request[header: "x-amz-date"] { return Timestamp(basic: text).map { ("x-amz-date", text, $0) } }
    guard let text = request[header: "date"], let moment = Timestamp(basic: text) ?? Timestamp(rfc9110: text) else {
      return nil
    }
    return ("date", moment.basic, moment)
  }

  // MARK: What requests have in common

  /// An Authorization header up to its signature, which all requests of a client have in common for a day if they carry
  /// the same headers, and what follows from it.
  private final class AuthorizationHead {
    let text: String
    let authorization: Authorization
    /// The secret of which `key` is made; empty for none.
    var secret = ""
    var key = SymmetricKey(size: .bits256)
    /// Of nothing yet, with the key.
    var code: HMAC<SHA256>

    init(_ header: String, _ authorization: Authorization) {
      text = String(header.dropLast(authorization.signature.count))
      self.authorization = authorization
      code = HMAC<SHA256>(key: key)
    }
  }

  private func head(of header: String) -> AuthorizationHead? {
    heads.first { header.utf8.count == $0.text.utf8.count + Self.signatureLength && header.hasPrefix($0.text) }
  }

  /// Hexadecimal digits.
  private static let signatureLength = 64

  /// - Parameter head: of a header whose signature is right and at its end.
  private mutating func remember(_ head: AuthorizationHead) {
    guard head.text.hasSuffix("Signature=") else { return }
    heads.insert(head, at: 0)
    if heads.count > 8 { heads.removeLast() }
  }

  private mutating func key(for credentials: Credentials, _ head: AuthorizationHead) -> SymmetricKey {
    if head.secret != credentials.secretAccessKey {
      head.secret = credentials.secretAccessKey
      head.key = signingKey(
        KeyScope(secret: head.secret, day: head.authorization.day, region: head.authorization.region))
      head.code = HMAC<SHA256>(key: head.key)
    }
    return head.key
  }

  // MARK: Signatures

  /// A request of nobody, whose body may come in chunks with a trailer all the same.
  private func unsigned(_ request: SandboxRequest) throws(ServiceError) -> Verified {
    let kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    guard request[header: "x-amz-content-sha256"] == kind else {
      return Verified(caller: .anonymous, region: nil, body: request.body)
    }
    let seed = ChunkedBody.Seed(key: SymmetricKey(size: .bits256), date: "", scope: "", signature: "")
    let chunked = try ChunkedBody(request, kind: kind, seed: seed)
    return Verified(caller: .anonymous, region: nil, body: chunked.content, addedHeaders: chunked.trailers)
  }

  func lookUp(
    _ accessKeyID: String, token: String?, accounts: AccountDirectory, now: Timestamp
  ) throws(ServiceError) -> (AccountDirectory.Identity, Credentials) {
    if let keys = accounts.permanentKeys(accessKeyID) { return keys }
    let known = accounts.session(accessKeyID: accessKeyID)
    guard
      let session = known ?? token.flatMap({ accounts.restoredSession(accessKeyID: accessKeyID, token: $0) })
    else {
      throw ServiceError(
        403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
        details: [("AWSAccessKeyId", accessKeyID)])
    }
    guard token == session.credentials.sessionToken else {
      throw ServiceError(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    }
    guard session.isValid(at: now) else { throw ServiceError(400, "ExpiredToken", "The provided token has expired.") }
    return (session.identity, session.credentials)
  }

  func stringToSign(
    of request: SandboxRequest, _ authorization: Authorization, date: String, payloadHash: String
  ) -> [UInt8] {
    var canonical: [UInt8] = []
    canonical.reserveCapacity(1024)
    func line(_ text: some Sequence<UInt8>) {
      canonical += text
      canonical.append(UInt8(ascii: "\n"))
    }
    line(request.method.utf8)
    // S3 takes the path once encoded, however the client writes it.
    line(PercentCoding.encode(request.path ?? [], keepingSlashes: true).utf8)
    line(canonicalQuery(request).utf8)
    for name in authorization.signedHeaders {
      canonical += name.utf8
      canonical.append(UInt8(ascii: ":"))
      var isFirst = true
      for header in request.headers where header.name.isHeader(name) {
        if !isFirst { canonical.append(UInt8(ascii: ",")) }
        isFirst = false
        Self.writeCollapsed(header.value, to: &canonical)
      }
      canonical.append(UInt8(ascii: "\n"))
    }
    line([])
    line(authorization.signedHeaderList.utf8)
    canonical += payloadHash.utf8
    var result = Array("AWS4-HMAC-SHA256\n\(date)\n".utf8)
    result += "\(authorization.day)/\(authorization.region)/\(service)/aws4_request\n".utf8
    result += Self.hash(canonical).utf8
    return result
  }

  private func canonicalQuery(_ request: SandboxRequest) -> String {
    guard !request.query.isEmpty else { return "" }
    var fields = request.query.filter { $0.name != PresignedQuery.signature }.map { field in
      (name: PercentCoding.encode(field.name.utf8), value: PercentCoding.encode(field.value))
    }
    fields.sort { left, right in left.name == right.name ? left.value < right.value : left.name < right.name }
    return fields.map { $0.name + "=" + $0.value }.joined(separator: "&")
  }

  /// Without blanks around it, and with one where there were several.
  private static func writeCollapsed(_ value: String, to bytes: inout [UInt8]) {
    let start = bytes.count
    var isAfterBlank = false
    for byte in value.utf8 {
      if byte == 0x20 || byte == 0x09 {
        isAfterBlank = true
      } else {
        if isAfterBlank, bytes.count > start { bytes.append(0x20) }
        isAfterBlank = false
        bytes.append(byte)
      }
    }
  }

  mutating func signingKey(_ scope: KeyScope) -> SymmetricKey {
    if let key = signingKeys[scope] { return key }
    var key = SymmetricKey(data: Array(("AWS4" + scope.secret).utf8))
    for part in [scope.day, scope.region, service, "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
    }
    // Scopes are the client's to choose.
    if signingKeys.count >= 1000 { signingKeys.removeAll() }
    signingKeys[scope] = key
    return key
  }

  /// The body, its hash checked; that of an upload in chunks without its framing, and what follows it.
  ///
  /// - Parameter seed: what the chunks' signatures begin with.
  func body(
    of request: SandboxRequest, payloadHash: String, seed: @autoclosure () -> ChunkedBody.Seed
  ) throws(ServiceError) -> (body: [UInt8], trailers: [(name: String, value: String)]) {
    if payloadHash == "UNSIGNED-PAYLOAD" { return (request.body, []) }
    if payloadHash.hasPrefix("STREAMING-") {
      let chunked = try ChunkedBody(request, kind: payloadHash, seed: seed())
      return (chunked.content, chunked.trailers)
    }
    guard Self.hash(request.body) == payloadHash else {
      throw ServiceError(
        400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."
      )
    }
    return (request.body, [])
  }

  static let emptyHash = Hexadecimal.encode(SHA256.hash(data: [UInt8]()))

  static func hash(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? emptyHash : SHA256.hash(data: bytes).withUnsafeBytes { Hexadecimal.encode($0) }
  }

  /// The parts of an Authorization header.
  struct Authorization {
    let accessKeyID: String
    let day: String
    let region: String
    let service: String
    let signedHeaders: [String]
    /// As it came: joined by semicolons.
    let signedHeaderList: String
    let signature: String

    init(_ query: PresignedQuery) {
      (accessKeyID, day, region, service) = (query.accessKeyID, query.day, query.region, query.service)
      signedHeaderList = query.signedHeaderList
      signedHeaders = query.signedHeaderList.split(separator: ";").map(String.init)
      signature = query.signature
    }

    init(_ header: String) throws(ServiceError) {
      let bytes = Array(header.utf8)
      let scheme = "AWS4-HMAC-SHA256 ".utf8
      guard bytes.starts(with: scheme) else {
        throw .invalidRequest(
          "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
      }
      var scope: [String] = []
      var (list, signature) = ("", "")
      for part in bytes.dropFirst(scheme.count).split(separator: UInt8(ascii: ",")) {
        let field = part.drop { $0 == 0x20 }
        guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let value = field[(equals + 1)...]
        // The three fields differ in their lengths.
        switch equals - field.startIndex {
        case "Credential".utf8.count:
          scope = value.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        case "SignedHeaders".utf8.count: list = String(decoding: value, as: UTF8.self)
        case "Signature".utf8.count: signature = String(decoding: value, as: UTF8.self)
        default: break
        }
      }
      guard scope.count == 5, scope[4] == "aws4_request", !list.isEmpty, !signature.isEmpty else {
        throw ServiceError(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
      }
      (accessKeyID, day, region, service) = (scope[0], scope[1], scope[2], scope[3])
      signedHeaderList = list
      signedHeaders = list.utf8.split(separator: UInt8(ascii: ";")).map { String(Substring($0)) }
      self.signature = signature
    }
  }
}
