internal import AWSKit

/// Puts back what a journal says was changed, and resumes an earlier run.
package struct RollbackWorkflow: Sendable {
  /// The path of the journal, or of its plan.
  package var journal: String
  package var session: Session.Options
  package var isDryRun = false
  /// The most objects of this run; nil for all.
  package var limit: Int?

  package init(journal: String, session: Session.Options) {
    self.journal = journal
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let undo = try Undo.open(journal, isDryRun: isDryRun)
    if let problem = undo.planProblem { events(.notice(.planUnused(journal: undo.path, problem))) }
    if undo.replay.isCut { events(.notice(.journalCut(path: undo.path))) }
    guard undo.replay.needsRollback else {
      let result = undo.replay.isCut ? RunResult.partlyDone : .done
      events(.notice(.nothingToRollBack))
      events(
        .summary(
          RunSummary(
            command: .rollback, path: journal, isDryRun: isDryRun, tally: Tally(), sampledFrom: nil, end: .complete,
            result: result, statistics: Throttle.Statistics(), seconds: start.seconds(until: .now),
            losesHiddenGrants: false, epilogue: RunSummary.Epilogue())))
      return result
    }
    let hasCopies = undo.replay.hasCopies
    let changeSession = try await ChangeSession(
      of: .journal, bucket: undo.bucket, desired: undo.desired, credentials: undo.credentials,
      owners: undo.replay.ownersOfGrants,
      hasCopies: hasCopies, options: session, events: events)
    try await JobEndings(session: changeSession, events: events).check(
      undo.replay.batch, of: undo.plan, before: .rollback, journal: undo.journal
    ) { Journal.plan(besides: journal, digest: undo.plan)?.path }
    try await changeSession.checkSurroundings(for: .rollback, events: events) {
      SurroundingsChange.Work(hasCopies: hasCopies)
    }
    let isPublicBlocked = changeSession.bucket.effectivePublicAccessBlock.blockPublicAcls
    let restored = undo.dropped.filter { !(isPublicBlocked && $0.grantee.isPublic) }
    if !restored.isEmpty { events(.notice(.willRestore(restored.sorted(), bucket: undo.bucket.name))) }
    var options = WorkOptions(session)
    options.isDryRun = isDryRun
    options.limit = limit
    var run = ChangeRun<Rollback>(
      command: .rollback, path: journal, session: changeSession.session, options: options, stop: stop, start: start,
      events: events)
    run.losesHiddenGrants = undo.bucket.effectivePublicAccessBlock.ignorePublicAcls
    run.isIncomplete = undo.replay.isCut
    return try await run.run(
      Rollback(
        undo: undo, bucket: changeSession.bucket, accounts: changeSession.accounts, options: options))
  }
}
