internal import AWSKit

/// Consecutive objects of a listing that are assessed and recorded together.
struct ScanChunk: Sendable {
  /// An object of another owner than the bucket's.
  struct Foreign: Sendable {
    let object: ListedObject
    let owner: CanonicalID
    /// What is wrong with its entry in the listing.
    var problem: ObjectFailure?
  }

  /// Stands for the owner of an object if the listing names none.
  static let unknownOwner = CanonicalID("unknown")

  /// The most foreign objects in a chunk, except for further versions of its last key. A kill loses the findings of at
  /// most one such chunk in each place.
  static let maximumForeign = 64

  let interval: KeyInterval
  /// Orders chunks that begin with the same key, which has more versions than fit into one chunk.
  let order: Int
  /// How many objects pass the filters.
  let listed: Int
  let foreign: ArraySlice<Foreign>

  /// The part of a summary that the listing alone provides.
  var summary: PlanSummary {
    var summary = PlanSummary()
    summary.listed = listed
    summary.foreign = foreign.count
    for entry in foreign {
      summary.count(entry.object.size, of: entry.owner)
    }
    return summary
  }
}

/// A page of a listing, divided into chunks before it is known how much of it belongs to its range.
///
/// A chunk ends with a whole key. A page of a listing of versions may begin and end in the middle of a key; those
/// versions then form a chunk of their own.
struct DividedPage: Sendable {
  /// The end of a chunk: the number of objects before it, and the last of them.
  private struct Boundary: Sendable {
    let offset: Int
    let marker: ListingMarker
    /// Whether it ends a key that began on an earlier page.
    var endsKey = false
  }

  private let request: KeySpaceSplitter.PageRequest
  private var foreign: [ScanChunk.Foreign] = []
  /// Their indices in the page.
  private var foreignOffsets: [Int] = []
  /// The indices of delete markers and of objects that the filters exclude.
  private var skippedOffsets: [Int] = []
  private var boundaries: [Boundary] = []

  /// - Parameter namesOwners: whether the server is known to name owners, so that a missing one concerns this object
  ///   only.
  /// - Throws: `ownerMissing`.
  init(
    _ page: ObjectPage, of request: KeySpaceSplitter.PageRequest, filter: KeyFilter, bucketOwner: CanonicalID,
    namesOwners: Bool = false
  ) throws(BucketScanner.Failure) {
    self.request = request
    let objects = page.objects
    let namesOwners = namesOwners || !objects.owners.isEmpty
    // Ownership is a comparison of two numbers: most objects need no further look.
    let ownOwner = objects.owners.firstIndex(of: bucketOwner)
    for offset in objects.indices {
      if objects.isDeleteMarker(at: offset) || !filter.isEverything && !filter.matches(objects.key(at: offset)) {
        skippedOffsets.append(offset)
        continue
      }
      guard let owner = objects.ownerIndex(at: offset) else {
        guard namesOwners else { throw .ownerMissing(objects.key(at: offset)) }
        append(objects[offset], owner: ScanChunk.unknownOwner, problem: "the listing does not name its owner")
        foreignOffsets.append(offset)
        continue
      }
      guard owner != ownOwner else { continue }
      let object = objects[offset]
      append(
        object, owner: objects.owners[owner],
        problem: object.isIncomplete ? "the listing does not tell its ETag or its size" : nil)
      foreignOffsets.append(offset)
    }
    divide(page)
  }

  private mutating func append(_ object: ListedObject, owner: CanonicalID, problem: String?) {
    let operation = object.version == nil ? "ListObjectsV2" : "ListObjectVersions"
    foreign.append(
      ScanChunk.Foreign(
        object: object, owner: owner, problem: problem.map { ObjectFailure(operation: operation, message: $0) }))
  }

  /// Of the whole page, including objects behind the end of the range.
  var foreignCount: Int { foreign.count }

  private mutating func divide(_ page: ObjectPage) {
    let objects = page.objects
    let hasVersions = objects.first?.version != nil
    // The end of the run of versions of one key at an offset.
    func endOfKey(_ offset: Int) -> Int {
      var end = offset
      while hasVersions, end > 0, end < objects.count, objects.key(at: end) == objects.key(at: end - 1) { end += 1 }
      return end
    }
    if let after = request.after, after.versionID != nil {
      let end = objects.isEmpty || objects.key(at: 0) != after.key ? 0 : endOfKey(1)
      if end < objects.count || !page.isTruncated {
        boundaries.append(Boundary(offset: end, marker: ListingMarker(after.key), endsKey: true))
      }
    }
    var beginOfLastKey = objects.count
    if hasVersions, page.isTruncated {
      let last = objects.key(at: objects.count - 1)
      while beginOfLastKey > 0, objects.key(at: beginOfLastKey - 1) == last { beginOfLastKey -= 1 }
    }
    var count = 0
    for offset in foreignOffsets {
      guard offset >= boundaries.last?.offset ?? 0 else { continue }
      count += 1
      guard count == ScanChunk.maximumForeign else { continue }
      let end = endOfKey(offset + 1)
      guard end < beginOfLastKey else { break }
      boundaries.append(Boundary(offset: end, marker: ListingMarker(objects.key(at: end - 1))))
      count = 0
    }
    if beginOfLastKey < objects.count, beginOfLastKey > boundaries.last?.offset ?? 0 {
      boundaries.append(Boundary(offset: beginOfLastKey, marker: ListingMarker(objects.key(at: beginOfLastKey - 1))))
    }
  }

  /// The chunks of the wanted part of the page.
  func chunks(of part: KeySpaceSplitter.Part) -> [ScanChunk] {
    var chunks: [ScanChunk] = []
    var begin = (offset: 0, marker: request.after)
    var (firstForeign, firstSkipped) = (0, 0)
    func append(until end: Int, _ marker: ListingMarker?) {
      let lastForeign = foreignOffsets[firstForeign...].firstIndex { $0 >= end } ?? foreign.count
      let lastSkipped = skippedOffsets[firstSkipped...].firstIndex { $0 >= end } ?? skippedOffsets.count
      chunks.append(
        ScanChunk(
          interval: KeyInterval(after: begin.marker, through: marker), order: request.page << 10 + chunks.count,
          listed: end - begin.offset - (lastSkipped - firstSkipped), foreign: foreign[firstForeign..<lastForeign]))
      begin = (end, marker)
      (firstForeign, firstSkipped) = (lastForeign, lastSkipped)
    }
    for boundary in boundaries where boundary.offset < part.count || boundary.endsKey && boundary.offset == part.count {
      append(until: boundary.offset, boundary.marker)
    }
    append(until: part.count, part.through)
    return chunks
  }
}
