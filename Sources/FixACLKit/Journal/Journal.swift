internal import Glibc
package import AWSKit

/// The append-only record of what an apply did, beside its plan; held by one process at a time. It alone is the undo.
///
/// Its lock ends with it.
package final class Journal: Sendable {
  private let writer: JournalWriter
  private let lines: GroupCommitFile<JournalWriter.Entry>
  private let now: @Sendable () -> Timestamp
  /// Holds the lock of its file meanwhile; nil for a rollback, which needs no plan.
  private let plan: Plan?
  /// Where the journal of another plan is now that stood in this one's place; nil where there was none.
  package let setAside: String?

  /// Where the journal of a plan is.
  package static func path(forPlan path: String) -> String {
    path + ".journal"
  }

  /// Where the journal of a plan is: beside the plan itself, by whatever link that was opened.
  static func path(of plan: Plan) -> String {
    path(forPlan: plan.isLink ? plan.realPath : plan.path)
  }

  /// Where the journal of a plan is once another plan has taken that plan's place.
  static func path(of plan: Plan, replaced digest: String) -> String {
    "\(plan.isLink ? plan.realPath : plan.path).\(JournalHeader.name(ofPlan: digest)).journal"
  }

  /// Opens the plan's journal, or begins it, and takes its lock. The journal of another plan under the same name is set
  /// aside, and stays that plan's undo.
  ///
  /// - Parameter bucket: the bucket's settings as they are now, for a journal that begins.
  /// - Throws: where another apply has it, or it is damaged. Nothing has been written then.
  package static func open(
    for plan: Plan, bucket: BucketSettings, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws(FileFormatError) -> (journal: Journal, replay: JournalReplay) {
    let path = path(of: plan)
    do {
      // One plan under two names has two journals, and one lock.
      guard try plan.tryLock() else { throw isApplied(plan, lockOf: plan.path) }
      var setAside: String?
      while true {
        let file = try lockedFile(path) { isApplied(plan, lockOf: $0) }
        guard var reader = try JournalReader(file) else {
          let journal = try begin(file, for: plan, bucket: bucket, setAside: setAside, now: now)
          return (journal, JournalReplay(of: plan))
        }
        guard reader.header.plan == plan.digest else {
          setAside = try move(path, toTheSideOf: plan, ofPlan: reader.header.plan)
          continue
        }
        let replay = try replay(&reader, of: plan)
        guard !replay.isCut else {
          throw FileFormatError.Detail(
            "its end is missing: it was longer once, so it does not say all that was changed. What it says can still be"
              + " undone with 'fixacl rollback \(path.escapedForTerminal)'")
        }
        if try file.size() > reader.length { try file.truncate(to: reader.length) }
        return (try Journal(going: file, on: reader, of: plan, setAside: setAside, now: now), replay)
      }
    } catch {
      throw describe(error, path: path)
    }
  }

  /// Opens the plan's journal for a run that records what it does; a dry run only reads it, and records nothing.
  package static func open(
    for plan: Plan, bucket: BucketSettings, isDryRun: Bool
  ) throws(FileFormatError) -> (journal: Journal?, replay: JournalReplay) {
    guard !isDryRun else { return (nil, try replay(of: plan)) }
    return try open(for: plan, bucket: bucket)
  }

  /// What the plan's journal says, without touching it; nothing where there is none, or it is another plan's.
  package static func replay(of plan: Plan) throws(FileFormatError) -> JournalReplay {
    let path = path(of: plan)
    do {
      guard var reader = try JournalReader(try OpenFile(path, .reading)), reader.header.plan == plan.digest else {
        return JournalReplay(of: plan)
      }
      return try replay(&reader, of: plan)
    } catch let error as FileError where error.isNoSuchFile {
      return JournalReplay(of: plan)
    } catch {
      throw describe(error, path: path)
    }
  }

  /// - Throws: also where the records name other objects than the plan.
  private static func replay(_ reader: inout JournalReader, of plan: Plan) throws -> JournalReplay {
    let replay = try JournalReplay(&reader, changeCount: plan.changeCount) { _ in }
    try compare(replay, with: plan)
    return replay
  }

  /// Sees that the records are about the plan's objects.
  static func compare(_ replay: JournalReplay, with plan: Plan) throws {
    guard !replay.isEmpty else { return }
    var changes = plan.changes()
    while let (index, change) = try changes.next() {
      guard replay.isAbout(change.key, change: index) else {
        throw FileFormatError.Detail("its records name another object than the plan for the change \(index)")
      }
    }
  }

  private static func isApplied(_ plan: Plan, lockOf path: String) -> FileFormatError {
    FileFormatError(
      "another fixacl is applying \(plan.path.escapedForTerminal) right now (it holds the lock of"
        + " \(path.escapedForTerminal)). Wait for it to end; this one has touched nothing.")
  }

  /// - Parameter refusal: made of the file's path where another process has its lock.
  static func lockedFile(_ path: String, refusal: (String) -> FileFormatError) throws -> OpenFile {
    while true {
      let file = try OpenFile(path, .journal)
      guard try file.tryLock() else { throw refusal(path) }
      // Whoever had it may have set it aside in between.
      if file.isAt(path) { return file }
    }
  }

  private static func begin(
    _ file: OpenFile, for plan: Plan, bucket: BucketSettings, setAside: String?,
    now: @escaping @Sendable () -> Timestamp
  ) throws -> Journal {
    try file.truncate(to: 0)
    var encoder = JournalEncoder(seal: JournalSeal())
    let line = encoder.end(JournalHeader.line(plan: plan, now: bucket, at: now().extended))
    try file.seekToEnd()
    try file.write(line)
    try file.synchronize()
    return Journal(
      JournalWriter(file: file, encoder: encoder, length: line.count, keepsLength: true), plan: plan,
      setAside: setAside, now: now)
  }

  /// Sets the journal of another plan aside, and brings this plan's back if it was set aside before.
  ///
  /// - Returns: where the other one is now.
  private static func move(_ path: String, toTheSideOf plan: Plan, ofPlan digest: String) throws -> String {
    let name = Self.path(of: plan, replaced: digest)
    // What stands there already may be needed, too.
    let aside = ([name] + (2...99).map { "\(name).\($0)" }).first { FileKind(ofPath: $0) == .missing }
    guard let aside else {
      throw FileFormatError.Detail(
        "it is the journal of another plan, and there are many of it already: move \(name.escapedForTerminal).* away")
    }
    guard rename(path, aside) == 0 else { throw FileError("move aside", path) }
    let own = Self.path(of: plan, replaced: plan.digest)
    // Two digests can begin alike: what comes back must be this plan's.
    if FileKind(ofPath: own) == .regular, try JournalReader(try OpenFile(own, .reading))?.header.plan == plan.digest,
      rename(own, path) != 0
    {
      throw FileError("bring back", own)
    }
    return aside
  }

  static func describe(_ error: any Error, path: String) -> FileFormatError {
    switch error {
    case let error as FileFormatError: error
    case let error as FileFormatError.Detail:
      FileFormatError(
        "\(path.escapedForTerminal) cannot be used: \(error.text). Nothing was touched. Move it away to begin"
          + " anew ('mv \(path.escapedForTerminal) \(path.escapedForTerminal).old'): every object is looked at"
          + " before it is changed, so work that is done is not done again.")
    default: FileFormatError("\(error). Nothing was touched.")
    }
  }

  /// Goes on with a journal where its reader has come to its end.
  convenience init(
    going file: OpenFile, on reader: JournalReader, of plan: Plan? = nil, setAside: String? = nil,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws {
    try file.seekToEnd()
    self.init(
      JournalWriter(
        file: file, encoder: JournalEncoder(acls: reader.acls, seal: reader.seal), length: reader.length,
        keepsLength: reader.header.format == .second), plan: plan, setAside: setAside, now: now)
  }

  private init(_ writer: JournalWriter, plan: Plan?, setAside: String?, now: @escaping @Sendable () -> Timestamp) {
    self.now = now
    self.setAside = setAside
    self.writer = writer
    self.plan = plan
    lines = GroupCommitFile { entries throws(FileError) in try writer.write(entries) }
  }

  /// Notes in the file that nothing more comes.
  package func finish() { writer.finish() }

  deinit {
    plan?.unlock()
    writer.close()
  }

  /// Appends a record and returns once it is on the disk.
  package func append(_ record: JournalRecord) async throws(FileError) {
    try await lines.append(JournalWriter.Entry(record: record, time: now().extended))
  }
}
