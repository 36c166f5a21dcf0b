import Foundation
import AWSKit
import TestSupport
import Testing

/// Two applies at once, a plan that is done, and applies that are to do less than all.
struct ConcurrentApplyTests {
  @Test(arguments: S3TestServer.all)
  func theSecondOfTwoRefuses(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(120))
    try await broken.plan()
    let path = broken.place.path("plan.json.journal")
    let first = try broken.startApply("--concurrency", "2")
    let hasBegun = try await waitUntil({ JournalText.lineCount(path) > 5 }, while: { first.isRunning })
    // Halted, so that it is still at it when the second one comes, however slow that is.
    first.signal(SIGSTOP)
    let second = try await broken.apply()
    let isStillRunning = first.isRunning
    first.signal(SIGCONT)
    #expect(hasBegun && isStillRunning)
    #expect(second.status == 1)
    #expect(second.err.contains("another fixacl is applying plan.json"), "\(second.err)")
    #expect(second.stdout.isEmpty)

    let result = try await first.result()
    #expect(result.status == 0, "\(result.err)")
    #expect(result.count("changed") == 120)
    #expect(try JournalText(path).finalKeys.sorted() == BrokenBucket.keys(120).map(\.text))

    let states = try await broken.states()
    #expect(states.values.allSatisfy { $0.acl == broken.grantedACL() })
    let journal = try broken.place.read("plan.json.journal")
    let third = try await broken.apply()
    #expect(third.status == 0, "\(third.err)")
    #expect(third.err.contains("this plan is already done"), "\(third.err)")
    #expect(try await broken.states() == states)
    #expect(try broken.place.read("plan.json.journal") == journal)
  }

  /// The lock ends with the process that held it, however that ends.
  @Test(arguments: S3TestServer.all)
  func aKilledApplyLeavesNoLock(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(100))
    try await broken.plan()
    let path = broken.place.path("plan.json.journal")
    let first = try broken.startApply("--concurrency", "2")
    #expect(try await waitUntil({ JournalText.lineCount(path) > 5 }, while: { first.isRunning }))
    first.signal(SIGKILL)
    _ = try await first.result()
    let second = try await broken.apply()
    #expect(second.status == 0, "\(second.err)")
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
  }

  @Test(arguments: S3TestServer.all, pairs(["grant", "copy"], [1, 7, 64]))
  func aCanary(server: S3TestServer, kind: (strategy: String, limit: Int)) async throws {
    let (strategy, limit) = kind
    let keys = BrokenBucket.keys(20)
    let broken = try await BrokenBucket(server, keys: keys)
    try await broken.plan("--strategy", strategy)
    let before = try await broken.marks()
    let canary = try await broken.apply("--limit", "\(limit)")
    #expect(canary.status == 0, "\(canary.err)")
    let after = try await broken.marks()
    let written = keys.filter { before[$0] != after[$0] }
    #expect(written == Array(keys.prefix(limit)), "the first in the order of the keys")
    #expect(canary.count("changed") == min(limit, 20))
    #expect(canary.err.contains("left for the next run") == (limit < 20))

    let rest = try await broken.apply()
    #expect(rest.status == 0, "\(rest.err)")
    let end = try await broken.marks()
    #expect(keys.filter { after[$0] != end[$0] } == Array(keys.dropFirst(limit)))
    let acl = strategy == "grant" ? broken.grantedACL() : broken.copiedACL()
    #expect(try await broken.states().values.allSatisfy { $0.acl == acl })
  }

  @Test(arguments: [["--limit", "0"], ["--limit", "-1"], ["--limit=-1"], ["--limit", "many"], ["--limit"]])
  func aLimitThatIsNone(arguments: [String]) async throws {
    let place = try Workplace(.nowhere)
    let result = try await place.start(["apply", "plan.json"] + arguments).result()
    #expect(result.status == 64)
    #expect(result.err.contains("--limit"), "\(result.err)")
    #expect(result.stdout.isEmpty)
  }

  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func aDryRunWritesNothing(server: S3TestServer, strategy: String) async throws {
    let keys = BrokenBucket.keys(12)
    let broken = try await BrokenBucket(server, keys: keys, headers: [("x-amz-tagging", "team=web")])
    try await broken.plan("--strategy", strategy)
    let before = try await broken.states()
    let dry = try await broken.apply("--dry-run")
    #expect(dry.status == 0, "\(dry.err)")
    #expect(dry.out.split(separator: "\n").sorted() == keys.map { "would \(strategy): \($0)" })
    #expect(dry.count("would be changed") == 12)
    #expect(try await broken.states() == before)
    #expect(!broken.place.exists("plan.json.journal"))

    // Stale objects are noticed, and what is done already is.
    try await server.tools.put(keys[3], in: broken.name, body: Array("overwritten".utf8))
    try await server.tools.delete(keys[5], in: broken.name)
    let changed = try await broken.states()
    let second = try await broken.apply("--dry-run")
    #expect(second.status == 3, "\(second.err)")
    let expected = keys.map { key in
      switch key {
      case keys[3]: "stale: \(key): it was overwritten after the plan was made"
      case keys[5]: "stale: \(key): it is gone"
      default: "would \(strategy): \(key)"
      }
    }
    #expect(second.out.split(separator: "\n").map(String.init).sorted() == expected.sorted())
    #expect(try await broken.states() == changed)
    #expect(!broken.place.exists("plan.json.journal"))

    // And it reads the journal of an apply without touching it.
    #expect(try await broken.apply("--limit", "3").status == 0)
    let journal = try broken.place.read("plan.json.journal")
    let third = try await broken.apply("--dry-run")
    #expect(third.status == 3)
    #expect(third.count("would be changed") == 7)
    #expect(third.count("done by earlier runs") == 3)
    #expect(try broken.place.read("plan.json.journal") == journal)
  }
}
