import Foundation
import AWSKit
import TestSupport
import Testing

/// What a run of many requests costs, counted by the server: requests, connections, and how often it had to say no.
struct ScaleTests {
  private static func virtual(_ count: Int, foreign: Double) -> [String] {
    ["--virtual", "bucket=big,count=\(count),shape=hex,foreign=\(foreign),acls=4"]
  }

  /// An ACL is read and written; that the object is what the plan saw is told for hundreds of them at once.
  @Test func aGrantTakesTwoRequests() async throws {
    try await OwnSandbox.with(Self.virtual(3000, foreign: 0.5)) { server in
      let place = try Workplace(server)
      let plan = try await place.plan(server, "big")
      #expect(plan.changes.count > 1000)
      let control = try #require(server.control)
      try await control.counters(reset: true)
      try await place.apply()
      let counters = try await control.counters()
      #expect(counters["GetObjectAcl"] == plan.changes.count)
      #expect(counters["PutObjectAcl"] == plan.changes.count)
      // Those that were left over when a listing was not fresh any more: on a machine with much to do, a batch of 250.
      #expect(counters["HeadObject", default: 0] <= plan.changes.count / 3)
      // Two pages for 250 changes, half of whose neighbours are the bucket owner's, and what was made again.
      #expect(counters["ListObjectsV2", default: 0] <= plan.changes.count / 50)
      try await place.expectVerified()
    }
  }

  /// The same in a plan of few objects among many, where a listing would be mostly of others.
  @Test func fewAmongManyAreLookedAtOneByOne() async throws {
    try await OwnSandbox.with(Self.virtual(20_000, foreign: 0.005)) { server in
      let place = try Workplace(server)
      let plan = try await place.plan(server, "big")
      let control = try #require(server.control)
      try await control.counters(reset: true)
      try await place.apply()
      let counters = try await control.counters()
      #expect(counters["PutObjectAcl"] == plan.changes.count)
      #expect(counters["HeadObject", default: 0] <= plan.changes.count)
      #expect(counters["ListObjectsV2", default: 0] <= 10)
    }
  }

  @Test func nobodyAsksAboutObjectsOfTheBucketOwner() async throws {
    try await OwnSandbox.with(Self.virtual(20_000, foreign: 0)) { server in
      let control = try #require(server.control)
      try await control.counters(reset: true)
      try await Workplace(server).plan(server, "big")
      let counters = try await control.counters()
      #expect(counters["GetObjectAcl"] == nil && counters["HeadObject"] == nil)
      // 20 pages, and what looking for places to cut the key space costs.
      #expect(counters["ListObjectsV2", default: 0] <= 100)
    }
  }

  /// At most one connection in twenty more than the most requests in flight.
  @Test(arguments: [16, 300])
  func connectionsAreReused(concurrency: Int) async throws {
    try await OwnSandbox.with(Self.virtual(4000, foreign: 0.5) + ["--delay", "20"]) { server in
      let place = try Workplace(server)
      let control = try #require(server.control)
      var before = try await control.connections()
      for command in [
        ["plan", "big", "--grant-read", server.oai.grantee, "-o", "plan.json"], ["apply", "plan.json"],
        ["verify", "plan.json"],
      ] {
        let result = try await place.fixacl(
          command + ["--owner-profile", "tools", "--concurrency", "\(concurrency)"])
        #expect(result.status == 0, "\(result.err)")
        let after = try await control.connections()
        // One is the test's own, to ask.
        #expect(after - before <= concurrency + concurrency / 20 + 1, "\(command[0])")
        before = after
      }
    }
  }

  /// A server with limits like S3's, but lower: everything is done, and few requests are turned away.
  @Test func aLimitIsMetGently() async throws {
    try await OwnSandbox.with(Self.virtual(3000, foreign: 1) + ["--delay", "10"]) { server in
      let place = try Workplace(server)
      try await place.plan(server, "big")
      let control = try #require(server.control)
      try await control.limit(reads: 500, writes: 300)
      let result = try await place.apply()
      let throttled = result.err.matches(of: #/throttled ([\d,]+) time/#).last.flatMap {
        Int($0.1.filter { $0 != "," })
      }
      // How many are in flight too soon depends on how busy the machine is.
      #expect(throttled ?? 0 <= 1200, "a fifth of 6,000 requests: \(result.err)")
      try await control.clearLimits()
      try await place.expectVerified()
    }
  }

  /// What is told on the way, every five seconds, and at the end.
  @Test func progressSaysHowFastAndHowLong() async throws {
    try await OwnSandbox.with(Self.virtual(700, foreign: 1) + ["--delay", "50"]) { server in
      let place = try Workplace(server)
      try await place.plan(server, "big")
      let result = try await place.apply(["--concurrency", "8"])
      let lines = result.err.split(separator: "\n")
      let progress = lines.filter { $0.hasPrefix("note: applying ") }
      let form =
        #/note: applying \d+%: \d+ of 700, 0 failed, [\d.]+/s, about .+s left, \d+ changed, 0 stale, [\d.]+ requests/s, \d in flight/#
      // At the very beginning nobody can say for how long it will go on.
      #expect(progress.contains { $0.wholeMatch(of: form) != nil }, "\(progress)")
      let summary = try #require(lines.last { $0.contains("700 changed") })
      let end = #/.*; 1,4\d\d requests in .+s \([\d.]+ objects/s, [\d.]+ requests/s\)\./#
      #expect(summary.wholeMatch(of: end) != nil, "\(summary)")
    }
  }
}
