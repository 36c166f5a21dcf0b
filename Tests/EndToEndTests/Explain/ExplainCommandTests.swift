import AWSKit
import Foundation
import TestSupport
import Testing

/// The command as people meet it: the incident, the fixes as they are printed, logs, and what goes wrong.
struct ExplainCommandTests {
  @Test(arguments: S3TestServer.all) func anObjectOfAnotherAccount(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let target = "s3://\(stage.bucket)/index.html"
      let (before, _) = try await stage.place.explain([target, "--owner-profile", "tools"])
      let reader = try #require(before.readers.first)
      #expect(reader.verdict == "denied")
      let layers = reader.layers.map { "\($0.layer) \($0.verdict): \($0.detail)" }
      #expect(reader.deniedBy == ["object-owner", "object-acl"], "\(layers)")
      #expect(reader.reasons == ["foreign-owner", "reader-not-in-acl"])
      #expect(reader["object-owner"]?.evidence.first?.operation == "ListObjectsV2")
      #expect(reader["object-acl"]?.evidence.first?.profile == "profile tools")
      #expect(before.probes.contains { $0.identity == "profile tools" && $0.status == 206 })
      // The fixes are run as they stand.
      #expect(reader.fixes.allSatisfy { !$0.widensAccess })
      for fix in reader.fixes where fix.command.first == "fixacl" {
        let result = try await stage.place.fixacl(Array(fix.command.dropFirst()))
        #expect(result.status == 0, "\(fix.command): \(result.err)")
      }
      let (after, _) = try await stage.place.explain([target, "--owner-profile", "tools"])
      #expect(after.readers.first?.verdict == "allowed")
      #expect(after.readers.first?.fixes.isEmpty == true)
    }
  }

  /// A bucket's ARN names its partition, in which there may be another bucket of that name.
  @Test(arguments: [
    "explain s3://arn:aws-cn:s3:::site/index.html", "plan arn:aws-cn:s3:::site -o plan.json",
    "plan arn:aws-cn:s3:::site --inventory-setup s3://reports/r",
  ]) func thePartitionOfAnARN(command: String) async throws {
    let place = try Workplace(try #require(S3TestServer.sandbox))
    let result = try await place.shell(
      "unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_PROFILE; AWS_REGION=eu-west-1 \"$FIXACL\" \(command)")
    #expect(result.status == 64, "\(result.err)")
    #expect(
      result.err.onOneLine.contains("the region eu-west-1 (AWS_REGION) is in another partition than cn-north"),
      "\(result.err)")
  }

  @Test(arguments: S3TestServer.all) func withoutTheObjectOwnerItIsNotKnown(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let (document, status) = try await stage.place.explain(["s3://\(stage.bucket)/index.html"])
      #expect(status == 3)
      let reader = try #require(document.readers.first)
      #expect(reader["object-acl"]?.verdict == "unknown")
      #expect(reader["object-acl"]?.detail.contains("s3:GetObjectAcl") == true)
    }
  }

  @Test(.needsAWSCLI) func theIncidentByItsURL() async throws {
    try await OwnSandbox.with(["--incident"]) { server in
      let place = try Workplace(server, environment: ["AWS_ENDPOINT_URL_CLOUDFRONT": server.cloudFront])
      let list = try await RawClient.send(
        .get, server.cloudFront, path: "/2020-05-31/distribution", as: server.site.credentials, service: "cloudfront")
      let items = try XMLElement(parsing: list.body, root: "DistributionList")["Items"]
      let distribution = try #require(items?["DistributionSummary"])
      let id = distribution["Id"]?.text ?? ""
      let domain = distribution["DomainName"]?.text ?? ""
      let viewer = ["FIXACL_VIEWER": server.viewer]
      let url = "\(server.viewer)/\(id)/index.html"
      // By the address that stands for CloudFront, and by the domain name.
      for target in [url, "https://\(domain)/index.html"] {
        let (document, _) = try await place.explain([target, "--owner-profile", "tools"], environment: viewer)
        #expect(document.readers.first?.reasons.contains("foreign-owner") == true, "\(target)")
        #expect(document.probes.last?.identity == "viewer")
        #expect(document.probes.last?.status == 403)
      }
      // Without the object owner's credentials the proof settles it.
      let (proven, _) = try await place.explain([url], environment: viewer)
      #expect(proven.readers.first?.verdict == "denied")
      let (document, _) = try await place.explain([url, "--owner-profile", "tools"], environment: viewer)
      for fix in document.readers.first?.fixes ?? [] where fix.command.first == "fixacl" {
        #expect(try await place.fixacl(Array(fix.command.dropFirst())).status == 0)
      }
      // Now only the edge still refuses it.
      let (cached, _) = try await place.explain([url, "--owner-profile", "tools"], environment: viewer)
      let reader = try #require(cached.readers.first)
      #expect(reader.deniedBy == ["edge"])
      #expect(reader.reasons == ["cached-error"])
      let command = try #require(reader.fixes.first?.command)
      #expect(command.starts(with: ["aws", "cloudfront", "create-invalidation"]))
      let forgotten = try await place.run(
        ["aws", "--endpoint-url", server.cloudFront, "--region", "us-east-1"] + command.dropFirst())
      #expect(forgotten.status == 0, "\(forgotten.err)")
      let (mended, status) = try await place.explain([url, "--owner-profile", "tools"], environment: viewer)
      #expect(status == 0, "\(mended.readers.first?.reasons ?? [])")
      #expect(mended.probes.last?.status == 206)
    }
  }

  /// By a shell, as the profile that explained, also where a policy is on several lines and a key looks like an option.
  @Test(.needsAWSCLI, .needsServiceEndpoints) func printedFixesWorkInAShell() async throws {
    try await OwnSandbox.with(["--incident"]) { server in
      let place = try Workplace(
        server, environment: ["AWS_ENDPOINT_URL_CLOUDFRONT": server.cloudFront, "AWS_PROFILE": "other"])
      func explain(_ arguments: String...) async throws -> ProgramResult {
        try await place.fixacl(["explain"] + arguments + ["--profile", "site", "--owner-profile", "tools"])
      }
      func run(_ result: ProgramResult, _ beginning: String) async throws -> ProgramResult {
        let lines = result.out.split(separator: "\n").map { $0.drop { $0 == " " } }
        let line = try #require(lines.first { $0.hasPrefix(beginning) }, "\(result.out)")
        #expect(line.contains(" --profile site"), "\(line)")
        return try await place.run("bash", "-c", String(line))
      }
      let policy =
        #"{"Version": "2012-10-17",\#n "Statement": [\#n  {"Effect": "Allow", "Principal": {"AWS": "\#(server.tools.accountID ?? "")"},\#n   "Action": "s3:PutObject", "Resource": "arn:aws:s3:::demo-site/*"}\#n ]}"#
      _ = try await RawClient.send(
        .put, server.endpoint, path: "/demo-site", query: "policy=", body: policy, as: server.site.credentials)
      try await server.site.put("own", in: "demo-site")
      let reader = ["--id", server.other.id.value]
      let refused = try await explain("s3://demo-site/own", reader[0], reader[1])
      #expect(refused.status == 2, "\(refused.err)")
      let put = try await run(refused, "aws s3api put-bucket-policy")
      #expect(put.status == 0, "\(put.err)")
      let allowed = try await explain("s3://demo-site/own", reader[0], reader[1])
      #expect(allowed.status != 2 && !allowed.out.contains("no-allow"), "\(allowed.out)")
      try await server.site.put("-x/1\n2", in: "demo-site")
      let missing = try await explain("s3://demo-site/-x/3", "--anonymous")
      let keys = try await run(missing, "aws s3api list-objects-v2")
      #expect(keys.status == 0 && keys.out.contains(#"-x/1\n2"#), "\(keys.err)")
    }
  }

  @Test func logsSayWhoWasRefused() async throws {
    try await OwnSandbox.with(["--incident"]) { server in
      let place = try Workplace(server, environment: ["AWS_ENDPOINT_URL_CLOUDFRONT": server.cloudFront])
      let day = "[06/Nov/2026:02:01:09 +0000]"
      let reader = server.oai.id.value
      try """
      owner demo-site \(day) 192.0.2.3 \(reader) 3E57427F33A59F07 REST.GET.OBJECT posts/1042.html "GET /posts/1042.html \
      HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "Amazon CloudFront" - hostid SigV4 cipher AuthHeader host TLSv1.3 - -
      owner demo-site \(day) 192.0.2.3 \(reader) 3E57427F33A59F08 REST.GET.OBJECT gone.html "GET /gone.html HTTP/1.1" 403 \
      AccessDenied 243 - 7 - "-" "Amazon CloudFront" - hostid SigV4 cipher AuthHeader host TLSv1.3 - -

      """.write(toFile: place.path("access.log"), atomically: true, encoding: .utf8)
      let (document, _) = try await place.explain([
        "s3://demo-site/index.html", "--owner-profile", "tools", "--access-logs", "access.log", "--refused-keys",
        "keys",
      ])
      let logs = try #require(document.logs)
      #expect(logs.report.s3?.refused == 2)
      #expect(logs.report.refusedKeys == 2)
      #expect(logs.objects.first { $0.key == "posts/1042.html" }?.owner == server.tools.id.value)
      #expect(logs.objects.first { $0.key == "gone.html" }?.state == "missing")
      let plan = try await place.fixacl([
        "plan", "demo-site", "--owner-profile", "tools", "--keys-from", "keys", "-o", "plan.json",
      ])
      #expect(plan.status == 0, "\(plan.err)")
      #expect(try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json")))).changes.count == 1)
      let text = try await place.fixacl([
        "explain", "s3://demo-site/index.html", "--access-logs", "access.log", "--access-logs", "nowhere.log",
      ])
      #expect(text.out.contains("! nowhere.log: it cannot be read"))
      #expect(text.out.contains("S3's access logs: 2 reads refused"))
      #expect(text.out.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains("aws ") })
    }
  }

  static let mistakes: [(arguments: [String], status: Int, says: String)] = [
    (["demo-site"], 64, "neither a URL nor an object"), (["s3:/demo-site/k"], 64, "neither a URL nor an object"),
    (["s3:demo-site/k"], 64, "neither a URL nor an object"),
    (["s3://demo-site/k", "--access-logs", "l", "--refused-keys", "-"], 64, "write its name"),
    (["s3://demo-site/index.html", "--access-logs", "nowhere.log"], 1, "no logs could be read. nowhere.log"),
    (["s3://demo-site"], 64, "names no object"),
    (["s3://demo-site/"], 64, "names no object"), (["https:///x"], 64, "is not a URL"),
    (["https://ann:open-sesame@example.com/x"], 64, "'https://***@example.com/x' is not a URL"),
    (["--distribution=https://open-sesame@example.com"], 64, "https://***@example.com"),
    (["$VIEWER/"], 1, "the path begins with its ID"),
    (["ftp://example.com/x"], 64, "neither a URL nor an object"),
    (["https://example.com/x", "--anonymous"], 64, "a URL is read as its distribution"),
    (["https://example.com/x", "--version-id", "1"], 64, "current versions"),
    (["s3://demo-site/index.html", "--principal", "ann"], 64, "write the ARN"),
    (["s3://demo-site/index.html", "--refused-keys", "k"], 64, "needs logs"),
    (["https://nobody.example.com/x"], 1, "no distribution"), (["s3://no-such-bucket-here/x"], 1, "does not exist"),
    (["https://example.com/x", "--distribution", "ENOSUCHDIST"], 1, "knows no distribution"),
    (["s3://demo-site/index.html", "--oai", "ENOSUCHOAI0"], 1, "knows no OAI"),
    (["https://example.com/%zz", "--distribution", "$ID"], 1, "percent sign"),
    (["s3://demo-site/index.html", "--profile", "nobody-there"], 1, "nobody-there"),
  ]

  @Test func whatGoesWrongIsSaid() async throws {
    try await OwnSandbox.with(["--incident"]) { server in
      let place = try Workplace(
        server, environment: ["AWS_ENDPOINT_URL_CLOUDFRONT": server.cloudFront, "FIXACL_VIEWER": server.viewer])
      let list = try await RawClient.send(
        .get, server.cloudFront, path: "/2020-05-31/distribution", as: server.site.credentials, service: "cloudfront")
      let id =
        try XMLElement(parsing: list.body, root: "DistributionList")["Items"]?["DistributionSummary"]?["Id"]?.text ?? ""
      for mistake in Self.mistakes {
        let result = try await place.fixacl(
          ["explain"]
            + mistake.arguments.map {
              $0.replacing("$ID", with: id).replacing("$VIEWER", with: server.viewer)
            })
        #expect(Int(result.status) == mistake.status, "\(mistake.arguments): \(result.err)")
        #expect(result.err.contains(mistake.says), "\(mistake.arguments): \(result.err)")
        #expect(result.out.isEmpty)
        #expect(!result.err.contains("open-sesame"))
      }
      // Keys are strangers' text.
      let evil = "evil\u{1b}[2J\n%00"
      let hostile = try await place.fixacl(["explain", "s3://demo-site/\(evil)", "--anonymous"])
      #expect(hostile.status == 2)
      #expect(!hostile.out.contains("\u{1b}[2J"))
      #expect(hostile.out.contains("missing") || hostile.out.contains("the key does not exist"))
    }
  }

  /// Whoever may see nothing still learns what could be learnt, and from whom.
  @Test func withoutAnyRight() async throws {
    let accounts = FileManager.default.temporaryDirectory.path + "/fixacl-accounts-\(UUID().uuidString).json"
    try #"""
    {"accounts": {"site": {}, "tools": {}, "oai": {}, "other": {"users": {"blind": {"accessKey": "AKIABLIND",
      "secretKey": "blind", "allows": ["sts:*"]}}}}}
    """#.write(toFile: accounts, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: accounts) }
    try await OwnSandbox.with(["--accounts", accounts]) { server in
      let bucket = try await server.makeBucket()
      try await server.site.put("key", in: bucket)
      let place = try Workplace(server)
      let (document, _) = try await place.explain(
        ["s3://\(bucket)/key", "--anonymous"],
        environment: [
          "AWS_ACCESS_KEY_ID": "AKIABLIND", "AWS_SECRET_ACCESS_KEY": "blind", "AWS_PROFILE": "",
        ])
      let reader = try #require(document.readers.first)
      // The proof as nobody settles it, though no layer could be seen.
      #expect(reader.verdict == "denied")
      #expect(reader.deniedBy.isEmpty)
      #expect(reader["bucket-policy"]?.verdict == "unknown")
      #expect(reader["bucket-policy"]?.detail.contains("s3:GetBucketPolicy") == true)
    }
  }
}
