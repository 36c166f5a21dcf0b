import Testing

@testable import AWSKit

/// A controller against servers of all kinds, in simulated time.
@Suite struct AdaptiveLimitTests {
  /// S3's documented rates of one prefix, at 50 ms.
  @Test(arguments: [5500.0, 3500])
  func itReachesTheDocumentedRates(rate: Double) {
    var controller = AdaptiveLimit(maximum: 512)
    let result = SimulatedServer(limit: rate).run(&controller, seconds: 20, from: 2)
    #expect(Double(result.answered) / 18 >= 0.9 * rate)
    #expect(result.share < 0.01)
  }

  @Test func itGoesToTheMaximumWhileMoreBringsMore() {
    var controller = AdaptiveLimit(maximum: 512)
    #expect(controller.limit(of: .read) == 32)
    let result = SimulatedServer().run(&controller, seconds: 2)
    #expect(result.limit == 512)
    #expect(result.most == 512)
    // A ramp of few round trips: of 2 seconds at 50 ms, those at 512 make the sum.
    #expect(result.answered > 512 * 34)
  }

  /// A server that answers later the more it is asked, and never throttles: no more are sent than bring something.
  @Test(arguments: [20, 50, 100])
  func itStaysWhereMoreOnlyWaitLonger(capacity: Int) {
    var controller = AdaptiveLimit(maximum: 1024)
    let server = SimulatedServer(latency: { 0.02 * max(1, Double($0) / Double(capacity)) })
    let result = server.run(&controller, seconds: 60, from: 10)
    #expect(Double(result.answered) / 50 >= 0.9 * Double(capacity) / 0.02)
    #expect((capacity / 2...capacity * 5).contains(result.limit), "\(result.limit)")
  }

  /// Close to the server's limit, and without a storm of 503s, whatever that limit is and however long an answer takes.
  @Test(arguments: [20.0, 200, 2000], [0.01, 0.05, 0.2])
  func itStaysWithinATenthOfALimit(limit: Double, latency: Double) {
    var controller = AdaptiveLimit(maximum: 512)
    let result = SimulatedServer(latency: { _ in latency }, limit: limit).run(&controller, seconds: 120, from: 20)
    #expect(Double(result.answered) / 100 >= 0.9 * limit, "\(result)")
    #expect(result.share < 0.04, "\(result)")
  }

  /// Refusals that do not depend on the load are no reason to send less.
  @Test(arguments: [0.005, 0.01, 0.03, 0.05], [0.02, 0.1])
  func itIsNotStarvedByRandomRefusals(share: Double, latency: Double) {
    func answered(_ share: Double, refusalSeconds: Double = 0, seed: UInt32 = 1) -> Double {
      var controller = AdaptiveLimit(maximum: 512)
      let server = SimulatedServer(
        latency: { _ in latency }, randomShare: share, refusalSeconds: refusalSeconds, seed: seed)
      return Double(server.run(&controller, seconds: 100 * latency).answered)
    }
    let undisturbed = answered(0)
    var sum = 0.0
    for refusalSeconds in [0.005, latency] {
      for seed in [1, 77, 12_345] as [UInt32] {
        let reached = answered(share, refusalSeconds: refusalSeconds, seed: seed) / undisturbed
        sum += reached
        // By bad luck the first trial takes some for a limit, and the next one comes late in so short a run.
        #expect(reached > 0.3, "\(reached) with refusals in \(refusalSeconds) s, seed \(seed)")
      }
    }
    #expect(sum / 6 > 0.65, "\(sum / 6)")
  }

  /// Neither are they at a server that answers at once.
  @Test(arguments: [0.01, 0.03], [1, 77, 12_345] as [UInt32])
  func itIsNotStarvedByRandomRefusalsOfAFastServer(share: Double, seed: UInt32) {
    var controller = AdaptiveLimit(maximum: 128)
    let server = SimulatedServer(latency: { _ in 0.001 }, randomShare: share, refusalSeconds: 0.001, seed: seed)
    let result = server.run(&controller, seconds: 0.5)
    #expect(Double(result.answered) > 0.6 * 0.5 * 128 / 0.001, "\(result), seed \(seed)")
  }

