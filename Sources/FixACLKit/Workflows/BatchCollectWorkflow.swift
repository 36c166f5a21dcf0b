internal import AWSKit

/// Takes what the completion reports of a plan's jobs say into its journal, and looks at objects again.
package struct BatchCollectWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options
  /// Whether every object is looked at again, and not only a sample.
  package var looksAtAll = false

  /// Of how many objects of tasks that succeeded are looked at again, if not of all.
  package static let sample = 1000

  package init(plan: String, session: Session.Options) {
    self.plan = plan
    self.session = session
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    let known = try Journal.replay(of: plan).batch
    guard !known.underWay.isEmpty else {
      events(.notice(.batch(.noJobs)))
      let result = known.jobs.isEmpty ? RunResult.failed : .done
      events(.summary(summary(of: Tally(), result, Throttle.Statistics(), start)))
      return result
    }
    let session = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: Journal.accounts(of: known.underWay), hasCopies: false, options: session, events: events)
    stop.onSet { [session] _ in session.session.stopRequests() }
    let (journal, replay) = try Journal.open(for: plan, bucket: session.bucket)
    let underWay = replay.batch.underWay
    let accounts = try await BatchAccounts(Journal.accounts(of: underWay), in: session)
    var rows = try BatchRows(for: plan)
    var ended: [(job: BatchHistory.Job, status: String)] = []
    var notEnded = 0
    for job in underWay {
      guard let ending = try await ending(of: job, plan, accounts, events) else {
        notEnded += 1
        continue
      }
      guard try await read(job, ending, of: plan, accounts, into: &rows, events) else { continue }
      if let found = ending.job, found.status != .complete {
        events(.notice(.batch(.ended(number: job.number, id: found.id, found))))
      }
      ended.append((job, ending.job?.status.rawValue ?? JobEndings.gone))
    }
    var options = WorkOptions(self.session)
    // What failed is told, however much it is: nothing is written to the bucket here.
    options.maximumFailures = nil
    let succeeded = rows.succeeded(of: ended.map(\.job.number))
    if !looksAtAll, succeeded > Self.sample { events(.notice(.batch(.sampled(Self.sample, of: succeeded)))) }
    let collect = try Collect(
      plan: plan, accounts: session.accounts, journal: journal, replay: replay, jobs: ended.map(\.job), rows: rows,
      sample: looksAtAll ? nil : Self.sample)
    var run = ChangeRun<Collect>(
      command: .collect, path: self.plan, session: session.session, options: options, stop: stop, start: start,
      events: events)
    run.isIncomplete = ended.count < underWay.count
    run.jobsUnderWay = notEnded
    return try await run.run(collect) { _ in
      for (job, status) in ended {
        try await journal.append(.batch(.collected(number: job.number, status: status)))
      }
      journal.finish()
      return RunSummary.Epilogue()
    }
  }

  /// How a job has ended.
  private struct Ending {
    let id: String
    /// Nil if S3 no longer has it.
    let job: BatchJob?

    /// Whether there must be a report: S3 writes none if no task ran.
    var hasReport: Bool { job.map { $0.succeeded + $0.failed > 0 } ?? false }
  }

  /// Reads a job's report.
  ///
  /// - Returns: false if it cannot be read; that was told.
  private func read(
    _ job: BatchHistory.Job, _ ending: Ending, of plan: Plan, _ accounts: BatchAccounts, into rows: inout BatchRows,
    _ events: RunEventHandler
  ) async throws -> Bool {
    let fetch = BatchReportFetch(
      record: job.record, id: ending.id, bucket: plan.header.bucket.name,
      client: accounts[job.record.group.account].s3)
    let reason: String
    do {
      if try await fetch.read(into: &rows) || !ending.hasReport { return true }
      reason = "there is none under \(fetch.place.escapedForTerminal)"
    } catch let error as AWSError where error.isStopped {
      throw WorkflowError.interrupted
    } catch let error as FileError {
      throw BatchProblem.spool(error)
    } catch {
      reason = "\(error)"
    }
    events(.notice(.batch(.reportUnreadable(number: job.number, id: ending.id, reason: reason))))
    return false
  }

  /// How a job has ended; nil if there is nothing to collect yet.
  private func ending(
    of job: BatchHistory.Job, _ plan: Plan, _ accounts: BatchAccounts, _ events: RunEventHandler
  ) async throws -> Ending? {
    guard let id = job.id else {
      events(.notice(.batch(.notEnded(number: job.number, id: nil, status: "not created"))))
      return nil
    }
    let account = accounts[job.record.group.account]
    let found: BatchJob
    do throws(AWSError) {
      found = try await account.control.describeJob(id, in: account.id)
    } catch {
      if error.isStopped { throw WorkflowError.interrupted }
      // S3 keeps jobs for 90 days after their end, and reports for ever.
      guard error.isNoSuchJob else { throw error }
      events(.notice(.batch(.gone(number: job.number, id: id))))
      return Ending(id: id, job: nil)
    }
    guard found.description == BatchJobRecord.description(plan: plan.digest, number: job.number) else {
      throw BatchProblem.otherJob(number: job.number, id: id)
    }
    guard found.status.isFinal else {
      events(.notice(.batch(.notEnded(number: job.number, id: id, status: found.status.rawValue))))
      return nil
    }
    return Ending(id: id, job: found)
  }

  private func summary(
    of tally: Tally, _ result: RunResult, _ statistics: Throttle.Statistics, _ start: ContinuousClock.Instant
  ) -> RunSummary {
    RunSummary(
      command: .collect, path: plan, isDryRun: false, tally: tally, sampledFrom: nil, end: .complete, result: result,
      statistics: statistics, seconds: start.seconds(until: .now), losesHiddenGrants: false,
      epilogue: RunSummary.Epilogue())
  }
}
