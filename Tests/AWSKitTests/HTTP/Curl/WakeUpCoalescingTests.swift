import Testing

@testable import AWSKit

@Suite struct WakeUpCoalescingTests {
  /// A server that always has a number of requests, and gives an answer after each interval.
  ///
  /// - Returns: the answers of a wake-up, at last.
  private func answersOfAWakeUp(inFlight: Int, interval: Double) -> Int {
    var coalescing = WakeUpCoalescing()
    var now = 1000.0
    var answers = 1
    for _ in 0..<200 {
      coalescing.wokeUp(answers: answers, at: now)
      let delay = coalescing.delay(inFlight: inFlight, at: now) ?? 0
      answers = max(1, Int(delay / interval))
      now += max(delay, interval)
    }
    return answers
  }

  @Test(arguments: [
    (inFlight: 64, interval: 0.0003, answers: 7...8),
    // At most three milliseconds.
    (inFlight: 128, interval: 0.0004, answers: 7...7), (inFlight: 512, interval: 0.01, answers: 1...1),
    // Nobody waits for others where there are few.
    (inFlight: 1, interval: 0.0003, answers: 1...1), (inFlight: 8, interval: 0.0003, answers: 1...1),
    // Or where so many come that nobody sleeps.
    (inFlight: 8, interval: 0.00001, answers: 1...1),
  ])
  func aShareOfTheAnswersComesTogether(inFlight: Int, interval: Double, answers: ClosedRange<Int>) {
    #expect(answers.contains(answersOfAWakeUp(inFlight: inFlight, interval: interval)))
  }

  @Test func nobodySleepsBeforeTwoAnswersAreKnown() {
    var coalescing = WakeUpCoalescing()
    #expect(coalescing.delay(inFlight: 64, at: 5) == nil)
    coalescing.wokeUp(answers: 1, at: 5)
    #expect(coalescing.delay(inFlight: 64, at: 5) == nil)
  }

  @Test func whatTheWorkTakesIsNoSleep() {
    var coalescing = WakeUpCoalescing()
    for turn in 0..<50 { coalescing.wokeUp(answers: 1, at: 5 + Double(turn) * 0.0003) }
    let last = 5 + 49 * 0.0003
    #expect(coalescing.delay(inFlight: 64, at: last) ?? 0 > 0.0023)
    #expect(coalescing.delay(inFlight: 64, at: last + 0.002) ?? 0 < 0.0005)
    #expect(coalescing.delay(inFlight: 64, at: last + 0.01) == nil)
  }

  @Test func anIdleTimeIsNoInterval() {
    var coalescing = WakeUpCoalescing()
    coalescing.wokeUp(answers: 1, at: 5)
    coalescing.wokeUp(answers: 1, at: 3600)
    #expect(coalescing.delay(inFlight: 1000, at: 3600) ?? 0 <= 0.003)
    for turn in 1...100 { coalescing.wokeUp(answers: 32, at: 3600 + Double(turn) * 0.0001) }
    #expect(coalescing.delay(inFlight: 64, at: 3600.01) == nil)
  }
}
