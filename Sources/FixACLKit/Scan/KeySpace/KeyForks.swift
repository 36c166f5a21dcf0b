/// At which places in keys there are forks, where a key is followed by one that differs from it there first.
///
/// In `jonathanadams`, for example, there is a fork behind `jonathan`, but none behind `jonat`. What follows shows it:
/// where `ada` followed there were forks in other names, too, and where `han` followed there were none. So does, less
/// well, what comes before. If none of it was seen yet, forks are expected where others have been: so many characters
/// behind the last delimiter.
struct KeyForks: Sendable {
  /// Places that are taken for alike.
  private struct Name: Hashable {
    let folder: Int
    let part: Int
    /// What the places have in common: the kind and number of the characters before them, or what `likeness` says.
    let run: Int
    let first: UInt32
    let second: UInt32
    let third: UInt32

    init(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, _ likeness: Likeness) {
      func character(_ index: Int) -> UInt32 {
        switch likeness {
        case .run: 0
        case .before(let count): index <= count && level - index >= 0 ? key[level - index] : 0
        case .after(let count): index < count && level + index < key.count ? key[level + index] : 0
        }
      }
      (folder, part) = (place.folder, place.part)
      run =
        switch likeness {
        case .run: place.run
        case .after(let count): -count
        case .before(let count): -Self.mostCharacters - count
        }
      (first, second, third) = (character(0), character(1), character(2))
    }

    private static let mostCharacters = 3
  }

  /// In what places are alike.
  private enum Likeness {
    case run
    /// The character there, and so many before it.
    case before(Int)
    /// So many characters, the one there included.
    case after(Int)

    /// The ones that tell least first.
    static let all: [Likeness] = [.run, .before(1), .before(2), .after(1), .after(2), .after(3)]
  }

  /// Beyond it, no new ones are learned.
  private static let mostNames = 30_000

  private var counts: [Name: (forks: Int, ends: Int)] = [:]

  /// Records that behind a key there was another one that differs from it at a level first, or that there was none.
  mutating func note(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, isFork: Bool) {
    for likeness in Likeness.all {
      let name = Name(key, level, place, likeness)
      guard counts.count < Self.mostNames || counts[name] != nil else { continue }
      if isFork { counts[name, default: (0, 0)].forks += 1 } else { counts[name, default: (0, 0)].ends += 1 }
    }
  }

  /// How many keys that differ from one at a level first are likely to follow it.
  ///
  /// - Parameter choices: how many characters could take the place of the key's; there are no more.
  func following(_ key: [UInt32], _ level: Int, _ place: KeyAlphabet.Place, choices: Int) -> Double {
    // What is less alike counts as much as what was seen a few times.
    var share = Double(choices) / Double(choices + 1)
    var weight = 2.0
    for likeness in Likeness.all {
      guard let seen = counts[Name(key, level, place, likeness)] else { continue }
      share = (Double(seen.forks) + weight * share) / (Double(seen.forks + seen.ends) + weight)
      weight = 4
    }
    return min(Double(choices), share / (1 - share))
  }
}
