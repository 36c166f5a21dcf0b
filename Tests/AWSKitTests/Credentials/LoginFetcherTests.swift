import Crypto
import FoundationEssentials
import Testing

@testable import AWSKit

@Suite struct LoginFetcherTests {
  private static let session = "arn:aws:iam::111122223333:user/me"
  private static let key = P256.Signing.PrivateKey()

  private static func document(minutes: Int, region: String? = "eu-west-1", key: String? = nil) -> String {
    let end = Timestamp(seconds: Timestamp.example.seconds + minutes * 60).extended
    let pem = (key ?? Self.key.pemRepresentation).split(separator: "\n").joined(separator: "\\n")
    let region = region.map { #","signInRegion":"\#($0)""# } ?? ""
    return #"{"accessToken":{"accessKeyId":"L0","secretAccessKey":"\#(planted.secret)","sessionToken":"T0","#
      + #""accountId":"111122223333","expiresAt":"\#(end)"},"tokenType":"aws_sigv4","clientId":"CLIENT","#
      + #""refreshToken":"REFRESH","idToken":"ID","dpopKey":"\#(pem)\n"\#(region)}"#
  }

  private static let renewed = ScriptedAnswer.status(
    200,
    #"{"accessToken":{"accessKeyId":"L1","secretAccessKey":"s1","sessionToken":"T1"},"tokenType":"aws_sigv4","#
      + #""expiresIn":900,"refreshToken":"REFRESH2"}"#)

  private struct Home: ~Copyable {
    let path = NSTemporaryFolder.make()
    /// SHA-256 of the session's name.
    var file: String {
      path + "/" + Hex.encode(SHA256.hash(data: Array(LoginFetcherTests.session.utf8))) + ".json"
    }

    init(_ document: String?) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if let document { try Data(document.utf8).write(to: URL(filePath: file)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var saved: JSONValue? {
      try? JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: file)))
    }

    func bench(
      variables: [String: String] = [:], _ answer: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedAnswer
    ) -> CredentialsBench {
      CredentialsBench(
        variables: variables.merging(["AWS_LOGIN_CACHE_DIRECTORY": path]) { $1 },
        files: ["config": "[profile a]\nlogin_session = \(LoginFetcherTests.session)\n"], answer: answer)
    }
  }

  @Test func usesTheSavedSessionWhileItLasts() async throws {
    let home = try Home(Self.document(minutes: 14))
    let bench = home.bench { _, _ in .status(500) }
    let credentials = try await bench.credentials("a").provider.credentials()
    #expect(credentials.accessKeyID == "L0")
    #expect(credentials.sessionToken == "T0")
    #expect(bench.transport.requests.isEmpty)
  }

  @Test func renewsItWithAProofOfTheKey() async throws {
    let home = try Home(Self.document(minutes: 4))
    let bench = home.bench { _, _ in Self.renewed }
    let credentials = try await bench.credentials("a").provider.credentials()
    #expect(credentials.accessKeyID == "L1")
    #expect(credentials.expiration == Timestamp(seconds: Timestamp.example.seconds + 900))
    let request = try #require(bench.transport.requests.first)
    #expect(request.url == "https://eu-west-1.signin.aws.amazon.com/v1/token")
    #expect(request.value(of: "Authorization") == nil)
    #expect(
      try JSONDecoder().decode(JSONValue.self, from: Data(request.body))
        == .object([
          "clientId": .string("CLIENT"), "refreshToken": .string("REFRESH"), "grantType": .string("refresh_token"),
        ]))
    try Self.check(proof: request.value(of: "DPoP") ?? "", url: request.url)
    let saved = home.saved
    #expect(saved?.member("accessToken")?["accessKeyId"] == "L1")
    #expect(saved?.member("accessToken")?["accountId"] == "111122223333")
    #expect(saved?["refreshToken"] == "REFRESH2")
    #expect(saved?["idToken"] == "ID")
    #expect(saved?["dpopKey"] == Self.key.pemRepresentation + "\n" || saved?["dpopKey"] == Self.key.pemRepresentation)
  }

