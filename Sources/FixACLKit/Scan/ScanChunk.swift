internal import AWSKit

/// Consecutive objects of a listing that are assessed and recorded together.
struct ScanChunk: Sendable {
  /// An object to look at: a foreign one, or one of the bucket owner's if these are selected.
  struct Candidate: Sendable {
    let object: ListedObject
    let owner: CanonicalID
    let isOwn: Bool
    /// What is wrong with its entry in the listing.
    var problem: ObjectFailure?
    /// Its ACL as a report tells it.
    var reported: AccessControlList?
    /// What a report alone tells of it; nil if it must be assessed.
    var finding: ObjectAssessor.Finding?

    init(_ object: ListedObject, owner: CanonicalID, isOwn: Bool = false, problem: String? = nil) {
      self.object = object
      self.owner = owner
      self.isOwn = isOwn
      let operation = object.version == nil ? "ListObjectsV2" : "ListObjectVersions"
      self.problem = problem.map { ObjectFailure(operation: operation, message: $0) }
    }
  }

  /// The most candidates in a chunk, except for further versions of its last key. A kill loses the findings of at
  /// most one such chunk in each place.
  static let maximumCandidates = 64

  let interval: KeyInterval
  /// Orders chunks that begin with the same key, which has more versions than fit into one chunk.
  let order: Int
  /// How many objects pass the filters.
  let listed: Int
  let candidates: ArraySlice<Candidate>
  /// How many keys of a list that was asked for name no object.
  var missing = 0

  /// How many of the candidates are not the bucket owner's.
  var foreignCount: Int { candidates.count { !$0.isOwn } }

  /// How many of the candidates have to be assessed.
  var unknownCount: Int { candidates.count { $0.finding == nil } }

  /// The part of a summary that the listing alone provides.
  var summary: PlanSummary {
    var summary = PlanSummary()
    summary.listed = listed
    summary.foreign = foreignCount
    summary.missing = missing
    for entry in candidates {
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
  private var candidates: [ScanChunk.Candidate] = []
  /// Their indices in the page.
  private var candidateOffsets: [Int] = []
  /// The indices of delete markers and of objects that the filters exclude.
  private var skippedOffsets: [Int] = []
  private var boundaries: [Boundary] = []

  /// - Parameter namesOwners: whether the server is known to name owners, so that a missing one concerns one object
  ///   only.
  /// - Throws: `ownerMissing`.
  init(
    _ page: ObjectPage, of request: KeySpaceSplitter.PageRequest, filter: ScanFilter, namesOwners: Bool = false
  ) throws(BucketScanner.Failure) {
    self.request = request
    let objects = page.objects
    let filter = ScanFilter.Page(filter, objects, namesOwners: namesOwners)
    for offset in objects.indices {
      switch try filter.verdict(at: offset) {
      case .excluded: skippedOffsets.append(offset)
      case .settled: break
      case .candidate(let owner, let isOwn, let problem):
        candidates.append(ScanChunk.Candidate(objects[offset], owner: owner, isOwn: isOwn, problem: problem))
        candidateOffsets.append(offset)
      }
    }
    divide(page)
  }

  /// Of the whole page, including objects behind the end of the range.
  var candidateCount: Int { candidates.count }

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
    for offset in candidateOffsets {
      guard offset >= boundaries.last?.offset ?? 0 else { continue }
      count += 1
      guard count == ScanChunk.maximumCandidates else { continue }
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
    var (firstCandidate, firstSkipped) = (0, 0)
    func append(until end: Int, _ marker: ListingMarker?) {
      let lastCandidate = candidateOffsets[firstCandidate...].firstIndex { $0 >= end } ?? candidates.count
      let lastSkipped = skippedOffsets[firstSkipped...].firstIndex { $0 >= end } ?? skippedOffsets.count
      chunks.append(
        ScanChunk(
          interval: KeyInterval(after: begin.marker, through: marker), order: request.page << 10 + chunks.count,
          listed: end - begin.offset - (lastSkipped - firstSkipped),
          candidates: candidates[firstCandidate..<lastCandidate]))
      begin = (end, marker)
      (firstCandidate, firstSkipped) = (lastCandidate, lastSkipped)
    }
    for boundary in boundaries where boundary.offset < part.count || boundary.endsKey && boundary.offset == part.count {
      append(until: boundary.offset, boundary.marker)
    }
    append(until: part.count, part.through)
    return chunks
  }
}
