internal import AWSKit
internal import Synchronization

/// One reconcile, from the last good run to the metrics.
final class ReconcileRun: Sendable {
  /// What the parts of the run tell of themselves.
  private struct Record {
    var throttles: [Throttle] = []
    var planned: PlanReport?
    var summary: RunSummary?
    var copiedBytes = 0
  }

  private let workflow: ReconcileWorkflow
  private let folder: ReconcileFolder
  private let stop: StopSignal
  private let events: RunEventHandler
  private let start = ContinuousClock.now
  private let record = Mutex(Record())

  init(
    _ workflow: ReconcileWorkflow, folder: ReconcileFolder, stop: StopSignal, events: @escaping RunEventHandler
  ) {
    self.workflow = workflow
    self.folder = folder
    self.stop = stop
    self.events = events
  }

  func run() async throws -> RunResult {
    let deadline = deadline()
    defer { deadline?.cancel() }
    var summary = ReconcileSummary(bucket: workflow.request.bucket, isPlanOnly: workflow.isPlanOnly)
    summary.maximumSeconds = workflow.maximumDuration
    var last: LastRun?
    var result: Result<RunResult, any Error>
    do {
      last = try folder.lastRun()
      summary.lastSuccess = last?.at
      result = .success(try await work(after: last, &summary))
    } catch  where stop.isRequested && error.isOfStop {
      result = .failure(WorkflowError.interrupted)
    } catch {
      result = .failure(error)
    }
    if stop.cause == .deadline {
      switch result {
      case .success(.interrupted), .failure(WorkflowError.interrupted):
        summary.isOutOfTime = true
        result = .success(.partlyDone)
      // It was over before that mattered.
      default: break
      }
    }
    if case .success(.done) = result { result = .success(keep(&summary, last)) }
    do {
      try folder.prune(keeping: workflow.keptRuns, present: summary.planPath)
    } catch {
      tell(.pruningFailed(error))
    }
    finish(&summary, result)
    return try result.get()
  }

  private func tell(_ notice: ReconcileNotice) { events(.notice(.reconcile(notice))) }

  /// Ends the run when its time is over.
  private func deadline() -> Task<Void, Never>? {
    guard let seconds = workflow.maximumDuration else { return nil }
    return Task { [self] in
      guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
      tell(.timeIsOver(seconds))
      stop.set(.deadline)
    }
  }

  // MARK: - The parts

  private func work(after last: LastRun?, _ summary: inout ReconcileSummary) async throws -> RunResult {
    try folder.tidy()
    let plan = try await plan()
    summary.plan = plan
    try check(last, isOf: plan.bucket)
    summary.trips = workflow.rails.trips(by: plan, after: last)
    if workflow.isPlanOnly {
      guard plan.summary.changes > 0 else {
        try folder.discardPlan()
        return .done
      }
      try hold(&summary)
      return .changes
    }
    guard summary.trips.isEmpty else {
      try hold(&summary)
      return .guarded
    }
    var result = try await completeEarlierRuns(&summary)
    if plan.summary.writableChanges > 0 {
      if result != .interrupted { result = try await apply(plan, &summary, after: result) }
    } else if plan.summary.changes > 0 {
      try hold(&summary)
      result = result.joined(.partlyDone)
    } else {
      try folder.discardPlan()
    }
    return result
  }

  /// Keeps the plan for somebody to look at.
  private func hold(_ summary: inout ReconcileSummary) throws {
    summary.planPath = try folder.holdPlan(at: .now())
    summary.isPlanHeld = true
  }

  private func plan() async throws -> PlanHeader {
    var request = workflow.request
    request.output = .file(folder.nextPlan)
    do {
      try await plan(request)
    } catch let error as CheckpointError where error.reason != .otherFile {
      // The checkpoint is this folder's own, and nobody is there to say that it is of no use.
      tell(.scanRestarted(error))
      request.startsOver = true
      try await plan(request)
    }
    guard let report = record.withLock({ $0.planned }) else { throw WorkflowError.interrupted }
    return report.header
  }

  private func plan(_ request: PlanRequest) async throws {
    let workflow = PlanWorkflow(request, session: workflow.session, tool: workflow.tool)
    _ = try await workflow.run(stop: stop, events: note)
  }

