internal import AWSKit

/// Makes the changes of a plan, and resumes an earlier run.
package struct ApplyWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options
  package var isDryRun = false
  /// The most objects of this run; nil for all.
  package var limit: Int?
  /// The most bytes that are copied by one request.
  package var maximumCopySize = AWSClient.maximumCopySize
  /// What CloudFront is to forget afterwards; nil for nothing.
  package var invalidation: InvalidationRequest?
  /// Whether what was repaired is invalidated also while something is left to do.
  package var invalidatesPartly = false
  /// Whether nothing is begun, and only what an earlier run has begun and not confirmed is completed.
  package var onlyCompletes = false

  package init(plan: String, session: Session.Options) {
    self.plan = plan
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    var hasCopies = plan.header.summary.copies > 0
    if onlyCompletes {
      let replay = try Journal.replay(of: plan)
      hasCopies = replay.hasLooseEnds
      guard hasCopies || invalidation != nil && replay.finishedCount > 0 else { return .done }
    }
    let changeSession = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: onlyCompletes ? [] : plan.ownersNeeded, hasCopies: hasCopies, options: session, events: events)
    if !onlyCompletes {
      try await changeSession.checkSurroundings(for: .apply, events: events) { try plan.work() }
    }
    let endings = JobEndings(session: changeSession, events: events)
    try await endings.checkReplaced(by: plan)
    let (journal, replay) = try Journal.open(for: plan, bucket: changeSession.bucket, isDryRun: isDryRun)
    if let path = journal?.setAside { events(.notice(.journalSetAside(path: path))) }
    try await endings.check(replay.batch, of: plan.digest, before: .apply, journal: journal) { self.plan }
    var options = WorkOptions(session)
    options.isDryRun = isDryRun
    options.limit = limit
    options.maximumCopySize = maximumCopySize
    let apply = Apply(
      plan: plan, bucket: changeSession.bucket, accounts: changeSession.accounts, options: options, journal: journal,
      replay: replay, onlyCompletes: onlyCompletes)
    if apply.tally.remaining > 0 {
      if !onlyCompletes { changeSession.announce(plan, remaining: apply.tally.remaining, events: events) }
    } else {
      if !onlyCompletes { events(.notice(.nothingToApply(apply.tally))) }
      // Nothing is handed out, but what killed runs left behind is cleared away.
      options.limit = 0
    }
    let run = ChangeRun<Apply>(
      command: .apply, path: self.plan, session: changeSession.session, options: options, stop: stop, start: start,
      events: events)
    return try await run.run(apply) { tally in
      var epilogue = RunSummary.Epilogue()
      guard let invalidation else {
        epilogue.mayBeCached =
          plan.header.desired.readers.contains(where: \.isCloudFronts) && replay.invalidations.isEmpty
        return epilogue
      }
      let left = tally.unhandled + tally.failed
      guard left == 0 || isDryRun || invalidatesPartly else {
        events(.notice(.invalidation(.notYet(changes: left))))
        epilogue.invalidation = InvalidationSummary(.notYet)
        return epilogue
      }
      let invalidationRun = InvalidationRun(
        request: invalidation, plan: plan, session: changeSession.session, journal: journal,
        history: replay.invalidations, stop: stop, events: events)
      let finished = tally.handled > 0 && !isDryRun ? try Journal.replay(of: plan) : replay
      epilogue.invalidation = try await invalidationRun.run { isDryRun || finished.isFinished($0) }
      journal?.finish()
      return epilogue
    }
  }
}
