internal import AWSKit

/// Tells how far the jobs of a plan have come. Changes nothing.
package struct BatchStatusWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options

  package init(plan: String, session: Session.Options) {
    self.plan = plan
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    let jobs = try Journal.replay(of: plan).batch.jobs
    guard !jobs.isEmpty else {
      events(.notice(.batch(.noJobs)))
      events(
        .batch(
          BatchSummary(
            command: .status, path: self.plan, result: .partlyDone, jobs: 0, tasks: 0, waiting: 0, ended: 0,
            statistics: Throttle.Statistics(), seconds: start.seconds(until: .now))))
      return .partlyDone
    }
    let session = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: Journal.accounts(of: jobs), hasCopies: false, options: session, events: events)
    stop.onSet { [session] _ in session.session.stopRequests() }
    let accounts = try await BatchAccounts(Journal.accounts(of: jobs), in: session)
    var (isDone, waiting, ended) = (true, 0, 0)
    for job in jobs {
      let account = accounts[job.record.group.account]
      var (found, problem): (BatchJob?, AWSError?)
      if let id = job.id {
        do throws(AWSError) {
          found = try await account.control.describeJob(id, in: account.id)
        } catch {
          if error.isStopped { throw WorkflowError.interrupted }
          problem = error
        }
      }
      if found?.status == .suspended { waiting += 1 }
      if found?.status.isFinal == true, job.collected == nil { ended += 1 }
      if found.map({ $0.status != .complete || $0.failed > 0 }) ?? true { isDone = false }
      var report = BatchJobReport(command: .status, record: job.record, id: job.id, account: account.name, job: found)
      report.problem = problem
      events(.job(report))
    }
    let result = isDone ? RunResult.done : .partlyDone
    events(
      .batch(
        BatchSummary(
          command: .status, path: self.plan, result: result, jobs: jobs.count,
          tasks: jobs.reduce(0) { $0.saturatingSum($1.record.tasks) }, waiting: waiting, ended: ended,
          statistics: session.session.throttle.statistics, seconds: start.seconds(until: .now))))
    return result
  }
}
