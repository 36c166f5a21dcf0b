import AWSKit
import Synchronization
import TestSupport
import Testing

@testable import FixACLKit

/// How the changes of a plan are handed out, and what neighbours share.
@Suite struct WorkQueueTests {
  private static func plan(of count: Int, in folder: String) throws -> Plan {
    var sample = SamplePlan()
    for index in 0..<count { sample.addGrant("key \(10_000 + index)") }
    return try sample.open(in: folder)
  }

  /// What happens, by one worker: `first-last` where a batch is made, then the changes.
  private static func log(of plan: Plan, _ options: WorkOptions) throws -> [String] {
    let log = Mutex<[String]>([])
    @Sendable func place(_ change: Change) -> Int { Int(change.key.text.suffix(5)).map { $0 - 10_000 } ?? -1 }
    let queue = WorkQueue(PlanChangeReader(plan), options: options, isPending: { $0 != 1 }) { changes in
      let text = "\(place(changes[0]))-\(place(changes[changes.count - 1]))"
      log.withLock { $0.append(text) }
      return nil
    }
    while let change = try queue.next() { log.withLock { $0.append("\(change.index)") } }
    return log.withLock { $0 }
  }

  /// What a batch's changes share is made before they are needed, where the one before went fast.
  @Test(arguments: [(3600.0, true), (0, false)])
  func aBatchIsMadeAhead(freshness: Double, isAhead: Bool) throws {
    try withTemporaryFolder { folder in
      let plan = try Self.plan(of: 601, in: folder)
      var options = WorkOptions(concurrency: 1)
      options.listingFreshness = freshness
      let log = try Self.log(of: plan, options)
      #expect(log.count == 600 + 3)
      // The first change that is not meant is passed over.
      #expect(log.prefix(3) == ["0-250", "0", "2"])
      let second = try #require(log.firstIndex(of: "251-500"))
      let third = try #require(log.firstIndex(of: "501-600"))
      #expect(log[second - 1] == "250")
      #expect(third == (isAhead ? second + 1 : second + 251))
      #expect(log.last == "600")
      // Each once, in order.
      let handedOut = log.filter { !$0.contains("-") }.map { Int($0) }
      #expect(handedOut == [0] + (2...600))
    }
  }

  @Test(arguments: [0, 1, 250, 251, 300])
  func aLimitIsKept(limit: Int) throws {
    try withTemporaryFolder { folder in
      let plan = try Self.plan(of: 320, in: folder)
      var options = WorkOptions(concurrency: 1)
      options.listingFreshness = 3600
      options.limit = limit
      #expect(try Self.log(of: plan, options).count { !$0.contains("-") } == limit)
    }
  }
}
