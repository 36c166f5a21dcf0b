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
  ///   - startsOver: whether to discard its content.
  ///   - maximumAge: its greatest age in seconds.
  /// - Returns: nil if another process holds it.
  /// - Throws: `FileFormatError` if it cannot be used, `FileError` if it cannot be opened or created.
  package static func open(
    _ path: String, identity: CheckpointIdentity, startsOver: Bool, maximumAge: Int, now: Timestamp = .now()
  ) throws -> Checkpoint? {
    guard let file = try lockedFile(path) else { return nil }
    let replay: CheckpointReplay
    do {
      if startsOver {
        guard try CheckpointReplay.mayBeCheckpoint(file) else {
          throw FileFormatError(
            "\(path.escapedForTerminal) is no checkpoint of fixacl's, so --fresh does not empty it. Nothing was scanned. Move"
              + " it away, or write the plan elsewhere.")
        }
        try file.truncate(to: 0)
      }
      replay = try CheckpointReplay(file, audit: identity.audit) { header throws(FileFormatError) in
        try check(header, path: path, identity: identity, maximumAge: maximumAge, now: now)
      }
    } catch let error as FileError {
      throw error
    } catch let error as FileFormatError {
      throw error
    } catch {
      let reason = (error as? FileFormatError.Detail)?.text ?? "it is damaged (\(error))"
      throw refusal(path, "cannot be used: \(reason)")
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
    return Checkpoint(path: path, begun: begun, isResumed: replay.summary.listed > 0, state: state)
  }

  /// Deletes the file, once the plan is written.
  package func remove() {
    unlink(path)
  }

  /// Checks that a scan may resume from the checkpoint.
  private static func check(
    _ header: CheckpointHeader, path: String, identity: CheckpointIdentity, maximumAge: Int, now: Timestamp
  ) throws(FileFormatError) {
    let differences = identity.differences(from: CheckpointIdentity(members: header.identity))
    guard differences.isEmpty else {
      throw refusal(
        path, "is of another command, or of another state of the bucket: \(differences.joined(separator: "; "))")
    }
    let (age, isAbsurd) = now.seconds.subtractingReportingOverflow(header.begun)
    // The clock may have been set back a little.
    guard !isAbsurd, header.begun >= 0, age >= -maximumClockError else {
      throw refusal(path, "was begun in the future by this machine's clock, so nobody knows how old it is")
    }
    guard age <= maximumAge else {
      throw refusal(
        path,
        "was begun \(duration(age)) ago, which is longer than --max-age (\(duration(maximumAge))): the bucket"
          + " may be another by now")
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

  private static func refusal(_ path: String, _ reason: String) -> FileFormatError {
    FileFormatError(
      "the checkpoint \(path.escapedForTerminal) \(reason). Nothing was scanned. Start over with --fresh.")
  }

  /// In the format of `--max-age`.
  private static func duration(_ seconds: Int) -> String {
    switch seconds {
    case 172_800...: "\(seconds / 86_400)d"
    case 7200...: "\(seconds / 3600)h"
    case 120...: "\(seconds / 60)m"
    default: "\(seconds)s"
    }
  }
}
