import FoundationEssentials
import Testing

@testable import AWSKit

/// On files of a folder of its own, since tokens are written back.
@Suite struct SSOFetcherTests {
  private static let config = """
    [profile a]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = admin
    [profile b]
    sso_session = corp
    sso_account_id = 444455556666
    sso_role_name = reader
    [profile legacy]
    sso_start_url = https://corp.example/start
    sso_region = eu-central-1
    sso_account_id = 111122223333
    sso_role_name = admin
    [sso-session corp]
    sso_start_url = https://corp.example/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    """

  private static func token(
    _ access: String, minutes: Int, refresh: String? = "REFRESH", registered: Bool = true, more: String = ""
  ) -> String {
    let end = Timestamp(seconds: Timestamp.example.seconds + minutes * 60).extended
    let renewal = refresh.map { #","refreshToken":"\#($0)""# } ?? ""
    let registration = registered ? "2030-01-01T00:00:00Z" : "2013-01-01T00:00:00Z"
    return #"{"startUrl":"https://corp.example/start","region":"eu-west-1","accessToken":"\#(access)","#
      + #""expiresAt":"\#(end)","clientId":"CLIENT","clientSecret":"PLANTEDclient","#
      + #""registrationExpiresAt":"\#(registration)"\#(renewal)\#(more)}"#
  }

  private static func credentials(_ id: String, minutes: Int = 60) -> ScriptedAnswer {
    credentials(id, endsAt: (Timestamp.example.seconds + minutes * 60) * 1000)
  }

  private static func credentials(_ id: String, endsAt end: Int) -> ScriptedAnswer {
    .status(
      200,
      #"{"roleCredentials":{"accessKeyId":"\#(id)","secretAccessKey":"\#(planted.secret)","sessionToken":"T","#
        + #""expiration":\#(end)}}"#)
  }

  /// A home folder with a token.
  private struct Home: ~Copyable {
    let path: String
    var cache: String { path + "/.aws/sso/cache" }

    init() throws {
      path = NSTemporaryFolder.make()
      try FileManager.default.createDirectory(atPath: path + "/.aws/sso/cache", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func save(_ text: String, as name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(cache)/\(name).json"))
    }

    func saved(_ name: String) throws -> JSONValue {
      try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: "\(cache)/\(name).json")))
    }

    func bench(
      variables: [String: String] = [:], _ answer: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedAnswer
    ) -> CredentialsBench {
      CredentialsBench(
        variables: variables.merging(["HOME": path]) { $1 }, files: ["\(path)/.aws/config": SSOFetcherTests.config],
        answer: answer)
    }
  }

  /// The names of the files, as the AWS CLI makes them.
  private static func name(_ text: String) throws -> String {
    let bench = CredentialsBench(files: ["config": config])
    let resolver = try bench.environment.resolver(profile: text)
    guard case .sso(let role) = try CredentialsChain(settings: resolver).select().source else { return "" }
    let fetcher = SSOFetcher(
      role: role,
      context: CredentialsContext(
        name: .environment, settings: try bench.environment.settings(profile: text), environment: bench.environment,
        services: bench.services))
    return String(fetcher.path.dropFirst("/h/.aws/sso/cache/".count).dropLast(5))
  }

  @Test func filesHaveTheNamesThatTheAWSCLIGivesThem() throws {
    // printf corp | sha1sum; printf https://corp.example/start | sha1sum
    #expect(try Self.name("a") == "ee0bfd2552fbd840c02cc48b6e823320543c450f")
    #expect(try Self.name("b") == Self.name("a"))
    #expect(try Self.name("legacy") == "f7c9b39d0b4c7a7d82c79307585f77e1c5e74378")
  }

  @Test func asksThePortalWithTheSavedToken() async throws {
    let home = try Home()
    try home.save(Self.token("ACCESS", minutes: 60), as: Self.name("a"))
    let bench = home.bench { _, _ in Self.credentials("S1") }
    let credentials = try await bench.credentials("a").provider.credentials()
    #expect(credentials.accessKeyID == "S1")
    #expect(credentials.expiration == Timestamp(seconds: Timestamp.example.seconds + 3600))
    let request = try #require(bench.transport.requests.first)
    #expect(
      request.url
        == "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=111122223333&role_name=admin")
    #expect(request.value(of: "x-amz-sso_bearer_token") == "ACCESS")
    #expect(request.value(of: "Authorization") == nil)
    #expect(bench.transport.requests.count == 1)
  }

