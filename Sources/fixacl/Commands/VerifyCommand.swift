internal import ArgumentParser
internal import FixACLKit
internal import AWSKit
internal import Synchronization

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every object of a plan again and say which are not as planned.",
    discussion: "Changes nothing. Exits with 0 when all are as planned, with 2 when not.")

  @OptionGroup var options: PlanOptions

  @Option(help: ArgumentHelp("Look at so many objects only, drawn by chance, of a large plan.", valueName: "n"))
  var sample: Int?

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("--sample must be at least 1.") }
  }

  func run() async throws {
    let start = Clock.seconds()
    let opened = try await options.open()
    let writer = Mutex(try ResultWriter())
    let writeFailure = Mutex<FileError?>(nil)
    let throttle = opened.session.configuration.throttle
    let interruption = Interruption(
      announcement: "interrupted.",
      onStop: { [configuration = opened.session.configuration] in configuration.stopRequests() })
    let verifier = Verifier(
      plan: opened.plan, accounts: opened.session.accounts, concurrency: opened.session.configuration.concurrency,
      sample: sample, maximumFailures: options.run.maxFailures.count, stop: interruption.stop
    ) { [stop = interruption.stop] change, difference in
      let line = Self.text(change, difference)
      do throws(FileError) {
        try writer.withLock { writer throws(FileError) in try writer.line(line) }
      } catch {
        writeFailure.withLock { $0 = error }
        stop.set()
      }
    }
    let total = verifier.total
    let reporter = ProgressReporter(isQuiet: options.run.quiet, throttle: throttle) {
      let tally = verifier.tally
      return ProgressReporter.State(
        text: "verifying: \(Quantity.count(tally.handled)) of \(Quantity.count(total)), "
          + "\(Quantity.count(tally.differing)) differ, \(Quantity.count(tally.failed)) failed",
        done: tally.handled, total: total)
    }
    defer { reporter.finish() }
    try await verifier.run()
    reporter.finish()
    if let failure = writeFailure.withLock({ $0 }) { throw failure }
    try writer.withLock { try $0.finish() }
    let tally = verifier.tally
    Console.shared.note(
      "fixacl: \(Quantity.count(tally.asPlanned)) as planned, \(Quantity.count(tally.differing)) differ, "
        + "\(Quantity.count(tally.blocked)) blocked in the plan, \(Quantity.count(tally.failed)) could not be read"
        + (total < opened.plan.changeCount
          ? " (a sample of \(Quantity.count(total)) of \(Quantity.count(opened.plan.changeCount)))" : "")
        + "; \(RunFigures.summary(throttle.statistics, objects: tally.handled, seconds: Clock.seconds() - start)).")
    let left = total - tally.handled
    if let stop = verifier.stopReason {
      throw CommandFailure(
        StopView.text(for: stop) + StopView.rest(left, "object was", "objects were", "not looked at"),
        status: tally.asPlanned + tally.differing > 0 ? .partlyDone : .failed)
    }
    if interruption.stop.isSet {
      Console.shared.note(
        "fixacl: \(Quantity.count(left, "object")) not looked at. To look at all: \(StopView.sameCommand)")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    if tally.failed > 0, tally.asPlanned + tally.differing == 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    guard tally.asPlanned == tally.handled else {
      Console.shared.note("fixacl: 'fixacl apply' does what is not done yet; for the rest make a new plan.")
      throw ExitCode(ExitStatus.changes.rawValue)
    }
  }

  private static func text(_ change: Change, _ difference: Verifier.Difference) -> String {
    switch difference {
    case .notYetChanged: "not changed yet: \(change.name)"
    case .stale(let staleness): "differs: \(change.name): \(staleness.explanation)"
    case .blocked(let reason): "blocked: \(change.name): \(reason.explanation)"
    case .failed(let error): "could not be read: \(change.name): \(error). \(Advice.text(for: error))"
    }
  }
}
