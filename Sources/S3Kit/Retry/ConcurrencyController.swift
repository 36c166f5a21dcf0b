/// How many requests may be in flight: less when the server throttles, slowly more when it does not.
///
/// Additive increase, multiplicative decrease. A plain value; `RequestGate` carries its decisions out.
package struct ConcurrencyController: Sendable {
  package let maximum: Int
  private var level: Double
  /// Requests that were under way when the level last fell: their throttling is old news.
  private var ignoredUntilSequence = 0
  private var nextSequence = 0

  package init(maximum: Int) {
    self.maximum = max(1, maximum)
    level = Double(self.maximum)
  }

  /// The number of requests that may be in flight now.
  package var limit: Int { max(1, Int(level)) }

  /// Notes that a request begins.
  ///
  /// - Returns: what to hand to `requestEnded`.
  package mutating func requestBegan() -> Int {
    nextSequence += 1
    return nextSequence
  }

  package mutating func requestEnded(_ sequence: Int, throttled: Bool) {
    guard throttled else {
      level = min(Double(maximum), level + 1 / level)
      return
    }
    guard sequence > ignoredUntilSequence else { return }
    level = max(1, level / 2)
    ignoredUntilSequence = nextSequence
  }
}