  /// A client has its own limit: it cannot send more than so many a second.
  @Test(arguments: [0, 0.01, 0.03])
  func itIsNotStarvedWhereTheClientIsTheLimit(share: Double) {
    var controller = AdaptiveLimit(maximum: 512)
    let server = SimulatedServer(
      latency: { _ in 0.02 }, noise: 0.1, workers: (1, 0.000_12), randomShare: share, refusalSeconds: 0.02)
    let result = server.run(&controller, seconds: 8)
    #expect(Double(result.answered) / 8 > 0.85 / 0.000_12, "\(result)")
  }

  /// A limit is still found among them.
  @Test(arguments: [0.003, 0.01])
  func itFindsALimitAmongRandomRefusals(share: Double) {
    for limit in [200.0, 5500] {
      var controller = AdaptiveLimit(maximum: 512)
      let result = SimulatedServer(limit: limit, randomShare: share).run(&controller, seconds: 60, from: 10)
      #expect(Double(result.answered) / 50 >= 0.85 * limit, "\(limit) \(result)")
      // Of a few requests a second, a limit and chance look alike for long.
      #expect(result.share < (limit < 1000 ? 0.12 : 0.03), "\(limit) \(result)")
    }
  }

  /// So many requests at once, and not a second.
  @Test(arguments: [4, 50, 200])
  func itStaysWithinPlaces(places: Int) {
    var controller = AdaptiveLimit(maximum: 512)
    let result = SimulatedServer(places: places).run(&controller, seconds: 60, from: 10)
    #expect(Double(result.answered) / 50 >= 0.85 * Double(places) / 0.05, "\(result)")
    #expect(result.share < 0.04, "\(result)")
  }

  /// A limit comes in the middle of a run, also among random refusals, and goes again.
  @Test(arguments: [0, 0.01], [100.0, 1000, 5500])
  func itFollowsALimitThatComesAndGoes(share: Double, limit: Double) {
    var controller = AdaptiveLimit(maximum: 512)
    var server = SimulatedServer(randomShare: share)
    _ = server.run(&controller, seconds: 5)
    server.limit = limit
    let first = server.run(&controller, start: 5, seconds: 5)
    // Two seconds of what was sent before, at most.
    #expect(Double(first.throttled) < 1500, "\(first)")
    let then = server.run(&controller, start: 10, seconds: 20)
    #expect(Double(then.answered) / 20 >= 0.9 * limit, "\(then)")
    #expect(then.share < 0.04 + 14 * share, "\(then)")
    server.limit = nil
    let last = server.run(&controller, start: 30, seconds: 20, from: 48)
    #expect(Double(last.answered) / 2 > 0.8 * 512 / 0.05, "\(last)")
  }

  /// A server that refuses everything for a while is used as before soon after.
  @Test(arguments: [0.05, 0.2], [2.0, 20])
  func itComesBackAfterAnOutage(latency: Double, outage: Double) {
    var controller = AdaptiveLimit(maximum: 256)
    var server = SimulatedServer(latency: { _ in latency })
    _ = server.run(&controller, seconds: 10)
    server.randomShare = 1
    _ = server.run(&controller, start: 10, seconds: outage)
    server.randomShare = 0
    let first = server.run(&controller, start: 10 + outage, seconds: 150)
    #expect(Double(first.answered) > 0.3 * 150 * 256 / latency, "\(first)")
    let then = server.run(&controller, start: 160 + outage, seconds: 10)
    #expect(Double(then.answered) > 0.8 * 10 * 256 / latency, "\(then)")
  }

