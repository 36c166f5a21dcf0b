import Testing

@testable import AWSKit

@Suite struct ContainerFetcherTests {
  private static let answer = ScriptedAnswer.status(
    200,
    #"{"AccessKeyId":"C1","SecretAccessKey":"\#(planted.secret)","Token":"T","Expiration":"2013-05-24T06:00:00Z"}"#)

  @Test func asksTheAgentDirectly() async throws {
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x?y=1"], direct: { _, _ in Self.answer })
    let credentials = try await bench.credentials().provider.credentials()
    #expect(credentials.accessKeyID == "C1")
    #expect(credentials.expiration?.extended == "2013-05-24T06:00:00Z")
    #expect(bench.direct.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/x?y=1"])
    #expect(bench.direct.requests.first?.value(of: "Authorization") == nil)
    // Nothing goes where a proxy could be.
    #expect(bench.transport.requests.isEmpty)
  }

  @Test func readsTheTokenAnewForEachRequest() async throws {
    let bench = CredentialsBench(
      variables: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/h/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
      ], files: ["/h/token": "one"], direct: { _, _ in Self.answer })
    let provider = try bench.credentials().provider
    _ = try await provider.credentials()
    bench.write("/h/token", "two")
    bench.pass(seconds: 21_000)
    _ = try await provider.credentials()
    #expect(bench.direct.requests.map { $0.value(of: "Authorization") } == ["one", "two"])
  }

  @Test(arguments: ["a\nX-Evil: 1", "a\r", "a\n"]) func aTokenMustNotAddHeaders(token: String) async {
    for variables in [
      ["AWS_CONTAINER_AUTHORIZATION_TOKEN": token], ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/h/token"],
    ] {
      let bench = CredentialsBench(
        variables: variables.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/c"]) { $1 },
        files: ["/h/token": token], direct: { _, _ in Self.answer })
      let error = await bench.failure()
      #expect(error?.message.contains("has a line break in it") == true)
      #expect(bench.direct.requests.isEmpty)
    }
  }

  @Test(
    arguments: [
      ("http://localhost/c", true), ("http://127.0.0.1:8080/c", true), ("http://127.255.1.2/c", true),
      ("http://[::1]:81/c", true), ("http://169.254.170.2/c", true), ("http://169.254.170.23/c", true),
      ("http://[fd00:ec2::23]/c", true), ("https://anything.example/c?d=e", true), ("http://anything.example/c", false),
      ("http://169.254.170.24/c", false), ("http://127.0.0.1.evil.example/c", false), ("http://127.0.0/c", false),
      ("http://169.254.170.2.evil.example/c", false), ("http://169.254.170.2@evil.example/c", false),
      ("ftp://127.0.0.1/c", false), ("http://localhost.evil/c", false), ("nonsense", false),
      ("http://127.0.0.1/a b", false), ("http://127.0.0.1/c#d", false),
    ])
  func onlyTrustedHostsAreAsked(url: String, isAsked: Bool) async {
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "PLANTED"],
      direct: { _, _ in Self.answer })
    let error = await bench.failure()
    #expect((error == nil) == isAsked)
    #expect(bench.direct.requests.map(\.url) == (isAsked ? [url] : []))
    if let error {
      #expect(error.code == .invalidValue)
      #expect(!error.message.contains("PLANTED"))
    }
  }

  @Test(
    arguments: [
      ScriptedAnswer.status(404, "PLANTED"), .status(200, "PLANTED"), .status(200, "{}"),
      .status(200, #"{"AccessKeyId":"A","SecretAccessKey":"PLANTED\n","Token":"a\nb"}"#),
      .status(200, #"{"AccessKeyId":"A","SecretAccessKey":"PLANTED","Token":"t","Expiration":"soon"}"#),
      .broken(.cannotConnect),
    ])
  func failuresNameTheSource(answer: ScriptedAnswer) async {
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"], direct: { _, _ in answer })
    let error = await bench.failure()
    #expect(error?.code == .sourceFailed)
    #expect(error?.message.hasPrefix("the container's role: the container's credentials") == true)
    #expect(error?.message.contains("PLANTED") == false)
  }

  /// Agents write their errors in lower case.
  @Test(arguments: [200, 403]) func whatTheServerSaysIsShown(status: Int) async {
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"],
      direct: { _, _ in .status(status, #"{"code":"Unauthorized","message":"no pod of this name"}"#) })
    #expect(await bench.failure()?.message.hasSuffix("Unauthorized: no pod of this name") == true)
  }

  @Test(arguments: [#"{"Code":"PLANTED","Message":"no"}"#, #"{"Code":"No","Message":"you sent PLANTED"}"#])
  func aServerThatEchoesTheTokenDoesNotShowIt(answer: String) async {
    let bench = CredentialsBench(
      variables: [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "PLANTED-token-of-a-pod",
      ], direct: { _, _ in .status(200, answer.replacing("PLANTED", with: "PLANTED-token-of-a-pod")) })
    let error = await bench.failure()
    #expect(error?.message.contains("***") == true && error?.message.contains("PLANTED") == false)
  }

  @Test func aServersErrorIsTriedAgain() async throws {
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"],
      direct: { _, ordinal in ordinal == 0 ? .status(500) : ordinal == 1 ? .broken(.interrupted) : Self.answer })
    #expect(try await bench.credentials().provider.credentials().accessKeyID == "C1")
    #expect(bench.direct.requests.count == 3)
  }

  /// A file that somebody is writing has no profile for a moment: what would come next in the chain may be another
  /// account's.
  @Test func aProfileThatVanishesIsNotReplaced() async throws {
    let keys = "[default]\naws_access_key_id = MINE\naws_secret_access_key = s\naws_session_token = t\n"
    let bench = CredentialsBench(
      variables: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/task"], files: ["credentials": keys],
      direct: { _, _ in
        .status(
          200,
          #"{"AccessKeyId":"THEIRS","SecretAccessKey":"s","Token":"t","Expiration":"2013-05-24T06:00:00Z"}"#)
      })
    let provider = try bench.credentials().provider
    let first = try await provider.credentials()
    #expect(first.accessKeyID == "MINE")
    bench.write("credentials", "")
    let error = await #expect(throws: CredentialsError.self) { try await provider.credentials(insteadOf: first) }
    #expect(error?.message.contains("profile default") == true && error?.message.contains("put it back") == true)
    #expect(bench.direct.requests.isEmpty)
  }
}