  /// - Throws: `WorkflowError.otherState` if what is known is of a bucket of the same name on another server.
  private func check(_ last: LastRun?, isOf bucket: BucketSettings) throws {
    guard let last, last.bucket.endpoint != bucket.endpoint || last.bucket.name != bucket.name else { return }
    throw WorkflowError.otherState(folder: folder.path, was: last.bucket.endpoint, now: bucket.endpoint)
  }

  /// Completes what killed runs have begun. What they have not begun is today's plan's business: it may not be wanted any
  /// more.
  private func completeEarlierRuns(_ summary: inout ReconcileSummary) async throws -> RunResult {
    var result = RunResult.done
    for run in try folder.unfinishedRuns() {
      guard !stop.isSet else { return .interrupted }
      var apply = applyWorkflow(run)
      apply.onlyCompletes = true
      let report: RunSummary?
      do {
        report = try await self.run { try await apply.run(stop: $0, events: $1) }
      } catch let error as FileFormatError {
        throw WorkflowError.leftBehind(plan: run.plan, journal: run.journal, error)
      }
      guard let report else {
        try folder.finish(run)
        continue
      }
      let tally = report.tally
      summary.completed += tally.done + tally.already
      summary.uncompleted += tally.failed + tally.unhandled
      let isComplete =
        try tally.failed + tally.unhandled == 0 && report.epilogue.isInvalidated && report.end.isComplete
        && replay(of: run).openUploads.isEmpty
      if isComplete {
        try folder.finish(run)
      } else {
        result = result.joined(report.end.isInterrupted ? .interrupted : .partlyDone)
      }
    }
    return result
  }

  private func applyWorkflow(_ run: ReconcileFolder.Run) -> ApplyWorkflow {
    var apply = ApplyWorkflow(plan: run.plan, session: workflow.session)
    apply.maximumCopySize = workflow.maximumCopySize
    apply.invalidation = workflow.invalidation
    apply.invalidatesPartly = true
    return apply
  }

  private func apply(
    _ plan: PlanHeader, _ summary: inout ReconcileSummary, after result: RunResult
  ) async throws -> RunResult {
    let run = try folder.beginRun(at: .now())
    summary.planPath = run.plan
    var apply = applyWorkflow(run)
    apply.limit = workflow.limit
    let report: RunSummary
    do {
      guard let told = try await self.run({ try await apply.run(stop: $0, events: $1) }) else {
        throw WorkflowError.interrupted
      }
      report = told
    } catch {
      // What was begun is finished by the next run, which needs the plan.
      if !mayHaveChanged(run) {
        summary.planPath = try? folder.dismiss(run, holdsPlan: false, at: .now())
      }
      throw error
    }
    summary.apply = report
    var result = result
    let tally = report.tally
    switch report.end {
    case .interrupted: result = .interrupted
    case .hopeless(let stop) where stop.cause == .credentialsRefused && result == .done: result = report.result
    // Failures that are alike have ended it.
    case .hopeless: result = result.joined(.partlyDone)
    case .complete:
      result = result.joined(report.result)
      if tally.remaining > 0 { result = result.joined(.partlyDone) }
    }
    let isFinished = report.end.isComplete && report.epilogue.isInvalidated
    if isFinished, try plan.summary.copies == 0 || !replay(of: run).hasLooseEnds {
      try folder.finish(run)
    }
    guard tally.done > 0 || mayHaveChanged(run) else {
      let isWorthALook = tally.stale + tally.failed + tally.blocked > 0
      summary.planPath = try folder.dismiss(run, holdsPlan: isWorthALook, at: .now())
      summary.isPlanHeld = summary.planPath != nil
      return result
    }
    // What has ended early has ended for a reason that looking again would meet, too.
    guard report.end.isComplete, result != .interrupted, tally.done + tally.already > 0, workflow.sample > 0 else {
      return result
    }
    return try await verify(run, &summary, after: result)
  }

  /// Whether objects were changed, or may have been, or an upload may be left, so that the journal is needed to undo it.
  /// The journal itself says so: what ended while the run was being stopped was reported to nobody.
  private func mayHaveChanged(_ run: ReconcileFolder.Run) -> Bool {
    do {
      return try replay(of: run).needsRollback
    } catch {
      return true
    }
  }

