internal import AWSKit
internal import Synchronization

/// Works through changes: a bounded number in flight, each looked at first, each recorded before it counts.
package final class Runner<Work: Undertaking>: Sendable {
  package let work: Work
  private let options: WorkOptions
  private let stop: StopSignal
  private let report: @Sendable (ChangeReport) -> Void
  private let tallyBox: Mutex<Tally>
  private let watch: FailureWatch

  /// - Parameters:
  ///   - stop: set by anybody who wants the run to end; what is in flight is finished.
  ///   - report: told of every outcome, from any thread.
  package init(
    _ work: Work, options: WorkOptions, stop: StopSignal, report: @escaping @Sendable (ChangeReport) -> Void
  ) {
    self.work = work
    self.options = options
    self.stop = stop
    self.report = report
    tallyBox = Mutex(work.tally)
    watch = FailureWatch(limit: options.maximumFailures, stop: stop)
  }

  /// Why the run was ended early, if it could not succeed.
  package var stopReason: FailureStreak.Stop? { watch.reason }

  /// Complete once `run` has returned. Read it on any thread.
  package var tally: Tally { tallyBox.withLock { $0 } }

  /// Works through the changes, and returns when nothing is in flight.
  ///
  /// - Throws: `FileFormatError` if the changes cannot be read, `FileError` if the journal cannot be written. Objects
  ///   that fail are in the tally.
  package func run() async throws {
    defer { work.end() }
    await work.begin()
    let queue = WorkQueue(
      work.changes, options: options, isPending: { [work] in work.isPending($0) },
      contentCheck: { [work] in work.contentCheck(of: $0) })
    // A change waits for the disk between its requests, so more changes are needed to keep as many requests in flight.
    let most = min(options.concurrency + options.concurrency / 4, work.changeCount)
    let crew = Crew(initial: work.client.wantedWork(underWay: 0), most: most)
    // Workers come and go: a group that keeps the results of those that have gone would grow with the work.
    try await withThrowingDiscardingTaskGroup { group in
      for await number in crew.starts {
        group.addTask(executorPreference: work.client.executor(number: number)) { [self] in
          try await handleChanges(of: queue, as: number, of: crew)
        }
      }
    }
  }

  private func handleChanges(of queue: WorkQueue, as number: Int, of crew: Crew) async throws {
    do {
      while !stop.isSet, !Task.isCancelled, let change = try queue.next() {
        try await handle(change)
        guard crew.keeps(number, ofWanted: work.client.wantedWork(underWay: crew.count)) else { return }
      }
      crew.end()
    } catch {
      crew.end()
      throw error
    }
  }

  private func handle(_ change: PlannedChange) async throws {
    guard let target = change.to else { return try await finish(change, .blocked(change.change.reason)) }
    var rules = work.rules(for: change, to: target)
    var action = rules.handle(Work.Rules.beginning)
    var hasBegun = false
    var mayHaveWritten = false
    while true {
      if let outcome = action.outcome {
        return try await finish(change, outcome, isUntouched: hasBegun && !mayHaveWritten)
      }
      if action.isWrite {
        guard !options.isDryRun else { return try await finish(change, .done()) }
        try await work.record(action, of: change, isFirst: !hasBegun)
        hasBegun = true
      }
      let event: Work.Rules.Event
      do {
        event = try await work.perform(action, of: change)
        if action.isWrite { mayHaveWritten = true }
      } catch let error as AWSError {
        // What was not done because somebody stopped the run is left for the next one, and is no outcome. But the journal
        // must not leave open whether what it says has begun was done.
        if error.isStopped {
          guard hasBegun, !mayHaveWritten else { return }
          return try await work.record(.failed(.s3(error)), of: change, isUntouched: true)
        }
        if action.isWrite, !error.isPlainRefusal { mayHaveWritten = true }
        event = Work.Rules.failed(error)
      }
      action = rules.handle(event)
    }
  }

  private func finish(
    _ change: PlannedChange, _ outcome: Outcome, isUntouched: Bool = false
  ) async throws(FileError) {
    let counts =
      !work.isOfThisRun(outcome) || watch.counts(outcome, of: change.change, isProgress: work.isProgress(outcome))
    try await work.record(outcome, of: change, isUntouched: isUntouched)
    // What counts for nothing is recorded, too: nobody has to wonder later whether it was done.
    guard counts else { return }
    tallyBox.withLock { $0.count(outcome) }
    report(ChangeReport(change: change.change, outcome: outcome))
  }
}

extension AWSError {
  /// Whether nothing can have been done. What nobody knows as a refusal is not taken for one: the undo depends on it.
  fileprivate var isPlainRefusal: Bool {
    guard !mayHaveBeenDone else { return false }
    return kind != .service || isForbidden || isNotFound || refusesCredentials
      || [409, 412, 429, 503].contains(status)
  }
}
