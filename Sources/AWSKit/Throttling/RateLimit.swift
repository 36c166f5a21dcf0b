/// How many requests may begin a second. A plain value; times are seconds of one clock.
package struct RateLimit: Sendable {
  /// Requests that may begin at once after a pause, as seconds of the pace.
  private static let burstSeconds = 0.01

  package var perSecond: Double
  /// When the next request may begin.
  private var next = -Double.infinity

  /// - Parameter perSecond: greater than 0.
  package init(perSecond: Double) {
    self.perSecond = perSecond
  }

  /// Seconds until a request may begin; 0 or less for at once.
  package func wait(at now: Double) -> Double { next - now }

  /// Notes that a request begins.
  package mutating func take(at now: Double) {
    next = max(next, now - Self.burstSeconds) + 1 / perSecond
  }
}
