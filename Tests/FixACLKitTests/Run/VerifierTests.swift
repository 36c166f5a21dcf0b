import AWSKit
import Synchronization
import TestSupport
import Testing

@testable import FixACLKit

private let tools = Sample.tools
private let oai = Sample.oai

@Suite struct VerifierTests {
  private static func sample() -> SampleBucket {
    let sample = SampleBucket()
    for index in 0..<20 { sample.server["k\(10 + index)"] = InProcessS3.Object(.owned(by: tools)) }
    sample.server["blocked"] = InProcessS3.Object(.owned(by: Sample.guest))
    return sample
  }

  private func verify(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 8, drawing count: Int? = nil,
    stop: StopSignal = StopSignal()
  ) async throws -> (tally: Tally, differences: [ObjectKey: String]) {
    let collector = ReportCollector(isDryRun: false)
    let runner = Runner(
      Verify(plan: plan, accounts: sample.accounts(), sample: count), options: WorkOptions(concurrency: concurrency),
      stop: stop, report: { collector.take($0) })
    try await runner.run()
    return (runner.tally, collector.reports)
  }

  @Test(arguments: [1, 8])
  func beforeAndAfterTheApply(concurrency: Int) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let before = try await verify(plan, of: sample, concurrency: concurrency)
      #expect(before.tally == Tally(planned: 20, blocked: 1, pending: 20))
      #expect(before.differences.values.count { $0 == "not yet" } == 20)
      #expect(before.differences[ObjectKey("blocked")] == "blocked owner-credentials-missing")

