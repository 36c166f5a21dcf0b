/// How long to wait for something that takes minutes: a little at first, then longer, and not for ever.
struct Patience {
  private var delay: Double
  private let maximumDelay: Double
  /// The seconds that are left; nil for no end.
  private var left: Double?

  /// - Parameter total: seconds; nil for no end.
  init(from delay: Double = 2, upTo maximumDelay: Double = 20, total: Double?) {
    self.delay = delay
    self.maximumDelay = maximumDelay
    left = total
  }

  /// The seconds to wait now; nil once the time is over.
  mutating func next() -> Double? {
    if let left, left <= 0 { return nil }
    defer { delay = min(delay * 2, maximumDelay) }
    left = left.map { $0 - delay }
    return delay
  }
}
