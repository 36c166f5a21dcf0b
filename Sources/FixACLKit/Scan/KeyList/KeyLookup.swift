internal import AWSKit

/// Asks for the objects that a batch of keys names.
struct KeyLookup: Sendable {
  /// What was found of a batch.
  struct Answer: Sendable {
    let chunks: [ScanChunk]
    let candidateCount: Int
    /// What to ask for next of keys that have too many versions for one answer.
    let rests: [KeyBatch]
    /// Keys that name no object, in order.
    let missing: [ObjectKey]
    /// How many questions about single keys a page has spared; nil if none was listed.
    let spared: Int?
    /// Whether the server named an owner.
    let namesOwners: Bool
  }

  /// The most questions of one batch that are in flight.
  private static let width = 32
  /// Objects of a page that may spare questions.
  private static let pageLength = 1000
  /// Versions of a page that is about one key.
  private static let versionsPageLength = 100
  /// From so many versions on the rest of a key is asked for by itself: strangers decide how many it has.
  private static let mostVersions = 200

  private let lister: AWSClient
  private let bucket: String
  private let prefix: ObjectKey?
  private let allVersions: Bool

  /// - Parameter prefix: that all keys of all batches have.
  init(lister: AWSClient, bucket: String, prefix: ObjectKey?, allVersions: Bool) {
    self.lister = lister
    self.bucket = bucket
    self.prefix = prefix
    self.allVersions = allVersions
  }

  /// - Throws: `AWSError`, `BucketScanner.Failure.ownerMissing`.
  func find(_ batch: KeyBatch, filter: ScanFilter, namesOwners: Bool) async throws -> Answer {
    let (objects, spared) = try await objects(of: batch, most: Self.mostVersions)
    // One page in the order of the keys, as if the bucket had nothing else.
    let found = ListedObjects(objects.lazy.flatMap(\.objects))
    let page = ScanFilter.Page(filter, found, namesOwners: namesOwners)
    var divided = DividedKeys(batch)
    var offset = 0
    for (key, versions) in zip(batch.keys, objects) {
      divided.begin(key, versions)
      for object in versions.objects {
        divided.take(object, try page.verdict(at: offset))
        offset += 1
      }
      if let end = versions.end { divided.breakOff(at: end) }
    }
    let (chunks, rests, missing) = divided.finish()
    return Answer(
      chunks: chunks, candidateCount: chunks.reduce(0) { $0 + $1.candidates.count }, rests: rests, missing: missing,
      spared: spared, namesOwners: !found.owners.isEmpty)
  }

  /// The objects of each key: none, one, or all versions.
  func objects(of batch: KeyBatch) async throws -> [[ListedObject]] {
    try await objects(of: batch, most: nil).objects.map(\.objects)
  }

  /// The objects of a key.
  fileprivate struct Found: Sendable {
    var objects: [ListedObject] = []
    /// The last version; nil if there are no more.
    var end: ListingMarker?
  }

  /// - Parameter most: after how many versions a key is broken off, at the end of a page; nil for never.
  private func objects(of batch: KeyBatch, most: Int?) async throws -> (objects: [Found], spared: Int?) {
    var objects = [Found](repeating: Found(), count: batch.keys.count)
    var indices = batch.keys.indices[...]
    var spared: Int?
    if batch.beginsWithPage, !allVersions {
      // A page begins behind a key, so the first one is asked for by itself.
      async let first = object(batch.keys[0], after: nil, most: most)
      let page = try await page(after: batch.keys[0])
      objects[0] = try await first
      let reached = take(page, of: batch.keys, from: batch.keys.indices.dropFirst(), into: &objects)
      spared = reached - 1
      indices = indices.dropFirst(1 + reached)
    }
    var rest = indices.makeIterator()
    let start = batch.interval.after.flatMap { $0.versionID == nil ? nil : $0 }
    try await withThrowingTaskGroup(of: (Int, Found).self) { group in
      func ask() {
        guard let index = rest.next() else { return }
        group.addTask {
          (index, try await self.object(batch.keys[index], after: index == 0 ? start : nil, most: most))
        }
      }
      for _ in 0..<Self.width { ask() }
      while let (index, found) = try await group.next() {
        objects[index] = found
        ask()
      }
    }
    return (objects, spared)
  }

  /// The objects behind a key; none, as if nothing was reached, if the bucket may be listed by some prefixes only.
  private func page(after key: ObjectKey) async throws(AWSError) -> ObjectPage {
    do throws(AWSError) {
      return try await lister.listObjects(bucket: bucket, prefix: prefix, startAfter: key, limit: Self.pageLength)
    } catch {
      guard error.isAccessDenied else { throw error }
      return ObjectPage(isTruncated: true)
    }
  }