      try await ApplyRun(plan, of: sample).run()
      sample.server.forgetCalls()
      let after = try await verify(plan, of: sample, concurrency: concurrency)
      #expect(after.tally == Tally(planned: 20, blocked: 1, already: 20))
      #expect(after.tally.handled == 20)
      #expect(Array(after.differences.keys) == [ObjectKey("blocked")])
      // It only looks, at each object once, and at the blocked one not at all.
      #expect(sample.server.counts == ["HeadObject": 20, "GetObjectAcl": 20])
    }
  }

  @Test func saysWhatDiffers() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      try await ApplyRun(plan, of: sample).run()
      sample.server["k10"] = nil
      sample.server["k11"]?.etag = "other"
      sample.server["k12"]?.acl = .owned(by: tools, .user(oai), .publicRead)
      sample.server["k13"]?.acl = .owned(by: tools)
      sample.server.intercept { call, carryOut in
        call.key == ObjectKey("k14") ? InProcessS3.error(500, "InternalError") : carryOut()
      }
      let (tally, differences) = try await verify(plan, of: sample)
      #expect(tally == Tally(planned: 20, blocked: 1, already: 15, stale: 3, pending: 1, failed: 1))
      #expect(differences[ObjectKey("k10")] == "stale: deleted")
      #expect(differences[ObjectKey("k11")] == "stale: overwritten")
      #expect(differences[ObjectKey("k12")] == "stale: acl-changed")
      #expect(differences[ObjectKey("k13")] == "not yet")
      #expect(differences[ObjectKey("k14")]?.contains("s3://assets/k14: 500 InternalError") == true)
    }
  }

  @Test func copyThatIsHalfDone() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      sample.server["k"] = InProcessS3.Object(.owned(by: tools))
      let plan = try await sample.plan(in: folder)
      sample.server["k"]?.acl = .owned(by: tools, .user(Sample.site))
      #expect(try await verify(plan, of: sample).differences == [ObjectKey("k"): "not yet"])
      try await ApplyRun(plan, of: sample).run()
      #expect(try await verify(plan, of: sample).tally.already == 1)
    }
  }

  @Test(arguments: [(0, 0), (1, 1), (7, 7), (20, 20), (21, 21), (22, 21), (.max, 21)], [1, 8])
  func sampleIsOfThatManyObjects(counts: (Int, Int), concurrency: Int) async throws {
    let (drawn, total) = counts
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      #expect(Verify(plan: plan, accounts: sample.accounts(), sample: drawn).tally.total == total)
      for _ in 0..<5 {
        sample.server.forgetCalls()
        let (tally, differences) = try await verify(plan, of: sample, concurrency: concurrency, drawing: drawn)
        #expect(tally.handled + tally.blocked == total)
        // Each at most once: nothing is as planned yet, so all of them are told of.
        #expect(differences.count == total)
        #expect(sample.server.counts["HeadObject", default: 0] == total - tally.blocked)
      }
    }
  }

  /// Every object can be drawn, and not always the same.
  @Test func sampleIsDrawnByChance() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      var drawn: Set<ObjectKey> = []
      var runs = 0
      // That one of 21 is missed by 500 draws of 3 has a chance of less than 1 in 10^31.
      while drawn.count < plan.changeCount, runs < 500 {
        drawn.formUnion(try await verify(plan, of: sample, drawing: 3).differences.keys)
        runs += 1
      }
      #expect(drawn.count == 21)
      #expect(runs > 6)
    }
  }

  /// Of copies, the tags that the plan saw; of grants, none.
  @Test(arguments: [Strategy.auto, .copy])
  func tagsAreCompared(strategy: Strategy) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = strategy
      let tags = [ObjectTag(key: "a", value: "1"), ObjectTag(key: "b", value: "2")]
      for key in ["order", "less", "other", "none", "untagged"] {
        sample.server[key] = InProcessS3.Object(.owned(by: tools, .user(Sample.site)))
        sample.server[key]?.tags = key == "untagged" ? [] : tags
      }
      let plan = try await sample.plan(in: folder)
      try await ApplyRun(plan, of: sample).run()
      #expect(try await verify(plan, of: sample).tally.already == 5)
      sample.server["order"]?.tags = tags.reversed()
      sample.server["less"]?.tags = [tags[0]]
      sample.server["other"]?.tags = [tags[0], ObjectTag(key: "b", value: "3")]
      sample.server["none"]?.tags = []
      // What the plan has seen no tags of may have got some.
      sample.server["untagged"]?.tags = tags
      let (tally, differences) = try await verify(plan, of: sample)
      let changed = ["less", "none", "other"].map { ObjectKey($0) }
      #expect(tally.already == (strategy == .copy ? 2 : 5))
      #expect(
        differences
          == (strategy == .copy ? Dictionary(uniqueKeysWithValues: changed.map { ($0, "stale: tags-changed") }) : [:])
      )
      sample.server.intercept { call, carryOut in
        call.operation == "GetObjectTagging" ? InProcessS3.error(403, "AccessDenied") : carryOut()
      }
      #expect(try await verify(plan, of: sample).tally.failed == (strategy == .copy ? 4 : 0))
    }
  }

  /// What a copy had to keep is compared too.
  @Test func propertiesAreCompared() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      for key in ["same", "other"] {
        sample.server[key] = InProcessS3.Object(.owned(by: tools, .user(Sample.site)))
        sample.server[key]?.headers = ["x-amz-meta-a": "1"]
      }
      let plan = try await sample.plan(in: folder)
      try await ApplyRun(plan, of: sample).run()
      sample.server["other"]?.headers = ["x-amz-meta-a": "2"]
      let (tally, differences) = try await verify(plan, of: sample)
      #expect(tally == Tally(planned: 2, already: 1, stale: 1))
      #expect(differences == [ObjectKey("other"): "stale: properties-changed"])
    }
  }

  @Test func interruption() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      sample.server.forgetCalls()
      let stop = StopSignal()
      sample.server.intercept { call, carryOut in
        if call.number == 5 { stop.set() }
        return carryOut()
      }
      let (tally, _) = try await verify(plan, of: sample, concurrency: 2, stop: stop)
      #expect(tally.handled < 10)
      #expect(tally.failed == 0)
    }
  }

  @Test func emptyPlan() async throws {
    try await withTemporaryFolder { folder in
      let sample = SampleBucket()
      let (tally, _) = try await verify(try await sample.plan(in: folder), of: sample)
      #expect(tally == Tally())
    }
  }
}