  private static func check(proof: String, url: String) throws {
    let parts = proof.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    func decoded(_ text: String) throws -> Data {
      let padded = text.replacing("-", with: "+").replacing("_", with: "/")
      return try #require(Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4)))
    }
    let header = try JSONDecoder().decode(JSONValue.self, from: decoded(parts[0]))
    #expect(header["typ"] == "dpop+jwt")
    #expect(header["alg"] == "ES256")
    let jwk = try #require(header.member("jwk"))
    let x = try decoded(jwk["x"] ?? "")
    let y = try decoded(jwk["y"] ?? "")
    #expect(jwk["kty"] == "EC" && jwk["crv"] == "P-256")
    #expect(Data([4]) + x + y == key.publicKey.x963Representation)
    let claims = try JSONDecoder().decode(JSONValue.self, from: decoded(parts[1]))
    #expect(
      claims
        == .object([
          "htm": .string("POST"), "htu": .string(url), "iat": .integer(Timestamp.example.seconds),
          "jti": .string("once"),
        ]))
    let signature = try decoded(parts[2])
    #expect(signature.count == 64)
    #expect(
      key.publicKey.isValidSignature(
        try P256.Signing.ECDSASignature(rawRepresentation: signature), for: Data((parts[0] + "." + parts[1]).utf8)))
  }

  /// What a server rejects is not taken from the file once more, however long it should last.
  @Test func aRejectedSessionIsRenewed() async throws {
    let home = try Home(Self.document(minutes: 14))
    let bench = home.bench { _, _ in Self.renewed }
    let provider = try bench.credentials("a").provider
    let first = try await provider.credentials()
    #expect(try await provider.credentials(insteadOf: first).accessKeyID == "L1")
  }

  /// Another program, such as the AWS CLI, has renewed it meanwhile.
  @Test func aSessionThatSomebodyElseHasRenewedIsRead() async throws {
    let home = try Home(Self.document(minutes: 14))
    let bench = home.bench { _, _ in .status(500) }
    let provider = try bench.credentials("a").provider
    _ = try await provider.credentials()
    let other = Self.document(minutes: 25).replacing("\"L0\"", with: "\"L9\"")
    try Data(other.utf8).write(to: URL(filePath: home.file))
    bench.pass(seconds: 12 * 60)
    #expect(try await provider.credentials().accessKeyID == "L9")
    #expect(bench.transport.requests.isEmpty)
  }

  @Test(
    arguments: [
      ("eu-west-1", "us-east-1", "https://eu-west-1.signin.aws.amazon.com/v1/token"),
      (nil, "us-east-2", "https://us-east-2.signin.aws.amazon.com/v1/token"),
      (nil, nil, "https://us-east-1.signin.aws.amazon.com/v1/token"),
      ("cn-north-1", nil, "https://cn-north-1.signin.amazonaws.cn/v1/token"),
      ("us-gov-east-1", nil, "https://us-gov-east-1.signin.amazonaws-us-gov.com/v1/token"),
      // It must not make a host of its own.
      ("evil.example/", nil, "https://us-east-1.signin.aws.amazon.com/v1/token"),
    ] as [(String?, String?, String)])
  func whereItIsRenewed(ofFile: String?, ofProfile: String?, url: String) async throws {
    let home = try Home(Self.document(minutes: 1, region: ofFile))
    let bench = home.bench(variables: ofProfile.map { ["AWS_REGION": $0] } ?? [:]) { _, _ in Self.renewed }
    _ = try await bench.credentials("a").provider.credentials()
    #expect(bench.transport.requests.map(\.url) == [url])
  }

  @Test(
    arguments: [
      ("TOKEN_EXPIRED", "the sign-in has ended: run aws login --profile a"),
      ("USER_CREDENTIALS_CHANGED", "the password has been changed since the sign-in: run aws login --profile a"),
      (
        "INSUFFICIENT_PERMISSIONS",
        "AWS Sign-In does not renew the session: CreateOAuth2Token: 403 AccessDeniedException"
      ),
    ])
  func refusals(error code: String, part: String) async throws {
    let home = try Home(Self.document(minutes: 1))
    let bench = home.bench { _, _ in
      .status(
        403, #"{"error":"\#(code)","message":"no REFRESH for you"}"#,
        headers: [("x-amzn-ErrorType", "AccessDeniedException")])
    }
    let error = await bench.failure("a")
    #expect(error?.message.contains(part) == true)
    #expect(error?.message.contains("REFRESH") == false)
  }

  @Test(arguments: [nil, "PLANTED", "{}", document(minutes: 1, key: "PLANTED")])
  func filesThatCannotBeUsed(document: String?) async throws {
    let home = try Home(document)
    let error = await home.bench { _, _ in .status(500) }.failure("a")
    #expect(error?.code == .sessionEnded)
    #expect(error?.message.hasSuffix("run aws login --profile a") == true)
    #expect(error?.message.contains("PLANTED") == false)
  }
}
