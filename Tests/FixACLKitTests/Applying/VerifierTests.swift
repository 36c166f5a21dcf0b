import S3Kit
import Synchronization
import TestSupport
import Testing

@testable import FixACLKit

private let tools = Sample.tools
private let oai = Sample.oai

@Suite struct VerifierTests {
  private static func sample() -> SampleBucket {
    let sample = SampleBucket()
    for index in 0..<20 { sample.server["k\(10 + index)"] = FakeS3.Object(.owned(by: tools)) }
    sample.server["blocked"] = FakeS3.Object(.owned(by: Sample.guest))
    return sample
  }

  private final class Differences: Sendable {
    private let texts = Mutex<[ObjectKey: String]>([:])

    var byKey: [ObjectKey: String] { texts.withLock { $0 } }

    func take(_ change: Change, _ difference: Verifier.Difference) {
      let text =
        switch difference {
        case .notYetChanged: "not yet"
        case .stale(let staleness): "\(staleness)"
        case .blocked(let reason): "blocked \(reason.rawValue)"
        case .failed(let error): "\(error)"
        }
      texts.withLock { $0[change.key] = text }
    }
  }

  private func verify(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 8, stop: StopSignal = StopSignal()
  ) async throws -> (tally: Verifier.Tally, differences: [ObjectKey: String]) {
    let differences = Differences()
    let verifier = Verifier(
      plan: plan, accounts: sample.accounts(), concurrency: concurrency, stop: stop,
      report: { differences.take($0, $1) })
    try await verifier.run()
    return (verifier.tally, differences.byKey)
  }

  @Test(arguments: [1, 8])
  func beforeAndAfterTheApply(concurrency: Int) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let before = try await verify(plan, of: sample, concurrency: concurrency)
      #expect(before.tally == Verifier.Tally(asPlanned: 0, differing: 20, blocked: 1, failed: 0))
      #expect(before.differences.values.count { $0 == "not yet" } == 20)
      #expect(before.differences[ObjectKey("blocked")] == "blocked owner-credentials-missing")

      try await ApplyRun(plan, of: sample).run()
      sample.server.forgetCalls()
      let after = try await verify(plan, of: sample, concurrency: concurrency)
      #expect(after.tally == Verifier.Tally(asPlanned: 20, differing: 0, blocked: 1, failed: 0))
      #expect(after.tally.handled == 21)
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
        call.key == ObjectKey("k14") ? FakeS3.error(500, "InternalError") : carryOut()
      }
      let (tally, differences) = try await verify(plan, of: sample)
      #expect(tally == Verifier.Tally(asPlanned: 15, differing: 4, blocked: 1, failed: 1))
      #expect(differences[ObjectKey("k10")] == "deleted")
      #expect(differences[ObjectKey("k11")] == "overwritten")
      #expect(differences[ObjectKey("k12")] == "aclChanged")
      #expect(differences[ObjectKey("k13")] == "not yet")
      #expect(differences[ObjectKey("k14")]?.contains("s3://assets/k14: 500 InternalError") == true)
    }
  }

  @Test func copyThatIsHalfDone() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      sample.server["k"] = FakeS3.Object(.owned(by: tools))
      let plan = try await sample.plan(in: folder)
      sample.server["k"]?.acl = .owned(by: tools, .user(Sample.site))
      #expect(try await verify(plan, of: sample).differences == [ObjectKey("k"): "not yet"])
      try await ApplyRun(plan, of: sample).run()
      #expect(try await verify(plan, of: sample).tally.asPlanned == 1)
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
      #expect(tally == Verifier.Tally())
    }
  }
}
