internal import Algorithms
internal import DequeModule
internal import Glibc
package import AWSKit

// Glossary.
//
// - full page: one after which its range goes on.
// - children: the strings up to the next delimiter behind a prefix, as a listing with a delimiter shows them: the folders
//   of a folder, if the delimiter is a slash.
// - boundary: the beginning of a child, which exists; a range that is cut there has keys on both sides, as a rule.
// - guess: a cut at a likely key, where no boundary is known.
// - climb: to guess where keys are likely to fork, at the outermost such character of a position, not by measure.
// - page shape: the keys of a full page, which show how much of the key space a page covers.
// - rest: what is left of a range.
// - outlook: the number of pages of the rest by the page shape.
// - words: letters most of whose combinations do not occur, in the part of a name in which a page's keys differ. They
//   fill next to nothing of the key space, so that a measure shows far too much: where keys fork tells more.
// - estimate: the outlook; among words no more than forks let expect.
// - plausible: not far above everything seen so far. Estimates can be: keys seldom fill the key space evenly.
// - value: the pages that a cut of a range promises, as a logarithm.
// - lasting: said of a range that has had many pages since its last cut. What has lasted long will last.
// - waste: requests, or fractions of them, whose answers bring nothing new.
//
// Numbers that are not explained were chosen by the rounds and requests that `KeySpaceSplitterTests`' bucket shapes take.

