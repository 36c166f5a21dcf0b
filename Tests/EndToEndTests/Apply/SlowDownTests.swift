import AWSKit
import TestSupport
import Testing

/// A server that takes four requests at a time and answers the others with `503 SlowDown`, as S3 does under load.
///
/// On RadosGW alone: its 503s are those of a server that has too much to do, and not made for a test.
@Suite(.enabled(if: S3TestServer.radosGW != nil, "no RadosGW: run 'make test', or 'make rgw' first"))
struct SlowDownTests {
  @Test func nothingIsLost() async throws {
    try await OwnRadosGW.with(["--max-concurrent-requests", "4"]) { server in
      let keys = BrokenBucket.keys(1000)
      let broken = try await BrokenBucket(server)
      _ = try await inParallel(keys, window: 3) { try await server.tools.put($0, in: broken.name) }
      let before = try await broken.marks()
      #expect(before.count == keys.count)

      let plan = try await broken.place.start(
        broken.planArguments(["-o", "plan.json", "--concurrency", "32"])
      ).result()
      #expect(plan.status == 0, "\(plan.err)")
      #expect(plan.count("to grant") == keys.count, "\(plan.err)")
      try expectThrottled(plan)

      let apply = try await broken.apply("--concurrency", "32")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(apply.count("changed") == keys.count)
      #expect(apply.count("failed") == 0)
      try expectThrottled(apply)

      let journal = try JournalText(broken.place.path("plan.json.journal"))
      #expect(journal.finalKeys.sorted() == keys.map(\.text))
      let after = try await broken.marks()
      #expect(keys.allSatisfy { after[$0] != before[$0] })
      let acls = try await inParallel(keys, window: 3) { try await server.tools.acl(of: $0, in: broken.name) }
      #expect(acls.allSatisfy { $0 == broken.grantedACL() })
    }
  }

  /// Without real 503s in it, the test would show nothing.
  private func expectThrottled(
    _ result: ProgramResult, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let match = try #require(
      result.err.firstMatch(of: /throttled ([0-9,]+) times/), "\(result.err)", sourceLocation: sourceLocation)
    #expect(match.1 != "0", sourceLocation: sourceLocation)
  }
}
