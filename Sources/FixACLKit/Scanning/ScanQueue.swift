internal import S3Kit

/// The chunks whose objects wait to be assessed or are, first come first served.
struct ScanQueue {
  /// One object, and where its finding belongs.
  struct Entry: Sendable {
    let chunk: Int
    let index: Int
    let object: ListedObject
    let owner: CanonicalID
  }

  private struct OpenChunk {
    let chunk: ScanChunk
    var findings: [ObjectAssessor.Finding]
    var missing: Int
  }

  private var open: [Int: OpenChunk] = [:]
  private var nextID = 0
  /// The first chunk with objects that were not handed out, and how many of them were.
  private var current = 0
  private var handedOut = 0
  /// How many objects were not handed out yet.
  private(set) var waiting = 0
  /// Of pages of late, on average.
  private var foreignPerPage: Double?

  /// Takes note of how many foreign objects a page had.
  mutating func notePage(foreign: Int) {
    foreignPerPage = foreignPerPage.map { 0.9 * $0 + 0.1 * Double(foreign) } ?? Double(foreign)
  }

  /// How many objects will wait when so many pages more have been listed.
  func expected(fromPages pages: Int) -> Int {
    waiting + Int(Double(pages) * (foreignPerPage ?? 0))
  }

  mutating func add(_ chunk: ScanChunk) {
    open[nextID] = OpenChunk(
      chunk: chunk, findings: [ObjectAssessor.Finding](repeating: .gone, count: chunk.foreign.count),
      missing: chunk.foreign.count)
    nextID += 1
    waiting += chunk.foreign.count
  }

  /// The next object to assess.
  mutating func next() -> Entry? {
    guard current < nextID, let chunk = open[current]?.chunk else { return nil }
    let entry = chunk.foreign[chunk.foreign.startIndex + handedOut]
    defer {
      handedOut += 1
      waiting -= 1
      if handedOut == chunk.foreign.count { (current, handedOut) = (current + 1, 0) }
    }
    return Entry(chunk: current, index: handedOut, object: entry.object, owner: entry.owner)
  }

  /// Takes note of a finding.
  ///
  /// - Returns: the chunk, where that was its last one, with the findings in the order of its objects.
  mutating func assessed(
    _ index: Int, of id: Int, _ finding: ObjectAssessor.Finding
  ) -> (ScanChunk, [ObjectAssessor.Finding])? {
    open[id]?.findings[index] = finding
    open[id]?.missing -= 1
    guard let entry = open[id], entry.missing == 0 else { return nil }
    open[id] = nil
    return (entry.chunk, entry.findings)
  }
}
