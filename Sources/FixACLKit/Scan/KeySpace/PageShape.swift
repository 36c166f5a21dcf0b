internal import AWSKit

/// The bounds and some keys of a listed page, from which the number of remaining pages is estimated. Keys are code points.
struct PageShape: Sendable {
  let first: [UInt32]
  let last: [UInt32]
  let objects: Int
  /// The length of the common prefix of all keys of the page.
  let common: Int
  /// What keys spread evenly over the page, the first and the last included, have behind their common prefix: hundreds
  /// of ranges keep a shape, and prefixes can be long.
  private let tails: [ArraySlice<UInt32>]

  private static let sampleCount = 8

  /// - Precondition: the page is not empty.
  init(_ page: ObjectPage, last: [UInt32]) {
    objects = page.objects.count
    first = page.objects.key(at: 0).codePoints
    self.last = last
    let common = KeyAlphabet.commonCount(first, last)
    self.common = common
    let samples = (0..<Self.sampleCount).map {
      page.objects.key(at: $0 * page.objects.count / Self.sampleCount).codePoints
    }
    tails = (samples + [last]).map { Array($0.dropFirst(common))[...] }
  }

  /// How many different children the samples are in: strings between `start` and the next delimiter.
  ///
  /// - Parameter start: not behind the common prefix.
  func childCount(from start: Int, delimiter: UInt32) -> Int {
    if first[start..<common].contains(delimiter) { return 1 }
    var count = 0
    var previous: ArraySlice<UInt32>?
    for tail in tails {
      let child = tail.prefix { $0 != delimiter }
      if child != previous { count += 1 }
      previous = child
    }
    return count
  }

  /// Whether all samples have the delimiter at or behind `start`, which is not behind the common prefix.
  func haveAll(_ delimiter: UInt32, from start: Int) -> Bool {
    first[start..<common].contains(delimiter) || tails.allSatisfy { $0.contains(delimiter) }
  }
}
