internal import Glibc

/// Measures how much of the key space lies between two keys, as if all expected characters were equally likely.
extension KeyAlphabet {
  /// The bytes of the longest key (S3 User Guide, "Naming Amazon S3 objects"), and so its most characters.
  private static let maximumLength = 1024

  /// The length of two keys' common prefix. In a range without an end, it is the length of the scan's prefix.
  static func commonCount(_ low: [UInt32], _ high: [UInt32]?, prefixCount: Int = 0) -> Int {
    guard let high else { return min(prefixCount, low.count) }
    var count = 0
    while count < low.count, count < high.count, low[count] == high[count] { count += 1 }
    return count
  }

  /// The position of a key, from 0 to 1, among all keys with the same first `start` characters.
  func fraction(of key: [UInt32], from start: Int) -> Double {
    var fraction = 0.0
    var scale = 1.0
    var place = Place(after: key.prefix(start))
    for character in key.dropFirst(start) {
      let choices = choices(at: place)
      guard !choices.isEmpty else { break }
      let index = Self.index(of: character, in: choices)
      fraction += scale * Double(index) / Double(choices.count)
      scale /= Double(choices.count)
      // Beyond a Double's precision, or between two expected characters.
      if scale < 1e-13 || index == choices.count || choices[index] != character { break }
      place.advance(over: character)
    }
    return fraction
  }

  /// The share, from 0 to 1, that lies between two keys, of all keys with their first `start` characters.
  func width(from low: [UInt32], to high: [UInt32]?, start: Int) -> Double {
    max(1e-13, (high.map { fraction(of: $0, from: start) } ?? 1) - fraction(of: low, from: start))
  }

  /// The logarithm of the number of choices for a key's characters in a range, each given those before it.
  func logChoices(_ key: [UInt32], _ range: Range<Int>) -> Double {
    guard !range.isEmpty else { return 0 }
    var place = Place(after: key.prefix(range.lowerBound))
    var sum = 0.0
    for character in key[range.clamped(to: 0..<key.count)] {
      sum += log(Double(max(1, choices(at: place).count)))
      place.advance(over: character)
    }
    return sum
  }

  /// A short string between two keys; nil if none is found.
  ///
  /// - Parameter share: how far from the first to the second, from 0 to 1.
  func between(_ low: [UInt32], _ high: [UInt32]?, start common: Int, share: Double = 0.5) -> [UInt32]? {
    let (first, last) = (fraction(of: low, from: common), high.map { fraction(of: $0, from: common) } ?? 1)
    guard first < last else { return nil }
    var rest = first + (last - first) * share
    let tolerance = (last - first) * min(share, 1 - share) / 8
    var scale = 1.0
    var middle = Array(low.prefix(common))
    var place = Place(after: middle)
    // If only one character is expected, the interval never shrinks; keys have a maximum length.
    while scale > tolerance, middle.count < Self.maximumLength {
      let choices = choices(at: place)
      guard !choices.isEmpty else { break }
      let index = min(choices.count - 1, Int(rest * Double(choices.count)))
      middle.append(choices[index])
      place.advance(over: choices[index])
      rest = rest * Double(choices.count) - Double(index)
      scale /= Double(choices.count)
    }
    return middle.count > common ? middle : nil
  }
}