/// Decides which key ranges are listed in parallel: a plain value that says what to ask for next, and is told of each
/// answer.
///
/// A listing can only be read forward from a key. When nothing else is left to request, the range in which most is
/// expected is cut, and the far part becomes a range of its own. Where keys have folders, a listing with a delimiter
/// shows up to a thousand places for one request at which there are keys; elsewhere the place is guessed. Ranges have
/// fixed ends, so no key is in two of them, even if keys are added or deleted meanwhile. What is believed only decides
/// on how many requests it takes.
package struct KeySpaceSplitter: Sendable {
  package enum Request: Sendable, Equatable {
    case page(PageRequest)
    case children(ChildrenRequest)
  }

  /// A page to list: the next one of range `range`, after `after`.
  package struct PageRequest: Sendable, Equatable {
    package let range: Int
    package let after: ListingMarker?
    /// The most objects to ask for.
    package let limit: Int
    /// The index of the page in its range: several pages can begin with the same key if it has many versions.
    package let page: Int
  }

  /// The children of a prefix to list. The answer is a hint: it may be missing, or wrong.
  package struct ChildrenRequest: Sendable, Equatable {
    package let prefix: ObjectKey
    package let delimiter: UInt8
    package let after: ObjectKey
    /// The range that waits for it.
    fileprivate let range: Int
    /// The pages that a child is believed to have.
    fileprivate let pages: Double
  }

  /// The part of a page that belongs to its range.
  package struct Part: Sendable, Equatable {
    /// How many of the page's objects, from the first, belong to the range.
    package let count: Int
    /// The page has everything up to here: its last object, or its range's end; nil at the bucket's end.
    package let through: ListingMarker?
  }

  let prefix: [UInt32]
  let pageSize: Int
  private(set) var alphabet = KeyAlphabet()
  private(set) var budget = CutBudget()
  var lists = ChildLists()
  private var ranges: [Int: KeyRange] = [:]
  /// The value of a cut of each range, in any order, and where each range's stands.
  private var values: [(id: Int, value: Double)] = []
  private var valueIndices: [Int: Int] = [:]
  /// Ranges whose next page may be requested, the last one first.
  private var ready: Deque<Int> = []
  /// Lists of children to go on with.
  private var continuations: Deque<ChildrenRequest> = []
  /// Ranges that would be cut, were there not so many cuts under way already; those that promise most first.
  private var postponedGuesses: Deque<Int> = []
  private var postponedBoundaries: Deque<Int> = []
  /// Requests for children in a row that had no answer: a server may not know them, or one was lost.
  private var unansweredLists = 0
  private var nextID = 0

  /// The most boundaries that are kept of many: each takes some 100 bytes.
  private static let mostBoundaries = 50_000
  private static let keptOfMany = 16
  /// The most objects that S3 puts on a page.
  static let usualPageSize = 1000
  private static let mostUnanswered = 3
  /// A list of children is asked for if so many pages are expected in its range.
  private static let worthAsking = log(4.0)

  /// Lists the given gaps, which must be in order and must not touch.
  ///
  /// - Parameters:
  ///   - prefix: the prefix of all wanted keys.
  ///   - gaps: nil for the whole bucket.
  ///   - pageSize: the most objects on a page.
  package init(prefix: ObjectKey?, gaps: [KeyInterval]? = nil, pageSize: Int = usualPageSize) {
    self.prefix = prefix?.codePoints ?? []
    self.pageSize = pageSize
    for gap in (gaps ?? [KeyInterval()]).reversed() {
      add(KeyRange(after: gap.after, through: gap.through?.key, prefix: self.prefix))
      ready.append(nextID - 1)
    }
  }

  package var isFinished: Bool { ranges.isEmpty }

  // MARK: Requests

  /// What to ask for next; nil if there is nothing now. To be called as long as another request may be sent.
  package mutating func next() -> Request? {
    if let id = ready.popLast() { return request(id).map { .page($0) } }
    if let request = continuations.popFirst() { return .children(ask(request)) }
    // As many as there is room for: to value all of them each time would take long.
    for id in postponedGuesses.removeFirst(upTo: budget.guessRoom) { revalue(id) }
    for id in postponedBoundaries.removeFirst(upTo: budget.boundaryRoom) { revalue(id) }
    return budget.allowsCuts(ranges: ranges.count) ? cut() : nil
  }

  private mutating func request(_ id: Int) -> PageRequest? {
    guard let range = ranges[id] else { return nil }
    ranges[id]?.pageCount += 1
    return PageRequest(range: id, after: range.position, limit: pageSize, page: range.pageCount)
  }

  private mutating func ask(_ request: ChildrenRequest) -> ChildrenRequest {
    budget.noteChildrenRequest()
    ranges[request.range]?.awaitedLists += 1
    return request
  }

  // MARK: Answers

  /// Records a page, and returns the part that belongs to the range it was requested for.
  package mutating func listed(_ page: ObjectPage, of request: PageRequest) -> Part {
    guard let range = ranges[request.range] else { return Part(count: 0, through: request.after) }
    let count = range.through.map { Self.count(of: page, through: $0) } ?? page.objects.count
    let share = Double(count) / Double(pageSize)
    let last = page.objects.last.map { ($0.key.codePoints, page.end) }
    observe(page, last: last?.0, behind: range)
    budget.notePage(share: share)
    if request.page == 0, range.wasCut {
      budget.noteFirstPage(isGuess: !range.isAtBoundary, share: share, ranges: ranges.count)
      if !range.isAtBoundary { noteGuess(range, page, foundKeys: count > 0) }
      if let below = range.below {
        ranges[below]?.noteCut(foundKeys: count > 0, reach: range.reach)
        revalue(below)
      }
    }
    let list = range.boundaries.first?.list
    guard page.isTruncated, count == page.objects.count, let (key, end) = last, let end else {
      if let list { lists.notePassed(list, pages: share, children: range.boundaries.count) }
      remove(request.range)
      return Part(count: count, through: range.through.map { ListingMarker($0) })
    }
    budget.noteFullPage()
    ranges[request.range]?.move(to: end, key, pageShape: PageShape(page, last: key))
    if let list, let left = ranges[request.range]?.boundaries.count {
      lists.notePassed(list, pages: 1, children: range.boundaries.count - left)
    }
    revalue(request.range)
    ready.prepend(request.range)
    return Part(count: count, through: end)
  }

  /// Learns from the first page behind a guess, empty or not: it shows where the next key is.
  private mutating func noteGuess(_ range: KeyRange, _ page: ObjectPage, foundKeys: Bool) {
    budget.noteGuess(isClimbed: range.isClimbed, foundKeys: foundKeys)
    guard let key = range.guessedBehind else { return }
    // Nil at the end of the keys: nothing follows at any level.
    let next = page.objects.isEmpty ? nil : page.objects.key(at: 0).codePoints
    alphabet.noteFork(
      key, at: next.map { KeyAlphabet.commonCount(key, $0) }, from: prefix.count,
      known: KeyAlphabet.commonCount(key, range.low))
  }

  /// How many of a page's objects have keys up to `end`.
  private static func count(of page: ObjectPage, through end: ObjectKey) -> Int {
    (0..<page.objects.count).partitioningIndex { page.objects.order(at: $0, end) > 0 }
  }

  /// Learns from a sample of a page's keys, which need not belong to the range that it was requested for.
  private mutating func observe(_ page: ObjectPage, last: [UInt32]?, behind range: KeyRange) {
    guard let last else { return }
    // Many keys at first, then enough to notice a change; each is decoded to code points.
    let step = budget.fullPages < 4 ? 8 : 128
    var previous = range.isNew ? [] : range.low
    var known = range.pageShape?.common ?? 0
    func observe(_ key: [UInt32]) {
      let common = KeyAlphabet.commonCount(previous, key)
      alphabet.observe(key, known: common)
      if !previous.isEmpty, previous != key {
        alphabet.noteFork(previous, at: common, from: prefix.count, known: known)
      }
      (previous, known) = (key, common)
    }
    for offset in stride(from: 0, to: page.objects.count - 1, by: step) {
      observe(page.objects.key(at: offset).codePoints)
    }
    observe(last)
  }

  /// Records the answer to a request for children; nil if there is none. After a few of these none is asked for any more.
  package mutating func found(_ children: CommonPrefixes?, of request: ChildrenRequest) {
    ranges[request.range]?.awaitedLists -= 1
    defer { revalue(request.range) }
    guard let children else {
      unansweredLists += 1
      return
    }
    unansweredLists = 0
    let end = children.isTruncated ? children.places.last ?? ObjectKey([]) : nil
    let list = lists.noteAnswer(
      prefix: request.prefix.codePoints, delimiter: request.delimiter, from: request.after.codePoints,
      end: end?.codePoints)
    // A key is a child, too, but hardly a place to begin at.
    var boundaries = children.places.filter { $0.bytes.last == request.delimiter || $0 == end }.map {
      KeyRange.Boundary(place: $0, list: list, pages: request.pages, isOpen: $0 == end)
    }
    let isLong = boundaries.count > pageSize / 2
    let known = ranges.values.reduce(0) { $0 + $1.boundaries.count }
    if known > Self.mostBoundaries {
      boundaries = boundaries.striding(by: boundaries.count / Self.keptOfMany + 1).map(\.self)
    }
    for (id, range) in ranges where range.through.map({ request.after < $0 }) ?? true {
      ranges[id]?.learn(boundaries)
      revalue(id)
    }
    lists.trim(ranges.values)
    // The rest of the list, if it is likely to cut a long way.
    guard isLong, known <= Self.mostBoundaries, request.pages >= 0.3, let end, end > request.after,
      let next = ObjectKey(codePoints: KeyAlphabet.successor(of: end.codePoints[...])),
      budget.waste < budget.allowance(ranges: ranges.count),
      let holder = ranges.first(where: { $0.value.contains(end) })
    else { return }
    continuations.append(
      ChildrenRequest(
        prefix: request.prefix, delimiter: request.delimiter, after: next, range: holder.key, pages: request.pages))
  }

  // MARK: Ranges

  private mutating func add(_ range: KeyRange) {
    ranges[nextID] = range
    valueIndices[nextID] = values.count
    values.append((nextID, -.infinity))
    nextID += 1
  }

  private mutating func remove(_ id: Int) {
    guard let range = ranges.removeValue(forKey: id), let index = valueIndices.removeValue(forKey: id) else { return }
    if let above = range.above { ranges[above]?.below = nil }
    if let below = range.below { ranges[below]?.above = nil }
    values.swapAt(index, values.count - 1)
    values.removeLast()
    if index < values.count { valueIndices[values[index].id] = index }
  }

  private mutating func revalue(_ id: Int) {
    guard let range = ranges[id] else { return }
    setValue(of: id, value(of: range))
  }

  private mutating func setValue(of id: Int, _ value: Double) {
    if let index = valueIndices[id] { values[index].value = value }
  }
}

