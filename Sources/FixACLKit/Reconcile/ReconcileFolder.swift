internal import Glibc
internal import SystemPackage
package import AWSKit

/// The folder in which reconcile keeps what it must remember of one bucket: the plans and journals of its runs, and
/// `last.json`. Whoever has this object holds the folder's lock.
package final class ReconcileFolder: Sendable {
  /// Another run holds the lock.
  package struct Busy: Error, Sendable {
    /// The lock's path.
    package let path: String
  }

  /// A run that had something to change.
  package struct Run: Sendable, Equatable {
    /// The plan's path.
    package let plan: String

    package var journal: String { Journal.path(forPlan: plan) }
    /// A file that is there until nothing is left that only this run's journal knows how to finish.
    fileprivate var marker: String { plan + ReconcileFolder.markerEnding }
  }

  private static let planEnding = ".plan.json"
  /// Of plans that wait for somebody to look at them.
  private static let heldEnding = ".held.plan.json"
  private static let markerEnding = ".unfinished"
  /// The most plans that are kept for somebody to look at.
  private static let maximumHeld = 3

  package let path: String
  private let lock: OpenFile

  /// Opens the folder, creates it if necessary, and takes its lock.
  ///
  /// - Parameters:
  ///   - stateFolder: in which each bucket has a folder.
  ///   - bucket: the bucket's name, however the user wrote it.
  /// - Throws: `Busy`, `FileError`.
  package init(in stateFolder: String, bucket: String) throws {
    path = "\(stateFolder)/\(Self.name(of: bucket))"
    try StateFolder.make(path)
    try Self.checkOwner(of: path)
    // Of another hand: keys and owners are nobody else's business.
    guard chmod(path, 0o700) == 0 else { throw FileError("set the mode of", path) }
    lock = try OpenFile("\(path)/lock", .checkpoint)
    guard try lock.tryLock() else { throw Busy(path: lock.path) }
  }

  /// Files that root makes in the folder of a service's user would be closed to the service's next run.
  private static func checkOwner(of path: String) throws(FileError) {
    guard let owner = (try? Stat(path))?.userID.rawValue, owner != geteuid() else { return }
    let name = getpwuid(owner).map { String(cString: $0.pointee.pw_name) } ?? "\(owner)"
    throw FileError(
      "use", path, reason: "it belongs to the user \(name). Run the command as that user: 'sudo -u \(name) fixacl …'")
  }

  /// A bucket's name as that of a folder. Names that S3 allows stay as they are.
  private static func name(of bucket: String) -> String {
    let name = PercentEncoding.encode(Array(bucket.utf8)[...]) { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return name.hasPrefix(".") ? "%2E" + name.dropFirst() : name
  }

  /// Where the plan of the present run is written.
  package var nextPlan: String { "\(path)/next\(Self.planEnding)" }

  // MARK: - The last good run

  private var lastPath: String { "\(path)/last.json" }

  /// - Throws: `FileError`, `FileFormatError`.
  package func lastRun() throws -> LastRun? { try LastRun.read(lastPath) }

  package func save(_ run: LastRun) throws {
    try OpenFile.replacing(lastPath) { try $0.write(run.bytes) }
  }

  // MARK: - Runs

  /// Makes the plan of the present run that of a run which changes something.
  package func beginRun(at time: Timestamp) throws(FileError) -> Run {
    let run = Run(plan: try freePath(at: time, ending: Self.planEnding))
    _ = try OpenFile(run.marker, .journal)
    try move(nextPlan, to: run.plan)
    return run
  }

  /// Notes that nothing of a run is left to finish.
  package func finish(_ run: Run) throws(FileError) { try remove(run.marker) }

  /// Forgets a run that has changed nothing, but keeps its plan if somebody has to look at it.
  ///
  /// - Returns: the plan's new path if it is kept.
  package func dismiss(_ run: Run, holdsPlan: Bool, at time: Timestamp) throws -> String? {
    try remove(run.journal)
    try remove(run.marker)
    guard holdsPlan else {
      try remove(run.plan)
      return nil
    }
    try move(run.plan, to: nextPlan)
    return try holdPlan(at: time)
  }

  /// Runs that were killed, or left something to finish; the oldest first.
  package func unfinishedRuns() throws(FileError) -> [Run] {
    try names().filter { $0.hasSuffix(Self.planEnding + Self.markerEnding) }
      .map { Run(plan: "\(path)/\($0.dropLast(Self.markerEnding.utf8.count))") }
  }

  /// Removes what killed runs have left and nobody needs.
  package func tidy() throws(FileError) {
    let names = Set(try FolderContents.names(in: path))
    for name in names {
      let isOrphan: Bool
      if name.hasSuffix(Self.markerEnding) {
        let plan = String(name.dropLast(Self.markerEnding.utf8.count))
        // Without a journal nothing was begun.
        isOrphan = !names.contains(plan) || !names.contains(Journal.path(forPlan: plan))
      } else {
        isOrphan =
          name.hasSuffix(".tmp") && (name.hasPrefix("last.json.") || name.hasPrefix("next."))
          || isRun(name) && !names.contains(Journal.path(forPlan: name)) && !name.hasSuffix(Self.heldEnding)
      }
      if isOrphan { try remove("\(path)/\(name)") }
    }
  }

  /// Removes the plans and journals of the oldest runs, but none that is unfinished.
  ///
  /// - Parameters:
  ///   - count: how many to keep.
  ///   - present: the plan of this run, which is the newest even if the clock was wrong.
  package func prune(keeping count: Int, present: String?) throws(FileError) {
    let names = try names()
    var runs = names.filter { isRun($0) && names.contains(Journal.path(forPlan: $0)) }
    if let index = runs.firstIndex(where: { "\(path)/\($0)" == present }) { runs.append(runs.remove(at: index)) }
    for name in runs.dropLast(count) where !names.contains(name + Self.markerEnding) {
      // The plan first: a journal is an undo without it too.
      try remove("\(path)/\(name)")
      try remove("\(path)/\(Journal.path(forPlan: name))")
    }
    let held = names.filter { isRun($0) && $0.hasSuffix(Self.heldEnding) && !names.contains(Journal.path(forPlan: $0)) }
    for name in held.dropLast(Self.maximumHeld) { try remove("\(path)/\(name)") }
  }

  /// Whether it is a plan that a run has named by its time: what somebody else has put here is not touched.
  private func isRun(_ name: String) -> Bool {
    let time = Array(name.utf8.prefix(16))
    return name.hasSuffix(Self.planEnding) && time.count == 16
      && time.enumerated().allSatisfy { index, byte in
        switch index {
        case 8: byte == UInt8(ascii: "T")
        case 15: byte == UInt8(ascii: "Z")
        default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
      }
  }

  // MARK: - Plans to look at

  /// Keeps the plan of the present run for somebody to look at. One that says the same as the last one is not kept twice.
  ///
  /// - Returns: its path.
  package func holdPlan(at time: Timestamp) throws -> String {
    let names = try names()
    if let last = names.last(where: { isRun($0) && $0.hasSuffix(Self.heldEnding) }),
      !names.contains(Journal.path(forPlan: last)), try Self.saysTheSame("\(path)/\(last)", nextPlan)
    {
      try remove(nextPlan)
      return "\(path)/\(last)"
    }
    let held = try freePath(at: time, ending: Self.heldEnding)
    try move(nextPlan, to: held)
    return held
  }

  /// Removes the plan of the present run.
  package func discardPlan() throws(FileError) { try remove(nextPlan) }

  /// Whether two plans differ only in when they were made.
  private static func saysTheSame(_ first: String, _ second: String) throws -> Bool {
    var readers = [LineReader(try OpenFile(first, .reading)), LineReader(try OpenFile(second, .reading))]
    func next(_ index: Int) throws -> [UInt8]? {
      while let line = try readers[index].next() {
        if line.starts(with: Array("\"createdAt\":".utf8)) || line.starts(with: PlanWriter.digestPrefix) { continue }
        return Array(line)
      }
      return nil
    }
    while true {
      let lines = (try next(0), try next(1))
      guard lines.0 == lines.1 else { return false }
      if lines.0 == nil { return true }
    }
  }

  // MARK: - Files

  /// The names of the files, those of runs in the order of the runs: of one second by their numbers.
  private func names() throws(FileError) -> [String] {
    func place(_ name: String) -> (time: Substring, number: Int, name: String) {
      let rest = name.dropFirst(16)
      let number = rest.first == "-" ? Int(rest.dropFirst().prefix { $0.isASCII && $0.isNumber }) : nil
      return (name.prefix(16), number ?? 1, name)
    }
    return try FolderContents.names(in: path).map(place).sorted { $0 < $1 }.map(\.name)
  }

  private func freePath(at time: Timestamp, ending: String) throws(FileError) -> String {
    let stem = "\(path)/\(time.basic)"
    let candidates = [stem] + (2...99).map { "\(stem)-\($0)" }
    guard
      let free = candidates.first(where: { candidate in
        [Self.planEnding, Self.heldEnding].allSatisfy { FileKind(ofPath: candidate + $0) == .missing }
          && FileKind(ofPath: Journal.path(forPlan: candidate + ending)) == .missing
      })
    else { throw FileError("name a file in", path, reason: "there are too many of this second") }
    return free + ending
  }

  private func move(_ old: String, to new: String) throws(FileError) {
    guard rename(old, new) == 0 else { throw FileError("rename", old) }
    try OpenFile.synchronizeFolder(of: new)
  }

  private func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
  }
}
