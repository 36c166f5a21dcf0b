internal import Glibc
internal import AWSKit

/// A part of a bucket's keys that is listed page by page, with an estimate of what is left in it.
struct KeyRange: Sendable {
  /// The bounds and size of a listed page, from which the number of remaining pages is estimated.
  struct PageShape: Sendable {
    let first: [UInt32]
    let last: [UInt32]
    let objects: Int
    /// The length of the common prefix of all keys of the page.
    let common: Int

    init(first: [UInt32], last: [UInt32], objects: Int) {
      self.first = first
      self.last = last
      self.objects = objects
      common = KeyAlphabet.commonCount(first, last)
    }
  }

  /// What is expected to be left. Computed again when something new is known.
  struct Outlook: Sendable {
    /// The logarithm of the number of pages left: by the last page's shape alone, and limited by folder sizes.
    let logPagesByShape: Double
    let logPages: Double
    /// The number of levels on which there may be more keys, between the range's end and the place where pages advance.
    /// Levels that hardly ever matter count little.
    let levels: Double
  }

  /// Everything up to it is listed; nil at the bucket's beginning.
  var position: ListingMarker?
  /// The last key of the range, which need not exist; nil for the bucket's end.
  private(set) var through: ObjectKey?
  /// `position` and `through` as code points. Without a position, `low` is the scan's prefix.
  private(set) var low: [UInt32]
  private(set) var high: [UInt32]?
  /// The length of the prefix that pages no longer change, or that cuts share. Deeper levels need no look.
  private(set) var depth: Int
  /// The shape of the last full page of this range, or of the range it was cut from.
  private(set) var pageShape: PageShape?
  /// Whether nothing of it has been listed yet.
  private(set) var isNew = true
  /// How many parts cut off this range in a row turned out to be empty.
  var doubt = 0
  /// Full pages since the last cut: many of them show that the estimate was too low.
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

  /// Cuts the range at a string; nil if the string does not lie within it.
  ///
  /// - Parameter depth: the depth of the new range.
  /// - Returns: the far part, whose first page is requested next.
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

  /// Advances behind the keys that were listed, the last of which is `end`.
  ///
  /// - Parameter pageShape: nil if only one key was requested.
  mutating func move(to end: ListingMarker, _ last: [UInt32], pageShape: PageShape?) {
    position = end
    low = last
    isNew = false
    outlook = nil
    if let pageShape {
      self.pageShape = pageShape
      depth = pageShape.common
      pagesSinceCut += 1
      doubt = max(0, doubt - 1)
    }
  }

  // MARK: Levels

  /// The positions in `low` where a different character would lead to unknown keys: below the level of the range's end,
  /// above the place where pages advance.
  func levels(prefixCount: Int) -> Range<Int> {
    let common = KeyAlphabet.commonCount(low, high, prefixCount: prefixCount)
    // On the level of the end itself, the end is what is known.
    let first = high == nil ? common : common + 1
    return first..<max(first, min(depth, low.count))
  }

  /// Weight of a level when choosing where to cut: full at a slash or near the current position, low elsewhere. Measured
  /// by `KeySpaceSplitterTests`: if the last 8 characters weigh less, or the other levels nothing, some shapes take too
  /// many rounds.
  func weight(ofLevel level: Int) -> Double {
    low[level] == UInt32(UInt8(ascii: "/")) || level > depth - 8 ? 1 : 0.05
  }

  // MARK: Outlook

  func outlook(prefixCount: Int, pageSize: Int, alphabet: KeyAlphabet, folders: FolderStatistics) -> Outlook? {
    guard let pageShape else { return nil }
    let common = KeyAlphabet.commonCount(low, high, prefixCount: prefixCount)
    // The common part of both needs no measuring.
    let shared = min(KeyAlphabet.commonCount(low, pageShape.first), common, pageShape.common)
    let byShape =
      log(alphabet.width(from: low, to: high, start: common)) - alphabet.logChoices(low, shared..<common)
      - log(alphabet.width(from: pageShape.first, to: pageShape.last, start: pageShape.common))
      + alphabet.logChoices(pageShape.first, shared..<pageShape.common)
      + log(Double(pageShape.objects) / Double(pageSize))
    let byFolders = folders.logObjects(from: low, to: high, common: common, in: alphabet)
      .map { $0 - log(Double(pageSize)) }
    return Outlook(
      logPagesByShape: byShape, logPages: min(byShape, byFolders ?? byShape),
      levels: levels(prefixCount: prefixCount).reduce(0) { $0 + weight(ofLevel: $1) })
  }
}
