internal import AWSKit
internal import Algorithms
internal import Glibc

/// A part of a bucket's keys that is listed page by page, with what is known and believed of the rest of it.
struct KeyRange: Sendable {
  /// The beginning of a child that exists, where a range can be cut without a guess.
  struct Boundary: Sendable {
    let place: ObjectKey
    /// The list of children that it is from.
    let list: Int
    /// The pages that it was believed to have when the list was asked for.
    let pages: Double
    /// Whether it ends a list that was cut short, so that nothing is known of what is behind it.
    let isOpen: Bool
  }

  /// Everything up to it is listed; nil at the bucket's beginning.
  private(set) var position: ListingMarker?
  /// The last key of the range, which need not exist; nil for the bucket's end.
  private(set) var through: ObjectKey?
  /// `position` and `through` as code points. Without a position, `low` is the scan's prefix.
  private(set) var low: [UInt32]
  private(set) var high: [UInt32]?
  /// The shape of the last full page of this range, or of the range it was cut from.
  private(set) var pageShape: PageShape?
  /// The boundaries within the range, in order.
  private(set) var boundaries: ArraySlice<Boundary> = []
  /// The number of pages that were asked for.
  var pageCount = 0
  /// How many lists of children it waits for.
  var awaitedLists = 0

  // MARK: How it began

  /// Whether nothing of it has been listed yet.
  private(set) var isNew = true
  /// Whether it was cut off another one, and not one of the ranges that the scan began with.
  private(set) var wasCut = false
  /// The listed key behind which it was guessed, if there is one.
  private(set) var guessedBehind: [UInt32]?
  /// Whether the guess was found by climbing.
  private(set) var isClimbed = false
  /// Whether it begins at a boundary.
  private(set) var isAtBoundary = false
  /// Whether it begins at the open end of a list of children.
  private(set) var isOpen = false
  /// The ranges before and behind it that it was cut off or that were cut off it, while they are open.
  var below: Int?
  var above: Int?

  // MARK: What its cuts have shown

  /// How many guesses lie between it and the last place where keys are known to be.
  private(set) var guesses = 0
  /// Whether the guesses lie where it was believed that there is more than is plausible, or among words.
  private(set) var isUnsure = false
  /// How many parts cut off this range in a row turned out to be empty.
  private(set) var doubt = 0
  /// Whether there are keys behind its end, so that there may be some before it.
  private(set) var isFollowed = false
  /// The full pages that it has lasted, halved with each cut.
  private(set) var age = 0.0
  /// While a range outlasts its estimates, the pages ahead for which the last guess has found keys; 0 otherwise.
  var reach = 0.0

  // MARK: The folder it is in

  /// Full pages since it last passed a boundary.
  private(set) var pagesInFolder = 0
  /// The pages and boundaries of one list that it passed, and the ranges it was cut from.
  private var pace = (list: -1, pages: 0.0, boundaries: 0.0)

  /// - Parameter prefix: the prefix of all wanted keys.
  init(after position: ListingMarker?, through: ObjectKey?, prefix: [UInt32]) {
    self.position = position
    self.through = through
    low = position?.key.codePoints ?? prefix
    high = through?.codePoints
  }

  /// Whether a key lies between its position and its end.
  func contains(_ key: ObjectKey) -> Bool {
    position.map { $0.key <= key } ?? true && through.map { key < $0 } ?? true
  }

  // MARK: Cutting

  /// Cuts the range at a likely key.
  ///
  /// - Parameters:
  ///   - isUnsure: whether it was believed that there is more than is plausible, or the key is among words.
  ///   - isClimbed: whether the key was found by climbing.
  /// - Returns: the far part, whose first page is requested next; nil if the key does not lie within the range.
  mutating func cut(atGuess place: [UInt32], isUnsure: Bool, isClimbed: Bool) -> KeyRange? {
    guard let key = ObjectKey(codePoints: place), var rest = cut(at: key, place) else { return nil }
    if isUnsure {
      self.isUnsure = true
      rest.isUnsure = true
    }
    if self.isUnsure { guesses += 1 }
    rest.guessedBehind = isNew ? nil : low
    rest.isClimbed = isClimbed
    return rest
  }

