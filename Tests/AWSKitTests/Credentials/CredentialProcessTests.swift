import Testing

@testable import AWSKit

@Suite struct CredentialProcessTests {
  private static func bench(
    _ command: String, _ output: CredentialProcess.Output? = nil
  ) -> CredentialsBench {
    let files = ["config": "[profile a]\ncredential_process = \(command)\n"]
    guard let output else { return CredentialsBench(files: files) }
    return CredentialsBench(files: files, run: { _ in output })
  }

  private static func output(_ text: String, error: String = "", status: Int? = 0) -> CredentialProcess.Output {
    CredentialProcess.Output(
      exitStatus: status, standardOutput: Array(text.utf8), standardError: Array(error.utf8))
  }

  private static let keys =
    #"{"Version":1,"AccessKeyId":"P1","SecretAccessKey":"PLANTED","SessionToken":"T","#
    + #""Expiration":"2013-05-24T01:00:00+00:00","AccountId":"1"}"#

  @Test func readsWhatAProgramPrints() async throws {
    let credentials = try await Self.bench("p", Self.output(Self.keys)).credentials("a").provider.credentials()
    #expect(credentials.accessKeyID == "P1")
    #expect(credentials.sessionToken == "T")
    #expect(credentials.expiration?.extended == "2013-05-24T01:00:00Z")
  }

  @Test func withoutAnEndTheyAreNeverRenewed() async throws {
    let bench = Self.bench("p", Self.output(#"{"Version":1,"AccessKeyId":"P1","SecretAccessKey":"s"}"#))
    let provider = try bench.credentials("a").provider
    #expect(try await provider.credentials() == Credentials(accessKeyID: "P1", secretAccessKey: "s"))
    bench.pass(seconds: 1_000_000)
    _ = try await provider.credentials()
    #expect(provider.fetches == 1)
  }

  @Test(
    arguments: [
      (output(keys, error: "  no network\n  at all\n", status: 3), "ended with exit status 3: no network / at all"),
      (output(keys, status: 1), "ended with exit status 1, and said nothing"),
      (output(keys, error: "x", status: nil), "ended by a signal: x"),
      (output("PLANTED"), "not the JSON that the AWS CLI documents"),
      (output(""), "not the JSON that the AWS CLI documents"),
      (output(#"{"Version":2,"AccessKeyId":"PLANTED","SecretAccessKey":"s"}"#), "has Version 2 instead of 1"),
      (output(#"{"Version":1,"SecretAccessKey":"PLANTED"}"#), "there are no credentials in it"),
      (output(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"PLANTED","Expiration":"soon"}"#), "is not ISO 8601"),
      (output(#"{"Version":1,"AccessKeyId":"A\nPLANTED","SecretAccessKey":"s"}"#), "has a character that none has"),
    ])
  func whatIsWrong(output: CredentialProcess.Output, part: String) async {
    let error = await Self.bench("helper --x", output).failure("a")
    #expect(error?.code == .sourceFailed)
    #expect(error?.message.hasPrefix("profile a in /h/.aws/config: credential_process (helper)") == true)
    #expect(error?.message.contains(part) == true)
    // What it prints on stdout is secret, whatever it is.
    #expect(error?.message.contains("PLANTED") == false)
  }

  /// A command may stand on several lines.
  @Test func wordsOfSeveralLines() async throws {
    let command = "env\n  printf\n  '" + #"{"Version":1,"AccessKeyId":"L","SecretAccessKey":"s"}"# + "'"
    #expect(try await Self.bench(command).credentials("a").provider.credentials().accessKeyID == "L")
  }

  @Test func credentialsThatHadEndedNameTheirProfile() async {
    let keys = #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"PLANTED","Expiration":"2013-05-23T23:59:59Z"}"#
    let error = await Self.bench("p", Self.output(keys)).failure("a")
    #expect(
      error?.message
        == "profile a in /h/.aws/config: it gave credentials that ended at 2013-05-23T23:59:59Z, and it is "
        + "2013-05-24T00:00:00Z here: see to this machine's clock")
  }

  @Test func programsAreStartedWithoutAShell() async throws {
    let command =
      #"/bin/sh -c 'printf "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"s\"}" "$1"' sh '$HOME;*'"#
    let credentials = try await Self.bench(command).credentials("a").provider.credentials()
    #expect(credentials.accessKeyID == "$HOME;*")
    let byName = #"env printf '{"Version":1,"AccessKeyId":"N","SecretAccessKey":"s"}'"#
    #expect(try await Self.bench(byName).credentials("a").provider.credentials().accessKeyID == "N")
  }

  @Test func programsThatCannotBeStarted() async {
    for command in ["/nowhere/helper", "no-such-helper-anywhere"] {
      let error = await Self.bench(command).failure("a")
      #expect(error?.message.contains("credential_process (\(command)) cannot be run") == true)
    }
    let error = await Self.bench("sh -c 'echo PLANTED; echo oops >&2; exit 7'").failure("a")
    #expect(error?.message.hasSuffix("ended with exit status 7: oops") == true)
  }
}
