import Crypto
import Foundation
import AWSKit
import Testing

@testable import SandboxKit

@Suite("AWS Sign-In")
struct SigninTests {
  private let sandbox: InProcessSandbox
  private static let host = "us-east-1.signin.aws.amazon.com"

  init() throws {
    sandbox = try InProcessSandbox(#"{"accounts": {"site": {"users": {"dev": {}}}, "tools": {}}}"#)
  }

  /// What a proof says, with which a test can do what it likes.
  struct Proof {
    var typ = "dpop+jwt"
    var alg = "ES256"
    var curve = "P-256"
    var method = "POST"
    var url = "https://\(SigninTests.host)/v1/token"
    var age = 0
    var id = UUID().uuidString
    /// Whose public key the proof shows, if it is not that of the key which signs.
    var shown: P256.Signing.PrivateKey?

    func text(signedBy key: P256.Signing.PrivateKey) throws -> String {
      func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      }
      let point = (shown ?? key).publicKey.x963Representation.dropFirst()
      let header =
        #"{"typ":"\#(typ)","alg":"\#(alg)","jwk":{"kty":"EC","crv":"\#(curve)","x":"\#(encoded(point.prefix(32)))","#
        + #""y":"\#(encoded(point.suffix(32)))"}}"#
      let claims =
        #"{"htm":"\#(method)","htu":"\#(url)","iat":\#(Timestamp.now().seconds - age),"jti":"\#(id)"}"#
      let toSign = encoded(Data(header.utf8)) + "." + encoded(Data(claims.utf8))
      let signature = try key.signature(for: SHA256.hash(data: Data(toSign.utf8)))
      return toSign + "." + encoded(signature.rawRepresentation)
    }
  }

  /// What `aws login` leaves behind.
  private struct Cache {
    let refreshToken: String
    let key: P256.Signing.PrivateKey
    let keys: Credentials
  }

  private func signIn(_ query: [(String, String)] = []) throws -> Cache {
    let cache = try sandbox.send(.post, "control.test", "/signin/sign-in", query: query).json()
    return Cache(
      refreshToken: cache["refreshToken"]?.text ?? "",
      key: try P256.Signing.PrivateKey(pemRepresentation: cache["dpopKey"]?.text ?? ""),
      keys: try Self.keys(cache))
  }

  private static func keys(_ answer: [String: JSONMember]) throws -> Credentials {
    let token = try #require(answer["accessToken"])
    return Credentials(
      accessKeyID: token["accessKeyId"]?.text ?? "", secretAccessKey: token["secretAccessKey"]?.text ?? "",
      sessionToken: token["sessionToken"]?.text)
  }

  private func refresh(_ token: String, proof: String?, grant: String = "refresh_token") -> Answer {
    sandbox.send(
      .post, Self.host, "/v1/token", headers: proof.map { [("DPoP", $0)] } ?? [],
      body:
        #"{"clientId": "arn:aws:signin:::devtools/same-device", "grantType": "\#(grant)", "refreshToken": "\#(token)"}"#
    )
  }

  @Test("gives keys of who signed in, and new ones for the refresh token")
  func refreshing() throws {
    let cache = try signIn([("account", "site"), ("user", "dev")])
    let arn = "arn:aws:iam::\(try sandbox.account("site").accountID):user/dev"
    func identity(_ keys: Credentials) -> String {
      sandbox.sts("GetCallerIdentity", [:], as: keys).text("GetCallerIdentityResult", "Arn")
    }
    #expect(identity(cache.keys) == arn)
    let answer = refresh(cache.refreshToken, proof: try Proof().text(signedBy: cache.key))
    #expect(answer.status == 200)
    let document = try answer.json()
    let keys = try Self.keys(document)
    #expect(keys != cache.keys && identity(keys) == arn)
    #expect(document["expiresIn"] == .number(900) && document["tokenType"] == .text("aws_sigv4"))
    let next = document["refreshToken"]?.text ?? ""
    #expect(next != cache.refreshToken)
    for token in [next, cache.refreshToken] {
      #expect(refresh(token, proof: try Proof().text(signedBy: cache.key)).status == 200)
    }
  }

  @Test("verifies the proof: each part of it")
  func proofs() throws {
    let (cache, stranger) = (try signIn(), P256.Signing.PrivateKey())
    let mistakes: [(String, Proof)] = [
      ("typ", Proof(typ: "JWT")), ("alg", Proof(alg: "none")), ("curve", Proof(curve: "P-384")),
      ("method", Proof(method: "GET")), ("address", Proof(url: "https://elsewhere.test/v1/token")),
      ("path", Proof(url: "https://\(Self.host)/v1/token?a=b")), ("old", Proof(age: 301)), ("new", Proof(age: -301)),
      ("id", Proof(id: "")), ("another key's signature", Proof(shown: stranger)),
    ]
    for (name, proof) in mistakes {
      try expectInvalid(refresh(cache.refreshToken, proof: try proof.text(signedBy: cache.key)), "\(name)")
    }
    try expectInvalid(refresh(cache.refreshToken, proof: nil), "no proof")
    try expectInvalid(refresh(cache.refreshToken, proof: "a.b"), "no token")
    try expectInvalid(refresh(cache.refreshToken, proof: try Proof().text(signedBy: stranger)), "another key")
    let proof = try Proof().text(signedBy: cache.key)
    #expect(refresh(cache.refreshToken, proof: proof).status == 200)
    try expectInvalid(refresh(cache.refreshToken, proof: proof), "used twice")
    try expectInvalid(refresh("another", proof: try Proof().text(signedBy: cache.key)), "another token")
    let code = refresh(cache.refreshToken, proof: try Proof().text(signedBy: cache.key), grant: "authorization_code")
    try expectInvalid(code, "another grant")
  }

  private func expectInvalid(_ answer: Answer, _ what: String) throws {
    #expect(answer.status == 400, "\(what)")
    #expect(answer.response.headers["x-amzn-ErrorType"] == "ValidationException", "\(what)")
    #expect(try answer.json()["error"] == .text("INVALID_REQUEST"), "\(what)")
  }

  @Test(
    "ends sign-ins where the control address asks for it",
    arguments: [("TOKEN_EXPIRED", 401), ("USER_CREDENTIALS_CHANGED", 403), ("INSUFFICIENT_PERMISSIONS", 403)])
  func ending(reason: String, status: Int) throws {
    let (site, tools) = (try signIn([("account", "site")]), try signIn([("account", "tools")]))
    let query = [("account", "site"), ("reason", reason)]
    #expect(sandbox.send(.post, "control.test", "/signin/end", query: query).status == 204)
    let answer = refresh(site.refreshToken, proof: try Proof().text(signedBy: site.key))
    #expect(answer.status == status)
    #expect(answer.response.headers["x-amzn-ErrorType"] == "AccessDeniedException")
    #expect(try answer.json()["error"] == .text(reason))
    #expect(refresh(tools.refreshToken, proof: try Proof().text(signedBy: tools.key)).status == 200)
    #expect(sandbox.send(.post, "control.test", "/signin/end", query: [("reason", "else")]).status == 400)
  }
}