  /// Another server's limit later on: what was learned is forgotten in time.
  @Test func itFollowsALimitThatIsLifted() {
    var controller = AdaptiveLimit(maximum: 256)
    var server = SimulatedServer(limit: 100)
    _ = server.run(&controller, seconds: 20)
    server.limit = nil
    let result = server.run(&controller, start: 20, seconds: 60, from: 75)
    #expect(Double(result.answered) / 5 > 4500)
  }

  /// A server that works on few requests at once, and lets the others wait: few are sent, and as much is done. A short
  /// run does not open hundreds of connections first.
  @Test(arguments: [1, 4, 16, 64], [0, 0.3])
  func itDoesNotQueueUpAtASlowServer(workers: Int, noise: Double) {
    let server = SimulatedServer(latency: { _ in 0.000_2 }, noise: noise, workers: (workers, 0.002))
    let possible = Double(workers) / 0.002
    var controller = AdaptiveLimit(maximum: 512)
    let short = server.run(&controller, seconds: 100, requests: 4000)
    #expect(4000 / short.end > 0.85 * possible, "\(short)")
    #expect(short.most <= max(64, 8 * workers), "\(short)")
    let long = server.run(&controller, start: short.end, seconds: 10)
    #expect(Double(long.answered) / 10 > 0.9 * possible, "\(long)")
    #expect(long.mean < max(130, 4 * Double(workers)), "\(long)")
  }

  /// Answers of very different latency are no sign of a line.
  @Test(arguments: [0, 0.5, 0.9], [0.02, 0.1])
  func noiseDoesNotHoldItBack(noise: Double, latency: Double) {
    var controller = AdaptiveLimit(maximum: 512)
    let server = SimulatedServer(latency: { _ in latency }, noise: noise)
    let start = server.run(&controller, seconds: 30 * latency)
    #expect(Double(start.answered) > 0.8 * 30 * 512, "\(start)")
    let result = server.run(&controller, start: 30 * latency, seconds: 100 * latency)
    #expect(Double(result.answered) > 0.95 * 100 * 512, "\(result)")
  }

  /// A listing of a million keys has 15 to 20 rounds in all.
  @Test func pagesReachTheMaximumInTwoRounds() {
    var controller = AdaptiveLimit(maximum: 512)
    let server = SimulatedServer(latency: { _ in 0.1 }, noise: 0.1)
    let result = server.run(&controller, seconds: 0.25, operations: [("ListObjectsV2", .page, 1)])
    #expect(result.limit == 512)
    #expect(controller.limit(of: .read) == 32)
  }