// MARK: - Cutting

extension KeySpaceSplitter {
  /// The logarithm of the pages that a range must have left to be cut.
  private var worth: Double { log(budget.worth(ranges: ranges.count)) }

  /// Cuts the range that promises most, or asks for children there.
  private mutating func cut() -> Request? {
    while true {
      let worth = worth
      var best: (id: Int, value: Double)?
      for (id, value) in values where value > worth {
        if best.map({ (value, -id) > ($0.value, -$0.id) }) ?? true { best = (id, value) }
      }
      guard let (id, value) = best, let range = ranges[id] else { return nil }
      if let request = range.boundaries.isEmpty ? cutElsewhere(id, range, value) : cutAtBoundary(id, range, value) {
        return request
      }
    }
  }

  /// Cuts a range at the boundary in the middle of its pages.
  ///
  /// - Returns: nil if it cannot be cut now; its value says so then.
  private mutating func cutAtBoundary(_ id: Int, _ range: KeyRange, _ value: Double) -> Request? {
    guard budget.boundaryRoom > 0 else {
      postponedBoundaries.append(id)
      setValue(of: id, -.infinity)
      return nil
    }
    let half = exp(value) / 2
    var sum = pagesOfFolder(range)
    var index = range.boundaries.startIndex
    while index < range.boundaries.endIndex - 1 {
      sum += pages(of: range.boundaries[index], in: range)
      guard sum <= half else { break }
      index += 1
    }
    var near = range
    let far = near.cut(atBoundary: index)
    ranges[id] = near
    guard let far else {
      revalue(id)
      return nil
    }
    return begin(far, behind: id)
  }

