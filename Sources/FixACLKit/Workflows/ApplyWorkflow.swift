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

  package init(plan: String, session: Session.Options) {
    self.plan = plan
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    let hasCopies = plan.header.summary.copies > 0
    let changeSession = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: plan.ownersNeeded,
      hasCopies: hasCopies, options: session, events: events)
    try await changeSession.checkSurroundings(for: .apply, events: events) { try plan.work() }
    let (journal, replay) = try Journal.open(for: plan, bucket: changeSession.bucket, isDryRun: isDryRun)
    if let path = journal?.setAside { events(.notice(.journalSetAside(path: path))) }
    var options = WorkOptions(session)
    options.isDryRun = isDryRun
    options.limit = limit
    options.maximumCopySize = maximumCopySize
    let apply = Apply(
      plan: plan, bucket: changeSession.bucket, accounts: changeSession.accounts, options: options, journal: journal,
      replay: replay)
    if apply.tally.remaining > 0 {
      changeSession.announce(plan, remaining: apply.tally.remaining, events: events)
    } else {
      events(.notice(.nothingToApply(apply.tally)))
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
      guard left == 0 || isDryRun else {
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
