internal import Crypto
internal import FoundationEssentials

/// Shows that a request comes from who holds the key of a session (RFC 9449, Demonstrating Proof of Possession).
struct DPoPProof: Sendable, SecretHolding {
  private let key: P256.Signing.PrivateKey

  /// Nil unless it is a P-256 key in PEM (SEC 1 or PKCS #8).
  init?(pem: String) {
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else { return nil }
    self.key = key
  }

  /// A JSON Web Token about one POST to one URL.
  ///
  /// - Parameter id: one that was never used.
  func header(url: String, at time: Timestamp, id: String) throws(CredentialsError) -> String {
    let point = key.publicKey.x963Representation.dropFirst()
    let (x, y) = (point.prefix(32), point.dropFirst(32))
    let header =
      #"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":"\#(Self.base64URL(x))","y":"\#(Self.base64URL(y))","#
      + #""crv":"P-256"}}"#
    let payload = Payload(htm: "POST", htu: url, iat: time.seconds, jti: id)
    guard let claims = try? JSONEncoder().encode(payload) else {
      throw CredentialsError(.sourceFailed, "the proof for \(url) cannot be written")
    }
    let text = Self.base64URL(Data(header.utf8)) + "." + Self.base64URL(claims)
    guard let signature = try? key.signature(for: Data(text.utf8)) else {
      throw CredentialsError(.sourceFailed, "the proof for \(url) cannot be signed")
    }
    return text + "." + Self.base64URL(signature.rawRepresentation)
  }

  private struct Payload: Encodable {
    let htm, htu: String
    let iat: Int
    let jti: String
  }

  /// A random UUID.
  @Sendable static func uniqueID() -> String { UUID().uuidString.lowercased() }

  private static func base64URL(_ bytes: some DataProtocol) -> String {
    String(Data(bytes).base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
      .filter { $0 != "=" }
  }
}