  /// Cuts a range without boundaries at a likely key, if it has no children to ask for.
  ///
  /// - Returns: nil if it cannot be cut now; its value says so then.
  private mutating func cutElsewhere(_ id: Int, _ range: KeyRange, _ value: Double) -> Request? {
    if !range.isNew, value >= Self.worthAsking, let request = childrenRequest(id, range) {
      return .children(ask(request))
    }
    let hasRoom = budget.guessRoom > 0
    if range.awaitedLists == 0, hasRoom, case let rest = rest(of: range), let estimate = rest.estimate {
      let isBeyond = lasting(range, rest) > estimate
      var near = range
      let alphabet = isBeyond ? alphabet.widened : alphabet
      let climbs = rest.hasWords || budget.prefersClimbing(isPlausible: estimate <= plausible)
      let higher = climbs ? rest.climb(alphabet, chance: budget.climbingChance) : nil
      if let place = higher ?? rest.place(ahead: value, alphabet),
        var far = near.cut(
          atGuess: place, isUnsure: rest.hasWords || estimate > plausible, isClimbed: higher != nil)
      {
        // If there is something so far ahead, the next guess is twice as far.
        let gallops = isBeyond || range.reach > 0
        far.reach = gallops ? 2 * exp(value) : 0
        near.reach = gallops ? exp(value) / 2 : 0
        ranges[id] = near
        return begin(far, behind: id)
      }
    }
    if range.awaitedLists == 0, !hasRoom { postponedGuesses.append(id) }
    setValue(of: id, -.infinity)
    return nil
  }

  private mutating func begin(_ far: KeyRange, behind id: Int) -> Request? {
    var far = far
    far.below = id
    far.above = ranges[id]?.above
    if let above = far.above { ranges[above]?.below = nextID }
    ranges[id]?.above = nextID
    let new = nextID
    add(far)
    budget.noteCut(isGuess: !far.isAtBoundary)
    revalue(id)
    revalue(new)
    return request(new).map { .page($0) }
  }

  /// The most levels of a key whose children are asked for: the first and the last ones.
  private static let mostLevels = 6
  /// A page with keys in more children than this is better cut by its shape.
  private static let mostChildren = 6

  /// The next list of children that may help to cut a range: of the folders that its position is in, or of parts of
  /// their names.
  private mutating func childrenRequest(_ id: Int, _ range: KeyRange) -> ChildrenRequest? {
    guard unansweredLists < Self.mostUnanswered, let shape = range.pageShape else { return nil }
    let common = KeyAlphabet.commonCount(range.low, range.high, prefixCount: prefix.count)
    let floor = rest(of: range).common
    for finely in [false, true] {
      if finely, range.awaitedLists > 0 { return nil }
      let levels = KeyLevel.levels(of: range.low, from: common, prefixCount: prefix.count, finely: finely).filter {
        $0.start <= shape.common
          // Of delimiters other than slashes only those that all keys have.
          && (!finely || $0.end > $0.start && shape.haveAll($0.delimiter, from: $0.start))
          && shape.childCount(from: $0.start, delimiter: $0.delimiter) <= Self.mostChildren
      }
      let some =
        levels.count > Self.mostLevels
        ? levels.prefix(Self.mostLevels / 2) + levels.suffix(Self.mostLevels / 2) : levels[...]
      for level in some where level.end >= floor && !lists.cover(level, orAsked: true) {
        guard level.isXMLText, let prefix = ObjectKey(codePoints: level.prefix),
          let after = ObjectKey(codePoints: level.next)
        else {
          continue
        }
        lists.noteRequest(level)
        return ChildrenRequest(
          prefix: prefix, delimiter: UInt8(level.delimiter), after: after, range: id,
          pages: 1 / Double(shape.childCount(from: level.start, delimiter: level.delimiter)))
      }
    }
    return nil
  }
}

