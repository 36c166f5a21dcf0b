import Testing

@testable import S3Kit

@Suite struct ConcurrencyControllerTests {
  /// What happens to a controller: so many requests begin, or the one with that number ends.
  enum Event: Sendable {
    case begin(Int)
    case end(Int)
    case throttled(Int)
  }

  @Test(
    arguments: [
      (16, [], 16),
      (1, [.begin(1), .throttled(1)], 1),
      (0, [], 1),
      (-3, [], 1),
      // Never above the maximum.
      (16, [.begin(2), .end(1), .end(2)], 16),
      // Halved; the others of the same volley say nothing new.
      (16, [.begin(16), .throttled(3)], 8),
      (16, [.begin(16), .throttled(3), .throttled(1), .throttled(16)], 8),
      // A request that began after the fall does.
      (16, [.begin(16), .throttled(16), .begin(1), .throttled(17)], 4),
      (16, [.begin(16), .throttled(16), .begin(1), .throttled(15), .throttled(17)], 4),
      // Never below one.
      (3, [.begin(1), .throttled(1), .begin(1), .throttled(2), .begin(1), .throttled(3)], 1),
      // About one more for each round of successes.
      (16, [.begin(16), .throttled(16), .end(1), .end(2), .end(3), .end(4), .end(5), .end(6), .end(7)], 8),
      (
        16,
        [
          .begin(16), .throttled(16), .end(1), .end(2), .end(3), .end(4), .end(5), .end(6), .end(7), .end(8),
          .end(9),
        ], 9
      ),
    ] as [(Int, [Event], Int)])
  func itHalvesWhenThrottledAndGrowsByOneARound(maximum: Int, events: [Event], limit: Int) {
    var controller = ConcurrencyController(maximum: maximum)
    for event in events {
      switch event {
      case .begin(let count): for _ in 0..<count { _ = controller.requestBegan() }
      case .end(let number): controller.requestEnded(number, throttled: false)
      case .throttled(let number): controller.requestEnded(number, throttled: true)
      }
    }
    #expect(controller.limit == limit)
  }

  @Test func itComesBackToTheMaximumAndStaysThere() {
    var controller = ConcurrencyController(maximum: 64)
    for _ in 0..<20 { controller.requestEnded(controller.requestBegan(), throttled: true) }
    #expect(controller.limit == 1)
    var previous = 1
    for _ in 0..<3000 {
      controller.requestEnded(controller.requestBegan(), throttled: false)
      #expect(controller.limit - previous <= 1)
      #expect(controller.limit >= previous)
      previous = controller.limit
    }
    #expect(controller.limit == 64)
  }

  @Test func requestsAreNumberedInTheOrderInWhichTheyBegin() {
    var controller = ConcurrencyController(maximum: 2)
    let numbers = (0..<4).map { _ in controller.requestBegan() }
    #expect(numbers == [1, 2, 3, 4])
  }
}