  /// The requests in flight of a listing double in each round, until it knows enough of the keys.
  @Test func itGrowsAheadOfDemand() {
    var controller = AdaptiveLimit(maximum: 512)
    var now = 0.0
    for demand in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
      let tickets = (0..<demand).map { _ in controller.requestBegan(.read, at: now) }
      now += 0.1
      for ticket in tickets { controller.requestEnded(ticket, operation: "o", outcome: .answered, at: now) }
      #expect(controller.limit(of: .read) >= min(512, 2 * demand), "\(demand)")
    }
  }

  /// Reads and writes of one server make one line.
  @Test(arguments: [4, 16], [0, 0.3])
  func readsAndWritesQueueUpTogether(workers: Int, noise: Double) {
    let server = SimulatedServer(latency: { _ in 0.000_2 }, noise: noise, workers: (workers, 0.006))
    let possible = Double(workers) / 0.006
    var controller = AdaptiveLimit(maximum: 512)
    let operations: [(String, RequestKind, Double)] = [("GetObjectAcl", .read, 1), ("PutObjectAcl", .write, 1)]
    let short = server.run(&controller, seconds: 100, demand: 640, requests: 4000, operations: operations)
    #expect(4000 / short.end > 0.85 * possible, "\(short)")
    #expect(short.most <= max(64, 8 * workers), "\(short)")
    let long = server.run(&controller, start: short.end, seconds: 20, demand: 640, operations: operations)
    #expect(Double(long.answered) / 20 > 0.9 * possible, "\(long)")
    #expect(long.mean < max(130, 4 * Double(workers)), "\(long)")
  }

  /// A limit of writes is none of reads.
  @Test func readsAndWritesAreRefusedApart() {
    var controller = AdaptiveLimit(maximum: 512)
    _ = SimulatedServer(limit: 100).run(&controller, seconds: 20, operations: [("PutObjectAcl", .write, 1)])
    #expect(controller.limit(of: .write) < 10)
    let result = SimulatedServer().run(&controller, start: 20, seconds: 5)
    #expect(result.limit == 512)
    #expect(controller.limit(of: .write) < 10)
  }

  /// A server that has become slower for good is no reason to send less and less.
  @Test func itGetsUsedToASlowerServer() {
    var controller = AdaptiveLimit(maximum: 128)
    _ = SimulatedServer(latency: { _ in 0.02 }).run(&controller, seconds: 10)
    #expect(controller.limit(of: .read) == 128)
    let result = SimulatedServer(latency: { _ in 0.1 }).run(&controller, start: 10, seconds: 20, from: 20)
    #expect(Double(result.answered) / 10 > 0.9 * 128 / 0.1)
  }

  /// Few to be sent tell nothing of how many could be.
  @Test func itDoesNotGrowWithoutDemand() {
    var controller = AdaptiveLimit(maximum: 512)
    _ = SimulatedServer().run(&controller, seconds: 5, demand: 4)
    #expect(controller.limit(of: .read) == 32)
  }

  /// Some operations take longer than others: that is no sign of load.
  @Test func operationsAreComparedWithThemselves() {
    var controller = AdaptiveLimit(maximum: 256)
    _ = SimulatedServer().run(&controller, seconds: 5)
    #expect(controller.limit(of: .read) == 256)
    _ = SimulatedServer().run(
      &controller, start: 5, seconds: 5, operations: [("HeadObject", .read, 8), ("GetObjectAcl", .read, 1)])
    #expect(controller.limit(of: .read) == 256)
  }

  @Test func throttlingOfOneVolleyCountsOnce() {
    var controller = AdaptiveLimit(maximum: 16)
    let tickets = (0..<16).map { controller.requestBegan(.read, at: Double($0) / 1000) }
    #expect(controller.limit(of: .read) == 16)
    for ticket in tickets { controller.requestEnded(ticket, operation: "o", outcome: .throttled, at: 1) }
    #expect(controller.limit(of: .read) == 8)
    // Another one says little; when all are refused, it says enough.
    for (number, limit) in [8, 8, 8, 4].enumerated() {
      let next = controller.requestBegan(.read, at: Double(number) + 2)
      controller.requestEnded(next, operation: "o", outcome: .throttled, at: Double(number) + 2.5)
      #expect(controller.limit(of: .read) == limit)
    }
    #expect(controller.limit(of: .write) == 16)
  }

  /// Nothing is learned from a request that got no answer.
  @Test func failuresSayNothing() {
    var controller = AdaptiveLimit(maximum: 16)
    for number in 0..<100 {
      let ticket = controller.requestBegan(.read, at: Double(number))
      controller.requestEnded(ticket, operation: "o", outcome: .failed, at: Double(number) + 0.1)
    }
    #expect(controller.limit(of: .read) == 16)
    #expect(controller.pace(of: .read) == nil)
  }

  @Test(arguments: [(0, 1), (-3, 1), (1, 1), (8, 8), (4096, 32)])
  func itBeginsWithAFew(maximum: Int, limit: Int) {
    #expect(AdaptiveLimit(maximum: maximum).limit(of: .read) == limit)
  }

  @Test func noMoreThanTheMaximumBeginInAll() {
    var controller = AdaptiveLimit(maximum: 20)
    for number in 0..<20 {
      let kind = RequestKind.allCases[number % 3]
      #expect(controller.obstacle(for: kind, at: 0) == nil)
      _ = controller.requestBegan(kind, at: 0)
    }
    for kind in RequestKind.allCases { #expect(controller.obstacle(for: kind, at: 0) != nil) }
  }
}
