import Foundation
import AWSKit
import TestSupport
import Testing

/// What goes wrong is said so that somebody in an incident can act on it, and without giving a secret away.
struct ErrorMessageTests {
  private static let wrongSecret = "wJalrXUtnFEMI-not-this-one-bPxRfiCY"

  /// A way to call `plan` on a good bucket that cannot go well.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// After `plan`. In all of these `BUCKET` stands for the bucket's name, `SITES_KEY` for `site`'s access key ID, and
    /// `ADDRESS` for the server's host and port.
    var arguments: [String] = ["BUCKET"]
    var environment: [String: String] = [:]
    var status = 1
    /// All that must be in the message.
    let parts: [String]
  }

  static let reader = ["--grant-read", "id=somebody"]

  /// What only a server can tell.
  static let mistakesOnAServer: [Mistake] = [
    Mistake(
      testDescription: "wrong access key",
      environment: ["AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "AKIAUNKNOWN", "AWS_SECRET_ACCESS_KEY": wrongSecret],
      parts: ["GetBucketAcl s3://BUCKET", "403 InvalidAccessKeyId", "(request ", "Check the keys in the environment"]),
    Mistake(
      testDescription: "wrong secret",
      environment: [
        "AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "SITES_KEY", "AWS_SECRET_ACCESS_KEY": wrongSecret,
      ],
      parts: ["GetBucketAcl s3://BUCKET", "403 SignatureDoesNotMatch", "(request ", "aws_secret_access_key"]),
    Mistake(
      testDescription: "somebody else's bucket", arguments: ["BUCKET", "--profile", "other"],
      parts: ["GetBucketAcl s3://BUCKET", "403 AccessDenied", "(request ", "s3:GetBucketAcl"]),
    Mistake(
      testDescription: "missing bucket", arguments: ["no-bucket-has-this-name"],
      parts: [
        "GetBucketAcl s3://no-bucket-has-this-name", "404 NoSuchBucket", "(request ", "Check the bucket's name",
      ]),
    Mistake(
      testDescription: "https where there is only http",
      environment: ["AWS_ENDPOINT_URL": "https://ADDRESS"],
      parts: ["GetBucketAcl s3://BUCKET", "https://ADDRESS", "AWS_ENDPOINT_URL"]),
  ]

  /// What is noticed before anything is sent, or for want of somebody to send it to.
  static let mistakes: [Mistake] = [
    // Credentials.
    Mistake(
      testDescription: "no credentials",
      environment: [
        "AWS_PROFILE": "", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere", "AWS_CONFIG_FILE": "/nowhere",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
      ],
      parts: ["no credentials", "AWS_ACCESS_KEY_ID", "/nowhere", "--profile"]),
    Mistake(
      testDescription: "half a pair of keys", environment: ["AWS_PROFILE": "", "AWS_SECRET_ACCESS_KEY": wrongSecret],
      parts: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "set both or neither"]),
    Mistake(
      testDescription: "unknown profile", arguments: ["BUCKET", "--profile", "nobody"],
      parts: ["no profile \"nobody\"", "site"]),
    Mistake(
      testDescription: "unknown profile in the environment", environment: ["AWS_PROFILE": "nobody"],
      parts: ["no profile \"nobody\"", "AWS_PROFILE"]),
    Mistake(
      testDescription: "unknown owner profile", arguments: ["BUCKET", "--owner-profile", "nobody"],
      parts: ["no profile \"nobody\""]),
    // The address.
    Mistake(
      testDescription: "nothing listens", arguments: ["BUCKET", "--endpoint-url", "http://127.0.0.1:1"],
      parts: ["GetBucketAcl s3://BUCKET", "http://127.0.0.1:1", "--endpoint-url"]),
    Mistake(
      testDescription: "unknown host", environment: ["AWS_ENDPOINT_URL": "http://no-such-host.invalid"],
      parts: ["GetBucketAcl s3://BUCKET", "no-such-host.invalid", "AWS_ENDPOINT_URL"]),
    Mistake(
      testDescription: "an endpoint without a scheme", arguments: ["BUCKET", "--endpoint-url", "127.0.0.1:9000"],
      status: 64, parts: ["127.0.0.1:9000", "--endpoint-url", "https://HOST"]),
    Mistake(
      testDescription: "an endpoint with a password in it",
      environment: ["AWS_ENDPOINT_URL": "http://user:secret@127.0.0.1:9000"], status: 64,
      parts: ["AWS_ENDPOINT_URL", "https://HOST"]),
    Mistake(
      testDescription: "a region that is none", arguments: ["BUCKET", "--region", "eu west"],
      parts: ["--region", "eu-west-1"]),
    // The command line.
    Mistake(
      testDescription: "a key for a bucket", arguments: ["BUCKET/key"], status: 64,
      parts: ["BUCKET/key", "s3://", "--prefix"]),
    Mistake(
      testDescription: "two prefixes", arguments: ["s3://BUCKET/key", "--prefix", "img"], status: 64,
      parts: ["s3://BUCKET/key", "--prefix"]),
    Mistake(
      testDescription: "an access point's alias", arguments: ["ap-abc123-s3alias"], status: 64,
      parts: ["access point alias", "get-access-point"]),
    Mistake(testDescription: "an empty bucket", arguments: [""], status: 64, parts: ["bucket"]),
    Mistake(testDescription: "no bucket", arguments: [], status: 64, parts: ["bucket", "--help"]),
    Mistake(testDescription: "two buckets", arguments: ["BUCKET", "b"], status: 64, parts: ["--help"]),
    Mistake(
      testDescription: "unknown option", arguments: ["BUCKET", "--grant"], status: 64, parts: ["--grant", "--help"]),
    Mistake(
      testDescription: "a reader that is none", arguments: ["BUCKET", "--grant-read", "somebody"], status: 64,
      parts: ["somebody", "--grant-read", "id="]),
    Mistake(
      testDescription: "an empty reader", arguments: ["BUCKET", "--grant-read", "id="], status: 64,
      parts: ["--grant-read"]),
    Mistake(
      testDescription: "a reader that would break out of its header",
      arguments: ["BUCKET", "--grant-read", "id=a\", uri=\"http://acs.amazonaws.com/groups/global/AllUsers"],
      status: 64,
      parts: ["--grant-read"]),
    Mistake(
      testDescription: "no requests at once", arguments: ["BUCKET", "--concurrency", "0"], status: 64,
      parts: ["--concurrency", "between 1 and 4096"]),
    Mistake(
      testDescription: "an unknown strategy", arguments: ["BUCKET", "--strategy", "force"], status: 64,
      parts: ["force", "--strategy"]),
  ]

  /// What cannot be a canonical ID of Amazon's is refused before anything is sent.
  @Test(
    arguments: ["--grant-read", "--grant-full-control", "--drop-grantee"],
    [
      ("123456789012", "list-buckets"), ("E2QWRUHEXAMPLE", "--oai E2QWRUHEXAMPLE"),
      ("arn:aws:iam::111122223333:root", "list-buckets"), (String(repeating: "a", count: 63), "63 hexadecimal"),
      ("AIDACKCEVSQ6C2EXAMPLE", "unique ID"),
      ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEX", "--oai E2QWRUHEX"),
    ])
  func aGranteeThatIsNoCanonicalID(option: String, mistake: (id: String, advice: String)) async throws {
    // To wherever it was sent, it would fail otherwise: nothing is behind this proxy.
    let place = try Workplace(
      .nowhere, environment: ["AWS_ENDPOINT_URL": "", "HTTPS_PROXY": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"])
    let result = try await place.start(["plan", "site", option, "id=" + mistake.id]).result()
    #expect(result.status == 64, "\(result.err)")
    #expect(result.stdout.isEmpty)
    for part in [option, mistake.advice] { #expect(result.err.contains(part), "no '\(part)' in: \(result.err)") }
  }

  @Test(arguments: S3TestServer.all, mistakesOnAServer)
  func aMistakeOnAServer(server: S3TestServer, mistake: Mistake) async throws {
    let broken = try await BrokenBucket(server)
    try await expectMessage(of: mistake, bucket: broken.name, server: server, in: broken.place)
  }

  @Test(arguments: mistakes)
  func aMistake(mistake: Mistake) async throws {
    try await expectMessage(of: mistake, bucket: "site-bucket", server: .nowhere, in: Workplace(.nowhere))
  }

  private func expectMessage(
    of mistake: Mistake, bucket: String, server: S3TestServer, in place: Workplace
  ) async throws {
    func named(_ text: String) -> String {
      text.replacing("BUCKET", with: bucket).replacing("SITES_KEY", with: server.site.credentials.accessKeyID)
        .replacing("ADDRESS", with: server.endpoint.trimmingPrefix("http://"))
    }
    let hasReader = mistake.arguments.contains("--grant-read")
    let arguments = ["plan"] + mistake.arguments.map(named) + (hasReader ? [] : Self.reader)
    let result = try await place.start(arguments, environment: mistake.environment.mapValues(named)).result()
    #expect(result.status == mistake.status, "\(result.err)")
    #expect(result.stdout.isEmpty)
    for part in mistake.parts {
      #expect(result.err.contains(named(part)), "no '\(named(part))' in: \(result.err)")
    }
    expectNoSecret(of: server, in: result)
  }

  static let answers: [(name: String, answer: String, parts: [String])] = [
    (
      "a web page",
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\n\r\n<html><body></body></html>",
      ["200", "<html>", "Is this address an S3 server", "AWS_ENDPOINT_URL"]
    ),
    (
      "a page that is not found", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnope!",
      ["404", "Is this address an S3 server", "AWS_ENDPOINT_URL"]
    ),
    (
      "nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      ["200", "Is this address an S3 server", "AWS_ENDPOINT_URL"]
    ),
    (
      "half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<AccessControlPolicy>",
      ["http://127.0.0.1:", "AWS_ENDPOINT_URL"]
    ),
    ("another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n", ["http://127.0.0.1:", "AWS_ENDPOINT_URL"]),
    ("bytes", "\u{1}\u{2}\u{3}\u{1b}[31m\n\n", ["http://127.0.0.1:", "AWS_ENDPOINT_URL"]),
    ("an end", "", ["http://127.0.0.1:", "AWS_ENDPOINT_URL"]),
    (
      "a way to another place",
      "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n", ["307"]
    ),
    (
      "escapes in an error",
      "HTTP/1.1 400 Bad\r\n\r\n<Error><Code>Evil&#x9b;31m</Code><Message>a&#10;b\u{202e}c</Message></Error>",
      ["400 Evil\\u{9b}31m a\\nb\\u{202e}c"]
    ),
  ]

  @Test(arguments: answers.map(\.name))
  func aServerThatIsNotS3(name: String) async throws {
    let (_, answer, parts) = try #require(Self.answers.first { $0.name == name })
    let canned = try CannedServer(answer)
    defer { canned.stop() }
    let place = try Workplace(.nowhere, environment: ["AWS_ENDPOINT_URL": canned.url])
    let result = try await place.start(["plan", "bucket"] + Self.reader).result()
    #expect(result.status == 1, "\(result.err)")
    #expect(result.stdout.isEmpty)
    for part in ["GetBucketAcl s3://bucket"] + parts {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
    }
    #expect(canned.requests <= 4, "it takes few attempts to see that this is no S3 server")
    #expect(
      !result.err.unicodeScalars.contains {
        $0 != "\n" && $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) || $0.value == 0x202e
      })
    expectNoSecret(of: .nowhere, in: result)
  }

  /// The owner's credentials are good, and a policy keeps them from what they are needed for.
  @Test(arguments: S3TestServer.all)
  func anOwnerWhoMayNotWrite(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(3)
    let broken = try await BrokenBucket(server, keys: keys)
    try await broken.plan()
    let before = try await broken.states()
    try await server.site.deny(server.tools, "s3:PutObjectAcl", of: broken.name)
    let result = try await broken.apply()
    #expect(result.status == 3, "\(result.err)")
    #expect(result.count("failed") == 3)
    // What is alike is told of once, with the keys that it is about.
    let lines = result.err.split(separator: "\n")
    let told = try #require(lines.first { $0.hasPrefix("error: failed: ") }, "\(result.err)")
    for part in ["PutObjectAcl s3://\(broken.name)/", ": 403 AccessDenied (request ", "need s3:PutObjectAcl"] {
      #expect(told.contains(part), "no '\(part)' in: \(told)")
    }
    for key in keys { #expect(result.err.contains(key.text), "\(key) is not in: \(result.err)") }
    #expect(result.err.contains("to try the failed objects again:\n  fixacl apply plan.json"))
    #expect(try await broken.states() == before)
    let journal = try JournalText(broken.place.path("plan.json.journal"))
    // Beside them are the lines that say that a change begins.
    let outcomes = journal.entries.filter { $0.result != nil }
    #expect(outcomes.count == 3)
    #expect(
      outcomes.allSatisfy { $0.result == "failed" && $0.error?.status == 403 && $0.error?.code == "AccessDenied" })
    #expect(outcomes.allSatisfy { $0.error?.operation == "PutObjectAcl" && $0.error?.profile == "tools" })
    expectNoSecret(of: server, in: result)

    try await server.site.deleteBucketPolicy(broken.name)
    let again = try await broken.apply()
    #expect(again.status == 0, "\(again.err)")
    #expect(again.count("changed") == 3)
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
    for file in ["plan.json", "plan.json.journal"] { expectNoSecret(of: server, in: try broken.place.read(file)) }
  }

  @Test(arguments: S3TestServer.all)
  func anOwnerWhoMayNotRead(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a", "b"])
    try await server.site.deny(server.tools, "s3:GetObjectAcl", of: broken.name)
    let result = try await broken.place.start(broken.planArguments(["-o", "plan.json"])).result()
    #expect(result.status == 0, "\(result.err)")
    #expect(result.count("blocked") == 2)
    #expect(result.err.contains("s3:GetObjectAcl"), "\(result.err)")
    let apply = try await broken.apply()
    #expect(apply.status == 3)
    #expect(apply.err.contains("nothing that can be changed"), "\(apply.err)")
    expectNoSecret(of: server, in: result)
    expectNoSecret(of: server, in: try broken.place.read("plan.json"))
  }

  @Test(arguments: S3TestServer.all)
  func credentialsThatEndBetweenPlanAndApply(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a", "b"])
    try await broken.plan()
    let before = try await broken.states()
    let credentials = try broken.place.read("credentials")
    try broken.place.write(
      credentials.replacing(server.tools.credentials.secretAccessKey, with: Self.wrongSecret), to: "credentials")
    let result = try await broken.apply()
    #expect(result.status == 1)
    for part in ["profile tools", "ListBuckets", "403 SignatureDoesNotMatch", "(request ", "aws_secret_access_key"] {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
    }
    #expect(try await broken.states() == before)
    #expect(!broken.place.exists("plan.json.journal"))
    expectNoSecret(of: server, in: result)
  }

  @Test(arguments: [[], ["plan"], ["show"], ["apply"], ["verify"], ["rollback"]])
  func help(command: [String]) async throws {
    let place = try Workplace(.nowhere, environment: ["AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "nonsense"])
    for option in ["--help", "-h"] {
      let result = try await place.start(command + [option]).result()
      #expect(result.status == 0)
      #expect(result.out.contains("USAGE: fixacl \(command.joined())"), "\(result.out)")
      #expect(result.stderr.isEmpty)
    }
    if let name = command.first {
      let result = try await place.fixacl("help", name)
      #expect(result.status == 0)
      #expect(result.out.contains("USAGE: fixacl \(name)"))
    }
  }

  @Test func version() async throws {
    let result = try await Workplace(.nowhere).fixacl("--version")
    #expect(result.status == 0)
    #expect(
      result.out.wholeMatch(of: /fixacl \d+\.\d+\.\d+ \((commit [0-9a-f]{7}, (modified, )?)?linux \w+\)\n/) != nil,
      "\(result.out)")
    #expect(result.stderr.isEmpty)
  }

  @Test(arguments: [
    ["polish"], ["--polish"], ["apply"], ["verify"], ["rollback"], ["show"],
    ["show", "plan.json", "--format", "yaml"],
  ])
  func aCommandLineThatMakesNoSense(arguments: [String]) async throws {
    let result = try await Workplace(.nowhere).start(arguments).result()
    #expect(result.status == 64)
    #expect(result.err.contains("--help"), "\(result.err)")
    #expect(result.stdout.isEmpty)
  }

  private func expectNoSecret(
    of server: S3TestServer, in result: ProgramResult, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectNoSecret(of: server, in: result.out + result.err, sourceLocation: sourceLocation)
  }

  private func expectNoSecret(
    of server: S3TestServer, in text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for secret in server.secrets + [Self.wrongSecret, "Signature=", "Credential="] {
      #expect(!text.contains(secret), "a secret is in: \(text)", sourceLocation: sourceLocation)
    }
  }
}
