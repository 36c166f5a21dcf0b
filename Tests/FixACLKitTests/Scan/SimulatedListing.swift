import AWSKit
import SandboxKit
import TestSupport

@testable import FixACLKit
@testable import AWSKit

/// A bucket that is listed by a splitter, page by page: each request takes a while, and the answers come in the order
/// in which they are done.
struct SimulatedListing {
  enum Failure: Error {
    case endless
    /// Nothing is asked for, and yet it is not finished; or the other way round.
    case stalled
    /// A page's part does not begin where its request does, or the end is not behind its last object.
    case misplaced(ListingMarker?)
  }

  /// What the server answers to a listing with a delimiter.
  enum Delimiters: CaseIterable {
    case known, refused
    /// It lists as if there were none.
    case ignored
    /// It names places that may or may not exist, in the wrong part of the bucket, in any order.
    case wrong
  }

  private enum Answer {
    case page(ObjectPage, KeySpaceSplitter.PageRequest)
    case children(CommonPrefixes?, KeySpaceSplitter.ChildrenRequest)
  }

  private struct Flight {
    let request: KeySpaceSplitter.Request
    let end: Double
    /// A server reads a page at some time between the question and the answer; nil if only at the end.
    var answer: Answer?

    var isPage: Bool { if case .page = request { true } else { false } }
  }

  /// In the order of a listing.
  private(set) var objects: [ListedObject]
  let prefix: ObjectKey?
  let pageSize: Int
  let maximum: Int
  var generator: SeededGenerator
  var splitter: KeySpaceSplitter
  /// Keys that the bucket gets or loses while it is listed.
  var changes: [ObjectKey] = []
  var delimiters = Delimiters.known
  /// Stops when so many answers have come.
  var limit = Int.max

  private(set) var seen: [ListedObject] = []
  private(set) var chunks: [ScanChunk] = []
  private(set) var requestCount = 0
  private(set) var childrenRequests: [KeySpaceSplitter.ChildrenRequest] = []
  /// Objects in all answers, wanted or not.
  private(set) var sentCount = 0
  /// The time of the last answer, where a request takes about 1.
  private(set) var time = 0.0

  init(
    _ objects: [ListedObject], prefix: ObjectKey? = nil, gaps: [KeyInterval]? = nil, pageSize: Int, maximum: Int,
    seed: UInt64
  ) {
    self.objects = objects
    self.prefix = prefix
    self.pageSize = pageSize
    self.maximum = maximum
    generator = SeededGenerator(seed: seed)
    splitter = KeySpaceSplitter(prefix: prefix, gaps: gaps, pageSize: pageSize)
  }

  init(keys: Set<ObjectKey>, prefix: ObjectKey? = nil, pageSize: Int, maximum: Int, seed: UInt64) {
    self.init(
      keys.sorted().map { Self.object($0) }, prefix: prefix, pageSize: pageSize, maximum: maximum, seed: seed)
  }

  static func object(_ key: ObjectKey, version: ListedObject.Version? = nil) -> ListedObject {
    ListedObject(
      key: key, etag: "e", size: 1, lastModified: "", storageClass: "STANDARD", owner: Sample.tools, version: version)
  }

  /// The number of requests that one lister would need.
  var fewestRequests: Int {
    max(1, (objects.count { $0.key.hasPrefix(prefix ?? ObjectKey("")) } + pageSize - 1) / pageSize)
  }

  mutating func run() throws {
    let endless = fewestRequests * 20 + 20_000
    var flights: [Flight] = []
    while requestCount < limit {
      while flights.count < maximum, let request = splitter.next() {
        let latency = Double.random(in: 0.9...1.1, using: &generator)
        let readsAtOnce = Bool.random(using: &generator)
        flights.append(
          Flight(request: request, end: time + latency, answer: readsAtOnce ? answer(to: request) : nil))
      }
      changeBucket()
      if flights.isEmpty, !splitter.isFinished { throw Failure.stalled }
      if splitter.isFinished, flights.contains(where: \.isPage) { throw Failure.stalled }
      guard let index = flights.indices.min(by: { flights[$0].end < flights[$1].end }) else { return }
      let flight = flights.remove(at: index)
      time = flight.end
      requestCount += 1
      if requestCount > endless { throw Failure.endless }
      switch flight.answer ?? answer(to: flight.request) {
      case .page(let page, let request): try take(page, of: request)
      case .children(let children, let request): splitter.found(children, of: request)
      }
    }
  }

