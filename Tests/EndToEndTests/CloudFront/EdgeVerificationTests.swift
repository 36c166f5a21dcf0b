import Foundation
import AWSKit
import TestSupport
import Testing

/// `verify --through-cloudfront`: what viewers get, and who says so.
struct EdgeVerificationTests {
  private func onSandbox(_ body: (ReaderStage) async throws -> Void) async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox), body)
  }

  @Test func errorsInCachesAreToldFromThoseOfNow() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let before = try await stage.verify("--through-cloudfront", "--quiet")
      #expect(before.status == 2, "\(before.err)")
      let refused = before.out.split(separator: "\n").filter { $0.hasPrefix("refused: ") }
      #expect(refused.count == 3 && refused.allSatisfy { $0.contains(": 403 AccessDenied from the origin (request ") })
      #expect(refused.allSatisfy { $0.hasSuffix("The origin refuses CloudFront.") }, "\(before.out)")
      #expect(
        before.out.contains("refused: img/a.png: https://d\(id.dropFirst().lowercased()).cloudfront.net/img/a.png"))

      #expect(try await stage.apply().status == 0)
      let cached = try await stage.verify("--through-cloudfront")
      #expect(cached.status == 2, "\(cached.err)")
      #expect(cached.count("as planned") == 3, "S3 has it right: \(cached.err)")
      #expect(cached.out.contains(" old (request ") && cached.out.contains("an error that it has cached"))
      #expect(cached.err.contains("note: through CloudFront (\(id)): 0 of 3 objects served, 3 not.\n"), "\(cached.err)")
      #expect(cached.err.contains("  fixacl apply plan.json --invalidate auto\n"), "\(cached.err)")

      #expect(try await stage.apply("--invalidate", "auto").status == 0)
      let after = try await stage.verify("--through-cloudfront")
      #expect(after.status == 0 && after.stdout.isEmpty, "\(after.out) \(after.err)")
      #expect(after.err.contains("3 of 3 objects served, 0 not."))
    }
  }

  @Test func linesFitTheSchema() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let run = "\"$FIXACL\" verify plan.json --through-cloudfront --format json --log-format json"
      let before = try await stage.place.shell("\(run) >out.json 2>err.json")
      #expect(before.status == 2, "\(before.err)")
      #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: stage.place) == "")
      #expect(try await JSONSchema.faults("log.schema.json", "err.json", in: stage.place) == "")
      #expect(try stage.place.read("err.json").contains("\"url\":\"https://d"))
      let lines = try await stage.place.shell(
        "jq -r 'select(.event == \"edge\") | [.key, .distribution, .result, .status, .answeredBy, .code] | join(\" \")'"
          + " out.json | sort")
      #expect(
        lines.out
          == ["img/a.png", "img/b.png", "index.html"].map { "\($0) \(id) refused 403 origin AccessDenied\n" }.joined())
      #expect(try await stage.apply("--invalidate", id).status == 0)
      let sample = try await stage.place.shell("\(run) --sample 1 >out.json")
      #expect(sample.status == 0, "\(sample.err)")
      #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: stage.place) == "")
      let summary = try await stage.place.shell(
        "jq -c 'select(.event == \"summary\").edge | [.objects, .asked, .served, .differing, .failed]' out.json")
      #expect(summary.out == "[3,1,1,0,0]\n")
    }
  }

  /// Each object is asked for through both: that makes more reads than objects.
  @Test func twoDistributions() async throws {
    try await onSandbox { stage in
      _ = try await stage.makeEdge()
      _ = try await stage.makeDistribution([(stage.domainName, ReaderStage.access(oai: stage.oai))])
      #expect(try await stage.plan().status == 0)
      #expect(try await stage.apply().status == 0)
      let all = try await stage.verify("--through-cloudfront")
      #expect(all.status == 0 && all.err.contains("): 6 of 6 reads of 3 objects served, 0 not.\n"), "\(all.err)")
      let sample = try await stage.verify("--through-cloudfront", "--sample", "2")
      #expect(
        sample.err.contains("): 4 of 4 reads of 2 objects served, 0 not (a sample of 3).\n"), "\(sample.err)")
    }
  }

  /// A page of the distribution in place of the error has status 200 and is no success.
  @Test func anErrorPageIsNoSuccess() async throws {
    try await onSandbox { stage in
      try await stage.server.site.put("app.html", in: stage.bucket)
      _ = try await stage.makeEdge(
        more: "<CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>403</ErrorCode>"
          + "<ResponsePagePath>/app.html</ResponsePagePath><ResponseCode>200</ResponseCode>"
          + "<ErrorCachingMinTTL>0</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses>")
      #expect(try await stage.plan().status == 0)
      let before = try await stage.verify("--through-cloudfront")
      #expect(before.status == 2)
      #expect(before.out.split(separator: "\n").count { $0.hasPrefix("error page: ") } == 3, "\(before.out)")
      #expect(try await stage.apply().status == 0)
      #expect(try await stage.verify("--through-cloudfront").status == 0)
    }
  }

  @Test func theEdgeItselfRefuses() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge(
        more: "<Restrictions><GeoRestriction><RestrictionType>whitelist</RestrictionType><Quantity>1</Quantity>"
          + "<Items><Location>FR</Location></Items></GeoRestriction></Restrictions>")
      #expect(try await stage.plan().status == 0)
      #expect(try await stage.apply("--invalidate", id).status == 0)
      let verify = try await stage.verify("--through-cloudfront")
      #expect(verify.status == 2 && verify.out.contains(": 403 from the edge (request "), "\(verify.out)")
      #expect(verify.out.contains("configured to block access from your country"), "\(verify.out)")
      #expect(verify.out.contains("CloudFront itself refuses viewers"))
      let command = verify.err.split(separator: "\n").first { $0.hasPrefix("  fixacl explain https://d") }
      let words = try #require(command, "\(verify.err)").split(separator: " ").dropFirst().map(String.init)
      let explain = try await stage.place.start(words).result()
      #expect(words.suffix(4) == ["--profile", "site", "--owner-profile", "tools"])
      #expect(
        explain.status == 2 && explain.out.contains("restricts the countries of its viewers"),
        "\(explain.out) \(explain.err)")
    }
  }

  /// An empty object has no first byte to ask for; a key beside the origin path is served by nobody.
  @Test func emptyObjectsAndKeysThatNobodyServes() async throws {
    try await onSandbox { stage in
      try await stage.server.tools.put("www/empty", in: stage.bucket, body: [])
      try await stage.putPolicy(stage.allow(stage.identity))
      _ = try await stage.makeDistribution([
        (stage.domainName, "<OriginPath>/www</OriginPath>" + ReaderStage.access(oai: stage.oai))
      ])
      #expect(try await stage.plan().status == 0)
      #expect(try await stage.apply("--invalidate", "auto").status == 0)
      let verify = try await stage.verify("--through-cloudfront")
      #expect(verify.status == 0, "\(verify.out) \(verify.err)")
      #expect(
        verify.err.contains("1 of 1 object served, 0 not. CloudFront serves 3 other objects of the plan at no path."))
    }
  }

  @Test func whereNobodyAnswersTheObjectsAreVerifiedAllTheSame() async throws {
    try await onSandbox { stage in
      _ = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      #expect(try await stage.apply().status == 0)
      let nobody = try await stage.verify("--through-cloudfront", environment: ["FIXACL_VIEWER": "http://127.0.0.1:1"])
      #expect(nobody.status == 2 && nobody.count("as planned") == 3, "\(nobody.err)")
      #expect(nobody.err.contains("error: CloudFront was not asked for all objects: nothing answers for distribution"))
      let wrong = try await stage.verify("--through-cloudfront", environment: ["FIXACL_VIEWER": "viewer"])
      #expect(wrong.status == 64 && wrong.err.contains("'viewer' (FIXACL_VIEWER) is not an endpoint URL"))
      let control = try #require(stage.cloud.control)
      try await control.set([SandboxControl.Fault("forbidden", "ListDistributions")])
      let unlisted = try await stage.verify("--through-cloudfront")
      #expect(unlisted.status == 3 && unlisted.err.contains("need cloudfront:ListDistributions"), "\(unlisted.err)")
    }
  }

  /// With OAC, the service reads what the bucket owner has copied.
  @Test func originAccessControl() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeDistribution([(stage.domainName, try await stage.accessByControl())])
      try await stage.putPolicy(
        stage.allow(
          #"{"Service": "cloudfront.amazonaws.com"}"#,
          condition: #"{"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/\#(id)"}}"#))
      #expect(try await stage.view(id, "/index.html") == 403)
      let plan = try await stage.plan("--strategy", "copy")
      try #require(plan.status == 0, "\(plan.err)")
      let apply = try await stage.apply("--invalidate", "auto")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(try await stage.view(id, "/index.html") == 200)
      #expect(try await stage.verify("--through-cloudfront").status == 0)
    }
  }
}
