internal import AWSKit

/// A run of apply, rollback or verify from its first change to its summary.
struct ChangeRun<Work: Undertaking> {
  let command: RunSummary.Command
  let path: String
  let session: Session
  let options: WorkOptions
  let stop: StopSignal
  let start: ContinuousClock.Instant
  let events: RunEventHandler
  var sampledFrom: Int?
  var losesHiddenGrants = false
  /// Whether something is missing that no object tells of.
  var isIncomplete = false
  /// Jobs that have not ended, and whose tasks are not counted.
  var jobsUnderWay = 0

  /// Works until everything is done or somebody stops it, and tells the summary.
  ///
  /// - Parameter epilogue: what follows if nobody stopped it.
  func run(
    _ work: Work,
    epilogue: (_ tally: Tally) async throws -> RunSummary.Epilogue = { _ in RunSummary.Epilogue() }
  ) async throws -> RunResult {
    stop.beginWork()
    stop.onSet { [session, command, events] cause in
      if cause == .interruption { events(.notice(.interrupted(command == .verify ? .reading : .writing))) }
      session.stopRequests(waitingForReads: command == .verify ? 0 : 3)
    }
    let runner = Runner(work, options: options, stop: stop, report: { [events] in events(.object($0)) })
    events(.progress { [command, options] in .running(command, runner.tally, limit: options.limit) })
    do {
      defer { events(.progressEnded) }
      try await runner.run()
    } catch let error as FileError {
      throw WorkflowError.journal(error, changed: runner.tally.done)
    }
    let tally = runner.tally
    let end: RunSummary.End =
      // Also if stdout cannot be written, which is no request: not everything was looked at.
      if let reason = runner.stopReason { .hopeless(reason) } else { stop.isSet ? .interrupted : .complete }
    var result = result(tally, end)
    // What follows is no work on objects: it does not count for their rate.
    let (statistics, seconds) = (session.throttle.statistics, start.seconds(until: .now))
    var following = RunSummary.Epilogue()
    if case .complete = end {
      do {
        following = try await epilogue(tally)
      } catch let error as FileError {
        throw WorkflowError.journal(error, changed: tally.done)
      }
      result = following.result(after: result)
    }
    events(
      .summary(
        RunSummary(
          command: command, path: path, isDryRun: options.isDryRun, tally: tally, sampledFrom: sampledFrom, end: end,
          result: result, statistics: statistics, seconds: seconds,
          losesHiddenGrants: losesHiddenGrants, epilogue: following, jobsUnderWay: jobsUnderWay)))
    return result
  }

  private func result(_ tally: Tally, _ end: RunSummary.End) -> RunResult {
    switch (end, command) {
    case (.interrupted, _): return .interrupted
    case (.hopeless, .verify): return tally.already + tally.pending + tally.stale > 0 ? .partlyDone : .failed
    case (.hopeless, _): return tally.done + tally.already > 0 ? .partlyDone : .failed
    case (.complete, .verify):
      if tally.isComplete { return .done }
      return tally.failed > 0 && tally.already + tally.pending + tally.stale == 0 ? .failed : .changes
    case (.complete, _): return tally.isComplete && !isIncomplete ? .done : .partlyDone
    }
  }
}

extension RunSummary.Epilogue {
  /// How a run ends that ended with `result` before it.
  fileprivate func result(after result: RunResult) -> RunResult {
    if invalidation?.result == .interrupted || edge?.isInterrupted == true { return .interrupted }
    if let edge, edge.differing + edge.failed > 0, result != .failed { return .changes }
    let isIncomplete = invalidation?.result == .failed || edge?.problem != nil
    return result == .done && isIncomplete ? .partlyDone : result
  }
}

extension WorkOptions {
  /// As hard as a session's options say.
  init(_ session: Session.Options) {
    self.init(concurrency: session.concurrency)
    maximumFailures = session.maximumFailures
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this moment to another.
  func seconds(until other: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = duration(to: other).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
