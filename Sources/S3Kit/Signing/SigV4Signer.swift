internal import Crypto
internal import Synchronization

/// Signs requests by AWS Signature Version 4, as S3 wants it: the path encoded once and never normalized, and
/// the body's SHA-256 in `x-amz-content-sha256`.
///
/// The stages have the names that AWS's documentation gives them. Signing keys are kept for a day.
package final class SigV4Signer: Sendable {
  package let region: String
  package let service: String

  private struct CachedKey: Sendable {
    let day: String
    let secretAccessKey: String
    let key: SymmetricKey
  }

  private let cachedKey = Mutex<CachedKey?>(nil)

  package init(region: String, service: String = "s3") {
    self.region = region
    self.service = service
  }

  /// SHA-256 of no bytes.
  package static let emptyPayloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// Adds `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` (if there is one) and `Authorization`.
  /// The request must not be changed afterwards.
  package func sign(_ request: inout HTTPRequest, credentials: Credentials, at date: Timestamp) {
    let payloadHash =
      request.body.isEmpty ? Self.emptyPayloadHash : Hex.encode(SHA256.hash(data: request.body))
    let timestamp = date.basic
    request.headers.append(("x-amz-date", timestamp))
    request.headers.append(("x-amz-content-sha256", payloadHash))
    if let token = credentials.sessionToken {
      request.headers.append(("x-amz-security-token", token))
    }
    let (canonicalRequest, signedHeaders) = canonicalRequest(request, payloadHash: payloadHash)
    let scope = "\(timestamp.prefix(8))/\(region)/\(service)/aws4_request"
    let stringToSign = stringToSign(canonicalRequest, timestamp: timestamp, scope: scope)
    let key = signingKey(secretAccessKey: credentials.secretAccessKey, day: String(timestamp.prefix(8)))
    let signature = Hex.encode(
      HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key))
    request.headers.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
          + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
      ))
  }

  /// Task 1 of the documentation. The query is taken as sorted already.
  func canonicalRequest(
    _ request: HTTPRequest, payloadHash: String
  ) -> (canonicalRequest: String, signedHeaders: String) {
    var fields = request.headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
    fields.append(("host", request.authority))
    // A stable order, so that repeated names keep theirs; they are joined by commas.
    let sorted = fields.enumerated().sorted {
      $0.element.name == $1.element.name
        ? $0.offset < $1.offset
        : $0.element.name.utf8.lexicographicallyPrecedes($1.element.name.utf8)
    }.map(\.element)
    var canonicalHeaders = ""
    var signedHeaders = ""
    var previous: String?
    for (name, value) in sorted {
      if name == previous {
        canonicalHeaders.removeLast()
        canonicalHeaders += "," + value + "\n"
        continue
      }
      canonicalHeaders += name + ":" + value + "\n"
      signedHeaders += (signedHeaders.isEmpty ? "" : ";") + name
      previous = name
    }
    let canonicalRequest =
      request.method.rawValue + "\n" + request.path + "\n" + request.query + "\n"
      + canonicalHeaders + "\n" + signedHeaders + "\n" + payloadHash
    return (canonicalRequest, signedHeaders)
  }

  /// Task 2.
  func stringToSign(_ canonicalRequest: String, timestamp: String, scope: String) -> String {
    "AWS4-HMAC-SHA256\n" + timestamp + "\n" + scope + "\n"
      + Hex.encode(SHA256.hash(data: Array(canonicalRequest.utf8)))
  }

  /// Task 3: the key of one day, derived once and then kept.
  func signingKey(secretAccessKey: String, day: String) -> SymmetricKey {
    cachedKey.withLock { cached in
      if let cached, cached.day == day, cached.secretAccessKey == secretAccessKey { return cached.key }
      var key = SymmetricKey(data: Array(("AWS4" + secretAccessKey).utf8))
      for part in [day, region, service, "aws4_request"] {
        key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
      }
      cached = CachedKey(day: day, secretAccessKey: secretAccessKey, key: key)
      return key
    }
  }

  /// Without blanks around it, and with one where there were several. By bytes, as servers do it: to Swift, a
  /// blank and the accent after it are one Character.
  private static func trimmed(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 0x20 || $0 == 0x09 }) else { return value }
    return value.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map { String(Substring($0)) }
      .joined(separator: " ")
  }
}
