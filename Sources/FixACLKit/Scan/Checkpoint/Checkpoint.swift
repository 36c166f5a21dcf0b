internal import FoundationEssentials
internal import Glibc
package import AWSKit

/// The append-only file that records a scan's findings, so that the same command can resume. One process at a time
/// holds it.
package struct Checkpoint: Sendable {
  package let path: String
  /// When the recorded scan began.
  package let begun: Timestamp
  /// Whether an earlier run has recorded something.
  package let isResumed: Bool
  /// The result so far, with what is left to be listed.
  package let state: BucketScanner.Result

  /// The checkpoint's path for a plan with that path.
  package static func path(forPlan path: String) -> String {
    path + ".checkpoint"
  }

  /// Opens or creates a checkpoint, and locks it.
  ///
  /// - Parameters:
  ///   - startsOver: to discard what is there.
  ///   - maximumAge: how many seconds ago it may have begun.
  /// - Returns: nil where another process has it.
  /// - Throws: `CheckpointError` if it cannot be used, `FileError` if there can be none.
  package static func open(
    _ path: String, identity: CheckpointIdentity, startsOver: Bool, maximumAge: Int, now: Timestamp = .now()
  ) throws -> Checkpoint? {
    guard let file = try lockedFile(path) else { return nil }
    let replay: CheckpointReplay
    do {
      if startsOver {
        guard try CheckpointReplay.mayBeCheckpoint(file) else {
          throw CheckpointError(path: path, reason: .otherFile)
        }
        try file.truncate(to: 0)
      }
      replay = try CheckpointReplay(file, audit: identity.audit) { header throws(CheckpointError) in
        try check(header, path: path, identity: identity, maximumAge: maximumAge, now: now)
      }
    } catch let error as FileError {
      throw error
    } catch let error as CheckpointError {
      throw error
    } catch {
      let detail = (error as? FileFormatError.Detail)?.text ?? "it is damaged (\(error))"
      throw CheckpointError(path: path, reason: .unusable(detail))
    }
    let begun = replay.header.map { Timestamp(seconds: $0.begun) } ?? now
    if try file.size() > replay.length { try file.truncate(to: replay.length) }
    try file.seekToEnd()
    var length = replay.length
    if replay.header == nil {
      let header = CheckpointHeader(
        format: CheckpointIdentity.format, begun: now.seconds, identity: identity.members)
      let line = try header.line()
      try file.write(line)
      length = line.count
    }
    let spool = PlanSpool(checkpoint: file, size: length, blocks: replay.blocks)
    var state = BucketScanner.Result(spool: spool)
    state.summary = replay.summary
    state.acls = replay.acls
    state.grantees = replay.grantees
    state.gaps = replay.header == nil ? nil : replay.gaps
    return Checkpoint(
      path: path, begun: begun, isResumed: replay.summary.listed > 0 || replay.summary.missing > 0, state: state)
  }

  /// The moment that an earlier run computed from that age; nil if there is no checkpoint of such a run.
  package static func modifiedSince(within seconds: Int, at path: String) -> Timestamp? {
    guard case .regular = FileKind(ofPath: path), let file = try? OpenFile(path, .reading) else { return nil }
    var reader = LineReader(file)
    guard let line = try? reader.next(), let header = try? JSONDecoder().decode(CheckpointHeader.self, from: Data(line))
    else { return nil }
    return CheckpointIdentity(members: header.identity).modifiedSince(within: seconds)
  }

  /// Deletes the file, once the plan is written.
  package func remove() {
    unlink(path)
  }

  /// Checks that a scan may resume from the checkpoint.
  private static func check(
    _ header: CheckpointHeader, path: String, identity: CheckpointIdentity, maximumAge: Int, now: Timestamp
  ) throws(CheckpointError) {
    let differences = identity.differences(from: CheckpointIdentity(members: header.identity))
    guard differences.isEmpty else { throw CheckpointError(path: path, reason: .differs(differences)) }
    let (age, isAbsurd) = now.seconds.subtractingReportingOverflow(header.begun)
    // The clock may have been set back a little.
    guard !isAbsurd, header.begun >= 0, age >= -maximumClockError else {
      throw CheckpointError(path: path, reason: .fromTheFuture)
    }
    guard age <= maximumAge else {
      throw CheckpointError(path: path, reason: .tooOld(age: age, maximum: maximumAge))
    }
  }

  /// Seconds.
  private static let maximumClockError = 300

  private static func lockedFile(_ path: String) throws(FileError) -> OpenFile? {
    while true {
      let file = try OpenFile(path, .checkpoint)
      guard try file.tryLock() else { return nil }
      // Its last holder may have deleted it meanwhile.
      if file.isAt(path) { return file }
    }
  }
}
