package import S3Kit

/// Decides which key ranges are listed side by side: a plain value, told of each page, that says what to list next.
///
/// A listing can only be read from a key onward, so a range that turns out to have more than one page is cut half-way
/// between where it is and its end, as long as there are listers to spare. The first page of the new range shows
/// whether anything is there; if not, the old range has become shorter for the next cut. Every full page pays for
/// one cut, so that looking for places to cut never costs more requests than the listing itself.
package struct KeySpaceSplitter: Sendable {
  /// A page to be listed: of range `range`, after `after`.
  package struct PageRequest: Sendable, Equatable {
    package let range: Int
    package let after: ListingMarker?
    /// The number of the page in its range, from 0: pages can begin with the same key, where it has many versions.
    package let page: Int
  }

  private struct OpenRange {
    /// The last key known; nothing up to it will be listed again.
    var position: ObjectKey?
    var through: ObjectKey?
  }

  private let maximum: Int
  private let prefix: ObjectKey
  private var open: [Int: OpenRange] = [:]
  private var nextID = 0
  /// How many cuts may still be made.
  private var credit: Int

  /// - Parameter maximum: how many pages may be asked for at once.
  package init(maximum: Int, prefix: ObjectKey?) {
    self.maximum = max(1, maximum)
    credit = self.maximum
    self.prefix = prefix ?? ObjectKey([])
  }

  package var isFinished: Bool { open.isEmpty }

  /// The first page of the whole bucket.
  package mutating func start() -> PageRequest {
    add(OpenRange(position: nil, through: nil))
  }

  /// Takes note of a page: what of it belongs to the range, and what to list now.
  ///
  /// - Returns: how many of the page's objects, from the first, are in the range; the rest belong to another.
  package mutating func listed(
    _ page: ObjectPage, of request: PageRequest
  ) -> (inRange: Int, next: [PageRequest]) {
    guard var range = open[request.range] else { return (0, []) }
    var inRange = page.objects.count
    if let through = range.through {
      while inRange > 0, page.objects[inRange - 1].key > through { inRange -= 1 }
    }
    let isFinished = !page.isTruncated || inRange < page.objects.count
    guard !isFinished, let last = page.objects.last, last.key != range.through || last.version != nil else {
      open[request.range] = nil
      return (inRange, split())
    }
    credit += 1
    range.position = last.key
    open[request.range] = range
    return (inRange, [PageRequest(range: request.range, after: page.end, page: request.page + 1)] + split())
  }

  /// Cuts ranges until there are as many as there are listers, or none can be cut.
  private mutating func split() -> [PageRequest] {
    var requests: [PageRequest] = []
    while open.count < maximum, credit > 0, let request = splitOne() {
      credit -= 1
      requests.append(request)
    }
    return requests
  }

  /// Cuts the range that has the least known about it: one without an end first, then the one that began first.
  private mutating func splitOne() -> PageRequest? {
    let candidates = open.filter { $0.value.position != nil }.sorted {
      ($0.value.through == nil ? 0 : 1, $0.key) < ($1.value.through == nil ? 0 : 1, $1.key)
    }
    for (id, range) in candidates {
      guard let position = range.position,
        let middle = KeyRange.middle(from: position, to: range.through, prefix: prefix)
      else { continue }
      open[id]?.through = middle
      return add(OpenRange(position: nil, through: range.through), after: ListingMarker(middle))
    }
    return nil
  }

  private mutating func add(_ range: OpenRange, after: ListingMarker? = nil) -> PageRequest {
    defer { nextID += 1 }
    open[nextID] = range
    return PageRequest(range: nextID, after: after, page: 0)
  }
}
