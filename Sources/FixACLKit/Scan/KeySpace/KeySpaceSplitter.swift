internal import Algorithms
internal import DequeModule
internal import Glibc
package import AWSKit

// Glossary. A splitter spends requests like money, and compares what it expects with what it has seen:
//
// - credit: cuts that may still be made. A cut costs one and a full page earns one, so cutting costs no more than listing.
// - bonus: further credit that the first pages earn, so that there soon are many ranges.
// - page shape: the first and last key of a full page, which show how much of the key space a page covers.
// - outlook: the expected number of pages left in a range, by its page shape and the sizes of folders.
// - doubtful: said of a range whose outlook is far above everything seen so far.
// - guess: a new range whose first answer has not arrived.
// - confidence: the recent share of guesses that found keys.
// - doubt: how many cuts of one range in a row found nothing.
// - level: a character of the last listed key; keys with another character there lie outside the folder being listed.
// - climbing: cutting at a level, to learn how far up there are more keys, instead of at a middle key.
//
// "Measured" below refers to `KeySpaceSplitterTests`: the requests, objects and rounds that its bucket shapes take.

/// Decides which key ranges are listed in parallel: a plain value that says what to list next, and is told of each page.
///
/// A listing can only be read forward from a key. When nothing else is left to request, the range in which most is
/// expected is cut at a likely key. The far part becomes a range of its own, whose first answer shows its first key.
/// Ranges have fixed ends, so no key is in two of them, even if keys are added or deleted meanwhile. Full pages pay for
/// cuts, so looking for places to cut costs no more requests than the listing itself.
package struct KeySpaceSplitter: Sendable {
  /// A page to list: the next one of range `range`, after `after`.
  package struct PageRequest: Sendable, Equatable {
    package let range: Int
    package let after: ListingMarker?
    /// The most objects to ask for.
    package let limit: Int
    /// The index of the page in its range: several pages can begin with the same key if it has many versions.
    package let page: Int
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
  private(set) var folders = FolderStatistics()
  private var open: [Int: KeyRange] = [:]
  /// Ranges whose next page may be requested, the last one first.
  private var ready: Deque<Int> = []
  private var nextID = 0
  /// Begins at 16, for cuts before a page has paid. Measured: with 0, some shapes take too many rounds; with 64, small
  /// buckets take too many requests.
  private var credit = 16
  /// Together with `credit` the only requests that pages do not pay for. Measured: with 0 or 512, some shapes take too
  /// many rounds.
  private var bonus = 128
  private var fullPages = 0
  /// Begins above `likelyConfidence`, so that the first new ranges are asked for whole pages.
  private var confidence = 0.75

  /// Lists the given gaps, which must be in order and must not touch.
  ///
  /// - Parameters:
  ///   - prefix: the prefix of all wanted keys.
  ///   - gaps: nil for the whole bucket.
  ///   - pageSize: the most objects on a page.
  package init(prefix: ObjectKey?, gaps: [KeyInterval]? = nil, pageSize: Int = 1000) {
    self.prefix = prefix?.codePoints ?? []
    self.pageSize = pageSize
    for gap in (gaps ?? [KeyInterval()]).reversed() {
      open[nextID] = KeyRange(after: gap.after, through: gap.through?.key, prefix: self.prefix)
      ready.append(nextID)
      nextID += 1
    }
  }

  package var isFinished: Bool { open.isEmpty }

  /// The next page to list; nil if there is none now. To be called as long as another request may be sent.
  package mutating func next() -> PageRequest? {
    if let id = ready.popLast() { return request(id, limit: pageSize) }
    guard credit > 0, let (id, limit) = cut() else { return nil }
    credit -= 1
    return request(id, limit: limit)
  }

  private mutating func request(_ id: Int, limit: Int) -> PageRequest? {
    guard let range = open[id] else { return nil }
    open[id]?.pageCount += 1
    return PageRequest(range: id, after: range.position, limit: limit, page: range.pageCount)
  }

  /// Records a page, and returns the part that belongs to the range it was requested for.
  package mutating func listed(_ page: ObjectPage, of request: PageRequest) -> Part {
    guard let range = open[request.range] else { return Part(count: 0, through: request.after) }
    let count = range.through.map { Self.count(of: page, through: $0) } ?? page.objects.count
    let last = page.objects.last.map { ($0.key.codePoints, page.end) }
    observe(page, last: last?.0, after: range.isNew ? nil : range.low)
    if range.isNew, request.page == 0 { judgeCut(at: range, hasKeys: count > 0) }
    guard page.isTruncated, count == page.objects.count, let (key, end) = last, let end else {
      open[request.range] = nil
      return Part(count: count, through: range.through.map { ListingMarker($0) })
    }
    var pageShape: KeyRange.PageShape?
    if request.limit > 1 {
      pageShape = KeyRange.PageShape(first: page.objects.key(at: 0).codePoints, last: key, objects: count)
      reward(range)
    }
    open[request.range]?.move(to: end, key, pageShape: pageShape)
    ready.prepend(request.range)
    return Part(count: count, through: end)
  }

  /// How many of a page's objects have keys up to `end`.
  private static func count(of page: ObjectPage, through end: ObjectKey) -> Int {
    (0..<page.objects.count).partitioningIndex { page.objects.key(at: $0) > end }
  }

  /// Learns from a sample of a page's keys, which need not belong to its range.
  private mutating func observe(_ page: ObjectPage, last: [UInt32]?, after position: [UInt32]?) {
    guard let last else { return }
    // Many keys at first, then enough to notice a change; each is decoded to code points. Measured: every 8th key
    // throughout saves 8 % of the rounds.
    let step = fullPages < 4 ? 8 : 128
    var keys = position.map { [$0] } ?? []
    for offset in stride(from: 0, to: page.objects.count - 1, by: step) {
      keys.append(page.objects.key(at: offset).codePoints)
    }
    keys.append(last)
    var previous: [UInt32] = position ?? []
    for key in keys.dropFirst(position == nil ? 0 : 1) {
      alphabet.observe(key, known: KeyAlphabet.commonCount(previous, key))
      previous = key
    }
    folders.observe(keys, objects: page.objects.count)
  }

  /// A full page pays for a cut; the first ones pay for several.
  private mutating func reward(_ range: KeyRange) {
    fullPages += 1
    let extra = min(bonus, 3)
    bonus -= extra
    credit += 1 + extra
    // A guess that has found a full page gets its cost back.
    if range.isNew, range.pageShape != nil { credit += 1 }
  }

  /// Learns whether a guess has found keys.
  private mutating func judgeCut(at range: KeyRange, hasKeys: Bool) {
    guard let place = range.position?.key, let (id, left) = open.first(where: { $0.value.through == place }) else {
      return
    }
    open[id]?.doubt = hasKeys ? 0 : left.doubt + 1
    // The moving average of about ten guesses. Measured: two or a hundred make little difference.
    confidence = 0.9 * confidence + (hasKeys ? 0.1 : 0)
  }
}

// MARK: - Cutting

extension KeySpaceSplitter {
  /// The most guesses at a time before doubtful guesses are cut further. Measured: with 4 or 64, some shapes take too
  /// many rounds.
  private static let maximumGuesses = 16
  /// A range of less than two pages cannot be shared out. Measured: with eight pages, all shapes together take 9 % more
  /// rounds.
  private static let worthCutting = log(2.0)
  /// Full pages since its last cut after which a range is cut even if its page shape promises no more. Measured: 1 sends
  /// 3 % more objects; with no limit there is little difference.
  private static let pagesOfUnderestimate = 4
  /// Cuts without keys in a row after which a small range is left alone. Measured: 1 or 1,000 make little difference.
  private static let maximumDoubt = 5
  /// How much a doubt lowers a range's rank, on the logarithmic scale. Measured: 0 or 2 make little difference.
  private static let doubtWeight = 0.35
  /// Above this confidence the first request of a new range is for a whole page, not one key. Measured: whole pages for
  /// all send 8 % more objects, and none take 6 % more requests.
  private static let likelyConfidence = 0.7

  /// A part of the bucket should not be much larger than everything seen: a larger outlook is doubtful. Measured:
  /// factors from 2 to 32 will do; without a limit, keys with one long prefix take a round for each page.
  private var logPlausiblePages: Double { log(8 * Double(fullPages + 16)) }

  /// Cuts the range in which most is expected.
  ///
  /// - Returns: the far part, and how many objects of it to request.
  private mutating func cut() -> (id: Int, limit: Int)? {
    while let id = rangeToCut(), var range = open[id], let outlook = range.outlook {
      let isDoubtful = outlook.logPages > logPlausiblePages
      let (place, depth, isLevel) = place(in: range, climbing: isDoubtful && outlook.levels >= 1)
      // Behind the last key of a bucket there is often nothing: then a whole page costs no more than one key.
      let isAtEnd = range.through == nil
      if let place, let rest = range.cut(at: place, depth: depth) {
        open[id] = range
        open[nextID] = rest
        nextID += 1
        // One key shows whether there are any. A whole page saves a request if keys are likely.
        let isLikely = !isLevel && !isDoubtful && range.doubt == 0 && confidence > Self.likelyConfidence
        return (nextID - 1, isAtEnd || isLikely ? pageSize : 1)
      }
      open[id]?.outlook = KeyRange.Outlook(logPagesByShape: -.infinity, logPages: -.infinity, levels: 0)
    }
    return nil
  }

  /// The range in which most is expected, if any is worth cutting.
  private mutating func rangeToCut() -> Int? {
    let guesses = open.values.count { $0.isNew }
    let plausible = logPlausiblePages
    var best: (id: Int, value: Double, levels: Double)?
    for (id, range) in open {
      let known =
        range.outlook
        ?? range.outlook(prefixCount: prefix.count, pageSize: pageSize, alphabet: alphabet, folders: folders)
      guard let known else { continue }
      if range.outlook == nil { open[id]?.outlook = known }
      // A range that does not end has more than was expected of it.
      guard known.logPagesByShape > Self.worthCutting || range.pagesSinceCut >= Self.pagesOfUnderestimate,
        known.logPages.isFinite
      else { continue }
      let isDoubtful = known.logPages > plausible
      if isDoubtful, range.isNew, guesses >= Self.maximumGuesses { continue }
      if known.logPages < Self.worthCutting, range.isNew || range.doubt >= Self.maximumDoubt { continue }
      let value = min(known.logPages, plausible) - Self.doubtWeight * Double(range.doubt)
      let levels = isDoubtful ? known.levels : 0
      guard best.map({ (value, levels, -id) > ($0.value, $0.levels, -$0.id) }) ?? true else { continue }
      best = (id, value, levels)
    }
    return best?.id
  }

  /// Where to cut a range, and the depth of the far part.
  ///
  /// - Parameter climbing: whether to find out on which level there are more keys, rather than to halve the range.
  private func place(in range: KeyRange, climbing: Bool) -> (place: [UInt32]?, depth: Int, isLevel: Bool) {
    if climbing, let level = middleLevel(of: range) {
      let next = range.low[level] == 0xd7ff ? 0xe000 : range.low[level] + 1
      return (range.low[..<level] + [next], level, true)
    }
    let place = alphabet.middle(from: range.low, to: range.high, prefixCount: prefix.count)
    return (place, place.map { KeyAlphabet.commonCount(range.low, $0) } ?? 0, false)
  }

  /// The level with half of the weight above it.
  private func middleLevel(of range: KeyRange) -> Int? {
    let levels = range.levels(prefixCount: prefix.count)
    let half = levels.reduce(0) { $0 + range.weight(ofLevel: $1) } / 2
    var sum = 0.0
    return levels.first { level in
      sum += range.weight(ofLevel: level)
      return sum >= half
    }
  }
}
