internal import AWSKit

/// The bounds and some keys of a listed page, from which the number of remaining pages is estimated. Keys are code points.
struct PageShape: Sendable {
  let first: [UInt32]
  let last: [UInt32]
  let objects: Int
  /// The length of the common prefix of all keys of the page.
  let common: Int
  /// Keys spread evenly over the page, the first and the last included.
  let samples: [[UInt32]]

  private static let sampleCount = 8

  /// - Precondition: the page is not empty.
  init(_ page: ObjectPage, last: [UInt32]) {
    objects = page.objects.count
    samples =
      (0..<Self.sampleCount).map { page.objects.key(at: $0 * page.objects.count / Self.sampleCount).codePoints } + [
        last
      ]
    first = samples[0]
    self.last = last
    common = KeyAlphabet.commonCount(first, last)
  }

  /// How many different children the samples are in: strings between `start` and the next delimiter.
  func childCount(from start: Int, delimiter: UInt32) -> Int {
    var count = 0
    var previous: ArraySlice<UInt32>?
    for key in samples {
      let child = key.dropFirst(start).prefix { $0 != delimiter }
      if child != previous { count += 1 }
      previous = child
    }
    return count
  }

  /// Whether all samples have the delimiter at or behind `start`.
  func haveAll(_ delimiter: UInt32, from start: Int) -> Bool {
    samples.allSatisfy { $0.dropFirst(start).contains(delimiter) }
  }
}