  private mutating func take(_ page: ObjectPage, of request: KeySpaceSplitter.PageRequest) throws {
    sentCount += page.objects.count
    let divided = try DividedPage(
      page, of: request, filter: ScanFilter(bucketOwner: Sample.site, desired: Sample.desired()))
    let part = splitter.listed(page, of: request)
    seen += page.objects.prefix(part.count)
    let chunks = divided.chunks(of: part)
    self.chunks += chunks
    guard chunks.first?.interval.after == request.after, chunks.last?.interval.through == part.through,
      zip(chunks, chunks.dropFirst()).allSatisfy({ $0.interval.through == $1.interval.after }),
      chunks.flatMap(\.candidates).map(\.object) == Array(page.objects.prefix(part.count)),
      chunks.allSatisfy({ $0.listed == $0.candidates.count })
    else { throw Failure.misplaced(request.after) }
  }

  private mutating func answer(to request: KeySpaceSplitter.Request) -> Answer {
    switch request {
    case .page(let request): .page(page(after: request), request)
    case .children(let request): .children(children(of: request), request)
    }
  }

  private mutating func children(of request: KeySpaceSplitter.ChildrenRequest) -> CommonPrefixes? {
    childrenRequests.append(request)
    if delimiters == .refused { return nil }
    if delimiters == .wrong {
      let places = (0..<Int.random(in: 0..<50, using: &generator)).compactMap { _ in
        objects.randomElement(using: &generator)?.key
      }
      return CommonPrefixes(places: places, isTruncated: Bool.random(using: &generator))
    }
    var places: [ObjectKey] = []
    var index = position(after: request.after)
    while index < objects.count, objects[index].key.hasPrefix(request.prefix) {
      if places.count == 1000 { return CommonPrefixes(places: places, isTruncated: true) }
      let key = objects[index].key
      if delimiters == .known,
        let end = key.bytes[request.prefix.bytes.count...].firstIndex(of: request.delimiter)
      {
        places.append(ObjectKey(Array(key.bytes[...end])))
        index = position(of: ObjectKey(Array(key.bytes[..<end]) + [request.delimiter + 1]))
      } else {
        places.append(key)
        index += 1
      }
    }
    return CommonPrefixes(places: places, isTruncated: false)
  }

  private func page(after request: KeySpaceSplitter.PageRequest) -> ObjectPage {
    var start = prefix.map { position(of: $0) } ?? 0
    if let marker = request.after {
      start = max(start, position(after: marker.key))
      if let id = marker.versionID, let last = objects[..<start].lastIndex(where: { $0.version?.id == id }),
        objects[last].key == marker.key
      {
        start = last + 1
      }
    }
    var page = ObjectPage()
    let count = min(request.limit, pageSize)
    for object in objects[start...].prefix(count + 1) where object.key.hasPrefix(prefix ?? ObjectKey("")) {
      if page.objects.count == count {
        page.isTruncated = true
      } else {
        page.objects.append(object)
      }
    }
    return page
  }

  private mutating func changeBucket() {
    guard !changes.isEmpty, Bool.random(using: &generator) else { return }
    let key = changes.removeLast()
    let index = position(of: key)
    if index < objects.count, objects[index].key == key {
      objects.remove(at: index)
    } else {
      objects.insert(Self.object(key), at: index)
    }
  }

  /// Where `key` is, or would be.
  private func position(of key: ObjectKey) -> Int {
    var (low, high) = (0, objects.count)
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Where what follows `key` begins.
  private func position(after key: ObjectKey) -> Int {
    var (low, high) = (0, objects.count)
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].key <= key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
