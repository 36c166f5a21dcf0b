package import S3Kit

/// The append-only record of what an apply did, beside its plan; held by one process at a time.
///
/// Its lock ends with it.
package final class Journal: Sendable {
  private let file: GatheringFile
  private let now: @Sendable () -> Timestamp

  /// Where the journal of a plan is.
  package static func path(forPlan path: String) -> String {
    path + ".journal"
  }

  /// Whether the plan has a journal.
  package static func exists(for plan: Plan) -> Bool {
    FileKind(ofPath: path(forPlan: plan.path)) != .missing
  }

  /// Opens the plan's journal, or begins it, and takes its lock.
  ///
  /// - Parameter bucket: the bucket's settings as they are now, for a journal that begins.
  /// - Throws: where another apply has it, or it is damaged or another plan's. Nothing has been written then.
  package static func open(
    for plan: Plan, bucket: PlanBucket, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws(PlanError) -> (journal: Journal, replay: JournalReplay) {
    let path = path(forPlan: plan.path)
    do {
      let file = try OpenFile(path, .journal)
      guard try file.tryLock() else {
        throw PlanError(
          "another fixacl is applying \(plan.path.escapedForTerminal) right now (it holds the lock of"
            + " \(path.escapedForTerminal)). Wait for it to end; this one has touched nothing.")
      }
      let (replay, length) = try JournalReplay.read(file, of: plan)
      if try file.size() > length { try file.truncate(to: length) }
      try file.seekToEnd()
      if length == 0 {
        try file.write(JournalHeader.line(plan: plan, bucket: bucket, at: now().extended))
        try file.synchronize()
      }
      return (Journal(file: file, now: now), replay)
    } catch {
      throw describe(error, path: path)
    }
  }

  /// Opens the plan's journal for a run that records what it does; a dry run only reads it, and records nothing.
  package static func open(
    for plan: Plan, bucket: PlanBucket, isDryRun: Bool
  ) throws(PlanError) -> (journal: Journal?, replay: JournalReplay) {
    guard !isDryRun else { return (nil, try replay(of: plan)) }
    return try open(for: plan, bucket: bucket)
  }

  /// What the plan's journal says, without touching it; nothing where there is none.
  package static func replay(of plan: Plan) throws(PlanError) -> JournalReplay {
    let path = path(forPlan: plan.path)
    do {
      return try JournalReplay.read(try OpenFile(path, .reading), of: plan).replay
    } catch let error as FileError where error.isNoSuchFile {
      return JournalReplay(changeCount: plan.changeCount)
    } catch {
      throw describe(error, path: path)
    }
  }

  private static func describe(_ error: any Error, path: String) -> PlanError {
    switch error {
    case let error as PlanError: error
    case let error as PlanError.Detail:
      PlanError(
        "\(path.escapedForTerminal) cannot be used: \(error.text). Nothing was touched. Move it away to begin"
          + " anew ('mv \(path.escapedForTerminal) \(path.escapedForTerminal).old'): every object is looked at"
          + " before it is changed, so work that is done is not done again.")
    default: PlanError("\(error). Nothing was touched.")
    }
  }

  private init(file: OpenFile, now: @escaping @Sendable () -> Timestamp) {
    self.file = GatheringFile(file)
    self.now = now
  }

  deinit { file.unlock() }

  /// Appends a record and returns once it is on the disk.
  package func append(_ record: JournalRecord) async throws(FileError) {
    try await file.append(record.line(at: now().extended))
  }
}
