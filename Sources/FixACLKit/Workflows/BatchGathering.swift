internal import AWSKit

/// What one reading of a plan finds for jobs: manifests, and which change is a task of which job.
struct BatchGathering {
  private(set) var manifests: BatchManifests
  /// The tasks in the order of the plan: index, entry, and the version that a copy replaces.
  private var assignments = GroupedSpool(maximumBytes: 1 << 20)
  private var counts: [BatchObstacle: Int] = [:]

  init(bucket: String) {
    manifests = BatchManifests(bucket: bucket)
  }

  /// How many changes stay with apply, and why, the most first.
  var left: [(obstacle: BatchObstacle, changes: Int)] {
    counts.sorted { $0.value == $1.value ? $0.key.word < $1.key.word : $0.value > $1.value }
      .map { (obstacle: $0.key, changes: $0.value) }
  }

  /// - Parameter finding: what the survey says about the object of a copy.
  mutating func take(
    _ resolved: ResolvedChange, _ finding: CopySurvey.Finding?, bucketOwner: CanonicalID
  ) throws(FileError) {
    let change = resolved.change
    if let version = change.versionID, !BatchManifests.canName(version: version) {
      counts[.version, default: 0] += 1
      return
    }
    switch (change.action, finding) {
    case (.copy, .task(let attributes, let replaces)?):
      guard let to = change.to else { return }
      let group = BatchGroup(account: bucketOwner, to: to, copy: attributes)
      try assign(resolved.index, try manifests.add(change, to: group), replaces: replaces)
    case (.copy, .obstacle(let obstacle)?): counts[obstacle, default: 0] += 1
    case (.grant, _):
      guard let group = BatchGroup(grant: change) else { return }
      try assign(resolved.index, try manifests.add(change, to: group), replaces: nil)
    default: return
    }
  }

  private mutating func assign(_ index: Int, _ entry: Int, replaces: String?) throws(FileError) {
    let version = Array((replaces ?? "").utf8.prefix(4096))
    func bytes(_ number: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * (width - 1 - $0))) }
    }
    try assignments.append(bytes(index, 8) + bytes(entry, 4) + bytes(version.count, 2) + version, to: 0)
  }

  func tasks() -> Tasks { Tasks(pieces: assignments.pieces(of: 0)) }

  /// Iterates over the tasks.
  struct Tasks {
    fileprivate var pieces: GroupedSpool.Pieces
    private var rest: ArraySlice<UInt8> = []

    fileprivate init(pieces: GroupedSpool.Pieces) {
      self.pieces = pieces
    }

    mutating func next() throws(FileError) -> (index: Int, entry: Int, replaces: String?)? {
      if rest.isEmpty {
        guard let piece = try pieces.next() else { return nil }
        rest = piece
      }
      let (index, entry, length) = (number(8), number(4), number(2))
      defer { rest = rest.dropFirst(length) }
      return (index, entry, length == 0 ? nil : String(decoding: rest.prefix(length), as: UTF8.self))
    }

    private mutating func number(_ width: Int) -> Int {
      defer { rest = rest.dropFirst(width) }
      return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
