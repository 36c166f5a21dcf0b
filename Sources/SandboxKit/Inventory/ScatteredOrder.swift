/// All numbers below a count, each once, in an order that is not theirs: as the rows of inventory reports come.
struct ScatteredOrder: Sendable {
  let count: Int
  private let stride: Int
  private let start: Int

  init(count: Int) {
    self.count = count
    start = count / 3
    // The golden ratio spreads best; without a common divisor each number comes once.
    var stride = max(1, Int(Double(count) * 0.6180339887))
    while stride > 1, Self.greatestCommonDivisor(stride, count) != 1 { stride += 1 }
    self.stride = stride
  }

  /// - Parameter position: below the count.
  func index(at position: Int) -> Int {
    let (high, low) = position.multipliedFullWidth(by: stride)
    let rest = count.dividingFullWidth((high, low)).remainder
    return (rest + start) % count
  }

  private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
  }
}
