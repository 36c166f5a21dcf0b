internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put back the ACLs that a journal says were rewritten; run it again to resume.",
    discussion: """
      The journal (PLAN.journal) is all that is needed: the plan may be gone. Each object is looked at first; one that is \
      no longer as apply left it is left alone. A copy on a bucket with versions is undone by removing the version that it \
      made; elsewhere ownership cannot be given back. What was undone is recorded in the journal, and the next apply of \
      the plan would do it anew.
      """)

  @Argument(help: "The journal, or the plan that it is of.", completion: .file())
  var journal: String

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions

  @Flag(help: "Look at every object and say what would be undone; write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Stop after so many objects. The next run does the rest.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() async throws {
    let start = Clock.seconds()
    let undo = try Undo.open(journal, isDryRun: dryRun)
    if let problem = undo.planProblem {
      Console.shared.note("fixacl: the plan is not used, only \(undo.path.escapedForTerminal). \(problem)")
    }
    if undo.replay.isCut { Console.shared.note("fixacl: \(Self.cut(undo))") }
    guard undo.replay.touchedCount > 0 else {
      Console.shared.note("fixacl: nothing to put back: the journal has no change that was made and not undone.")
      if undo.replay.isCut { throw ExitCode(ExitStatus.partlyDone.rawValue) }
      return
    }
    let session = try await ChangeSession(
      of: "journal", bucket: undo.bucket, owners: undo.replay.ownersOfGrants, copies: undo.replay.hasCopies,
      credentials: credentials, run: self.run, requestPayer: undo.desired.requestPayer)
    let hasCopies = undo.replay.hasCopies
    try session.checkSurroundings(desired: undo.desired, hasCopies: hasCopies, for: .rollback) {
      SurroundingsChange.Work(hasCopies: hasCopies)
    }
    let run = try ChangeRun(
      session, isDryRun: dryRun, limit: limit, maximumFailures: self.run.maxFailures.count, isQuiet: self.run.quiet,
      start: start)
    let rollbacker = Rollbacker(
      undo: undo, bucket: session.bucket, accounts: session.accounts, options: run.options, stop: run.stop,
      report: { [log = run.log] in log.take($0) })
    try await run.work(
      state: { [limit] in
        let tally = rollbacker.tally
        return ProgressReporter.State(
          text: "rolling back: \(Quantity.count(tally.handled)) of \(Quantity.count(tally.touched)), "
            + "\(Quantity.count(tally.done)) put back, \(Quantity.count(tally.stale)) stale, "
            + "\(Quantity.count(tally.failed)) failed",
          done: tally.handled, total: min(limit ?? .max, tally.touched))
      }, rollbacker.run)
    let tally = rollbacker.tally
    summarize(tally, of: run, undo, isStopped: rollbacker.stopReason != nil)
    try run.exit(
      isComplete: tally.stale + tally.failed + tally.impossible == 0 && !undo.replay.isCut,
      stopReason: rollbacker.stopReason, done: tally.done + tally.already, left: tally.touched - tally.handled)
  }

  private static func cut(_ undo: Undo) -> String {
    "the end of \(undo.path.escapedForTerminal) is missing: it was longer once. What it still says is put back; objects of the"
      + " missing part stay as apply left them. 'fixacl verify' with the plan shows which these are."
  }

  private func summarize(_ tally: Rollbacker.Tally, of run: ChangeRun, _ undo: Undo, isStopped: Bool) {
    var parts = [
      "\(Quantity.count(tally.done)) \(dryRun ? "would be put back" : "put back")",
      "\(Quantity.count(tally.already)) as before already", "\(Quantity.count(tally.stale)) stale",
      "\(Quantity.count(tally.impossible)) cannot be undone", "\(Quantity.count(tally.failed)) failed",
    ]
    let rest = tally.touched - tally.handled
    if rest > 0 { parts.append("\(Quantity.count(rest)) left for the next run") }
    run.summarize(parts.joined(separator: ", "), handled: tally.handled)
    if undo.bucket.effectivePublicAccessBlock.ignorePublicAcls {
      Console.shared.note(
        "fixacl: IgnorePublicAcls was on when the plan was made: public grants that were stored and not shown then"
          + " are not brought back.")
    }
    if tally.failed > 0, !dryRun, !isStopped {
      Console.shared.note("fixacl: run the same command again to try what failed once more.")
    }
  }
}
