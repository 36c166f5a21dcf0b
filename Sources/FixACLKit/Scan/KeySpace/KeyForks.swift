/// At which places in keys there are forks, where a key is followed by one that differs from it there first.
///
/// In `jonathanadams`, for example, there is a fork behind `jonathan`, but none behind `jonat`. What follows shows it:
/// where `ada` followed there were forks in other names, too, and where `han` followed there were none. If that was
/// not seen yet, forks are expected where others have been: so many characters behind the last delimiter.
struct KeyForks: Sendable {
  /// Places that are taken for alike.
  private struct Name: Hashable {
    let folder: Int
    let part: Int
    /// The kind and number of the characters before it; -1 to -3 if so many that follow are compared instead.
    let run: Int
    let first: UInt32
    let second: UInt32
    let third: UInt32

    /// - Parameter count: how many of the characters that follow are compared.
    init(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, count: Int) {
      func character(_ index: Int) -> UInt32 {
        index < count && level + index < key.count ? key[level + index] : 0
      }
      (folder, part, run) = (place.folder, place.part, count == 0 ? place.run : -count)
      (first, second, third) = (character(0), character(1), character(2))
    }
  }

  private static let mostCharacters = 3
  /// Beyond it, no new ones are learned.
  private static let mostNames = 30_000

  private var counts: [Name: (forks: Int, ends: Int)] = [:]

  /// Records that behind a key there was another one that differs from it at a level first, or that there was none.
  mutating func note(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, isFork: Bool) {
    for count in 0...Self.mostCharacters {
      let name = Name(key, level, place, count: count)
      guard counts.count < Self.mostNames || counts[name] != nil else { continue }
      if isFork { counts[name, default: (0, 0)].forks += 1 } else { counts[name, default: (0, 0)].ends += 1 }
    }
  }

  /// How many of the `rest` characters that could replace a key's at a level and come behind it are likely to do so.
  func following(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, rest: Int) -> Double {
    // What is less alike counts as much as what was seen once or twice.
    var share = Double(rest) / Double(rest + 1)
    var weight = 2.0
    for count in 0...Self.mostCharacters {
      guard let seen = counts[Name(key, level, place, count: count)] else { break }
      share = (Double(seen.forks) + weight * share) / (Double(seen.forks + seen.ends) + weight)
      weight = 1
    }
    return min(Double(rest), share / (1 - share))
  }
}
