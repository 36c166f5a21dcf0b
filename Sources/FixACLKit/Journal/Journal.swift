internal import Glibc
package import AWSKit

/// The append-only record of what an apply did, beside its plan. It alone is the undo. One process at a time holds it.
///
/// The lock ends with this object.
package final class Journal: Sendable {
  private let writer: JournalWriter
  private let lines: GroupCommitFile<JournalWriter.Entry>
  private let now: @Sendable () -> Timestamp
  /// Kept to hold the lock of the plan's file; nil for a rollback, which needs no plan.
  private let plan: Plan?
  /// The new path of another plan's journal that had this path; nil if there was none.
  package let setAside: String?

  /// The path of a plan's journal.
  package static func path(forPlan path: String) -> String {
    path + ".journal"
  }

  /// The plan that has that digest, if it is still where a journal is, or at the path itself.
  static func plan(besides path: String, digest: String) -> Plan? {
    let suffix = self.path(forPlan: "")
    let path = path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
    guard let plan = try? Plan(path: path), plan.digest == digest else { return nil }
    return plan
  }

  /// The path of a plan's journal: beside the plan itself, with links resolved.
  static func path(of plan: Plan) -> String {
    path(forPlan: plan.isLink ? plan.realPath : plan.path)
  }

  /// The path of a plan's journal once another plan has taken the plan's path.
  static func path(of plan: Plan, replaced digest: String) -> String {
    "\(plan.isLink ? plan.realPath : plan.path).\(JournalHeader.name(ofPlan: digest)).journal"
  }

  /// Opens or creates the plan's journal, and locks it. The journal of another plan at this path is renamed, and
  /// remains that plan's undo.
  ///
  /// - Parameter bucket: the bucket's current settings, for a new journal.
  /// - Throws: if another apply holds it, or it is damaged. Nothing has been written then.
  package static func open(
    for plan: Plan, bucket: BucketSettings, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws(FileFormatError) -> (journal: Journal, replay: JournalReplay) {
    let path = path(of: plan)
    do {
      // A plan with two paths has two journals, but one lock.
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
        guard !replay.isCut else { throw isCut(path) }
        if try file.size() > reader.length { try file.truncate(to: reader.length) }
        return (try Journal(going: file, on: reader, of: plan, setAside: setAside, now: now), replay)
      }
    } catch {
      throw describe(error, path: path)
    }
  }

  /// Opens the plan's journal for a run. A dry run only reads it, and records nothing.
  package static func open(
    for plan: Plan, bucket: BucketSettings, isDryRun: Bool
  ) throws(FileFormatError) -> (journal: Journal?, replay: JournalReplay) {
    guard !isDryRun else { return (nil, try replay(of: plan)) }
    return try open(for: plan, bucket: bucket)
  }

  /// Reads the plan's journal without changing it; empty if there is none, or it is another plan's.
  package static func replay(of plan: Plan) throws(FileFormatError) -> JournalReplay {
    let path = path(of: plan)
    do {
      guard var reader = try JournalReader(try OpenFile(path, .reading)), reader.header.plan == plan.digest else {
        return JournalReplay(of: plan)
      }
      let replay = try replay(&reader, of: plan)
      guard !replay.isCut else { throw isCut(path) }
      return replay
    } catch let error as FileError where error.isNoSuchFile {
      return JournalReplay(of: plan)
    } catch {
      throw describe(error, path: path)
    }
  }

  /// - Throws: also if the journal says of the plan, its objects or their ACLs what the plan does not: it could not undo
  ///   then what is about to be done.
  private static func replay(_ reader: inout JournalReader, of plan: Plan) throws -> JournalReplay {
    guard reader.header.isFirst(of: plan) else {
      throw FileFormatError.Detail(
        "its first line and the plan do not say the same of the bucket, or of what was asked for")
    }
    var audit = ChangeAudit(bucket: plan.header.bucket, desired: plan.header.desired)
    let replay = try JournalReplay(&reader, changeCount: plan.changeCount) { begun in
      try audit.check(begun.change, from: begun.from, to: begun.to)
    }
    try compare(replay, with: plan)
    return replay
  }

  private static func isCut(_ path: String) -> FileFormatError.Detail {
    FileFormatError.Detail(
      "its end is missing: it was longer once, so it does not have all changes. 'fixacl rollback"
        + " \(path.escapedForTerminal)' can undo those that it has")
  }

  /// Checks that the records are about the plan's objects.
  static func compare(_ replay: JournalReplay, with plan: Plan) throws {
    guard !replay.isEmpty else { return }
    var changes = plan.changes()
    while let (index, change) = try changes.next() {
      guard replay.isAbout(change.key, change: index) else {
        throw FileFormatError.Detail("its records and the plan name different objects for change \(index)")
      }
    }
  }

  private static func isApplied(_ plan: Plan, lockOf path: String) -> FileFormatError {
    FileFormatError(
      "another fixacl is applying \(plan.path.escapedForTerminal) (it holds the lock of \(path.escapedForTerminal)). Wait"
        + " until it ends. Nothing was changed.")
  }

  /// - Parameter refusal: makes the error from the file's path if another process holds its lock.
  static func lockedFile(_ path: String, refusal: (String) -> FileFormatError) throws -> OpenFile {
    while true {
      let file = try OpenFile(path, .journal)
      guard try file.tryLock() else { throw refusal(path) }
      // Its last holder may have renamed it meanwhile.
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

  /// Renames the journal of another plan, and restores this plan's journal if it was renamed before.
  ///
  /// - Returns: the new path of the other journal.
  private static func move(_ path: String, toTheSideOf plan: Plan, ofPlan digest: String) throws -> String {
    let name = Self.path(of: plan, replaced: digest)
    // A file that has this name already may be needed too.
    let aside = ([name] + (2...99).map { "\(name).\($0)" }).first { FileKind(ofPath: $0) == .missing }
    guard let aside else {
      throw FileFormatError.Detail(
        "it is the journal of another plan, and there are too many of that plan already: move"
          + " \(name.escapedForTerminal).* away")
    }
    guard rename(path, aside) == 0 else { throw FileError("rename", path) }
    let own = Self.path(of: plan, replaced: plan.digest)
    // Two digests can begin alike: the file to restore must be this plan's.
    if FileKind(ofPath: own) == .regular, try JournalReader(try OpenFile(own, .reading))?.header.plan == plan.digest,
      rename(own, path) != 0
    {
      throw FileError("rename", own)
    }
    return aside
  }

  static func describe(_ error: any Error, path: String) -> FileFormatError {
    switch error {
    case let error as FileFormatError: error
    case let error as FileFormatError.Detail:
      FileFormatError(
        "fixacl cannot use \(path.escapedForTerminal): \(error.text). Nothing was changed. To start over, move it away"
          + " ('mv \(path.escapedForTerminal) \(path.escapedForTerminal).old'). Objects that are as planned stay as they"
          + " are.")
    default: FileFormatError("\(error). Nothing was changed.")
    }
  }

  /// Continues a journal whose reader has reached its end.
  convenience init(
    going file: OpenFile, on reader: JournalReader, of plan: Plan? = nil, setAside: String? = nil,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws {
    try file.seekToEnd()
    self.init(
      JournalWriter(
        file: file, encoder: JournalEncoder(acls: reader.acls, seal: reader.seal), length: reader.length,
        keepsLength: reader.header.format == .second, hasLostEnd: reader.isCut), plan: plan, setAside: setAside,
      now: now)
  }

  private init(_ writer: JournalWriter, plan: Plan?, setAside: String?, now: @escaping @Sendable () -> Timestamp) {
    self.now = now
    self.setAside = setAside
    self.writer = writer
    self.plan = plan
    lines = GroupCommitFile { entries throws(FileError) in try writer.write(entries) }
  }

  /// Records in the file that it is complete.
  package func finish() { writer.finish() }

  deinit {
    plan?.unlock()
    writer.close()
  }

  /// Appends a record and returns once it is on the disk.
  package func append(_ record: JournalRecord) async throws(FileError) {
    try await lines.append(JournalWriter.Entry(record, at: now()))
  }

  /// Appends records in their order, and returns once they are on the disk.
  package func append(contentsOf records: [JournalRecord]) async throws(FileError) {
    let time = now()
    try await lines.append(contentsOf: records.map { JournalWriter.Entry($0, at: time) })
  }
}
