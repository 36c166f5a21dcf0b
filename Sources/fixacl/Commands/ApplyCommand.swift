internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the changes of a plan; run it again to resume.",
    discussion: """
      Each object is looked at first; one that is no longer what the plan saw is left alone. What was done is recorded in \
      PLAN.journal. Ctrl-C lets what is in flight end; nothing is lost by killing it either.
      """)

  @OptionGroup var options: PlanOptions

  @Flag(help: "Look at every object and say what would be done; write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Stop after so many objects: a canary. The next run does the rest.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Copy objects of more bytes than this in parts, for a server that copies less than 5 GiB at once.",
      valueName: "bytes"))
  var multipartThreshold = AWSClient.maximumCopySize

  func validate() throws {
    guard (AWSClient.minimumPartSize...AWSClient.maximumCopySize).contains(multipartThreshold) else {
      throw ValidationError(
        "--multipart-threshold must be between \(AWSClient.minimumPartSize) (5 MiB, the smallest part that S3 takes) and"
          + " \(AWSClient.maximumCopySize) (5 GiB).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() async throws {
    let start = Clock.seconds()
    let opened = try await options.open()
    let (plan, session) = (opened.plan, opened.session)
    try session.checkSurroundings(
      desired: plan.header.desired, hasCopies: (plan.header.summary.actions[.copy] ?? 0) > 0, for: .apply
    ) { try plan.work() }
    let (journal, replay) = try Journal.open(for: plan, bucket: session.bucket, isDryRun: dryRun)
    if let aside = journal?.setAside {
      Console.shared.note(
        "fixacl: the journal of another plan of this name is \(aside.escapedForTerminal) now: it is still that plan's undo"
          + " ('fixacl rollback \(aside.escapedForTerminal)').")
    }
    let run = try ChangeRun(
      session, isDryRun: dryRun, limit: limit, maximumFailures: options.run.maxFailures.count,
      isQuiet: options.run.quiet, start: start)
    var workOptions = run.options
    workOptions.maximumCopySize = multipartThreshold
    let applier = Applier(
      plan: plan, bucket: session.bucket, accounts: session.accounts, options: workOptions, journal: journal,
      replay: replay, stop: run.stop, report: { [log = run.log] in log.take($0) })
    let before = applier.tally
    guard before.remaining > 0 else {
      await applier.endUploads()
      journal?.finish()
      Console.shared.note("fixacl: " + Self.nothingToDo(before, plan: plan))
      if before.blocked > 0 { throw ExitCode(ExitStatus.partlyDone.rawValue) }
      return
    }
    if !options.run.quiet { session.announce(plan, remaining: before.remaining) }
    try await run.work(
      state: { [limit] in
        let tally = applier.tally
        return ProgressReporter.State(
          text:
            "applying: \(Quantity.count(tally.finishedBefore + tally.handled)) of \(Quantity.count(tally.planned)), "
            + "\(Quantity.count(tally.done)) changed, \(Quantity.count(tally.stale)) stale, "
            + "\(Quantity.count(tally.failed)) failed",
          done: tally.handled, total: min(limit ?? .max, tally.planned - tally.finishedBefore))
      }, applier.run)
    let tally = applier.tally
    summarize(tally, of: run, isStopped: applier.stopReason != nil)
    try run.exit(
      isComplete: tally.stale + tally.failed + tally.blocked == 0, stopReason: applier.stopReason,
      done: tally.done + tally.already, left: tally.planned - tally.finishedBefore - tally.handled)
  }

  private static func nothingToDo(_ tally: Applier.Tally, plan: Plan) -> String {
    var text =
      tally.planned == 0
      ? "the plan has nothing that can be changed"
      : "this plan is done already: the journal has all \(Quantity.count(tally.planned, "change"))"
    if tally.blocked > 0 {
      text += "; \(Quantity.count(tally.blocked, "object")) stay blocked ('fixacl show' says by what)"
    }
    return text + ". 'fixacl verify' looks at the objects themselves."
  }

  private func summarize(_ tally: Applier.Tally, of run: ChangeRun, isStopped: Bool) {
    var parts = ["\(Quantity.count(tally.done)) \(dryRun ? "would be changed" : "changed")"]
    parts.append("\(Quantity.count(tally.already)) as planned already")
    parts.append("\(Quantity.count(tally.stale)) stale")
    parts.append("\(Quantity.count(tally.failed)) failed")
    if tally.blocked > 0 { parts.append("\(Quantity.count(tally.blocked)) blocked in the plan") }
    if tally.finishedBefore > 0 { parts.append("\(Quantity.count(tally.finishedBefore)) done by earlier runs") }
    var text = parts.joined(separator: ", ")
    let unhandled = tally.planned - tally.finishedBefore - tally.handled
    if unhandled > 0 { text += ", \(Quantity.count(unhandled)) left for the next run" }
    run.summarize(text, handled: tally.handled)
    if tally.stale > 0 {
      Console.shared.note(
        "fixacl: stale objects were left alone. Make a new plan for them: 'fixacl plan' finds what they need now.")
    }
    if tally.failed > 0, !dryRun, !isStopped {
      Console.shared.note("fixacl: run the same command again to try what failed once more.")
    }
  }
}
