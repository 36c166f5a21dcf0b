/// Limits how many requests may begin in a second. A plain value; times are seconds of one clock.
package struct RateLimit: Sendable {
  /// The burst allowed after a pause, in seconds' worth of requests.
  private static let burstSeconds = 0.01

  package var perSecond: Double
  /// When the next request may begin.
  private var next = -Double.infinity

  /// - Parameter perSecond: greater than 0.
  package init(perSecond: Double) {
    self.perSecond = perSecond
  }

  /// Seconds until a request may begin; 0 or less if it may at once.
  package func wait(at now: Double) -> Double { next - now }

  /// Records that a request begins.
  package mutating func take(at now: Double) {
    next = max(next, now - Self.burstSeconds) + 1 / perSecond
  }
}
