internal import Glibc

/// Finds how far up from a key there are more, and how many: not by measure, but by where keys were seen to fork.
extension KeyAlphabet {
  /// Learns that behind a key nothing is known of up to another one.
  ///
  /// - Parameters:
  ///   - fork: the length of their common prefix; nil if there is no other one.
  ///   - first: the outermost level at which there can be a fork.
  ///   - known: the longest of the key's beginnings for which it is worth knowing that it has no fork.
  mutating func noteFork(_ key: [UInt32], at fork: Int?, from first: Int, known: Int) {
    let start = fork ?? first
    var place = Place(after: key.prefix(start))
    for level in start...max(start, known) where level < key.count {
      forks.note(key, level, place, isFork: level == fork)
      place.advance(over: key[level])
    }
  }

  /// How many of the children of a key's beginning a page has, as a rule, if the page's keys differ behind it.
  private static let childrenOfPage = 1.5

  /// The logarithm of the number of pages that likely lie between a key and `high`.
  ///
  /// - Parameters:
  ///   - common: the length of what all keys of the range begin with.
  ///   - pageCommon: the length of what all keys of a page there begin with.
  func logPages(from low: [UInt32], to high: [UInt32]?, start common: Int, pageCommon: Int) -> Double {
    // At each level, the likely number of children: those that follow the key's before `high`, and all.
    var children: [(following: Double, all: Double)] = []
    var place = Place(after: low.prefix(common))
    for level in common..<max(common, min(low.count, pageCommon + 1)) {
      let choices = choices(at: place)
      let rest = self.rest(of: choices, behind: low[level], before: level == common ? high?[at: level] : nil)
      let following = forks.following(low, level, place, choices: choices.count)
      children.append((min(Double(rest.count), following), 1 + following))
      place.advance(over: low[level])
    }
    var pagesOfChild = 1 / Self.childrenOfPage
    var pages = 0.0
    for level in children.reversed() {
      pages += level.following * pagesOfChild
      pagesOfChild *= level.all
    }
    return log(max(0.1, pages))
  }

  /// The indices of the characters behind one and before another one.
  private func rest(of choices: [UInt32], behind low: UInt32, before high: UInt32?) -> Range<Int> {
    let first = Self.index(of: low + 1, in: choices)
    return first..<max(first, high.map { Self.index(of: $0, in: choices) } ?? choices.count)
  }

  /// A place behind a key, at the outermost level at which there are likely more keys before `high`; nil if none is.
  ///
  /// If there are, most of the range lies behind it; if not, the next place is further down.
  ///
  /// - Parameters:
  ///   - common: the length of what all keys of the range begin with.
  ///   - chance: how likely there must be keys, from 0 to 1.
  func climb(from low: [UInt32], to high: [UInt32]?, start common: Int, chance: Double) -> [UInt32]? {
    var place = Place(after: low.prefix(common))
    var nothing = 1.0
    for level in common..<max(common, low.count) {
      let choices = choices(at: place)
      let rest = self.rest(of: choices, behind: low[level], before: level == common ? high?[at: level] : nil)
      if !rest.isEmpty {
        let following = forks.following(low, level, place, choices: rest.count)
        nothing /= 1 + following
        if 1 - nothing >= chance {
          // Half of many, but all of few.
          return following < 2
            ? Self.successor(of: low[...level]) : low[..<level] + [choices[(rest.lowerBound + rest.upperBound) / 2]]
        }
      }
      place.advance(over: low[level])
    }
    return nil
  }

  /// Behind all keys that begin so, nearly always.
  static func successor(of start: ArraySlice<UInt32>) -> [UInt32] {
    guard let last = start.last else { return [] }
    return start.dropLast() + [last == 0xd7ff ? 0xe000 : last + 1]
  }
}

extension Array {
  /// Nil behind the end.
  fileprivate subscript(at index: Int) -> Element? { index < count ? self[index] : nil }
}
