/// Compares the objects of a plan with what was planned. Changes nothing.
package struct VerifyWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options
  /// How many objects to look at, chosen at random; nil for all.
  package var sample: Int?
  /// Whether to look only at changes that the journal has as finished.
  package var isOfFinished = false
  /// Whether to ask CloudFront for objects too, as a viewer.
  package var asksCloudFront = false

  package init(plan: String, session: Session.Options) {
    self.plan = plan
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    // A change that is finished there is not made again: an object that lacks it needs another plan.
    let replay = try Journal.replay(of: plan)
    let changeSession = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: plan.ownersNeeded,
      hasCopies: plan.header.summary.copies > 0, options: session, events: events)
    var subset: ChangeSubset?
    if isOfFinished {
      subset = ChangeSubset(count: replay.finishedCount) { replay.isFinished($0) }
    }
    let verify = Verify(plan: plan, accounts: changeSession.accounts, sample: sample, of: subset, replay: replay)
    var run = ChangeRun<Verify>(
      command: .verify, path: self.plan, session: changeSession.session, options: WorkOptions(session), stop: stop,
      start: start,
      events: events)
    if verify.tally.total < plan.changeCount { run.sampledFrom = plan.changeCount }
    return try await run.run(verify) { _ in
      var epilogue = RunSummary.Epilogue()
      guard asksCloudFront else { return epilogue }
      let verification = EdgeVerification(
        plan: plan, session: changeSession.session, sample: sample ?? EdgeVerification.standardSample, stop: stop,
        events: events)
      epilogue.edge = try await verification.run()
      return epilogue
    }
  }
}
