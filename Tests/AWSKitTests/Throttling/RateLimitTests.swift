import Testing

@testable import AWSKit

@Suite struct RateLimitTests {
  /// How many may begin in so many seconds, by somebody who begins as soon as that is allowed.
  private static func begun(_ pace: inout RateLimit, from: Double = 0, seconds: Double) -> Int {
    var (now, count) = (from, 0)
    while true {
      now += max(0, pace.wait(at: now))
      guard now < from + seconds else { return count }
      pace.take(at: now)
      count += 1
    }
  }

  @Test(arguments: [0.5, 1, 7, 100, 3500])
  func itIsKept(perSecond: Double) {
    var pace = RateLimit(perSecond: perSecond)
    let count = Double(Self.begun(&pace, seconds: 100))
    #expect((perSecond * 100...perSecond * 100 + perSecond * 0.02 + 2).contains(count), "\(count)")
  }

  /// A pause does not let a volley through afterwards.
  @Test func nothingIsSavedUp() {
    var pace = RateLimit(perSecond: 100)
    _ = Self.begun(&pace, seconds: 1)
    #expect(Self.begun(&pace, from: 1000, seconds: 1) <= 102)
  }
}
