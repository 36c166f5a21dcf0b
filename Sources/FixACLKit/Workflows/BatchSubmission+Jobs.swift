internal import AWSKit

extension BatchSubmission {
  /// Creates the jobs that have no ID. Their tokens make it once, however often it is asked for.
  func create(_ jobs: [BatchHistory.Job], _ accounts: BatchAccounts) async throws -> [BatchJobReport] {
    var reports: [BatchJobReport] = []
    for job in jobs {
      let account = accounts[job.record.group.account]
      var id = job.id
      if id == nil {
        do throws(AWSError) {
          id = try await account.control.createJob(try creation(of: job.record), in: job.record.account)
        } catch {
          if error.isStopped { throw WorkflowError.interrupted }
          throw BatchProblem.creation(error, number: job.number, created: reports.count)
        }
        try await journal.append(.batch(.created(number: job.number, id: id ?? "")))
      }
      var report = BatchJobReport(
        command: .submit, record: job.record, id: id, account: account.name, job: nil)
      report.isNew = job.id == nil
      reports.append(report)
    }
    // Whether they exist at all is seen by looking; what a job that was just created is, is known.
    for index in reports.indices {
      guard let id = reports[index].id else { continue }
      let account = accounts[reports[index].record.group.account]
      let found: BatchJob
      do throws(AWSError) {
        found = try await account.control.describeJob(id, in: account.id)
      } catch {
        if error.isStopped { throw WorkflowError.interrupted }
        reports[index].problem = error
        continue
      }
      try check(found, reports[index].record)
      reports[index] = reports[index].described(as: found)
    }
    return reports
  }

  private func creation(of record: BatchJobRecord) throws(AWSError) -> BatchJobRequest {
    guard let acl = plan.acl(record.group.to) else {
      throw AWSError(
        kind: .malformedAnswer, operation: "CreateJob", message: "the journal names an ACL that the plan does not have")
    }
    let operation: BatchOperation =
      if let attributes = record.group.copy {
        .copy(
          BatchCopy(
            bucket: session.bucket.name, acl: acl, attributes: attributes,
            unmodifiedSince: record.unmodifiedSince.flatMap { Timestamp(iso8601: $0) }))
      } else { .putACL(acl) }
    return BatchJobRequest(
      token: BatchJobRecord.token(plan: plan.digest, number: record.number),
      description: BatchJobRecord.description(plan: plan.digest, number: record.number), roleARN: record.role,
      operation: operation, manifest: record.manifest, reportBucket: record.reportBucket,
      reportPrefix: record.reportPrefix)
  }

  /// A journal can come from somebody else: only a job of this plan is confirmed.
  private func check(_ job: BatchJob, _ record: BatchJobRecord) throws(BatchProblem) {
    guard job.description == BatchJobRecord.description(plan: plan.digest, number: record.number) else {
      throw .otherJob(number: record.number, id: job.id)
    }
  }

  /// Lets the jobs run that wait for it, once S3 has read their manifests.
  func confirm(_ reports: [BatchJobReport], _ accounts: BatchAccounts) async throws -> [BatchJobReport] {
    var reports = reports
    var patience = Patience(from: 1, total: BatchSubmitWorkflow.preparationSeconds)
    let start = ContinuousClock.now
    while true {
      var preparing = 0
      for index in reports.indices {
        guard let job = reports[index].job else { continue }
        if job.status == .suspended {
          try await confirm(&reports[index], accounts[reports[index].record.group.account])
        } else if job.status.isBeforeConfirmation {
          preparing += 1
        }
      }
      guard preparing > 0 else { return reports }
      guard !stop.isSet, let seconds = patience.next() else {
        events(.notice(.batch(.stillPreparing(jobs: preparing))))
        return reports
      }
      events(.notice(.batch(.preparing(jobs: preparing, seconds: Int(start.seconds(until: .now))))))
      await stop.wait(seconds: seconds)
      for index in reports.indices where reports[index].job?.status.isBeforeConfirmation == true {
        try await describe(&reports[index], accounts[reports[index].record.group.account])
      }
    }
  }

  private func confirm(_ report: inout BatchJobReport, _ account: BatchAccounts.Entry) async throws {
    guard let id = report.id else { return }
    do throws(AWSError) {
      try await account.control.confirmJob(id, in: account.id)
    } catch {
      if error.isStopped { throw WorkflowError.interrupted }
      // It was confirmed by somebody else meanwhile, or by a request whose answer was lost.
      guard error.code?.hasPrefix("JobStatus") == true else {
        throw BatchProblem.confirmation(error, number: report.record.number)
      }
    }
    try await describe(&report, account)
    report.isStarted = true
  }

  private func describe(_ report: inout BatchJobReport, _ account: BatchAccounts.Entry) async throws {
    guard let id = report.id else { return }
    do throws(AWSError) {
      let found = try await account.control.describeJob(id, in: account.id)
      report = report.described(as: found)
    } catch {
      if error.isStopped { throw WorkflowError.interrupted }
      throw BatchProblem.confirmation(error, number: report.record.number)
    }
  }
}

extension BatchJobReport {
  fileprivate func described(as job: BatchJob) -> BatchJobReport {
    var report = BatchJobReport(command: command, record: record, id: id, account: account, job: job)
    report.isNew = isNew
    report.isStarted = isStarted
    return report
  }
}