// MARK: - Estimates

extension KeySpaceSplitter {
  /// The guesses in a row, none of whose answers has arrived, that an estimate beyond what is plausible is worth, and
  /// one among words.
  private static let mostGuesses = 2
  private static let mostGuessesAmongWords = 1
  /// A doubt lowers a range's value by so much.
  private static let doubtWeight = 0.35

  /// The logarithm of the most pages that are plausible.
  private var plausible: Double { log(8 * Double(budget.fullPages + 16)) }

  /// The logarithm of the pages that a cut of a range promises.
  private func value(of range: KeyRange) -> Double {
    if !range.boundaries.isEmpty {
      let sum = range.boundaries.reduce(pagesOfFolder(range)) { $0 + pages(of: $1, in: range) }
      return max(log(sum), lasting(range, rest(of: range)))
    }
    if range.isNew, range.isAtBoundary, !range.isOpen { return -1 }
    let rest = rest(of: range)
    if range.isUnsure, range.guesses > Self.mostGuessesAmongWords, range.guesses > Self.mostGuesses || rest.hasWords {
      return -1
    }
    guard let estimate = rest.estimate, estimate.isFinite else { return lasting(range, rest) }
    if range.isNew, !range.isOpen, !range.isFollowed || estimate > plausible { return -1 }
    return max(min(estimate, plausible) - Self.doubtWeight * Double(range.doubt), lasting(range, rest))
  }

  private func rest(of range: KeyRange) -> RangeRest {
    RangeRest(range, prefixCount: prefix.count, pageSize: pageSize, lists: lists, alphabet: alphabet)
  }

  /// The logarithm of the pages that a range promises by what it has lasted, whatever its page shape says.
  private func lasting(_ range: KeyRange, _ rest: @autoclosure () -> RangeRest) -> Double {
    if range.isNew { return -1 }
    // Behind everything that is known there may be half as much again.
    let reach = max(range.reach, range.high == nil ? 0.5 * Double(budget.fullPages + 8) : 0)
    var pages = max(range.age, reach)
    if pages >= 2, reach > range.age {
      // Not more than there is room for.
      let most = rest().outlook(by: alphabet.widened)
      pages = max(range.age, min(reach, exp(most ?? 0)))
    }
    return pages >= 2 ? log(pages) - 0.2 * Double(range.doubt) : -1
  }

  private func pages(of boundary: KeyRange.Boundary, in range: KeyRange) -> Double {
    if let pages = range.pagesOfChild(of: boundary.list) { return pages }
    let pages = lists.pagesOfChild(of: boundary.list, believed: boundary.pages)
    guard boundary.isOpen else { return pages }
    // What is behind it is not known.
    let outlook = range.logPages(
      from: boundary.place.codePoints, to: range.high, prefixCount: prefix.count, pageSize: pageSize, alphabet: alphabet
    )
    return max(pages, exp(min(outlook ?? 0, plausible)))
  }

  /// The pages left of the folder that a range is in.
  private func pagesOfFolder(_ range: KeyRange) -> Double {
    guard let first = range.boundaries.first else { return 0 }
    return max(0.5 * pages(of: first, in: range), range.pagesInFolder >= 2 ? Double(range.pagesInFolder) : 0)
  }
}

extension Deque {
  /// Removes up to so many elements from the front.
  fileprivate mutating func removeFirst(upTo count: Int) -> [Element] {
    defer { removeFirst(Swift.min(count, self.count)) }
    return Array(prefix(count))
  }
}
