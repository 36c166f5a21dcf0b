internal import ArgumentParser
internal import FixACLKit
internal import S3Kit

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
  var multipartThreshold = S3Client.maximumCopySize

  func validate() throws {
    guard (1...S3Client.maximumCopySize).contains(multipartThreshold) else {
      throw ValidationError("--multipart-threshold must be between 1 and \(S3Client.maximumCopySize) (5 GiB).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() async throws {
    let start = Clock.seconds()
    let opened = try await options.open()
    let plan = opened.plan
    warnAboutChangedSettings(opened)
    let (journal, replay) = try Journal.open(for: plan, bucket: opened.bucket, isDryRun: dryRun)
    var applierOptions = WorkOptions(concurrency: opened.configuration.concurrency)
    applierOptions.isDryRun = dryRun
    applierOptions.limit = limit
    applierOptions.maximumCopySize = multipartThreshold
    let governor = opened.configuration.governor
    let interruption = Interruption(
      announcement: "interrupted; waiting for what is in flight. Once more ends it at once.",
      onStop: { governor.stopRetrying() })
    let log = try OutcomeLog(isDryRun: dryRun, stop: interruption.stop)
    let applier = Applier(
      plan: plan, bucket: opened.bucket, accounts: opened.accounts, options: applierOptions, journal: journal,
      replay: replay, stop: interruption.stop, report: { log.take($0) })
    let before = applier.tally
    guard before.remaining > 0 else {
      Console.shared.note("fixacl: " + Self.nothingToDo(before, plan: plan))
      if before.blocked > 0 { throw ExitCode(ExitStatus.partlyDone.rawValue) }
      return
    }
    let reporter = ProgressReporter(isQuiet: options.run.quiet, governor: governor) { [limit] in
      let tally = applier.tally
      return ProgressReporter.State(
        text: "applying: \(Quantity.count(tally.finishedBefore + tally.handled)) of \(Quantity.count(tally.planned)), "
          + "\(Quantity.count(tally.done)) changed, \(Quantity.count(tally.stale)) stale, "
          + "\(Quantity.count(tally.failed)) failed",
        done: tally.handled, total: min(limit ?? .max, tally.planned - tally.finishedBefore))
    }
    defer { reporter.finish() }
    do {
      try await applier.run()
    } catch let error as FileError {
      throw CommandFailure(
        "the journal cannot be written, so no more changes were begun: \(error). What was done is not lost: free some"
          + " space and run the same command again.")
    }
    reporter.finish()
    try log.finish()
    summarize(applier.tally, statistics: governor.statistics, seconds: Clock.seconds() - start)
    try exit(applier.tally, wasInterrupted: interruption.stop.isSet)
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

  private func summarize(_ tally: Applier.Tally, statistics: RequestGovernor.Statistics, seconds: Double) {
    var parts = ["\(Quantity.count(tally.done)) \(dryRun ? "would be changed" : "changed")"]
    parts.append("\(Quantity.count(tally.already)) as planned already")
    parts.append("\(Quantity.count(tally.stale)) stale")
    parts.append("\(Quantity.count(tally.failed)) failed")
    if tally.blocked > 0 { parts.append("\(Quantity.count(tally.blocked)) blocked in the plan") }
    if tally.finishedBefore > 0 { parts.append("\(Quantity.count(tally.finishedBefore)) done by earlier runs") }
    var text = parts.joined(separator: ", ")
    let unhandled = tally.planned - tally.finishedBefore - tally.handled
    if unhandled > 0 { text += ", \(Quantity.count(unhandled)) left for the next run" }
    Console.shared.note(
      "fixacl: \(text); \(RunFigures.summary(statistics, objects: tally.handled, seconds: seconds)).")
    if tally.stale > 0 {
      Console.shared.note(
        "fixacl: stale objects were left alone. Make a new plan for them: 'fixacl plan' finds what they need now.")
    }
    if tally.failed > 0, !dryRun {
      Console.shared.note("fixacl: run the same command again to try what failed once more.")
    }
  }

  private func exit(_ tally: Applier.Tally, wasInterrupted: Bool) throws {
    if wasInterrupted { throw ExitCode(ExitStatus.interrupted.rawValue) }
    if tally.stale + tally.failed + tally.blocked > 0 { throw ExitCode(ExitStatus.partlyDone.rawValue) }
  }

  private func warnAboutChangedSettings(_ opened: PlanOptions.Opened) {
    let planned = opened.plan.header.bucket
    for (name, hasChanged) in [
      ("Block Public Access", opened.bucket.publicAccessBlock != planned.publicAccessBlock),
      ("Object Ownership", opened.bucket.objectOwnership != planned.objectOwnership),
      ("versioning", opened.bucket.versioning != planned.versioning),
    ] where hasChanged {
      Console.shared.note(
        "fixacl: the bucket's \(name) is not what it was when the plan was made; consider a new plan.")
    }
  }
}
