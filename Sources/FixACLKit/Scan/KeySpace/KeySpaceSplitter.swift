internal import Glibc
package import AWSKit

/// Decides which key ranges are listed side by side: a plain value that says what to list next, and is told of each page.
///
/// A listing can only be read from a key onward. Whenever nothing else is left to ask for, the range in which most is
/// expected is cut at a place where keys are likely, and the far part becomes a range of its own, whose first key the
/// first answer shows. Ranges have fixed ends, so whatever comes and goes in the bucket, no key is in two of them. Cuts
/// are paid for by full pages, so that looking for places to cut does not cost more requests than the listing itself.
package struct KeySpaceSplitter: Sendable {
  /// A page to be listed: of range `range`, after `after`.
  package struct PageRequest: Sendable, Equatable {
    package let range: Int
    package let after: ListingMarker?
    /// The most objects to ask for.
    package let limit: Int
    /// The number of the page in its range, from 0: pages can begin with the same key, where it has many versions.
    package let page: Int
  }

  /// What of a page belongs to its range, and what is known by it.
  package struct Part: Sendable, Equatable {
    /// How many of the page's objects, from the first; the rest belong to another range.
    package let count: Int
    /// Everything up to it is in the page: its last object, or its range's end; nil at the bucket's end.
    package let through: ListingMarker?
  }

  let prefix: [UInt32]
  let pageSize: Int
  private(set) var alphabet = KeyAlphabet()
  private(set) var folders = FolderStatistics()
  private var open: [Int: KeyRange] = [:]
  /// Ranges whose next page may be asked for, the last one first.
  private var ready: [Int] = []
  private var nextID = 0
  /// How many cuts may still be made, and how many pages earn more than the others.
  private var credit = 16
  private var bonus = 128
  private var fullPages = 0
  /// The share of new ranges, of late, in which something was.
  private var confidence = 0.75

  /// Asks for what lies in the gaps, which are in order and do not touch.
  ///
  /// - Parameters:
  ///   - prefix: of all keys that are wanted.
  ///   - gaps: nil for all of the bucket.
  ///   - pageSize: the most objects of a page.
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

  /// What to list now, if there is anything; to be called for as long as more can be asked for.
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

  /// Takes note of a page, and says what of it belongs to the range that it was asked for.
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
    ready.insert(request.range, at: 0)
    return Part(count: count, through: end)
  }

  /// How many of a page's objects are not behind a key.
  private static func count(of page: ObjectPage, through end: ObjectKey) -> Int {
    let objects = page.objects
    var (low, high) = (0, objects.count)
    while low < high {
      let middle = (low + high) / 2
      if objects.key(at: middle) <= end { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Learns from some of a page's keys; they need not be of its range.
  private mutating func observe(_ page: ObjectPage, last: [UInt32]?, after position: [UInt32]?) {
    guard let last else { return }
    // Much at first, then enough to learn of what changes.
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

  /// A full page pays for a cut; the first ones for several, so that there soon are many ranges.
  private mutating func reward(_ range: KeyRange) {
    fullPages += 1
    let extra = min(bonus, 3)
    bonus -= extra
    credit += 1 + extra
    // What was asked for to find keys has found a full page of them.
    if range.isNew, range.pageShape != nil { credit += 1 }
  }

  /// Learns whether there was something where a range was cut off.
  private mutating func judgeCut(at range: KeyRange, hasKeys: Bool) {
    guard let place = range.position?.key, let (id, left) = open.first(where: { $0.value.through == place }) else {
      return
    }
    open[id]?.doubt = hasKeys ? 0 : left.doubt + 1
    confidence = 0.9 * confidence + (hasKeys ? 0.1 : 0)
  }
}

// MARK: - Cutting

extension KeySpaceSplitter {
  /// How many new ranges may be waited for in a part of which much less is known than is expected there.
  private static let maximumGuesses = 16
  /// What is not expected to be two pages is not cut.
  private static let worthCutting = log(2.0)

  /// A part of the bucket should not be much larger than all that was seen of it: what is expected beyond that is doubted.
  private var logPlausiblePages: Double { log(8 * Double(fullPages + 16)) }

  /// Cuts the range in which most is expected.
  ///
  /// - Returns: the far part, and how much of it to ask for.
  private mutating func cut() -> (id: Int, limit: Int)? {
    while let id = rangeToCut(), var range = open[id], let outlook = range.outlook {
      let isDoubtful = outlook.logPages > logPlausiblePages
      let (place, depth, isLevel) = place(in: range, climbing: isDoubtful && outlook.levels >= 1)
      // Nothing is where there is no more room.
      let isAtEnd = range.through == nil
      if let place, let rest = range.cut(at: place, depth: depth) {
        open[id] = range
        open[nextID] = rest
        nextID += 1
        // One key shows whether there are any. All of them save a request where some are likely, or none would be sent.
        let isLikely = !isLevel && !isDoubtful && range.doubt == 0 && confidence > 0.7
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
      // What goes on and on has more than was expected of it.
      guard known.logPagesByShape > Self.worthCutting || range.pagesSinceCut >= 4, known.logPages.isFinite else {
        continue
      }
      let isDoubtful = known.logPages > plausible
      if isDoubtful, range.isNew, guesses >= Self.maximumGuesses { continue }
      if known.logPages < Self.worthCutting, range.isNew || range.doubt >= 5 { continue }
      let value = min(known.logPages, plausible) - 0.35 * Double(range.doubt)
      let levels = isDoubtful ? known.levels : 0
      guard best.map({ (value, levels, -id) > ($0.value, $0.levels, -$0.id) }) ?? true else { continue }
      best = (id, value, levels)
    }
    return best?.id
  }

  /// Where to cut a range, and behind how many characters the far part will have its keys.
  ///
  /// - Parameter climbing: to find out on which level of the keys there is more, rather than to halve what is there.
  private func place(in range: KeyRange, climbing: Bool) -> (place: [UInt32]?, depth: Int, isLevel: Bool) {
    if climbing, let level = middleLevel(of: range) {
      let next = range.low[level] == 0xd7ff ? 0xe000 : range.low[level] + 1
      return (range.low[..<level] + [next], level, true)
    }
    let place = alphabet.middle(from: range.low, to: range.high, prefixCount: prefix.count)
    return (place, place.map { KeyAlphabet.commonCount(range.low, $0) } ?? 0, false)
  }

  /// The level that has as much above as below it.
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
