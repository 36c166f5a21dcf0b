/// Lets answers wait for one another, so that a loop wakes up once for several of them.
///
/// Waking up costs as much as reading a short answer. A server with many requests in line gives one answer at a time.
/// There, a short wait costs no throughput: the server still has the other requests.
///
/// - interval: the mean time between answers.
/// - delay: the least time between two wake-ups.
///
/// All times are seconds of one clock.
struct WakeUpCoalescing {
  /// A wake-up serves this share of the requests in flight. On a server that answers all of them after the same time,
  /// half of it is lost, or half of the longest delay if that is less.
  private static let share = 0.125
  private static let longestDelay = 0.003
  /// A shorter delay is not worth a sleep.
  private static let shortestDelay = 0.0001

  private var interval: Double?
  private var lastWakeUp: Double?

  /// Records that the loop has worked.
  ///
  /// - Parameter answers: how many requests have ended.
  mutating func wokeUp(answers: Int, at now: Double) {
    guard answers > 0 else { return }
    defer { lastWakeUp = now }
    guard let lastWakeUp else { return }
    // The loop may have had nothing to do for long.
    let latest = min((now - lastWakeUp) / Double(answers), Self.longestDelay)
    interval = interval.map { $0 + (latest - $0) / 8 } ?? latest
  }

  /// How long the loop should sleep before it waits for the next event; nil if not at all.
  func delay(inFlight: Int, at now: Double) -> Double? {
    guard let interval, let lastWakeUp else { return nil }
    let delay = min(Double(inFlight) * Self.share * interval, Self.longestDelay) - (now - lastWakeUp)
    return delay >= Self.shortestDelay ? delay : nil
  }
}
