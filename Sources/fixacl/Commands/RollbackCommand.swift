internal import ArgumentParser
internal import FixACLKit
internal import S3Kit

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put back the ACLs that a plan's journal says were rewritten; run it again to resume.",
    discussion: """
      Each object is looked at first; one that is no longer as apply left it is left alone. A copy on a bucket with \
      versions is undone by removing the version that it made; elsewhere ownership cannot be given back. What was undone \
      is recorded in PLAN.journal, and the next apply of the plan would do it anew.
      """)

  @OptionGroup var options: PlanOptions

  @Flag(help: "Look at every object and say what would be undone; write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Stop after so many objects. The next run does the rest.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() async throws {
    let start = Clock.seconds()
    let opened = try await options.open()
    let plan = opened.plan
    guard Journal.exists(for: plan) else {
      let path = Journal.path(forPlan: plan.path).escapedForTerminal
      throw CommandFailure(
        "there is no journal \(path), so nothing is known to have been changed. Put the journal of the apply beside"
          + " its plan.")
    }
    let (journal, replay) = try Journal.open(for: plan, bucket: opened.bucket, isDryRun: dryRun)
    guard replay.touchedCount > 0 else {
      Console.shared.note("fixacl: nothing to put back: the journal has no change that was made and not undone.")
      return
    }
    let run = try ChangeRun(opened, isDryRun: dryRun, limit: limit, isQuiet: options.run.quiet, start: start)
    let rollbacker = Rollbacker(
      plan: plan, bucket: opened.bucket, accounts: opened.accounts, options: run.options, journal: journal,
      replay: replay, stop: run.stop, report: { [log = run.log] in log.take($0) })
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
    summarize(tally, of: run, plan: plan)
    try run.exit(isComplete: tally.stale + tally.failed + tally.impossible == 0)
  }

  private func summarize(_ tally: Rollbacker.Tally, of run: ChangeRun, plan: Plan) {
    var parts = [
      "\(Quantity.count(tally.done)) \(dryRun ? "would be put back" : "put back")",
      "\(Quantity.count(tally.already)) as before already", "\(Quantity.count(tally.stale)) stale",
      "\(Quantity.count(tally.impossible)) cannot be undone", "\(Quantity.count(tally.failed)) failed",
    ]
    let rest = tally.touched - tally.handled
    if rest > 0 { parts.append("\(Quantity.count(rest)) left for the next run") }
    run.summarize(parts.joined(separator: ", "), handled: tally.handled)
    if plan.header.bucket.effectivePublicAccessBlock.ignorePublicAcls {
      Console.shared.note(
        "fixacl: IgnorePublicAcls was on when the plan was made: public grants that were stored and not shown then"
          + " are not brought back.")
    }
    if tally.failed > 0, !dryRun {
      Console.shared.note("fixacl: run the same command again to try what failed once more.")
    }
  }
}
