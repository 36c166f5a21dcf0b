internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// What `apply` and `rollback` do alike: they work on a plan's changes until all are done or somebody stops them, tell
/// what does not go well, and show how far they are.
struct ChangeRun {
  let options: WorkOptions
  let log: OutcomeLog
  private let interruption: Interruption
  private let throttle: Throttle
  private let isQuiet: Bool
  private let start: Double

  /// - Parameter start: when the command began, in seconds of `Clock`.
  init(_ session: ChangeSession, isDryRun: Bool, limit: Int?, maximumFailures: Int?, isQuiet: Bool, start: Double)
    throws
  {
    var options = WorkOptions(concurrency: session.configuration.concurrency)
    options.isDryRun = isDryRun
    options.limit = limit
    options.maximumFailures = maximumFailures
    self.options = options
    self.isQuiet = isQuiet
    self.start = start
    let throttle = session.configuration.throttle
    self.throttle = throttle
    interruption = Interruption(
      announcement: "interrupted; waiting for what is in flight. Once more ends it at once.",
      onStop: { [configuration = session.configuration] in configuration.stopRequests(waitingForReads: 3) })
    log = try OutcomeLog(isDryRun: isDryRun, stop: interruption.stop)
  }

  /// Set when somebody wants it to end.
  var stop: StopSignal { interruption.stop }

  /// - Parameters:
  ///   - state: how far the work is; asked on another thread.
  ///   - work: returns when nothing is in flight any more.
  func work(
    state: @escaping @Sendable () -> ProgressReporter.State, _ work: () async throws -> Void
  ) async throws {
    let reporter = ProgressReporter(isQuiet: isQuiet, throttle: throttle, state: state)
    defer { reporter.finish() }
    do {
      try await work()
    } catch let error as FileError {
      throw CommandFailure(
        "the journal cannot be written, so nothing more was begun: \(error). What was done is not lost: free some space"
          + " and run the same command again.")
    }
    reporter.finish()
    try log.finish()
  }

  /// Says what came of it, with the figures of the run.
  func summarize(_ text: String, handled: Int) {
    let figures = RunFigures.summary(throttle.statistics, objects: handled, seconds: Clock.seconds() - start)
    Console.shared.note("fixacl: \(text); \(figures).")
  }

  /// Ends the command where somebody stopped it, it could not succeed, or not all could be done.
  ///
  /// - Parameters:
  ///   - stopReason: why it was ended before its time.
  ///   - done: changes that are as they should be by now.
  ///   - left: changes that were not taken on.
  func exit(isComplete: Bool, stopReason: FailureStreak.Stop?, done: Int, left: Int) throws {
    if let stopReason {
      throw CommandFailure(
        StopView.text(for: stopReason) + StopView.rest(left, "change was", "changes were", "left untouched"),
        status: done > 0 ? .partlyDone : .failed)
    }
    if stop.isSet {
      Console.shared.note("fixacl: interrupted; the same command does the rest: \(StopView.sameCommand)")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    if !isComplete { throw ExitCode(ExitStatus.partlyDone.rawValue) }
  }
}