  private func replay(of run: ReconcileFolder.Run) throws -> JournalReplay {
    try Journal.replay(of: try Plan(path: run.plan))
  }

  /// Looks again at some of what was changed.
  private func verify(
    _ run: ReconcileFolder.Run, _ summary: inout ReconcileSummary, after result: RunResult
  ) async throws -> RunResult {
    var verify = VerifyWorkflow(plan: run.plan, session: workflow.session)
    verify.sample = workflow.sample
    verify.isOfFinished = true
    events(.began(.verify))
    let report = try await self.run { try await verify.run(stop: $0, events: $1) }
    summary.verification = report
    guard let report else { return .interrupted }
    switch report.result {
    case .done: return result
    case .interrupted: return .interrupted
    case .changes, .partlyDone, .failed, .guarded: return result.joined(.partlyDone)
    }
  }

  // MARK: - What is told

  /// Runs a part.
  ///
  /// - Returns: its summary; nil if it had nothing to do.
  private func run(
    _ part: (StopSignal, @escaping RunEventHandler) async throws -> RunResult
  ) async throws -> RunSummary? {
    record.withLock { $0.summary = nil }
    // Failures that are alike end a part, and not those after it.
    _ = try await part(StopSignal(partOf: stop), note)
    return record.withLock { $0.summary }
  }

  /// Takes note of a part's event, and passes on what is not for this run alone.
  private func note(_ event: RunEvent) {
    switch event {
    case .connecting(_, let throttle): record.withLock { $0.throttles.append(throttle) }
    case .planned(let report): record.withLock { $0.planned = report }
    case .summary(let summary): return record.withLock { $0.summary = summary }
    case .object(let report): note(report)
    default: break
    }
    events(event)
  }

  private func note(_ report: ChangeReport) {
    record.withLock { record in
      if case .done = report.outcome, report.change.action == .copy { record.copiedBytes += report.change.size }
    }
  }

  // MARK: - The end

  /// Keeps what a good run knows, so that the next one can tell what is new.
  private func keep(_ summary: inout ReconcileSummary, _ last: LastRun?) -> RunResult {
    // What nobody has accepted does not become known by a run that only looks.
    guard let plan = summary.plan, summary.trips.isEmpty else { return .done }
    let run = LastRun(at: .now(), plan: plan, previous: last)
    do {
      try folder.save(run)
      summary.lastSuccess = run.at
      return .done
    } catch {
      tell(.lastRunUnwritten(error))
      return .partlyDone
    }
  }

  private func finish(_ summary: inout ReconcileSummary, _ result: Result<RunResult, any Error>) {
    summary.result = (try? result.get()) ?? .failed
    if case .failure(WorkflowError.interrupted) = result { summary.result = .interrupted }
    let (throttles, copiedBytes) = record.withLock { ($0.throttles, $0.copiedBytes) }
    summary.copiedBytes = copiedBytes
    for throttle in throttles {
      let statistics = throttle.statistics
      summary.statistics.requests += statistics.requests
      summary.statistics.retries += statistics.retries
      summary.statistics.throttled += statistics.throttled
      summary.requestsByOperation.merge(throttle.requestsByOperation) { $0 + $1 }
    }
    summary.seconds = start.seconds(until: .now)
    workflow.end(&summary, result, events: events)
  }
}

extension RunResult {
  /// How a run ends of which one part ended like this, and another like `other`.
  fileprivate func joined(_ other: RunResult) -> RunResult {
    switch (self, other) {
    case (.interrupted, _), (_, .interrupted): .interrupted
    case (.done, .done): .done
    default: .partlyDone
    }
  }
}

extension RunSummary.End {
  fileprivate var isComplete: Bool { if case .complete = self { true } else { false } }
  fileprivate var isInterrupted: Bool { if case .interrupted = self { true } else { false } }
}

extension RunSummary.Epilogue {
  /// Whether nothing of an invalidation is left to do.
  fileprivate var isInvalidated: Bool {
    switch invalidation?.result {
    case nil, .done, .nothing, .planned: true
    case .notYet, .failed, .interrupted: false
    }
  }
}
