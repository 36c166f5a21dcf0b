internal import Crypto
internal import Synchronization

/// Signs requests with AWS Signature Version 4 in S3's variant: the path is encoded once and never normalized, and
/// `x-amz-content-sha256` has the body's SHA-256.
///
/// The stages have the names of AWS's documentation. Signing keys are cached for a day.
package final class SigV4Signer: Sendable {
  package let region: String
  package let service: String

  /// The state common to a day's requests with the same key.
  private struct SigningKey: Sendable {
    let day: String
    let secretAccessKey: String
    /// `20261123/eu-central-1/s3/aws4_request`
    let scope: String
    /// An HMAC that has taken in the key, to be copied for each request.
    let code: HMAC<SHA256>
  }

  private let cachedKey = Mutex<SigningKey?>(nil)
  private let cachedOrders = Mutex<[HeaderOrder]>([])
  private let cachedDate = Mutex<(date: Timestamp, text: String)?>(nil)

  /// The most orders kept: a run sends few kinds of requests.
  private static let maximumOrders = 8

  package init(region: String, service: String = "s3") {
    self.region = region
    self.service = service
  }

  /// SHA-256 of no bytes.
  package static let emptyPayloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// Adds `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` (if there is one) and `Authorization`. The
  /// request must not be changed afterwards.
  ///
  /// - Parameter payloadHash: the body's SHA-256 in hexadecimal digits, if known already.
  package func sign(
    _ request: inout HTTPRequest, credentials: Credentials, at date: Timestamp, payloadHash: String? = nil
  ) {
    let payloadHash =
      request.body.isEmpty ? Self.emptyPayloadHash : payloadHash ?? Hex.encode(SHA256.hash(data: request.body))
    let timestamp = text(of: date)
    request.headers.reserveCapacity(request.headers.count + 4)
    request.headers.append(("x-amz-date", timestamp))
    request.headers.append(("x-amz-content-sha256", payloadHash))
    if let token = credentials.sessionToken {
      request.headers.append(("x-amz-security-token", token))
    }
    let (canonicalRequest, signedHeaders) = canonicalRequest(request, payloadHash: payloadHash)
    let key = signingKey(secretAccessKey: credentials.secretAccessKey, day: String(timestamp.prefix(8)))
    var code = key.code
    code.update(data: stringToSign(canonicalRequest, timestamp: timestamp, scope: key.scope))
    var authorization: [UInt8] = []
    authorization.reserveCapacity(384)
    authorization += "AWS4-HMAC-SHA256 Credential=".utf8
    authorization += credentials.accessKeyID.utf8
    authorization.append(UInt8(ascii: "/"))
    authorization += key.scope.utf8
    authorization += ", SignedHeaders=".utf8
    authorization += signedHeaders
    authorization += ", Signature=".utf8
    code.finalize().withUnsafeBytes { Hex.write($0, to: &authorization) }
    request.headers.append(("Authorization", String(decoding: authorization, as: UTF8.self)))
  }

  /// Task 1 of the documentation. The query must be sorted already.
  func canonicalRequest(
    _ request: HTTPRequest, payloadHash: String
  ) -> (canonicalRequest: [UInt8], signedHeaders: [UInt8]) {
    let order = order(of: request.headers)
    var text: [UInt8] = []
    text.reserveCapacity(1024)
    text += request.method.rawValue.utf8
    text.append(Self.lineFeed)
    text += request.path.utf8
    text.append(Self.lineFeed)
    text += request.query.utf8
    text.append(Self.lineFeed)
    for line in order.lines {
      if line.isRepeated { text[text.count - 1] = UInt8(ascii: ",") } else { text += line.name }
      Self.append(trimmed: line.place.map { request.headers[$0].value } ?? request.authority, to: &text)
      text.append(Self.lineFeed)
    }
    text.append(Self.lineFeed)
    text += order.signedHeaders
    text.append(Self.lineFeed)
    text += payloadHash.utf8
    return (text, order.signedHeaders)
  }

  /// The order of a request's headers, for all requests whose headers have the same names.
  private func order(of headers: [(name: String, value: String)]) -> HeaderOrder {
    cachedOrders.withLock { orders in
      if let known = orders.first(where: { $0.isOrder(of: headers) }) { return known }
      let order = HeaderOrder(headers)
      if orders.count == Self.maximumOrders { orders.removeFirst() }
      orders.append(order)
      return order
    }
  }

  /// `20261123T101500Z`
  private func text(of date: Timestamp) -> String {
    cachedDate.withLock { cached in
      if let cached, cached.date == date { return cached.text }
      let text = date.basic
      cached = (date, text)
      return text
    }
  }

  /// Task 2.
  func stringToSign(_ canonicalRequest: [UInt8], timestamp: String, scope: String) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(192)
    text += "AWS4-HMAC-SHA256\n".utf8
    text += timestamp.utf8
    text.append(Self.lineFeed)
    text += scope.utf8
    text.append(Self.lineFeed)
    SHA256.hash(data: canonicalRequest).withUnsafeBytes { Hex.write($0, to: &text) }
    return text
  }

  /// Task 3: the key for one day, derived once and then cached, and its scope.
  func signingKey(secretAccessKey: String, day: String) -> (code: HMAC<SHA256>, scope: String) {
    cachedKey.withLock { cached in
      if let cached, cached.day == day, cached.secretAccessKey == secretAccessKey { return (cached.code, cached.scope) }
      let parts = [day, region, service, "aws4_request"]
      var key = SymmetricKey(data: Array(("AWS4" + secretAccessKey).utf8))
      for part in parts {
        key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
      }
      let scope = parts.joined(separator: "/")
      let code = HMAC<SHA256>(key: key)
      cached = SigningKey(day: day, secretAccessKey: secretAccessKey, scope: scope, code: code)
      return (code, scope)
    }
  }

  private static let lineFeed = UInt8(ascii: "\n")

  /// Without surrounding blanks, and with runs of blanks joined to one. By bytes, as servers do: for Swift, a blank and
  /// an accent after it are one Character.
  private static func append(trimmed value: String, to text: inout [UInt8]) {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard value.utf8.contains(where: isBlank) else {
      text += value.utf8
      return
    }
    for (index, word) in value.utf8.split(whereSeparator: isBlank).enumerated() {
      if index > 0 { text.append(0x20) }
      text += word
    }
  }
}