  /// Takes the objects of keys from a page that begins before them.
  ///
  /// - Returns: for how many of the keys the page tells whether they exist.
  private func take(
    _ page: ObjectPage, of keys: [ObjectKey], from indices: Range<Int>, into objects: inout [Found]
  ) -> Int {
    var reached = 0
    var offset = 0
    for index in indices {
      let key = keys[index]
      while offset < page.objects.count, page.objects.order(at: offset, key) < 0 { offset += 1 }
      if offset < page.objects.count {
        if page.objects.order(at: offset, key) == 0 { objects[index].objects = [page.objects[offset]] }
      } else if page.isTruncated {
        break
      }
      reached += 1
    }
    return reached
  }

  /// The object of a key, or its versions. The first key that begins with the whole key is that key itself.
  ///
  /// - Parameter start: a version of it; nil for all.
  private func object(
    _ key: ObjectKey, after start: ListingMarker?, most: Int?
  ) async throws(AWSError) -> Found {
    guard allVersions else {
      let page = try await lister.listObjects(bucket: bucket, prefix: key, startAfter: nil, limit: 1)
      return Found(objects: page.objects.first.flatMap { $0.key == key ? [$0] : nil } ?? [])
    }
    var found = Found(end: start)
    // Of a key that is known to have many, whole pages.
    let limit = start == nil ? Self.versionsPageLength : Self.pageLength
    repeat {
      let page = try await lister.listObjectVersions(bucket: bucket, prefix: key, after: found.end, limit: limit)
      found.objects += page.objects.prefix { $0.key == key }
      found.end = page.isTruncated && page.end?.key == key ? page.end : nil
    } while found.end != nil && most.map { found.objects.count < $0 } ?? true
    return found
  }
}

/// A batch's keys, divided into chunks while it is told of each key and its objects. Versions of a key that is broken off
/// are a chunk of their own.
private struct DividedKeys {
  private let interval: KeyInterval
  private let part: Int
  private var chunks: [ScanChunk] = []
  private var rests: [KeyBatch] = []
  private var missing: [ObjectKey] = []
  /// Where the chunk begins, and the last key in it.
  private var after: ListingMarker?
  private var last: ObjectKey?
  private var listed = 0
  private var missingCount = 0
  private var candidates: [ScanChunk.Candidate] = []

  init(_ batch: KeyBatch) {
    interval = batch.interval
    part = batch.part
    after = batch.interval.after
  }

  /// Begins with the next key.
  mutating func begin(_ key: ObjectKey, _ found: KeyLookup.Found) {
    if let last, candidates.count >= ScanChunk.maximumCandidates || found.end != nil {
      endChunk(through: ListingMarker(last))
    }
    last = key
    guard found.end == nil, part == 0, !found.objects.contains(where: { $0.version?.isDeleteMarker != true }) else {
      return
    }
    missingCount += 1
    missing.append(key)
  }

  /// Takes an object of that key.
  mutating func take(_ object: ListedObject, _ verdict: ScanFilter.Verdict) {
    switch verdict {
    case .excluded: break
    case .settled: listed += 1
    case .candidate(let owner, let isOwn, let problem):
      listed += 1
      candidates.append(ScanChunk.Candidate(object, owner: owner, isOwn: isOwn, problem: problem))
    }
  }

  /// Ends at a version of the key that it has begun with last; the next key follows.
  mutating func breakOff(at end: ListingMarker) {
    endChunk(through: end)
    let whole = ListingMarker(end.key)
    rests.append(
      KeyBatch(
        interval: KeyInterval(after: end, through: whole), keys: [end.key], beginsWithPage: false, part: part + 1))
    (after, last) = (whole, nil)
  }

  private mutating func endChunk(through end: ListingMarker?) {
    chunks.append(
      ScanChunk(
        interval: KeyInterval(after: after, through: end), order: part, listed: listed, candidates: candidates[...],
        missing: missingCount))
    (after, listed, missingCount, candidates) = (end, 0, 0, [])
  }

  consuming func finish() -> (chunks: [ScanChunk], rests: [KeyBatch], missing: [ObjectKey]) {
    // Behind a key that was broken off there may be nothing.
    if last != nil || after != interval.through { endChunk(through: interval.through) }
    return (chunks, rests, missing)
  }
}
