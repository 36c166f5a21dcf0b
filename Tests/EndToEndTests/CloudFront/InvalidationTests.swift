import Foundation
import AWSKit
import TestSupport
import Testing

/// `apply --invalidate`: CloudFront forgets what was repaired, once.
struct InvalidationTests {
  private static let all = ["/", "/img/a.png", "/img/b.png", "/index.html"]

  private func onSandbox(_ body: (ReaderStage) async throws -> Void) async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox), body)
  }

  private func allRead(_ stage: ReaderStage) async throws -> Bool {
    for object in try await stage.server.site.list(stage.bucket) {
      guard try await stage.server.oai.statusOfGet(object.key, in: stage.bucket) == 200 else { return false }
    }
    return true
  }

  @Test func whatWasRepairedIsInvalidatedOnce() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      let other = try await stage.makeDistribution([("elsewhere.s3.amazonaws.com", ReaderStage.access(oai: stage.oai))])
      #expect(try await stage.view(id, "/") == 403)
      #expect(try await stage.view(id, "/img/a.png") == 403)
      #expect(try await stage.plan().status == 0)

      let without = try await stage.apply()
      #expect(without.status == 0, "\(without.err)")
      #expect(without.err.contains("  fixacl apply plan.json --invalidate auto\n"), "\(without.err)")
      #expect(try await stage.view(id, "/") == 403, "CloudFront has cached it")

      // Nothing is left to do but this.
      let apply = try await stage.apply("--invalidate", "auto", "--wait")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(apply.err.contains("apply invalidates 4 paths in distribution \(id) (d"), "\(apply.err)")
      #expect(apply.err.contains("costs at most $0.02: the first 1,000 paths a month are free"), "\(apply.err)")
      #expect(apply.err.contains("is completed."), "\(apply.err)")
      #expect(try await stage.invalidations(of: id) == [Self.all])
      #expect(try await stage.invalidations(of: other).isEmpty)
      #expect(try await stage.view(id, "/") == 200)
      #expect(try await stage.view(id, "/img/a.png") == 200)

      let again = try await stage.apply("--invalidate", "auto")
      #expect(again.status == 0 && again.err.contains("an earlier run has invalidated the paths"), "\(again.err)")
      #expect(try await stage.invalidations(of: id).count == 1)
      let journal = try stage.place.read("plan.json.journal")
      #expect(journal.split(separator: "\n").count { $0.contains(#""invalidation":{"distribution":"\#(id)""#) } == 2)

      // Without the journal, CloudFront still knows the order.
      #expect(try await stage.place.shell("mv plan.json.journal old").status == 0)
      let anew = try await stage.apply("--invalidate", "auto")
      #expect(anew.status == 0, "\(anew.err)")
      #expect(try await stage.invalidations(of: id).count == 1)
      #expect(try await stage.place.shell("mv old plan.json.journal").status == 0)

      // What is repaired again is invalidated again.
      let rollback = try await stage.place.fixacl("rollback", "plan.json")
      #expect(rollback.status == 0 && rollback.count("put back") == 3, "\(rollback.err)")
      #expect(try await stage.view(id, "/") == 403)
      let second = try await stage.apply("--invalidate", id)
      #expect(second.status == 0 && second.count("changed") == 3, "\(second.err)")
      #expect(second.err.contains("  fixacl verify plan.json --through-cloudfront\n"), "\(second.err)")
      #expect(try await stage.invalidations(of: id) == [Self.all, Self.all])
      #expect(try await stage.view(id, "/") == 200)
    }
  }

  @Test func aDryRunShowsThePathsAndInvalidatesNothing() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let dryRun = try await stage.apply("--dry-run", "--invalidate", "auto")
      #expect(dryRun.status == 0 && dryRun.err.contains("apply would invalidate 4 paths"), "\(dryRun.err)")
      let lines = dryRun.out.split(separator: "\n").filter { $0.hasPrefix("would invalidate: ") }
      #expect(lines.map(String.init) == Self.all.map { "would invalidate: \(id): \($0)" })
      let json = try await stage.place.shell(
        "\"$FIXACL\" apply plan.json --dry-run --invalidate auto --format json >out.json")
      #expect(json.status == 0 && json.err.contains("would invalidate"))
      #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: stage.place) == "")
      let items = try await stage.place.shell(
        "jq -r 'select(.event == \"summary\").invalidation | .result, .distributions[0].items[]' out.json")
      #expect(items.out == (["planned"] + Self.all).joined(separator: "\n") + "\n")
      #expect(try await stage.invalidations(of: id).isEmpty)
      #expect(!stage.place.exists("plan.json.journal"))
    }
  }

  @Test func nothingIsInvalidatedBeforeTheLastChange() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let canary = try await stage.apply("--limit", "1", "--invalidate", "auto")
      #expect(canary.status == 0 && canary.err.contains("nothing is invalidated yet: 2 changes are left."))
      #expect(canary.err.contains("  fixacl apply plan.json --invalidate auto\n"), "\(canary.err)")
      #expect(try await stage.invalidations(of: id).isEmpty)
      let rest = try await stage.place.shell(
        "\"$FIXACL\" apply plan.json --invalidate auto --format json >out.json 2>err")
      #expect(rest.status == 0)
      #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: stage.place) == "")
      #expect(try await stage.invalidations(of: id) == [Self.all])
    }
  }

  /// What somebody has overwritten is not repaired, and no reason to leave the rest in caches.
  @Test func whatIsStaleIsNotWaitedFor() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      try await stage.server.tools.put("img/a.png", in: stage.bucket, body: Array("another".utf8))
      let apply = try await stage.apply()
      #expect(apply.status == 3 && apply.count("stale") == 1, "\(apply.err)")
      #expect(apply.err.contains("  fixacl apply plan.json --invalidate auto\n"), "\(apply.err)")
      let again = try await stage.apply("--invalidate", "auto")
      #expect(again.status == 3 && again.err.contains("is completed."), "\(again.err)")
      #expect(try await stage.invalidations(of: id) == [["/", "/img/b.png", "/index.html"]])
    }
  }

  /// The repair is done in any case; the error has the command to type, and the same command does the rest.
  @Test func whoMayNotInvalidateGetsTheCommand() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let control = try #require(stage.cloud.control)
      try await control.set([SandboxControl.Fault("forbidden", "CreateInvalidation")])
      let refused = try await stage.place.shell(
        "\"$FIXACL\" apply plan.json --invalidate auto --format json >out.json")
      #expect(refused.status == 3, "\(refused.err)")
      #expect(refused.err.contains("error: distribution \(id)") && refused.err.contains("is not invalidated"))
      #expect(refused.err.contains("need cloudfront:CreateInvalidation"), "\(refused.err)")
      #expect(
        refused.err.contains(
          "  aws cloudfront create-invalidation --distribution-id \(id) --paths / /img/a.png /img/b.png /index.html"
            + " --profile site\n"),
        "\(refused.err)")
      #expect(try await allRead(stage))
      #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: stage.place) == "")
      let summary = try await stage.place.shell(
        "jq -r 'select(.event == \"summary\") | .exitStatus, .changed, .invalidation.result,"
          + " .invalidation.distributions[0].problem.error.code' out.json")
      #expect(summary.out == "3\n3\nfailed\nAccessDenied\n")

      try await control.set([SandboxControl.Fault("forbidden", "ListDistributions")])
      let unlisted = try await stage.apply("--invalidate", "auto")
      #expect(unlisted.status == 3 && unlisted.err.contains("error: nothing is invalidated."), "\(unlisted.err)")
      #expect(unlisted.err.contains("need cloudfront:ListDistributions"), "\(unlisted.err)")
      #expect(unlisted.err.contains("  fixacl apply plan.json --invalidate auto\n"), "\(unlisted.err)")
      // One that is named need not be looked for.
      let named = try await stage.apply("--invalidate", id)
      #expect(named.status == 0, "\(named.err)")
      #expect(try await stage.invalidations(of: id) == [Self.all])
    }
  }

  @Test func tooManyInProgressAreWaitedFor() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let control = try #require(stage.cloud.control)
      try await control.setEdge(#"{"invalidationSeconds": 4}"#)
      try await stage.invalidate(id, (0..<2998).map { "/x/\($0)" })
      let apply = try await stage.apply("--invalidate", "auto", "--wait")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(
        apply.err.contains("too many invalidations of distribution \(id) in progress. fixacl tries again in 2.0s."),
        "\(apply.err)")
      #expect(apply.err.contains("is not completed yet") && apply.err.contains("is completed."), "\(apply.err)")
      #expect(try await stage.invalidations(of: id).first == Self.all)
    }
  }

  /// A lost answer, a kill before it, and a signal while it is waited for: there is one invalidation all the same.
  @Test func nothingIsInvalidatedTwiceWhateverHappens() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let control = try #require(stage.cloud.control)
      try await control.setEdge(#"{"invalidationSeconds": 600}"#)
      try await control.set([SandboxControl.Fault("stall", "CreateInvalidation")])
      try await control.counters(reset: true)
      let killed = try stage.place.start(["apply", "plan.json", "--invalidate", "auto"])
      while try await control.counters()["CreateInvalidation"] == nil, killed.isRunning {
        try await Task.sleep(for: .milliseconds(10))
      }
      killed.signal(SIGKILL)
      #expect(try await killed.result().status == -9)
      #expect(try await stage.invalidations(of: id).count == 1)

      try await control.set([SandboxControl.Fault("reset", "CreateInvalidation", count: 1)])
      let waiting = try stage.place.start(["apply", "plan.json", "--invalidate", "auto", "--wait"])
      while !waiting.errorsSoFar.contains("is not completed yet"), waiting.isRunning {
        try await Task.sleep(for: .milliseconds(10))
      }
      waiting.signal(SIGINT)
      let interrupted = try await waiting.result()
      #expect(interrupted.status == 130 && interrupted.err.contains("warning: interrupted"), "\(interrupted.err)")

      let again = try await stage.apply("--invalidate", "auto")
      #expect(again.status == 0 && again.err.contains("an earlier run has invalidated the paths"), "\(again.err)")
      #expect(try await stage.invalidations(of: id) == [Self.all])
    }
  }

  @Test func distributionsOfTenantsAndOfOthersAreRefused() async throws {
    try await onSandbox { stage in
      let tenants = try await stage.makeEdge(more: "<ConnectionMode>tenant-only</ConnectionMode>")
      let other = try await stage.makeDistribution([("elsewhere.s3.amazonaws.com", ReaderStage.access(oai: stage.oai))])
      #expect(try await stage.plan().status == 0)
      let auto = try await stage.apply("--invalidate", "auto")
      #expect(auto.status == 3 && auto.err.contains("serves its tenants only"), "\(auto.err)")
      #expect(
        auto.err.contains(
          "  aws cloudfront list-distribution-tenants --association-filter DistributionId=\(tenants) --profile site\n"))
      #expect(try await allRead(stage))
      let elsewhere = try await stage.apply("--invalidate", other)
      #expect(elsewhere.status == 3 && elsewhere.err.contains("is not an origin of distribution \(other)"))
      let unknown = try await stage.apply("--invalidate", "E0GONE0GONE0GO")
      #expect(unknown.status == 3 && unknown.err.contains("CloudFront knows no distribution E0GONE0GONE0GO"))
    }
  }

  @Test func aReaderWithoutADistributionIsAnError() async throws {
    try await onSandbox { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      #expect(try await stage.plan().status == 0)
      let apply = try await stage.apply("--invalidate", "auto")
      #expect(apply.status == 3 && apply.err.contains("no distribution of this account reads s3://\(stage.bucket)"))
    }
  }

  /// A reader that is known by its canonical ID only, and a distribution that serves nothing of what was repaired.
  @Test func theDistributionOfACanonicalIDIsFound() async throws {
    try await onSandbox { stage in
      let id = try await stage.makeEdge()
      let nowhere = try await stage.makeDistribution([
        (stage.domainName, "<OriginPath>/none</OriginPath>" + ReaderStage.access(oai: stage.oai))
      ])
      #expect(try await stage.plan("--grant-read", "id=\(stage.server.oai.id.value)").status == 0)
      let apply = try await stage.apply("--invalidate", "auto")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(
        apply.err.contains("distribution \(nowhere)") && apply.err.contains("serves none of the repaired objects"))
      #expect(try await stage.invalidations(of: id) == [Self.all])
      #expect(try await stage.invalidations(of: nowhere).isEmpty)
    }
  }

  /// Keys that URLs cannot hold as they are, and more than the budget of exact paths.
  @Test func oddKeysAndManyKeys() async throws {
    try await onSandbox { stage in
      let odd = ["a b", "ä/ö", "100%", "what?#", "all*", "star*s", "~home", "q&a='\"<>", "x//y", "dots/../up", "c+d"]
      let keys = odd.map { ObjectKey($0) } + BrokenBucket.keys(1200, prefix: "many/")
      _ = try await inParallel(keys) { try await stage.server.tools.put($0, in: stage.bucket) }
      let id = try await stage.makeEdge()
      #expect(try await stage.plan().status == 0)
      let before = try await stage.verify("--through-cloudfront", "--sample", "2000")
      #expect(before.status == 2 && before.count("not") == keys.count + 3, "\(before.err.suffix(1000))")
      let apply = try await stage.apply("--invalidate", "auto")
      #expect(apply.status == 0 && apply.err.contains("(1 with an asterisk)"), "\(apply.err)")
      let paths = try #require(try await stage.invalidations(of: id).first)
      #expect(paths.contains("/many/00*") && paths.contains("/a%20b") && paths.contains("/all%2A"), "\(paths)")
      // S3 reads a plus sign as a blank.
      #expect(paths.contains("/a+b") && paths.contains("/c%2Bd") && !paths.contains("/c+d"), "\(paths)")
      #expect(paths.count == odd.count + 2 + Self.all.count + 1, "\(paths)")
      let after = try await stage.verify("--through-cloudfront", "--sample", "2000")
      #expect(after.status == 0, "\(after.out.prefix(1000)) \(after.err.suffix(1000))")
    }
  }

  @Test func whatMakesNoSenseIsUsage() async throws {
    let place = try Workplace(S3TestServer.nowhere)
    for options in [
      ["--invalidate", "auto", "--invalidate", "E1"], ["--invalidate", "none", "--invalidate", "auto"], ["--wait"],
      ["--wait", "--invalidate", "none"], ["--invalidate", "../x"], ["--invalidate", "123456789012"],
      ["--invalidate", "auto", "--wait", "--dry-run"],
    ] {
      let result = try await place.start(["apply", "plan.json"] + options).result()
      #expect(result.status == 64, "\(options): \(result.err)")
    }
  }

  /// RadosGW has no CloudFront: the objects are repaired, and the error says what is missing.
  @Test func aServerWithoutCloudFront() async throws {
    guard let server = S3TestServer.radosGW else { return }
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan()
    let elsewhere = ["AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": server.endpoint]
    let apply = try await broken.apply("--invalidate", "auto", environment: elsewhere)
    #expect(apply.status == 3 && apply.count("changed") == 2, "\(apply.err)")
    #expect(apply.err.contains("error: nothing is invalidated, because S3 is not Amazon's"), "\(apply.err)")
    #expect(apply.err.contains("Set AWS_ENDPOINT_URL_CLOUDFRONT."), "\(apply.err)")
    #expect(try await broken.verify().status == 0)
    let verify = try await broken.place.fixacl(
      "verify", "plan.json", "--owner-profile", "tools", "--through-cloudfront", environment: elsewhere)
    #expect(verify.status == 3 && verify.err.contains("error: CloudFront was not asked"), "\(verify.err)")
    // A server that is said to be all of AWS's services, and is no CloudFront.
    let wrong = try await broken.apply("--invalidate", "auto")
    #expect(
      wrong.status == 3 && wrong.err.contains("error: nothing is invalidated. ListDistributions: "), "\(wrong.err)")
    #expect(wrong.err.contains("AWS_ENDPOINT_URL_CLOUDFRONT"), "\(wrong.err)")
    // Nobody knows of a distribution, so nobody is told to invalidate.
    let again = try await broken.place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(again.status == 0)
    #expect(try await !broken.apply().err.contains("--invalidate"))
  }
}
