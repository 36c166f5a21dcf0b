internal import AWSKit
internal import Algorithms

/// The characters seen in a bucket's keys, and where in a key each stands.
///
/// It guesses likely keys between two others: the middle hexadecimal digit, for example, or after `/month=0` a digit
/// rather than a letter. Keys are arrays of code points here, which sort like their UTF-8.
struct KeyAlphabet: Sendable {
  /// Characters that can replace one another: if one key has a digit, others may have any digit there.
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

  /// The position of a character in a key: its folder depth, and the number of characters of each kind before it.
  struct Place: Sendable {
    private(set) var folder = 0
    /// The number of punctuation characters before it in the folder.
    private(set) var part = 0
    private var kind: Int?
    private var length = 0
    /// The character before it; 0 at the beginning.
    fileprivate private(set) var previous: UInt32 = 0

    /// The place that follows the first characters of a key.
    init(after characters: some Sequence<UInt32>) {
      for character in characters { advance(over: character) }
    }

    mutating func advance(over character: UInt32) {
      let next = Kind(character)
      if next == .slash { (folder, part) = (min(15, folder + 1), 0) }
      if next == .punctuation { part = min(15, part + 1) }
      length = next.rawValue == kind ? min(15, length + 1) : 0
      kind = next.rawValue
      previous = character
    }

    fileprivate static let folderCount = 16
    fileprivate static let count = folderCount * 8 * 16
    fileprivate var index: Int { folder * 128 + run }
    /// The kind of the characters before it, and their number.
    var run: Int { (kind ?? 7) * 16 + length }

    /// Whether a name or a part of one begins here.
    fileprivate var isStart: Bool { kind == nil || kind == Kind.slash.rawValue || kind == Kind.punctuation.rawValue }
    /// Whether a name begins here.
    fileprivate var isNameStart: Bool { kind == nil || kind == Kind.slash.rawValue }
    /// The index of the place behind a first digit in the same folder.
    fileprivate var afterDigit: Int { (folder * 8 + Kind.digit.rawValue) * 16 }
  }

  private struct Pair: Hashable {
    let folder: Int
    let previous: UInt32

    init(_ place: Place) { (folder, previous) = (place.folder, place.previous) }
  }

  /// Uploaders may name objects with all of Unicode: more than this is not learnt, of characters at one depth and of pairs.
  private static let maximumCharacters = 2_000
  private static let maximumPairs = 30_000

  /// The characters seen, by folder depth and kind, sorted.
  private var seen = [[UInt32]](repeating: [], count: Place.folderCount * Kind.allCases.count)
  /// The characters seen after each character at each folder depth, sorted; without digits.
  private var followers: [Pair: [UInt32]] = [:]
  /// The number of characters in all of these.
  private var followerCount = 0
  /// The number of different pairs of each kind, by folder depth and kind.
  private var pairCounts = [Int](repeating: 0, count: Place.folderCount * Kind.allCases.count)
  /// The kinds seen at each place, one bit each.
  private var kinds = [UInt8](repeating: 0, count: Place.count)
  var forks = KeyForks()
  /// Whether all letters and digits are expected everywhere, beside what was seen.
  private var isWide = false

  private static let alphanumerics = Array(0x30...0x39) + Array(0x41...0x5a) + Array(0x61...0x7a) as [UInt32]
  private static let alphanumericKinds: UInt8 = 0b111

  private static func index(_ folder: Int, _ kind: Kind) -> Int { folder * Kind.allCases.count + kind.rawValue }

  /// The same, but all letters and digits are expected everywhere: for parts of a bucket that are unlike what was seen.
  var widened: KeyAlphabet {
    var result = self
    result.isWide = true
    return result
  }

  /// Learns from a key, whose first `known` characters it has seen before.
  mutating func observe(_ key: [UInt32], known: Int = 0) {
    var place = Place(after: key.prefix(known))
    var previous = place.previous == 0 ? nil : Kind(place.previous)
    for character in key.dropFirst(known) {
      let kind = Kind(character)
      kinds[place.index] |= 1 << UInt8(kind.rawValue)
      let index = Self.index(place.folder, kind)
      if seen[index].count < Self.maximumCharacters { Self.insert(character, into: &seen[index]) }
      if kind != .digit, followerCount < Self.maximumPairs,
        Self.insert(character, into: &followers[Pair(place), default: []])
      {
        followerCount += 1
        if kind == previous { pairCounts[index] += 1 }
      }
      place.advance(over: character)
      previous = kind
    }
  }

  /// The characters expected at a place, sorted.
  ///
  /// For digits, all that were seen. The same for letters and other characters if they look random, as hexadecimal
  /// digits do. If they form words, only those seen after the previous character.
  func choices(at place: Place) -> [UInt32] {
    var kinds = kinds[place.index]
    // What begins with a digit and goes on with a letter may begin with a letter: only the first page does not show it.
    let digit = 1 << UInt8(Kind.digit.rawValue) as UInt8
    if place.isStart, kinds & digit != 0 { kinds |= self.kinds[place.afterDigit] & Self.alphanumericKinds }
    var choices = isWide ? Self.alphanumerics : []
    var parts = isWide ? 1 : 0
    for kind in Kind.allCases where kinds & 1 << UInt8(kind.rawValue) != 0 {
      let isIncluded = isWide && Self.alphanumericKinds & 1 << UInt8(kind.rawValue) != 0
      guard !isIncluded else { continue }
      parts += 1
      if isWide || isRandom(kind, place) {
        choices += seen[Self.index(place.folder, kind)]
      } else {
        choices += (followers[Pair(place)] ?? []).filter { Kind($0) == kind }
      }
    }
    return parts > 1 ? choices.sorted() : choices
  }

  /// Whether so much of all possible pairs of the characters was seen.
  ///
  /// Letters at the beginning of a name count as random: one page shows few of them.
  private func isRandom(_ kind: Kind, _ place: Place, share: Double = 0.5) -> Bool {
    let index = Self.index(place.folder, kind)
    let count = seen[index].count
    if place.isNameStart, kind == .lowercase || kind == .uppercase { return true }
    return kind == .digit || Double(pairCounts[index]) >= share * Double(count * count)
  }

  /// Whether some of a key's characters form words: not all of those that are expected there are as likely.
  ///
  /// Initials and many names together have most of all pairs, and are no random letters yet. Where digits are among the
  /// letters it is a number or a hash, as a rule.
  func hasWords(_ key: [UInt32], in levels: Range<Int>) -> Bool {
    var place = Place(after: key.prefix(levels.lowerBound))
    for character in key[levels] {
      let kind = Kind(character)
      switch kind {
      case .lowercase, .uppercase, .other:
        let hasDigits = kinds[place.index] & 1 << UInt8(Kind.digit.rawValue) != 0
        if !isRandom(kind, place, share: hasDigits ? 0.5 : 0.7) { return true }
      case .digit, .slash, .punctuation: break
      }
      place.advance(over: character)
    }
    return false
  }

  /// The index of a character among sorted ones, or the index where it would be inserted.
  static func index(of character: UInt32, in characters: [UInt32]) -> Int {
    characters.partitioningIndex { $0 >= character }
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

  /// Nil if the code points are no key: with a NUL, half a surrogate pair, or more than 1,024 bytes.
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
