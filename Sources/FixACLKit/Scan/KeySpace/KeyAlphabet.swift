internal import AWSKit

/// The characters that a bucket's keys are made of, as far as they were seen, and where in a key each stands.
///
/// By it a place between two keys is guessed where keys are likely: of hexadecimal digits the middle one, and after
/// `/month=0` a digit rather than a letter. Keys are arrays of code points here, whose order is that of their UTF-8.
struct KeyAlphabet: Sendable {
  /// Characters that stand for one another: where one key has a digit, others may have any digit.
  private enum Kind: Int, CaseIterable {
    case digit, lowercase, uppercase, slash, punctuation, other

    init(_ character: UInt32) {
      switch character {
      case 0x30...0x39: self = .digit
      case 0x61...0x7a: self = .lowercase
      case 0x41...0x5a: self = .uppercase
      case 0x2f: self = .slash
      case 0..<0x80: self = .punctuation
      default: self = .other
      }
    }
  }

  /// Where in a key a character stands: in which folder, and after how many of which kind.
  struct Place: Sendable {
    private var folder = 0
    private var kind: Int?
    private var run = 0
    /// The character before it; 0 at the beginning.
    fileprivate private(set) var previous: UInt32 = 0

    /// The place that follows the first characters of a key.
    init(after characters: some Sequence<UInt32>) {
      for character in characters { advance(over: character) }
    }

    mutating func advance(over character: UInt32) {
      let next = Kind(character)
      if next == .slash { folder = min(15, folder + 1) }
      run = next.rawValue == kind ? min(15, run + 1) : 0
      kind = next.rawValue
      previous = character
    }

    fileprivate static let count = 16 * 8 * 16
    fileprivate var index: Int { (folder * 8 + (kind ?? 7)) * 16 + run }
  }

  /// Of each kind, in their order.
  private var seen = [[UInt32]](repeating: [], count: Kind.allCases.count)
  /// What has followed a character, in their order; digits aside.
  private var followers: [UInt32: [UInt32]] = [:]
  /// How many different pairs of each kind there were.
  private var pairCounts = [Int](repeating: 0, count: Kind.allCases.count)
  /// The kinds that have stood at each place, a bit each.
  private var kinds = [UInt8](repeating: 0, count: Place.count)

  /// Takes note of a key, whose first `known` characters are those of one that was seen.
  mutating func observe(_ key: [UInt32], known: Int = 0) {
    var place = Place(after: key.prefix(known))
    var previous = place.previous == 0 ? nil : Kind(place.previous)
    for character in key.dropFirst(known) {
      let kind = Kind(character)
      kinds[place.index] |= 1 << UInt8(kind.rawValue)
      Self.insert(character, into: &seen[kind.rawValue])
      if kind != .digit, Self.insert(character, into: &followers[place.previous, default: []]), kind == previous {
        pairCounts[kind.rawValue] += 1
      }
      place.advance(over: character)
      previous = kind
    }
  }

  /// The characters to expect at a place, in their order.
  ///
  /// Of digits all that were seen. Of letters and other signs too where they look random, as hexadecimal digits do;
  /// where they form words, only those that have followed the character before.
  func choices(at place: Place) -> [UInt32] {
    let kinds = kinds[place.index]
    var choices: [UInt32] = []
    var parts = 0
    for kind in Kind.allCases where kinds & 1 << UInt8(kind.rawValue) != 0 {
      parts += 1
      if isRandom(kind) {
        choices += seen[kind.rawValue]
      } else {
        choices += (followers[place.previous] ?? []).filter { Kind($0) == kind }
      }
    }
    return parts > 1 ? choices.sorted() : choices
  }

  /// Whether at least half of the pairs that could be made of the characters were seen.
  private func isRandom(_ kind: Kind) -> Bool {
    let count = seen[kind.rawValue].count
    return kind == .digit || 2 * pairCounts[kind.rawValue] >= count * count
  }

  /// Where a character is, or would be, among others in their order.
  static func index(of character: UInt32, in characters: [UInt32]) -> Int {
    var (low, high) = (0, characters.count)
    while low < high {
      let middle = (low + high) / 2
      if characters[middle] < character { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// - Returns: whether it was not there.
  @discardableResult
  private static func insert(_ character: UInt32, into characters: inout [UInt32]) -> Bool {
    let index = index(of: character, in: characters)
    guard index == characters.count || characters[index] != character else { return false }
    characters.insert(character, at: index)
    return true
  }
}

extension ObjectKey {
  /// The key's code points; it must be valid UTF-8.
  var codePoints: [UInt32] {
    // Nearly all keys are ASCII.
    bytes.allSatisfy { $0 < 0x80 } ? bytes.map(UInt32.init) : text.unicodeScalars.map(\.value)
  }

  /// Nil where that is no key: with a NUL, with half a surrogate pair, or of more than 1,024 bytes.
  init?(codePoints: some Sequence<UInt32>) {
    var view = String.UnicodeScalarView()
    for value in codePoints {
      guard value > 0, let scalar = Unicode.Scalar(value) else { return nil }
      view.append(scalar)
    }
    let bytes = Array(String(view).utf8)
    guard bytes.count <= 1024 else { return nil }
    self.init(bytes)
  }
}
