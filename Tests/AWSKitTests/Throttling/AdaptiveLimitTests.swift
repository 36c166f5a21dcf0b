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
    #expect(controller.limit == 32)
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
  @Test(arguments: [0.01, 0.03], [1, 77, 12_345] as [UInt32])
  func itIsNotStarvedByRandomRefusals(share: Double, seed: UInt32) {
    for latency in [0.05, 0.2] {
      for maximum in [64, 512] {
        var controller = AdaptiveLimit(maximum: maximum)
        let server = SimulatedServer(latency: { _ in latency }, randomShare: share, seed: seed)
        let result = server.run(&controller, seconds: 30, from: 5)
        #expect(Double(result.answered) / 25 >= 0.8 * Double(maximum) / latency, "\(latency) \(maximum) \(result)")
      }
    }
  }

  /// A limit is still found among them.
  @Test(arguments: [0.003, 0.01])
  func itFindsALimitAmongRandomRefusals(share: Double) {
    for limit in [200.0, 5500] {
      var controller = AdaptiveLimit(maximum: 512)
      let result = SimulatedServer(limit: limit, randomShare: share).run(&controller, seconds: 60, from: 10)
      #expect(Double(result.answered) / 50 >= 0.85 * limit, "\(limit) \(result)")
      #expect(result.share < 0.08, "\(limit) \(result)")
    }
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

  /// A server that has become slower for good is no reason to send less and less.
  @Test func itGetsUsedToASlowerServer() {
    var controller = AdaptiveLimit(maximum: 128)
    _ = SimulatedServer(latency: { _ in 0.02 }).run(&controller, seconds: 10)
    #expect(controller.limit == 128)
    let result = SimulatedServer(latency: { _ in 0.1 }).run(&controller, start: 10, seconds: 20, from: 20)
    #expect(Double(result.answered) / 10 > 0.9 * 128 / 0.1)
  }

  /// Few to be sent tell nothing of how many could be.
  @Test func itDoesNotGrowWithoutDemand() {
    var controller = AdaptiveLimit(maximum: 512)
    _ = SimulatedServer().run(&controller, seconds: 5, demand: 4)
    #expect(controller.limit == 32)
  }

  /// Pages of a listing take longer than ACLs: that is no sign of load.
  @Test func operationsAreComparedWithThemselves() {
    var controller = AdaptiveLimit(maximum: 256)
    _ = SimulatedServer().run(&controller, seconds: 5)
    #expect(controller.limit == 256)
    _ = SimulatedServer().run(
      &controller, start: 5, seconds: 5, operations: [("ListObjectsV2", 8), ("GetObjectAcl", 1)])
    #expect(controller.limit == 256)
  }

  @Test func throttlingOfOneVolleyCountsOnce() {
    var controller = AdaptiveLimit(maximum: 16)
    let sequences = (0..<16).map { controller.requestBegan(at: Double($0) / 1000) }
    #expect(sequences == Array(1...16))
    #expect(controller.limit == 16)
    for sequence in sequences {
      controller.requestEnded(sequence, operation: "o", outcome: .throttled, seconds: 0.01, at: 1)
    }
    #expect(controller.limit == 8)
    let next = controller.requestBegan(at: 2)
    controller.requestEnded(next, operation: "o", outcome: .throttled, seconds: 0.01, at: 3)
    #expect(controller.limit == 6)
  }

  /// Nothing is learned from a request that got no answer.
  @Test func failuresSayNothing() {
    var controller = AdaptiveLimit(maximum: 16)
    for number in 0..<100 {
      let sequence = controller.requestBegan(at: Double(number))
      controller.requestEnded(sequence, operation: "o", outcome: .failed, seconds: 0.1, at: Double(number) + 0.1)
    }
    #expect(controller.limit == 16)
    #expect(controller.pace == nil)
  }

  @Test(arguments: [(0, 1), (-3, 1), (1, 1), (8, 8), (4096, 32)])
  func itBeginsWithAFew(maximum: Int, limit: Int) {
    #expect(AdaptiveLimit(maximum: maximum).limit == limit)
  }
}
