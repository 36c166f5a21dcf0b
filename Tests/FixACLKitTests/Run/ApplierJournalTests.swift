import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let writes: Set<String> = ["PutObjectAcl", "CopyObject", "PutObjectTagging"]

/// What an apply writes into its journal for runs that come after it, and for a rollback.
@Suite struct ApplierJournalTests {
  private static func sample(strategy: Strategy = .copy) -> SampleBucket {
    var sample = SampleBucket()
    sample.desired.strategy = strategy
    for key in ["a", "b", "c"] { sample.server[key] = InProcessS3.Object(.owned(by: tools, .user(site))) }
    sample.server["b"]?.tags = [ObjectTag(key: "k", value: "v")]
    sample.server["closed"] = InProcessS3.Object(.owned(by: tools))
    return sample
  }

  private static func text(ofJournalOf plan: Plan) throws -> String {
    String(decoding: try readBytes(plan.path + ".journal"), as: UTF8.self)
  }

  /// Before anything is written to an object, the journal says so: whatever kills the program, it is known.
  @Test(arguments: [Strategy.auto, .copy])
  func saysWhatItBegins(strategy: Strategy) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: strategy)
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { call, carryOut in
        if writes.contains(call.operation) {
          let journal = (try? Self.text(ofJournalOf: plan)) ?? ""
          #expect(journal.contains("\"key\":\"\(call.key?.text ?? "")\",\"begins\":true"), "\(call)")
        }
        return carryOut()
      }
      #expect(try await ApplyRun(plan, of: sample).run().done == 4)
      let journal = try Self.text(ofJournalOf: plan)
      #expect(journal.split(separator: "\n").count { $0.contains("\"begins\":true") } == 4)
    }
  }

  /// A change all of whose writes were refused is none that may have been made; one that failed in any other way, or after
  /// a write, may have been.
  @Test(arguments: [
    (403, "AccessDenied", false), (412, "PreconditionFailed", false), (400, "ExpiredToken", false),
    (403, "InvalidAccessKeyId", false), (503, "SlowDown", false), (500, "Lost", true), (400, "Lost", true),
  ])
  func saysWhatWasRefused(status: Int, code: String, mayBeMade: Bool) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: .auto)
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { call, carryOut in
        writes.contains(call.operation) ? InProcessS3.error(status, code) : carryOut()
      }
      #expect(try await ApplyRun(plan, of: sample).run().done == 0)
      #expect(try Journal.replay(of: plan).touchedCount == (mayBeMade ? 4 : 0))
      #expect(try Self.text(ofJournalOf: plan).contains("\"written\":false") == !mayBeMade)
    }
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      // Of the closed one an ACL is written first.
      sample.server.intercept { call, carryOut in
        call.operation == "CopyObject" ? InProcessS3.error(status, code) : carryOut()
      }
      #expect(try await ApplyRun(plan, of: sample).run().done == 0)
      #expect(try Journal.replay(of: plan).touchedCount == (mayBeMade ? 4 : 1))
    }
  }

  /// What is only looked at is not said to have begun.
  @Test func saysNothingOfWhatItFindsDoneOrStale() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      sample.server["a"]?.acl = .owned(by: site, .user(Sample.oai))
      sample.server["b"]?.etag = "other"
      sample.server["c"] = nil
      let tally = try await ApplyRun(plan, of: sample).run()
      #expect(tally.already == 1 && tally.stale == 2 && tally.done == 1)
      let replay = try Journal.replay(of: plan)
      #expect((0..<4).map { replay.isTouched($0) } == [false, false, false, true])
    }
  }

  @Test func namesTheVersionsThatItMakes() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      sample.server.keepVersions()
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { call, carryOut in
        let response = carryOut()
        // Made, and the program killed.
        return call.operation == "CopyObject" && call.key == ObjectKey("c") ? InProcessS3.error(400, "Lost") : response
      }
      #expect(try await ApplyRun(plan, of: sample).run().failed == 1)
      func isKnown() throws -> [Bool] {
        let replay = try Journal.replay(of: plan)
        return try ["a", "b", "c", "closed"].enumerated().map { index, key in
          replay.isVersion(try #require(sample.server[key]?.versionID), madeBy: index) == true
        }
      }
      #expect(try isKnown() == [true, true, false, true])
      // The next run finds it, and knows it for its own.
      sample.server.intercept(nil)
      #expect(try await ApplyRun(plan, of: sample).run().already == 1)
      #expect(try isKnown() == [true, true, true, true])
    }
  }

  /// The parts of a copy that was killed cost money until somebody ends their upload.
  @Test(arguments: [(204, true), (404, true), (403, false)])
  func endsTheUploadsOfEarlierRuns(status: Int, isEnded: Bool) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      do {
        let (journal, _) = try Journal.open(for: plan, bucket: plan.header.bucket)
        try await journal.append(.upload(index: 1, key: ObjectKey("b"), .began(id: "u1")))
      }
      sample.server.forgetCalls()
      sample.server.intercept { call, carryOut in
        guard call.operation == "AbortMultipartUpload" else { return carryOut() }
        return status == 204
          ? HTTPResponse(status: 204) : InProcessS3.error(status, status == 404 ? "NoSuchUpload" : "AccessDenied")
      }
      // A dry run leaves it.
      try await ApplyRun(plan, of: sample, isDryRun: true).run()
      #expect(sample.server.counts["AbortMultipartUpload"] == nil)
      // With or without, the copy is made.
      #expect(try await ApplyRun(plan, of: sample).run().done == 4)
      #expect(sample.server.calls.filter { $0.operation == "AbortMultipartUpload" }.map(\.key) == [ObjectKey("b")])
      #expect(try Self.text(ofJournalOf: plan).contains("\"uploadEnded\":true") == isEnded)
    }
  }
}
