/// Finds how far up from a key there are more: not by measure, but by where keys were seen to fork.
extension KeyAlphabet {
  /// Learns that behind a key there is nothing up to another one.
  ///
  /// - Parameters:
  ///   - fork: the length of their common prefix.
  ///   - known: the longest of the key's beginnings for which it is worth knowing that it has no fork.
  mutating func noteFork(_ key: [UInt32], at fork: Int, known: Int) {
    var place = Place(after: key.prefix(fork))
    for level in fork...max(fork, known) where level < key.count {
      forks.note(key, level, place, isFork: level == fork)
      place.advance(over: key[level])
    }
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
      let first = Self.index(of: low[level] + 1, in: choices)
      var end = choices.count
      if level == common, let high, level < high.count { end = Self.index(of: high[level], in: choices) }
      if first < end {
        let following = forks.following(low, level, place, rest: end - first)
        nothing /= 1 + following
        if 1 - nothing >= chance {
          // Half of many, but all of few.
          return following < 2 ? Self.successor(of: low[...level]) : low[..<level] + [choices[(first + end) / 2]]
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
