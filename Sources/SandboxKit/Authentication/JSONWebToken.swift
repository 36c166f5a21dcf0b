internal import Foundation

/// A JSON Web Token (RFC 7519) in its compact form, taken apart. Nothing of it is verified.
struct JSONWebToken {
  private let header: [UInt8]
  private let payload: [UInt8]
  let signature: [UInt8]
  /// What the signature is over.
  let signedBytes: [UInt8]

  /// Nil of what are no three parts in base64.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { return nil }
    self.header = header
    self.payload = payload
    self.signature = signature
    signedBytes = Array((parts[0] + "." + parts[1]).utf8)
  }

  func header<Value: Decodable>(as type: Value.Type) -> Value? {
    try? JSONDecoder().decode(type, from: Data(header))
  }

  /// The claims.
  func payload<Value: Decodable>(as type: Value.Type) -> Value? {
    try? JSONDecoder().decode(type, from: Data(payload))
  }
}
