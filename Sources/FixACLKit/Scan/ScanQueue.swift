internal import AWSKit

/// The chunks whose objects wait for their assessment or are being assessed, first come, first served.
struct ScanQueue {
  /// One object, and the place of its finding.
  struct Entry: Sendable {
    let chunk: Int
    let index: Int
    let object: ListedObject
    let owner: CanonicalID
    /// What is wrong with its entry in the listing.
    let problem: ObjectFailure?
    /// Its ACL as a report tells it.
    var reported: AccessControlList?
    /// Whether it is the second attempt.
    var isSecondLook = false

    /// The same object, for a second attempt.
    var again: Entry {
      var entry = self
      entry.isSecondLook = true
      return entry
    }
  }

  /// The most objects that wait for a second attempt: each keeps its chunk in memory.
  private static let maximumPostponed = 1024

  private struct OpenChunk {
    let chunk: ScanChunk
    var findings: [ObjectAssessor.Finding]
    var missing: Int
  }

  private var open: [Int: OpenChunk] = [:]
  private var nextID = 0
  /// The first chunk with objects not handed out yet, and how many of them have been.
  private var current = 0
  private var handedOut = 0
  /// How many objects have not been handed out.
  private(set) var waiting = 0
  /// Objects that could not be read, for a reason that may pass.
  private var postponed: [Entry] = []
  /// The moving average over recent pages.
  private var candidatesPerPage: Double?

  /// Records how many candidates a page had.
  mutating func notePage(candidates: Int) {
    candidatesPerPage = candidatesPerPage.map { 0.9 * $0 + 0.1 * Double(candidates) } ?? Double(candidates)
  }

  /// How many objects are expected to wait once this many more pages have been listed.
  func expected(fromPages pages: Int) -> Int {
    waiting + Int(Double(pages) * (candidatesPerPage ?? 0))
  }

  /// Adds a chunk that has an object to assess.
  mutating func add(_ chunk: ScanChunk) {
    let missing = chunk.candidates.count { $0.finding == nil }
    open[nextID] = OpenChunk(
      chunk: chunk, findings: chunk.candidates.map { $0.finding ?? .gone }, missing: missing)
    nextID += 1
    waiting += missing
  }

  /// The next object to assess.
  mutating func next() -> Entry? {
    // A chunk of which nothing is missing is not open: its last objects had their findings from the beginning.
    while current < nextID {
      guard let candidates = open[current]?.chunk.candidates, handedOut < candidates.count else {
        (current, handedOut) = (current + 1, 0)
        continue
      }
      let entry = candidates[candidates.startIndex + handedOut]
      handedOut += 1
      guard entry.finding == nil else { continue }
      waiting -= 1
      return Entry(
        chunk: current, index: handedOut - 1, object: entry.object, owner: entry.owner, problem: entry.problem,
        reported: entry.reported)
    }
    return nil
  }

  /// Schedules a second attempt for an object, at the end of the scan.
  ///
  /// - Returns: false if too many wait for one.
  mutating func postpone(_ entry: Entry) -> Bool {
    guard postponed.count < Self.maximumPostponed else { return false }
    postponed.append(entry.again)
    return true
  }

  /// The next object for a second attempt, once all others have been handed out.
  mutating func nextPostponed() -> Entry? { postponed.popLast() }

  /// Records a finding.
  ///
  /// - Returns: the chunk if it is complete now, with the findings in the order of its objects.
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
