internal import Crypto
internal import Foundation
internal import AWSKit

/// A proof by which a client shows that it has a key (RFC 9449), in the one form that AWS's sign-in takes: ES256.
struct DPoPProof {
  /// Of one use.
  let id: String
  /// The key that has signed it: a point of P-256 in X9.63's form.
  let publicKey: [UInt8]

  private struct Header: Decodable {
    struct Key: Decodable {
      let kty: String
      let crv: String
      let x: String
      let y: String
    }

    let typ: String
    let alg: String
    let jwk: Key
  }

  private struct Claims: Decodable {
    let htm: String
    let htu: String
    let iat: Int
    let jti: String
  }

  /// How far a proof's time may be from the server's, in seconds.
  private static let tolerance = 300

  /// Verifies a proof.
  ///
  /// - Parameter address: the URL without its scheme: the sandbox speaks no TLS, but may be asked as if it did.
  /// - Throws: `Mistake`, with what is wrong with it.
  init(_ text: String, method: String, address: String, now: Timestamp) throws(Mistake) {
    guard let token = JSONWebToken(text), let header = token.header(as: Header.self),
      let claims = token.payload(as: Claims.self)
    else { throw Mistake("it is no JSON Web Token with typ, alg, jwk, htm, htu, iat and jti") }
    guard header.typ == "dpop+jwt" else { throw Mistake("typ is not dpop+jwt") }
    guard header.alg == "ES256" else { throw Mistake("alg is not ES256") }
    guard header.jwk.kty == "EC", header.jwk.crv == "P-256", let x = Base64URL.decode(header.jwk.x),
      let y = Base64URL.decode(header.jwk.y), x.count == 32, y.count == 32
    else { throw Mistake("jwk is no key of P-256") }
    publicKey = [4] + x + y
    guard let key = try? P256.Signing.PublicKey(x963Representation: publicKey) else {
      throw Mistake("jwk is no point of P-256")
    }
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: token.signature),
      key.isValidSignature(signature, for: SHA256.hash(data: token.signedBytes))
    else { throw Mistake("the signature does not match") }
    guard claims.htm == method else { throw Mistake("htm is not \(method)") }
    guard ["http://", "https://"].contains(where: { claims.htu == $0 + address }) else {
      throw Mistake("htu is not of \(address)")
    }
    guard abs(claims.iat - now.seconds) <= Self.tolerance else { throw Mistake("iat is too far off") }
    guard !claims.jti.isEmpty else { throw Mistake("jti is empty") }
    id = claims.jti
  }

  /// What is wrong with a proof.
  struct Mistake: Error {
    let description: String

    init(_ description: String) {
      self.description = description
    }
  }
}
