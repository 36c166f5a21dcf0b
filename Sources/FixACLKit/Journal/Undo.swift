internal import AWSKit

/// What a journal can undo, and how. Opened by the journal's own path, or by the path of its plan.
package struct Undo: Sendable {
  /// The journal's path.
  package let path: String
  /// The digest of the plan.
  package let plan: String
  /// The bucket's settings in the plan.
  package let bucket: BucketSettings
  package let desired: Intent
  /// Which credentials the plan was made with.
  package let credentials: CredentialNames
  package let replay: JournalReplay
  /// Nil for a dry run.
  package let journal: Journal?
  /// Why the given plan cannot be used; nil if it can.
  package let planProblem: FileFormatError?
  /// The changes that were begun. A journal of the first format does not say which; then all changes of the plan.
  let changes: any ChangeReader
  /// How many changes to look through.
  let changeCount: Int
  /// The grants that apply has dropped from ACLs. A journal that somebody has made can name any.
  let dropped: Set<Grant>

  /// - Parameter argument: the path of a plan or a journal.
  /// - Throws: if there is no journal, another run holds it, or it is damaged. Nothing has been written then.
  package static func open(_ argument: String, isDryRun: Bool) throws(FileFormatError) -> Undo {
    if try isJournal(argument) { return try open(journal: argument, plan: nil, isDryRun: isDryRun) }
    var journal = Journal.path(forPlan: argument)
    let plan: Plan
    do {
      plan = try Plan(path: argument)
    } catch {
      guard try isJournal(journal) else {
        guard case .missing = FileKind(ofPath: argument) else {
          throw argument.hasSuffix(Journal.path(forPlan: "")) ? isNoJournal(argument) : error
        }
        if case .regular = FileKind(ofPath: journal) { throw isNoJournal(journal) }
        throw FileFormatError(
          "there is no file \(argument.escapedForTerminal), and no journal of that name. Name a journal (PLAN.journal), or"
            + " its plan.")
      }
      return try open(journal: journal, plan: nil, isDryRun: isDryRun, planProblem: error)
    }
    let other = Journal.path(of: plan, replaced: plan.digest)
    journal = Journal.path(of: plan)
    let hasJournal = try isJournal(journal)
    let isAside = try isJournal(other)
    guard hasJournal || isAside else {
      if case .regular = FileKind(ofPath: journal) { throw isNoJournal(journal) }
      throw FileFormatError(
        "there is no journal \(journal.escapedForTerminal), so fixacl does not know of any change to undo. If the journal"
          + " is elsewhere, name it: rollback needs nothing else.")
    }
    let isOwn = hasJournal ? try isJournal(journal, ofPlan: plan.digest) : false
    return try open(journal: isAside && !isOwn ? other : journal, plan: plan, isDryRun: isDryRun)
  }

  private static func isNoJournal(_ path: String) -> FileFormatError {
    FileFormatError(
      "fixacl cannot use \(path.escapedForTerminal): it is empty, or does not begin as a journal does, so fixacl does not know"
        + " of any change to undo. Nothing was changed.")
  }

  /// Whether there is a file that begins as a journal does.
  private static func isJournal(_ path: String, ofPlan digest: String? = nil) throws(FileFormatError) -> Bool {
    do {
      let file = try OpenFile(path, .reading)
      guard file.isRegularFile else { return false }
      let beginning = OpenFile.journalBeginning
      guard try file.read(beginning.count, at: 0) == beginning else { return false }
      guard let digest else { return true }
      return try JournalReader(file)?.header.plan == digest
    } catch let error as FileError {
      if error.isNoSuchFile { return false }
      throw FileFormatError("\(error). Nothing was changed.")
    } catch {
      return digest == nil
    }
  }

  private static func open(
    journal path: String, plan: Plan?, isDryRun: Bool, planProblem: FileFormatError? = nil
  ) throws(FileFormatError) -> Undo {
    do {
      let file =
        isDryRun
        ? try OpenFile(path, .reading)
        : try Journal.lockedFile(path) { path in
          FileFormatError(
            "another fixacl is applying or undoing the plan (it holds the lock of \(path.escapedForTerminal)). Wait until it"
              + " ends. Nothing was changed.")
        }
      guard var reader = try JournalReader(file) else {
        throw FileFormatError.Detail("its first line is incomplete, so it has no changes")
      }
      let header = reader.header
      if let plan, plan.digest != header.plan {
        throw FileFormatError(
          "\(path.escapedForTerminal) is the journal of another plan (\(header.plan.escapedForTerminal)), and this plan has"
            + " none. Nothing was changed. To undo that other plan, name the journal:"
            + " 'fixacl rollback \(path.escapedForTerminal)'.")
      }
      var own = plan
      if header.format == .first, own == nil { own = try planned(besides: path, header) }
      let (bucket, desired) = try intent(header, own)
      // A journal is audited like a plan: it decides what is put on objects.
      try PlanHeader.check(bucket: bucket, desired: desired)
      let credentials = own?.header.credentials ?? header.credentials
      try credentials.check()
      var audit = ChangeAudit(bucket: bucket, desired: desired)
      var dropped: Set<Grant> = []
      let replay = try JournalReplay(&reader, changeCount: own?.changeCount) { begun in
        try audit.check(begun.change, from: begun.from, to: begun.to)
        guard begun.change.action == .grant, let from = begun.from, let to = begun.to else { return }
        for grant in from.grants where !to.grants.contains(grant) { dropped.insert(grant) }
      }
      if let own { try Journal.compare(replay, with: own) }
      let journal: Journal?
      if isDryRun || !replay.needsRollback {
        journal = nil
      } else {
        if try file.size() > reader.length { try file.truncate(to: reader.length) }
        journal = try Journal(going: file, on: reader)
      }
      let changes: any ChangeReader =
        if header.format == .first, let own { PlanChangeReader(own) } else {
          try JournalChangeReader(file, end: reader.length)
        }
      return Undo(
        path: path, plan: header.plan, bucket: bucket, desired: desired, credentials: credentials, replay: replay,
        journal: journal,
        planProblem: planProblem, changes: changes, changeCount: own?.changeCount ?? header.changes ?? 0,
        dropped: dropped)
    } catch {
      throw describe(error, path: path)
    }
  }

  /// The plan that a journal of the first format needs.
  private static func planned(besides path: String, _ header: JournalHeader) throws -> Plan {
    guard let plan = Journal.plan(besides: path, digest: header.plan) else {
      throw FileFormatError.Detail(
        "it was made by an earlier version, and such journals need their plan (\(header.plan)): put the plan beside it, and"
          + " name the plan")
    }
    return plan
  }

  private static func intent(_ header: JournalHeader, _ plan: Plan?) throws -> (BucketSettings, Intent) {
    if let plan { return (plan.header.bucket, plan.header.desired) }
    guard let bucket = header.bucket, let desired = header.desired else {
      throw FileFormatError.Detail("its first line is damaged")
    }
    return (bucket, desired)
  }

  private static func describe(_ error: any Error, path: String) -> FileFormatError {
    switch error {
    case let error as FileFormatError: error
    case let error as FileFormatError.Detail:
      FileFormatError("fixacl cannot use \(path.escapedForTerminal): \(error.text). Nothing was changed.")
    default: FileFormatError("\(error). Nothing was changed.")
    }
  }
}
