import Foundation
import AWSKit
import TestSupport
import Testing

/// `fixacl-sandbox` on its command line: what it takes, and what it says of what it cannot take.
struct SandboxCommandTests {
  /// A way to start it that cannot go well.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let options: [String]
    /// Of a file `input.json`; nil for none.
    var file: String?
    var status = 1
    /// All that must be in the message.
    let parts: [String]

    init(_ options: [String], file: String? = nil, status: Int = 1, _ parts: String...) {
      testDescription = (options + [file ?? ""]).joined(separator: " ")
      self.options = options
      self.file = file
      self.status = status
      self.parts = parts
    }

    static func usage(_ options: String..., says part: String) -> Mistake {
      Mistake(options, status: 64, part, "fixacl-sandbox serve --help")
    }

    static func virtual(_ value: String) -> Mistake {
      usage("--virtual", value, says: "The value '\(value)' is invalid for '--virtual")
    }

    static func accounts(_ text: String, says part: String) -> Mistake {
      Mistake(["--accounts", "input.json"], file: text, "input.json is not as it should be: " + part)
    }
  }

  static let mistakes: [Mistake] = [
    .usage("--frob", says: "--frob"), .usage("frob", says: "frob"), .usage("--port", "70000", says: "--port is from 0"),
    .usage("--port", "x", says: "'x'"), .usage("--seed", "-1", says: "--seed"),
    .usage("--delay", "soon", says: "'soon'"), .usage("--delay", "80-20", says: "'80-20'"),
    .usage("--delay", "inf", says: "'inf'"), .usage("--delay", "1e300", says: "'1e300'"),
    .usage("--rate-limits", "5", says: "'5'"), .usage("--rate-limits", "5,x,5", says: "'5,x,5'"),
    .usage("--rate-limits", "inf,inf", says: "'inf,inf'"), .usage("--rate-limits", "0,5", says: "'0,5'"),
    .usage("--multipart-limit", "0", says: "--multipart-limit"),
    .usage("--session-seconds", "0", says: "--session-seconds"),
    .usage("--virtual", "bucket=twice,count=1", "--virtual", "bucket=twice,count=2", says: "the same name"),
    .virtual(""), .virtual("bucket=abc"), .virtual("count=5"), .virtual("bucket=a,count=5"),
    .virtual("bucket=Upper,count=5"), .virtual("bucket=a/b,count=5"), .virtual("bucket=abc,count=-1"),
    .virtual("bucket=abc,count=many"), .virtual("bucket=abc,count=1000000000001"),
    .virtual("bucket=abc,count=5,shape=round"), .virtual("bucket=abc,count=5,foreign=1.1"),
    .virtual("bucket=abc,count=5,foreign=nan"), .virtual("bucket=abc,count=5,acls=0"),
    .virtual("bucket=abc,count=5,acls=1001"), .virtual("bucket=abc,count=5,count=6"),
    .virtual("bucket=abc,count=5,color=red"), .virtual("bucket=abc,count=5,"), .virtual("bucket=abc;count=5"),
    Mistake(["--accounts", "missing.json"], "missing.json cannot be read: there is no such file"),
    Mistake(["--faults", "missing.json"], "missing.json cannot be read: there is no such file"),
    Mistake(["--accounts", "/proc/self/mem"], "/proc/self/mem cannot be read: Input/output error"),
    Mistake(["--info", "/nowhere/info.json"], "/nowhere/info.json cannot be written: No such file or directory"),
    .accounts("", says: "it is not JSON"), .accounts("{", says: "it is not JSON"),
    .accounts("[]", says: "it must be an object"), .accounts("{}", says: "it has no 'accounts'"),
    .accounts(#"{"accounts": {"site": 5}}"#, says: "accounts, site: it must be an object"),
    .accounts(#"{"accounts": {"site": {"accountId": 5}}}"#, says: "accounts, site, accountId: it must be a string"),
    .accounts(#"{"accounts": {"site": {}}}"#, says: "it must have the accounts 'site' and 'tools'"),
    .accounts(
      #"{"accounts": {"site": {"accountId": "12"}, "tools": {}}}"#, says: "the accountId of 'site' is not twelve digits"
    ),
    .accounts(
      #"{"accounts": {"site": {"canonicalId": "a"}, "tools": {"canonicalId": "a"}}}"#,
      says: "two accounts or users have the same canonicalId"),
    .accounts(
      #"{"accounts": {"site": {"accessKey": "a"}, "tools": {}}}"#,
      says: "'site' has only one of accessKey and secretKey"),
    .accounts(
      #"{"accounts": {"site": {"roles": {"r": {"trusts": ["nobody"]}}}, "tools": {}}}"#,
      says: "the role 'r' of 'site' trusts 'nobody'"),
    .accounts(
      #"{"accounts": {"site": {"roles": {"r": {"externalID": "x"}}}, "tools": {}}}"#,
      says: "accounts, site, roles, r: 'externalID' is none of trusts, externalId"),
    .accounts(
      #"{"accounts": {"site": {}, "tools": {}}, "ssoUsers": {"alice": {"roles": {"nobody": []}}}}"#,
      says: "the SSO user 'alice' has roles of 'nobody'"),
  ]

  @Test(arguments: mistakes)
  func aMistake(mistake: Mistake) async throws {
    let place = try Workplace(.nowhere)
    if let file = mistake.file { try place.write(file, to: "input.json") }
    let result = try await place.sandbox(mistake.options)
    #expect(result.status == mistake.status, "\(result.err)")
    #expect(result.stdout.isEmpty, "\(result.out)")
    #expect(result.err.hasPrefix("Error: "))
    for part in mistake.parts { #expect(result.err.contains(part), "no '\(part)' in: \(result.err)") }
    // Nothing of how Swift shows its own values.
    for word in ["Domain", "DecodingError", "Optional", "Swift.", "errno", "(", "<Any>"] where mistake.status == 1 {
      #expect(!result.err.contains(word), "\(result.err)")
    }
  }

  /// A report of computed objects, and what it is not written for.
  @Test func inventory() async throws {
    let place = try Workplace(.nowhere)
    func run(_ options: String...) async throws -> ProgramResult {
      try await place.run([Workplace.builtProgram("fixacl-sandbox"), "inventory"] + options)
    }
    let virtual = "bucket=many,count=2500,foreign=0.5"
    let result = try await run("--virtual", virtual, "--output", place.path("report"), "--rows-per-file", "1000")
    #expect(result.status == 0, "\(result.err)")
    let manifest = result.out.filter { $0 != "\n" }
    #expect(manifest.hasPrefix(place.path("report") + "/many/fixacl/") && manifest.hasSuffix("/manifest.json"))
    let count = try await place.shell("cat \(place.path("report"))/many/fixacl/data/*.gz | gzip -dc | wc -l")
    #expect(count.out.filter(\.isNumber) == "2500", "\(count.err)")
    for (options, part) in [
      (["--fields", "Size,Color"], "'Color'"), (["--rows-per-file", "0"], "--rows-per-file"),
      (["--unavailable", "2"], "--unavailable"),
    ] {
      let wrong = try await place.run(
        [Workplace.builtProgram("fixacl-sandbox"), "inventory", "--virtual", virtual, "--output", "x"] + options)
      #expect(wrong.status == 64 && wrong.err.contains(part), "\(wrong.err)")
    }
    let nowhere = try await run("--virtual", virtual, "--output", "/proc/nowhere")
    #expect(nowhere.status == 1 && nowhere.err.contains("cannot be written"), "\(nowhere.err)")
  }

  @Test func aPortThatIsTaken() async throws {
    try await OwnSandbox.with { server in
      let port = try #require(server.endpoint.split(separator: ":").last.flatMap { Int($0) })
      // The first of the ten, and the last.
      for first in [port, port - 9] {
        let result = try await Workplace(.nowhere).sandbox(["--port", "\(first)"])
        #expect(result.status == 1)
        #expect(result.stdout.isEmpty)
        #expect(
          result.err.wholeMatch(
            of: /Error: port \d+ of 127\.0\.0\.1 cannot be had: Address already in use\. .*--port.*\n/) != nil,
          "\(result.err)")
      }
    }
  }

  @Test func help() async throws {
    let place = try Workplace(.nowhere)
    for options in [["--help"], ["serve", "--help"], ["demo", "--help"], ["inventory", "--help"], ["help"]] {
      let result = try await place.run([Workplace.builtProgram("fixacl-sandbox")] + options)
      #expect(result.status == 0)
      #expect(result.out.contains("USAGE: fixacl-sandbox"), "\(result.out)")
      #expect(result.stderr.isEmpty)
    }
    let commands = try await place.run([Workplace.builtProgram("fixacl-sandbox"), "--help"])
    #expect(commands.out.contains("serve (default)") && commands.out.contains("demo"), "\(commands.out)")
    let result = try await place.run([Workplace.builtProgram("fixacl-sandbox"), "serve", "--help"])
    for option in [
      "--port", "--accounts", "--virtual", "--faults", "--rate-limits", "--seed", "--count-keys", "--info",
    ] {
      #expect(result.out.contains("  \(option)"), "\(option)")
    }
  }

  /// Started with nothing to wait for, it says where it is and is gone again.
  @Test func itStartsAndStops() async throws {
    let result = try await Workplace(.nowhere).sandbox(["--delay", "20-80", "--rate-limits", "5500,3500"])
    #expect(result.status == 0)
    #expect(result.stderr.isEmpty)
    for part in ["export AWS_ENDPOINT_URL_S3=http://127.0.0.1:", "Faults, counters, sign-ins: http://127.0.0.1:"] {
      #expect(result.out.contains(part), "\(result.out)")
    }
  }

  /// Accounts, users and roles of somebody's own.
  @Test func ownAccounts() async throws {
    let place = try Workplace(.nowhere)
    try place.write(
      """
      {"accounts": {
        "site": {"accountId": "111122223333", "canonicalId": "c-site", "accessKey": "AKIASITE", "secretKey": "s1"},
        "tools": {"accountId": "444455556666", "users": {"deploy": {"accessKey": "AKIADEPLOY", "secretKey": "s2"}},
                  "roles": {"uploader": {"trusts": ["site"]}}},
        "guest": {"accessKey": "AKIAGUEST", "secretKey": "s3"}}}
      """, to: "accounts.json")
    try await OwnSandbox.with(["--accounts", place.path("accounts.json")]) { server in
      #expect(server.site.accountID == "111122223333" && server.site.id.value == "c-site")
      #expect(server.site.credentials.accessKeyID == "AKIASITE")
      #expect(server.tools.accountID == "444455556666")
      func caller(_ accessKey: String, _ secret: String) async throws -> CanonicalID {
        try await server.impatientClient(Credentials(accessKeyID: accessKey, secretAccessKey: secret))
          .callerCanonicalID()
      }
      #expect(try await caller("AKIASITE", "s1") == server.site.id)
      #expect(try await caller("AKIADEPLOY", "s2") == server.tools.id)
      await #expect(throws: AWSError.self) { _ = try await caller("AKIADEPLOY", "s1") }

      let role = "arn:aws:iam::444455556666:role/uploader"
      let session = try #require(try await assume(role, as: server.site.credentials, at: server))
      #expect(try await server.impatientClient(session).callerCanonicalID() == server.tools.id)
      #expect(try await assume(role, as: server["guest"].credentials, at: server) == nil)
    }
  }

  /// AssumeRole; nil where that is denied.
  private func assume(_ role: String, as caller: Credentials, at server: S3TestServer) async throws -> Credentials? {
    let address = server.sts
    var request = HTTPRequest(
      method: .post, scheme: "http", authority: String(address.trimmingPrefix("http://")), path: "/",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: Array(
        ("Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn=" + PercentEncoding.encode(role)).utf8))
    SigV4Signer(region: server.region, service: "sts").sign(&request, credentials: caller, at: .now())
    let response = try await CurlTransport(concurrency: 1).send(request)
    guard response.status == 200 else {
      #expect(response.status == 403)
      return nil
    }
    let result = try XMLElement(parsing: response.body, root: "AssumeRoleResponse")["AssumeRoleResult"]?["Credentials"]
    return Credentials(
      accessKeyID: try #require(result?["AccessKeyId"]?.text),
      secretAccessKey: try #require(result?["SecretAccessKey"]?.text), sessionToken: result?["SessionToken"]?.text)
  }
}
