internal import Glibc
internal import AWSKit

/// A part of a bucket's keys that is listed page by page, and what is known of how much is left in it.
struct KeyRange: Sendable {
  /// What a page of listing was like, from which it is guessed how many there will be.
  struct Pace: Sendable {
    let first: [UInt32]
    let last: [UInt32]
    let objects: Int
    /// How many characters all keys of the page have in common.
    let common: Int

    init(first: [UInt32], last: [UInt32], objects: Int) {
      self.first = first
      self.last = last
      self.objects = objects
      common = KeyAlphabet.commonCount(first, last)
    }
  }

  /// What is expected to be left, for as long as nothing new is known.
  struct Outlook: Sendable {
    /// The logarithm of the pages that are left, by the pace alone, and by that and the folders' sizes.
    let logPagesByPace: Double
    let logPages: Double
    /// The number of levels between the end and where pages move, on which there may be more or not. Levels that
    /// hardly ever matter count little.
    let levels: Double
  }

  /// Nothing up to it will be listed again; nil at the bucket's beginning.
  var position: ListingMarker?
  /// The last key that belongs to it, if it exists; nil for the bucket's end.
  private(set) var through: ObjectKey?
  /// `position` and `through` as code points; no position is the prefix of all keys.
  private(set) var low: [UInt32]
  private(set) var high: [UInt32]?
  /// The number of characters of a key behind which pages move, or cuts were made: no level from there on needs a look.
  private(set) var depth: Int
  /// The last full page of it, or of the range that it was cut from.
  private(set) var pace: Pace?
  /// Whether nothing of it has been listed yet.
  private(set) var isNew = true
  /// How often in a row a part that was cut off turned out to be empty.
  var doubt = 0
  /// How many full pages there were since it was cut: where it was thought to be at its end, a sign that it is not.
  private(set) var pagesSinceCut = 0
  /// The number of pages that were asked for.
  var pageCount = 0
  var outlook: Outlook?

  init(after position: ListingMarker?, through: ObjectKey?, prefix: [UInt32]) {
    self.position = position
    self.through = through
    low = position?.key.codePoints ?? prefix
    high = through?.codePoints
    depth = low.count
  }

  /// Cuts the range at a string; nil where that is no place in it.
  ///
  /// - Parameter depth: of the new range.
  /// - Returns: the far part, whose first page is being asked for.
  mutating func cut(at place: [UInt32], depth: Int) -> KeyRange? {
    guard let key = ObjectKey(codePoints: place), position.map({ $0.key < key }) ?? true,
      through.map({ key < $0 }) ?? true
    else { return nil }
    var rest = self
    rest.position = ListingMarker(key)
    rest.low = place
    rest.depth = depth
    rest.isNew = true
    rest.pageCount = 0
    rest.pagesSinceCut = 0
    pagesSinceCut = 0
    rest.outlook = nil
    through = key
    high = place
    outlook = nil
    return rest
  }

  /// Takes note of keys that were listed, the last of which is `end`.
  ///
  /// - Parameter pace: nil where only one was asked for.
  mutating func move(to end: ListingMarker, _ last: [UInt32], pace: Pace?) {
    position = end
    low = last
    isNew = false
    outlook = nil
    if let pace {
      self.pace = pace
      depth = pace.common
      pagesSinceCut += 1
      doubt = max(0, doubt - 1)
    }
  }

  // MARK: Levels

  /// The places in `low` where a change would leave what is known: below the end's own level, above where pages move.
  func levels(prefixCount: Int) -> Range<Int> {
    let common = KeyAlphabet.commonCount(low, high, prefixCount: prefixCount)
    // On the level of the end itself, the end is what is known.
    let first = high == nil ? common : common + 1
    return first..<max(first, min(depth, low.count))
  }

  /// How much a level counts: ends of folders, and what is right above the place where pages move.
  func weight(ofLevel level: Int) -> Double {
    low[level] == UInt32(UInt8(ascii: "/")) || level > depth - 8 ? 1 : 0.05
  }

  // MARK: Outlook

  func outlook(prefixCount: Int, pageSize: Int, alphabet: KeyAlphabet, folders: FolderStatistics) -> Outlook? {
    guard let pace else { return nil }
    let common = KeyAlphabet.commonCount(low, high, prefixCount: prefixCount)
    // What both have in common needs no measuring.
    let shared = min(KeyAlphabet.commonCount(low, pace.first), common, pace.common)
    let byPace =
      log(alphabet.width(from: low, to: high, start: common)) - alphabet.logChoices(low, shared..<common)
      - log(alphabet.width(from: pace.first, to: pace.last, start: pace.common))
      + alphabet.logChoices(pace.first, shared..<pace.common) + log(Double(pace.objects) / Double(pageSize))
    let byFolders = folders.logObjects(from: low, to: high, common: common, in: alphabet)
      .map { $0 - log(Double(pageSize)) }
    return Outlook(
      logPagesByPace: byPace, logPages: min(byPace, byFolders ?? byPace),
      levels: levels(prefixCount: prefixCount).reduce(0) { $0 + weight(ofLevel: $1) })
  }
}