  /// Cuts the range at its boundary with that index.
  ///
  /// - Returns: the far part, whose first page is requested next; nil if the boundary is of no use.
  mutating func cut(atBoundary index: Int) -> KeyRange? {
    let all = boundaries
    let boundary = all[index]
    guard var rest = cut(at: boundary.place, boundary.place.codePoints) else {
      boundaries.remove(at: index)
      return nil
    }
    boundaries = all[..<index]
    rest.boundaries = all[(index + 1)...]
    rest.pagesInFolder = 0
    rest.isAtBoundary = true
    rest.isUnsure = false
    rest.isOpen = boundary.isOpen
    rest.guesses = 0
    rest.age = 0
    isFollowed = false
    return rest
  }

  private mutating func cut(at key: ObjectKey, _ place: [UInt32]) -> KeyRange? {
    guard position.map({ $0.key < key }) ?? true, through.map({ key < $0 }) ?? true else { return nil }
    var rest = self
    rest.position = ListingMarker(key)
    rest.low = place
    rest.isNew = true
    rest.wasCut = true
    rest.pageCount = 0
    rest.guessedBehind = nil
    rest.isClimbed = false
    rest.isAtBoundary = false
    rest.isOpen = false
    rest.guesses = isNew ? guesses + 1 : 1
    age /= 2
    rest.age = age
    rest.awaitedLists = 0
    through = key
    high = place
    return rest
  }

  // MARK: Learning

  /// Learns whether the part that was cut off last has keys.
  ///
  /// - Parameter reach: that of the part.
  mutating func noteCut(foundKeys: Bool, reach: Double) {
    isFollowed = foundKeys
    if foundKeys {
      doubt = 0
      isUnsure = false
    } else {
      doubt += 1
      // The cut has taken nothing away.
      age *= 2
      self.reach = reach / 8
    }
  }

  /// Takes those of the boundaries, which must be in order, that lie within the range.
  mutating func learn(_ list: [Boundary]) {
    let first = position.map { position in list.partitioningIndex { position.key < $0.place } } ?? 0
    let end = through.map { through in list.partitioningIndex { $0.place >= through } } ?? list.count
    guard first < end else { return }
    var merged: [Boundary] = []
    merged.reserveCapacity(boundaries.count + end - first)
    var old = boundaries
    for new in list[first..<end] {
      while let next = old.first, next.place < new.place { merged.append(old.removeFirst()) }
      if old.first?.place != new.place { merged.append(new) }
    }
    boundaries = (merged + old)[...]
  }

  /// Advances behind the keys of a full page, the last of which is `end`.
  ///
  /// - Parameter last: the last key's code points.
  mutating func move(to end: ListingMarker, _ last: [UInt32], pageShape: PageShape) {
    position = end
    low = last
    isNew = false
    isUnsure = false
    guesses = 0
    doubt = max(0, doubt - 1)
    age += 1
    reach = max(0, reach - 1)
    self.pageShape = pageShape
    let list = boundaries.first?.list ?? pace.list
    var passed = 0
    while let first = boundaries.first, first.place <= end.key {
      boundaries.removeFirst()
      passed += 1
    }
    let next = boundaries.first?.list ?? list
    if pace.list != next { pace = (next, 0, 0) }
    pace.pages += 1
    pace.boundaries += Double(passed)
    pagesInFolder = passed > 0 ? 1 : pagesInFolder + 1
  }

  // MARK: Estimates

  /// The pages that it took from a boundary of the list to the next one, here; nil if too few were listed to say so.
  func pagesOfChild(of list: Int) -> Double? {
    guard pace.list == list, pace.pages >= 3 else { return nil }
    return min(16, pace.pages / (pace.boundaries + 1))
  }

  /// The logarithm of the number of pages between two places, by the last page's shape alone; nil if there is none.
  ///
  /// - Parameters:
  ///   - low: nil for its position.
  ///   - high: nil for the end of the keys with the same first `prefixCount` characters.
  func logPages(from low: [UInt32]? = nil, to high: [UInt32]?, prefixCount: Int, pageSize: Int, alphabet: KeyAlphabet)
    -> Double?
  {
    guard let pageShape else { return nil }
    let low = low ?? self.low
    let common = KeyAlphabet.commonCount(low, high, prefixCount: prefixCount)
    // The common part of both needs no measuring.
    let shared = min(KeyAlphabet.commonCount(low, pageShape.first), common, pageShape.common)
    return log(alphabet.width(from: low, to: high, start: common)) - alphabet.logChoices(low, shared..<common)
      - log(alphabet.width(from: pageShape.first, to: pageShape.last, start: pageShape.common))
      + alphabet.logChoices(pageShape.first, shared..<pageShape.common)
      + log(Double(pageShape.objects) / Double(pageSize))
  }
}
