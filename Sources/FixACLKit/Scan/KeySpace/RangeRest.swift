internal import Glibc

/// What is left of a range, as far as its last page and lists of children show it.
struct RangeRest {
  private let range: KeyRange
  private let prefixCount: Int
  private let pageSize: Int
  private let alphabet: KeyAlphabet
  /// The length of what all keys of the rest begin with.
  let common: Int
  /// Where it ends; nil if where what they begin with does.
  private let high: [UInt32]?
  /// Whether the part of a name in which the keys of the last page differ has words.
  let hasWords: Bool

  /// - Parameters:
  ///   - prefixCount: the length of the scan's prefix.
  ///   - pageSize: the most objects on a page.
  init(_ range: KeyRange, prefixCount: Int, pageSize: Int, lists: ChildLists, alphabet: KeyAlphabet) {
    (self.range, self.prefixCount, self.pageSize, self.alphabet) = (range, prefixCount, pageSize, alphabet)
    let common = KeyAlphabet.commonCount(range.low, range.high, prefixCount: prefixCount)
    // Lists of children can show that all keys that follow begin with more.
    let known = KeyLevel.levels(of: range.low, from: common, prefixCount: prefixCount, finely: false).prefix {
      lists.cover($0, orAsked: false)
    }
    let floor = known.last.map { $0.end + 1 } ?? common
    (self.common, high) = floor > common ? (floor, nil) : (max(common, prefixCount), range.high)
    hasWords = Self.hasWords(range, from: self.common, alphabet)
  }

  private static func hasWords(_ range: KeyRange, from common: Int, _ alphabet: KeyAlphabet) -> Bool {
    guard let shape = range.pageShape else { return false }
    let end = min(range.low.count, shape.common + 1)
    let name = range.low[..<min(end, shape.common)].lastIndex(where: KeyLevel.isDelimiter).map { $0 + 1 } ?? 0
    let start = max(common, name)
    return start < end && alphabet.hasWords(range.low, in: start..<end)
  }

  /// The logarithm of the pages left by the outlook, and among words by forks; nil if no page was seen.
  var estimate: Double? {
    guard let shape = range.pageShape, let outlook = outlook(by: alphabet) else { return nil }
    guard hasWords else { return outlook }
    return min(outlook, alphabet.logPages(from: range.low, to: high, start: common, pageCommon: shape.common))
  }

  /// The logarithm of the pages left by the page shape; nil if there is none.
  func outlook(by alphabet: KeyAlphabet) -> Double? {
    range.logPages(to: high, prefixCount: common, pageSize: pageSize, alphabet: alphabet)
  }

  // MARK: Likely keys

  /// A likely key found by climbing.
  ///
  /// - Parameter chance: how likely there must be keys behind it, from 0 to 1.
  func climb(_ alphabet: KeyAlphabet, chance: Double) -> [UInt32]? {
    alphabet.climb(from: range.low, to: high, start: common, chance: chance)
  }

  /// A likely key: so many pages ahead, or in the middle if there are fewer.
  ///
  /// - Parameter ahead: the logarithm of twice the pages.
  func place(ahead: Double, _ alphabet: KeyAlphabet) -> [UInt32]? {
    let low = range.low
    guard let outlook = outlook(by: alphabet) else { return nil }
    var target = ahead - log(2)
    // Whole pages, or nearly so: what is a little more takes a request more.
    let half = exp(min(outlook, ahead) - log(2))
    if half < 16 { target = log(max(1, half.rounded(.down)) * 0.94) }
    if outlook < ahead { return alphabet.between(low, high, start: common) }
    if outlook <= ahead + log(2) {
      return alphabet.between(low, high, start: common, share: min(0.9, exp(target - outlook)))
    }
    // The innermost level whose end is far enough.
    var deeper: [UInt32]?
    for level in (common..<max(common, low.count)).reversed() {
      let candidate = KeyAlphabet.successor(of: low[...level])
      if let high, !candidate.lexicographicallyPrecedes(high) { break }
      guard let pages = range.logPages(to: candidate, prefixCount: prefixCount, pageSize: pageSize, alphabet: alphabet)
      else { return nil }
      if pages >= target {
        let share = exp(target - pages)
        if share < 1.0 / 64, let deeper { return deeper }
        return share > 0.9 ? candidate : alphabet.between(low, candidate, start: level, share: share)
      }
      deeper = candidate
    }
    if let deeper, target - outlook < -4 { return deeper }
    return alphabet.between(low, high, start: common, share: min(0.5, exp(target - outlook)))
  }
}
