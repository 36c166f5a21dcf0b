import Foundation
import AWSKit
import TestSupport
import Testing

/// Who gets access, as the bucket policy, CloudFront or the user says it.
struct ReadersTests {
  @Test(arguments: S3TestServer.all)
  func thePolicysReaderWithoutOptions(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity, sid: "AllowOAI"))
      let run = try await stage.plan()
      #expect(run.status == 0, "\(run.err)")
      let line = "note: OAI \(stage.oai) gets READ: statement AllowOAI of the bucket policy allows it to read.\n"
      #expect(run.err.contains(line))
      #expect(
        try stage.readers() == [
          [
            "source": "bucket-policy", "statement": "AllowOAI", "oai": .text(stage.oai),
            "id": .text(server.oai.id.value), "permission": "READ",
          ]
        ])
      #expect(
        try stage.document()["desired"]["grants"] == [["id": .text(server.oai.id.value), "permission": "READ"]])
      // The digest is that of the bytes that S3 returns.
      let policy = try await stage.server.site.client.run(
        AWSOperation("GetBucketPolicy", bucket: stage.bucket, query: [("policy", "")]) { $0.body })
      try Data(policy).write(to: URL(filePath: stage.place.path("policy")))
      let sum = try await stage.place.run("sha256sum", "policy")
      #expect(try stage.document()["bucket"]["policyDigest"].text == "sha256:" + sum.out.prefix(64))

      let quiet = try await stage.plan("--quiet")
      #expect(!quiet.err.contains("gets READ") && !quiet.err.contains("put-bucket-ownership-controls"))
      let apply = try await stage.place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(apply.status == 0, "\(apply.err)")
      for object in try await stage.server.site.list(stage.bucket) {
        #expect(try await stage.server.oai.statusOfGet(object.key, in: stage.bucket) == 200)
      }
    }
  }

  @Test(arguments: S3TestServer.all)
  func namedOriginAccessIdentities(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      let run = try await stage.plan("--oai", stage.oai, "--grant-full-control", server.other.grantee)
      #expect(run.status == 0, "\(run.err)")
      #expect(
        try stage.readers() == [
          ["source": "grant-full-control", "id": .text(server.other.id.value), "permission": "FULL_CONTROL"],
          [
            "source": "oai", "oai": .text(stage.oai), "id": .text(server.oai.id.value), "permission": "READ",
          ],
        ])
      #expect(run.count("to grant") == 3)
      let gone = try await stage.plan("--oai", "E0GONE0GONE0GO")
      #expect(gone.status == 1)
      #expect(gone.err.contains("fixacl cannot grant to OAI E0GONE0GONE0GO: CloudFront knows no such OAI"))
      let odd = try await stage.plan("--oai", "../x")
      #expect(odd.status == 64)
    }
  }

  @Test(arguments: S3TestServer.all)
  func thoseOfADistribution(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      let id = try await stage.makeDistribution([
        ("elsewhere.s3.amazonaws.com", ReaderStage.access(oai: stage.oai)),
        (stage.domainName, ReaderStage.access(oai: stage.oai)),
        ("\(stage.bucket).s3.amazonaws.com", ReaderStage.access(oai: "")),
      ])
      let run = try await stage.plan("--distribution", id)
      #expect(run.status == 0, "\(run.err)")
      #expect(
        try stage.readers() == [
          [
            "source": "distribution", "distribution": .text(id), "oai": .text(stage.oai),
            "id": .text(server.oai.id.value), "permission": "READ",
          ]
        ])
      #expect(run.err.contains("gets READ: distribution \(id) reads the bucket with it"))
      #expect(run.err.contains("distribution \(id) reads \(stage.bucket).s3.amazonaws.com anonymously"))

      let anonymous = try await stage.makeDistribution([(stage.domainName, ReaderStage.access(oai: ""))])
      let refused = try await stage.plan("--distribution", anonymous)
      #expect(refused.status == 1)
      #expect(refused.err.contains("anonymously") && refused.err.contains("No grant can allow that"))
      let other = try await stage.makeDistribution([("a.s3.amazonaws.com", ReaderStage.access(oai: ""))])
      let none = try await stage.plan("--distribution", other)
      #expect(none.status == 1)
      #expect(none.err.contains("has no origin in bucket \(stage.bucket). Its origins are a.s3.amazonaws.com."))
      let missing = try await stage.plan("--distribution", "E0NOSUCH")
      #expect(missing.status == 1)
      #expect(missing.err.contains("CloudFront knows no distribution E0NOSUCH in this account"))
    }
  }

  /// A service is let in by the policy alone; the plan says whether it is.
  @Test(arguments: S3TestServer.all)
  func originAccessControl(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      let id = try await stage.makeDistribution([(stage.domainName, try await stage.accessByControl())])
      let run = try await stage.plan("--distribution", id)
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("the bucket policy does not allow distribution \(id)"))
      #expect(run.err.contains("\"AWS:SourceArn\":\"arn:aws:cloudfront::ACCOUNT:distribution/\(id)\""))
      let source = "arn:aws:cloudfront::111122223333:distribution/\(id)"
      let condition = #"{"StringEquals": {"AWS:SourceArn": "\#(source)"}}"#
      try await stage.putPolicy(
        stage.allow(#"{"Service": "cloudfront.amazonaws.com"}"#, sid: "OAC", condition: condition))
      for (options, source) in [(["--distribution", id], "distribution"), ([], "bucket-policy")] {
        let run = try await stage.place.start(
          ["plan", stage.bucket, "-o", "plan.json", "--owner-profile", "tools"] + options
        ).result()
        #expect(run.status == 0, "\(run.err)")
        #expect(run.err.contains("note: cloudfront.amazonaws.com gets copies"))
        #expect(!run.err.contains("does not allow distribution"))
        let reader = try #require(try stage.readers().first)
        #expect(reader["source"]?.text == source)
        #expect(reader["statement"] == "OAC")
        #expect(reader["service"] == "cloudfront.amazonaws.com")
        #expect(reader["sources"]?.elements.count == 1)
        #expect(try stage.document()["desired"]["grants"] == [])
      }
    }
  }

  @Test(arguments: S3TestServer.all)
  func canonicalUsersOfThePolicy(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(#"{"CanonicalUser": "\#(server.oai.id.value)"}"#, sid: ""))
      let run = try await stage.plan()
      #expect(run.status == 0, "\(run.err)")
      #expect(
        try stage.readers() == [
          ["source": "bucket-policy", "statement": "1", "id": .text(server.oai.id.value), "permission": "READ"]
        ])
      #expect(
        run.err.contains("canonical ID \(server.oai.id) gets READ: statement 1 of the bucket policy allows it to read"))
    }
  }

  // MARK: - No reader

  @Test(arguments: S3TestServer.all)
  func nobody(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      func expectStop(_ words: String...) async throws {
        let run = try await stage.plan()
        #expect(run.status == 1)
        for word in words + ["--oai", "--distribution", "--grant-read id=CANONICAL_ID"] {
          #expect(run.err.contains(word), "\(word): \(run.err)")
        }
        #expect(!stage.place.exists("plan.json"))
      }
      try await stage.server.site.deleteBucketPolicy(stage.bucket)
      try await expectStop("no reader is known: the bucket has no policy")
      try await stage.putPolicy(stage.allow(#""*""#, sid: "Public"))
      try await expectStop("the bucket policy names no reader that fixacl can grant to", "everybody (statement Public)")
      try await stage.putPolicy(stage.allow(#"{"AWS": "\#(server.tools.principal)"}"#, sid: "Other"))
      try await expectStop("the bucket policy names no reader that fixacl can grant to", "(statement Other)")
      try await stage.putPolicy(stage.allow(stage.identity, resource: "img/*"))
      try await expectStop("read only arn:aws:s3:::\(stage.bucket)/img/*", "Use --prefix img/")
      let identity = try await stage.makeIdentity()
      try await stage.putPolicy(stage.allow(#"{"AWS": "\#(ReaderStage.arn(identity.id))"}"#))
      try await stage.delete(identity)
      // AWS, and the sandbox, write a deleted principal's unique ID into the policy.
      try await expectStop(
        server.kind == .sandbox
          ? "a principal that no longer exists" : "allows OAI \(identity.id), but CloudFront knows no such OAI")

      // Part of the bucket, and what needs no reader.
      try await stage.putPolicy(stage.allow(stage.identity, resource: "img/*"))
      let part = try await stage.plan("--prefix", "img/")
      #expect(part.status == 0, "\(part.err)")
      #expect(part.count("to grant") == 2)
      try await stage.server.site.deleteBucketPolicy(stage.bucket)
      let owner = try await stage.plan("--bucket-owner-full-control")
      #expect(owner.status == 0, "\(owner.err)")
      #expect(try stage.readers().isEmpty)
      #expect(
        try stage.document()["desired"]["grants"]
          == [["id": .text(server.site.id.value), "permission": "FULL_CONTROL"]])
    }
  }

  /// What is left of one that was deleted, beside one that is there.
  @Test(arguments: S3TestServer.all)
  func deletedReaders(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      let identity = try await stage.makeIdentity()
      let ids = #"{"AWS": ["\#(ReaderStage.arn(identity.id))", "\#(ReaderStage.arn(stage.oai))"]}"#
      try await stage.putPolicy(stage.allow(ids, sid: "Two"))
      try await stage.delete(identity)
      let run = try await stage.plan()
      #expect(run.status == 0, "\(run.err)")
      // AWS, and the sandbox, write a deleted principal's unique ID into the policy.
      #expect(
        run.err.contains("statement Two of the bucket policy allows OAI \(identity.id), but CloudFront knows")
          || run.err.contains(#/statement Two of the bucket policy allows AIDA[A-Z0-9]+, a principal that no longer/#),
        "\(run.err)")
      #expect(try stage.readers().count == 1)
      // RadosGW takes no principal that is none.
      guard server.kind == .sandbox else { return }
      try await stage.putPolicy(stage.allow(#"{"AWS": "AIDAIOSFODNN7EXAMPLE"}"#, sid: "Left"))
      let left = try await stage.plan()
      #expect(left.status == 1)
      #expect(
        left.err.contains("allows AIDAIOSFODNN7EXAMPLE, a principal that no longer exists, such as a deleted OAI"))
    }
  }

  // MARK: - What stands in the way

  @Test(arguments: S3TestServer.all)
  func denials(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      func deny(_ sid: String, _ principal: String, resource: String = "*", condition: String = "") -> String {
        #"{"Sid": "\#(sid)", "Effect": "Deny", "Principal": \#(principal), "Action": "s3:GetObject","#
          + #" "Resource": "arn:aws:s3:::\#(stage.bucket)/\#(resource)"\#(condition)}"#
      }
      try await stage.putPolicy(
        stage.allow(stage.identity), deny("Private", stage.identity, resource: "img/*"),
        deny("TLS", #""*""#, condition: #", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#),
        deny("Somebody", #"{"CanonicalUser": "\#(server.other.id.value)"}"#))
      for options in [[], ["--oai", stage.oai]] {
        let run = try await stage.place.start(
          ["plan", stage.bucket, "-o", "plan.json", "--owner-profile", "tools"] + options
        ).result()
        #expect(run.status == 0, "\(run.err)")
        #expect(
          run.err.contains(
            "statement Private of the bucket policy denies OAI \(stage.oai) access to"
              + " arn:aws:s3:::\(stage.bucket)/img/*: a Deny overrides every ACL"))
        #expect(!run.err.contains("TLS") && !run.err.contains("Somebody"))
      }
      let other = try await stage.plan("--grant-read", server.other.grantee)
      #expect(
        other.err.contains("statement Somebody of the bucket policy denies canonical ID \(server.other.id) access"))
    }
  }

  /// What cannot be asked is named, with the right that is missing and the way round it.
  @Test(arguments: S3TestServer.all)
  func rightsThatAreMissing(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let control = try #require(stage.cloud.control)
      try await control.set([.init("forbidden", "GetCloudFrontOriginAccessIdentity")])
      let run = try await stage.plan()
      #expect(run.status == 1)
      #expect(run.err.contains("The credentials need cloudfront:GetCloudFrontOriginAccessIdentity."), "\(run.err)")
      #expect(run.err.contains("--grant-read id=CANONICAL_ID"))
      try await control.clearFaults()
      if server.kind == .sandbox {
        try await control.set([.init("forbidden", "GetBucketPolicy")])
        let blind = try await stage.plan()
        #expect(blind.status == 1)
        #expect(blind.err.contains("s3:GetBucketPolicy") && blind.err.contains("--grant-read id=CANONICAL_ID"))
        let named = try await stage.plan("--oai", stage.oai)
        #expect(named.status == 0)
        #expect(named.err.contains("fixacl cannot tell whether the bucket policy denies a reader"))
        #expect(try stage.document()["bucket"]["policyDigest"] == .null)
        try await control.clearFaults()
      }
      // S3 elsewhere by an address of its own: nothing is sent to Amazon.
      let place = try Workplace(
        stage.server,
        environment: [
          "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_CLOUDFRONT": "", "AWS_ENDPOINT_URL_STS": "",
          "AWS_ENDPOINT_URL_S3_CONTROL": "",
        ])
      let lost = try await place.fixacl("plan", stage.bucket, "--endpoint-url", stage.server.endpoint)
      #expect(lost.status == 1)
      #expect(lost.err.contains("Set AWS_ENDPOINT_URL_CLOUDFRONT, or name the reader with --grant-read"))
      let named = try await place.fixacl(
        "plan", stage.bucket, "--endpoint-url", stage.server.endpoint, "--grant-read", server.oai.grantee)
      #expect(named.status == 0, "\(named.err)")
      #expect(try JSONValue(parsing: named.stdout)["bucket"]["accountPublicAccessBlock"] == .null)
    }
  }

  /// People read an OAI's name, and it is its canonical ID that gets access: a plan in which these are two is refused, and so
  /// is one that says of somebody that the bucket policy allows them.
  @Test(arguments: S3TestServer.all, [true, false])
  func somebodyElseUnderTheNameOfAReader(server: S3TestServer, keepsName: Bool) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      #expect(try await stage.plan().status == 0)
      let (oai, other) = (stage.server.oai.id, stage.server.other.id)
      var changes = [("\"id\":\"\(oai)\"", "\"id\":\"\(other)\"")]
      if !keepsName { changes.append(("\"oai\":\"\(stage.oai)\"", "\"oai\":null")) }
      try await stage.place.doctorPlan(changes)
      let result = try await stage.place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(result.status == 1, "\(result.err)")
      #expect(
        result.err.onOneLine.contains(
          keepsName
            ? "and says that this is OAI \(stage.oai). CloudFront says that it is \(oai)"
            : "the bucket policy does not allow canonical ID \(other)"), "\(result.err)")
      #expect(!stage.place.exists("plan.json.journal"))
      #expect(try await stage.server.tools.acl(of: ObjectKey("index.html"), in: stage.bucket).grants.count == 1)
    }
  }

}