/// How headers stand in a canonical request: sorted by their names in lower case, the host's among them.
private struct HeaderOrder: Sendable {
  struct Line: Sendable {
    /// The name and a colon.
    let name: [UInt8]
    /// The header's place in the request; nil for the host's.
    let place: Int?
    /// Whether the line before has the same name: their values are joined by a comma.
    let isRepeated: Bool
  }

  let lines: [Line]
  /// The names, separated by semicolons.
  let signedHeaders: [UInt8]
  private let names: [String]

  init(_ headers: [(name: String, value: String)]) {
    names = headers.map(\.name)
    var fields: [(name: String, place: Int?)] = [("host", nil)]
    for (place, name) in names.enumerated() { fields.append((Self.lowercased(name), place)) }
    // Repeated names keep their order.
    fields.sort { $0.name == $1.name ? $0.place ?? -1 < $1.place ?? -1 : $0.name < $1.name }
    var lines: [Line] = []
    var signedHeaders: [UInt8] = []
    for (index, field) in fields.enumerated() {
      let isRepeated = index > 0 && fields[index - 1].name == field.name
      lines.append(Line(name: Array((field.name + ":").utf8), place: field.place, isRepeated: isRepeated))
      guard !isRepeated else { continue }
      if index > 0 { signedHeaders.append(UInt8(ascii: ";")) }
      signedHeaders += field.name.utf8
    }
    self.lines = lines
    self.signedHeaders = signedHeaders
  }

  /// Whether the request's headers have these names.
  func isOrder(of headers: [(name: String, value: String)]) -> Bool {
    headers.count == names.count && zip(headers, names).allSatisfy { $0.name.hasSameBytes(as: $1) }
  }

  private static func lowercased(_ name: String) -> String {
    name.utf8.contains { (0x41...0x5a).contains($0) } ? name.lowercased() : name
  }
}
