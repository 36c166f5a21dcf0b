internal import AWSKit

/// Hands the changes of a plan to S3 Batch Operations, in the fewest jobs, each of which waits to be confirmed.
package struct BatchSubmitWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options
  /// The ARNs of the roles that the jobs assume, one for each account that a job is in.
  package var roles: [String]
  package var report: BatchPlace
  package var manifest: BatchPlace
  /// Whether the jobs that wait are confirmed.
  package var runs = false

  /// For how many seconds `runs` waits until S3 has read the manifests.
  package static let preparationSeconds = 600.0

  package init(plan: String, session: Session.Options, roles: [String], report: BatchPlace, manifest: BatchPlace) {
    self.plan = plan
    self.session = session
    self.roles = roles
    self.report = report
    self.manifest = manifest
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    let changeSession = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: plan.ownersNeeded, hasCopies: plan.header.summary.copies > 0, options: session, events: events)
    try await changeSession.checkSurroundings(for: .apply, events: events) { try plan.work() }
    try await JobEndings(session: changeSession, events: events).checkReplaced(by: plan)
    let (journal, replay) = try Journal.open(for: plan, bucket: changeSession.bucket)
    defer { journal.finish() }
    if let path = journal.setAside { events(.notice(.journalSetAside(path: path))) }
    let hold = StopHold()
    stop.beginWork()
    stop.onSet { [session = changeSession.session] cause in
      if cause == .interruption { events(.notice(.interrupted(.writing))) }
      hold.end { session.stopRequests(waitingForReads: 3) }
    }
    let submission = BatchSubmission(
      request: self, plan: plan, session: changeSession, journal: journal, replay: replay, stop: stop, hold: hold,
      events: events)
    do {
      return try await submit(submission, start: start)
    } catch {
      guard stop.isRequested, error.isOfStop else { throw error }
      let known = try Journal.replay(of: plan).batch.underWay
      events(.notice(.batch(.interrupted(created: known.count { $0.id != nil }, of: known.count))))
      throw WorkflowError.interrupted
    }
  }

  private func submit(_ submission: BatchSubmission, start: ContinuousClock.Instant) async throws -> RunResult {
    let (changeSession, replay, stop, events) = (
      submission.session, submission.replay, submission.stop, submission.events
    )
    var left: [(obstacle: BatchObstacle, changes: Int)] = []
    var jobs = replay.batch.underWay
    if jobs.isEmpty {
      (jobs, left) = try await submission.prepare()
      if jobs.isEmpty { events(.notice(.batch(.nothingToSubmit))) }
    } else {
      try check(jobs)
      events(.notice(.batch(.submittedBefore(jobs: jobs.count))))
    }
    let accounts = try await BatchAccounts(Journal.accounts(of: jobs), in: changeSession)
    let reports = try await submission.create(jobs, accounts)
    let states = runs ? try await submission.confirm(reports, accounts) : reports
    for report in states { events(.job(report)) }
    let waiting = states.count { $0.job.map { $0.status == .suspended || $0.status.isBeforeConfirmation } ?? true }
    let isPartial = states.contains { $0.job?.status == .failed } || runs && waiting > 0
    let result: RunResult =
      stop.isRequested ? .interrupted : isPartial || jobs.isEmpty && !left.isEmpty ? .partlyDone : .done
    var summary = BatchSummary(
      command: .submit, path: self.plan, result: result, jobs: jobs.count,
      tasks: jobs.reduce(0) { $0.saturatingSum($1.record.tasks) }, waiting: waiting,
      ended: states.count { $0.job?.status.isFinal == true }, statistics: changeSession.session.throttle.statistics,
      seconds: start.seconds(until: .now))
    summary.left = left
    events(.batch(summary))
    return result
  }

  /// Sees that jobs that were submitted before are what this command would submit: a journal can come from somebody else,
  /// and a manifest decides what is written to.
  private func check(_ jobs: [BatchHistory.Job]) throws(BatchProblem) {
    for job in jobs {
      let record = job.record
      guard roles.contains(record.role), BatchAccounts.account(ofRole: record.role) == record.account,
        record.reportBucket == report.bucket, record.reportPrefix == report.prefix,
        record.manifest.bucket == manifest.bucket, record.manifest.key.hasPrefix(manifest.folder)
      else { throw .otherSubmission(number: job.number) }
    }
  }
}