  @Test func aTokenThatEndsSoonIsRenewedAndSaved() async throws {
    let home = try Home()
    let name = try Self.name("a")
    try home.save(Self.token("OLD", minutes: 10, more: #","own":{"kept":[1,true,null,1.5]}"#), as: name)
    let bench = home.bench { request, _ in
      request.path == "/token"
        ? .status(200, #"{"accessToken":"NEW","expiresIn":28800,"refreshToken":"REFRESH2","tokenType":"Bearer"}"#)
        : Self.credentials("S1")
    }
    _ = try await bench.credentials("a").provider.credentials()
    let renewal = try #require(bench.transport.requests.first)
    #expect(renewal.url == "https://oidc.eu-west-1.amazonaws.com/token")
    #expect(renewal.value(of: "Authorization") == nil)
    let question = try JSONDecoder().decode(JSONValue.self, from: Data(renewal.body))
    #expect(
      question
        == .object([
          "grantType": .string("refresh_token"), "clientId": .string("CLIENT"),
          "clientSecret": .string("PLANTEDclient"), "refreshToken": .string("REFRESH"),
        ]))
    #expect(bench.transport.requests.last?.value(of: "x-amz-sso_bearer_token") == "NEW")
    let saved = try home.saved(name)
    #expect(saved["accessToken"] == "NEW")
    #expect(saved["refreshToken"] == "REFRESH2")
    #expect(saved["expiresAt"] == Timestamp(seconds: Timestamp.example.seconds + 28_800).extended)
    #expect(saved["clientSecret"] == "PLANTEDclient")
    #expect(
      saved.member("own") == .object(["kept": .array([.integer(1), .bool(true), .null, .number(1.5)])]))
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(home.cache)/\(name).json")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    // Nothing is left beside it.
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.cache).count == 1)
  }

  /// Both accounts of a repair sign in with one session: a refresh token counts once.
  @Test func twoProfilesOfOneSessionRenewItOnce() async throws {
    let home = try Home()
    try home.save(Self.token("OLD", minutes: -5), as: Self.name("a"))
    let bench = home.bench { request, _ in
      guard request.path == "/token" else { return Self.credentials("S1") }
      return String(decoding: request.body, as: UTF8.self).contains("REFRESH\"")
        ? .status(200, #"{"accessToken":"NEW","expiresIn":28800,"refreshToken":"REFRESH2"}"#)
        : .status(400, #"{"error":"invalid_grant","error_description":"used"}"#)
    }
    async let first = bench.credentials("a").provider.credentials()
    async let second = bench.credentials("b").provider.credentials()
    #expect(try await [first, second].count == 2)
    #expect(bench.transport.requests.filter { $0.path == "/token" }.count == 1)
  }

  @Test func aTokenThatStillLastsDoesNotNeedItsRenewal() async throws {
    let home = try Home()
    try home.save(Self.token("OLD", minutes: 10), as: Self.name("a"))
    let bench = home.bench { request, _ in
      request.path == "/token" ? .status(400, #"{"error":"invalid_grant"}"#) : Self.credentials("S1")
    }
    _ = try await bench.credentials("a").provider.credentials()
    #expect(bench.transport.requests.last?.value(of: "x-amz-sso_bearer_token") == "OLD")
  }

  @Test(
    arguments: [
      (token("OLD", minutes: -1, refresh: nil), "the sign-in ended at 2013-05-23T23:59:00Z"),
      (token("OLD", minutes: -1, registered: false), "the sign-in ended at"),
      (token("OLD", minutes: -1), "the sign-in ended at"), ("{}", "holds no sign-in that can be read"),
      ("", "is empty"), ("PLANTED", "holds no sign-in that can be read"),
      (#"{"accessToken":"PLANTED"}"#, "holds no sign-in"),
    ])
  func whoMustSignInAgain(text: String, part: String) async throws {
    let home = try Home()
    try home.save(text, as: Self.name("a"))
    let bench = home.bench { _, _ in .status(400, #"{"error":"invalid_grant","error_description":"PLANTED"}"#) }
    let error = await bench.failure("a")
    #expect(error?.code == .sessionEnded)
    #expect(error?.message.contains(part) == true)
    #expect(error?.message.hasSuffix(": run aws sso login --profile a") == true)
    #expect(error?.message.hasPrefix("profile a in \(home.path)/.aws/config: ") == true)
    #expect(error?.message.contains("PLANTED") == false)
  }

  @Test func nobodyHasSignedIn() async throws {
    let home = try Home()
    let error = await home.bench { _, _ in .status(500) }.failure("legacy")
    #expect(error?.message.contains("nobody has signed in (there is no \(home.cache)/") == true)
    #expect(error?.message.hasSuffix("run aws sso login --profile legacy") == true)
  }

  @Test func aSignInThatThePortalRefuses() async throws {
    let home = try Home()
    try home.save(Self.token("PLANTED1234567", minutes: 60), as: Self.name("a"))
    let refused = home.bench { _, _ in
      .status(
        401, #"{"message":"Session token not found or invalid: PLANTED1234567"}"#,
        headers: [("x-amzn-ErrorType", "UnauthorizedException:http://internal.amazon.com/x")])
    }
    let error = await refused.failure("a")
    #expect(error?.message.contains("refuses the saved sign-in: run aws sso login --profile a") == true)
    let forbidden = home.bench { _, _ in
      .status(
        403, #"{"message":"No access to PLANTED1234567"}"#, headers: [("x-amzn-ErrorType", "ForbiddenException")])
    }
    let denied = await forbidden.failure("a")
    #expect(
      denied?.message.contains(
        "gives no credentials for the role admin of account 111122223333: GetRoleCredentials: 403 ForbiddenException")
        == true)
    #expect(denied?.message.contains("PLANTED") == false)
  }

  /// A time that no clock shows is an error, however it is said.
  @Test(arguments: [-100_000_000_000_000, -1, 253_402_300_800_000, .max, .min])
  func anEndThatNoClockShows(end: Int) async throws {
    let home = try Home()
    try home.save(Self.token("OLD", minutes: 60), as: Self.name("a"))
    let bench = home.bench { _, _ in Self.credentials("S1", endsAt: end) }
    let error = await bench.failure("a")
    #expect(error?.message.contains("makes no sense: the end of the session") == true, "\(error as Any)")
  }

  @Test func theLegacyFormIsNeverRenewed() async throws {
    let home = try Home()
    try home.save(Self.token("OLD", minutes: 5), as: Self.name("legacy"))
    let bench = home.bench { _, _ in Self.credentials("S1") }
    _ = try await bench.credentials("legacy").provider.credentials()
    #expect(bench.transport.requests.map(\.authority) == ["portal.sso.eu-central-1.amazonaws.com"])
  }

  @Test func aFolderThatCannotBeWrittenIsSaid() async throws {
    let home = try Home()
    try home.save(Self.token("OLD", minutes: -5), as: Self.name("a"))
    let path = "\(home.cache)/\(try Self.name("a")).json"
    // A folder in the place of the file's draft's folder: the rename fails.
    let bench = CredentialsBench(
      variables: ["HOME": home.path + "/gone"],
      files: [
        "\(home.path)/gone/.aws/config": Self.config,
        path.replacing("\(home.path)/", with: "\(home.path)/gone/"): Self.token("OLD", minutes: -5),
      ]
    ) { request, _ in
      request.path == "/token" ? .status(200, #"{"accessToken":"NEW","expiresIn":60}"#) : Self.credentials("S1")
    }
    let error = await bench.failure("a")
    #expect(error?.message.contains("the renewed token cannot be saved beside") == true)
    #expect(error?.message.contains("No such file or directory") == true)
  }
}

/// A folder for one test.
enum NSTemporaryFolder {
  static func make() -> String { "/tmp/fixacl-test-\(UUID().uuidString)" }
}
