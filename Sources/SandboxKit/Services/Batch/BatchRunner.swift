internal import NIOHTTP1
internal import AWSKit

/// Works through the jobs of S3 Batch Operations, in steps. Each task is a request to S3 by the job's role: what S3
/// refuses others, it refuses a job. One a sandbox; not thread-safe.
final class BatchRunner {
  private let state: SandboxState
  private let s3: S3Service
  /// When the last step was, by a clock that does not go back.
  private var steppedAt: Double?
  /// How many tasks may be done.
  private var allowance = 0.0

  /// A job fails when more than half of its tasks have, once there are so many (User Guide: "Tracking job status and
  /// completion reports", tracking job failures).
  private static let leastTasksToJudge = 1000

  /// A step must not take long: nobody else is answered meanwhile.
  private static let mostTasksOfAStep = 1000.0

  /// While so many tasks wait to be tried again, no new one is begun.
  private static let mostRetries = 1000

  init(state: SandboxState, s3: S3Service) {
    self.state = state
    self.s3 = s3
  }

  /// Moves each job on to its next status, or does as many of its tasks as the rate allows since the last step.
  func advance() {
    let now = SandboxState.monotonicSeconds
    let elapsed = steppedAt.map { now - $0 } ?? 0
    steppedAt = now
    let jobs = state.batchJobs.filter { !$0.status.isTerminal }
    guard !jobs.isEmpty else { return }
    let rate = max(0, state.batch.tasksPerSecond)
    allowance = rate == 0 ? 0 : min(max(1, rate / 4), Self.mostTasksOfAStep, allowance + elapsed * rate)
    for job in jobs.sorted(by: { $0.priority > $1.priority }) { advance(job, elapsed: elapsed, at: now) }
  }

  private func advance(_ job: BatchJob, elapsed: Double, at now: Double) {
    switch job.status {
    case .new: job.status = .preparing
    case .preparing: prepare(job)
    case .ready: job.status = .active
    case .active:
      job.activeSeconds += elapsed
      runTasks(of: job, at: now)
    case .completing, .cancelling, .failing: end(job)
    case .suspended, .pausing, .paused, .complete, .cancelled, .failed: break
    }
  }

  // MARK: Preparing

  private func prepare(_ job: BatchJob) {
    guard job.role.trusts(service: Self.service) else {
      return job.fail("AccessDenied", "The role \(job.roleARN) does not trust \(Self.service)")
    }
    let wanted = job.wanted
    let version = wanted.manifestVersionID.map { "?versionId=" + PercentCoding.encode($0.utf8) } ?? ""
    let delivery = s3.deliver(
      SandboxRequest(
        method: "GET",
        uri: "/\(wanted.manifestBucket)/" + PercentCoding.encode(wanted.manifestKey, keepingSlashes: true) + version),
      as: Self.caller(of: job))
    let outcome = BatchOutcome(delivery, isDocument: false)
    if outcome.mayPass, isToTryAgain(job) { return }
    guard outcome.isSuccess else {
      let reason =
        outcome.status == 403
        ? "Reading the manifest is forbidden: \(outcome.code)" : "Failed to read the manifest: \(outcome.code)"
      return job.fail(outcome.status == 403 ? "ManifestAccessDenied" : "ManifestNotReadable", reason)
    }
    let headers = delivery.response.headers
    // User Guide: "Creating an S3 Batch Operations job", specifying a manifest.
    guard !(headers.first(name: "x-amz-server-side-encryption") ?? "").hasPrefix("aws:kms") else {
      return job.fail("InvalidManifest", "Manifests that are encrypted with keys of AWS KMS are not supported")
    }
    guard (headers.first(name: "ETag") ?? "").filter({ $0 != "\"" }) == wanted.manifestETag else {
      return job.fail("ManifestETagMismatch", "The ETag of the manifest is not the one that the job was created with")
    }
    do throws(BatchManifest.Invalid) {
      let count = try BatchManifest.count(
        delivery.response.body, columns: wanted.columns, isOfOneBucket: wanted.operation == .copy)
      guard count > 0 else { return job.fail("InvalidManifestContent", "Invalid Manifest Content: no objects") }
      job.taskCount = count
    } catch {
      return job.fail("InvalidManifestContent", error.reason)
    }
    job.manifest = BatchManifest(delivery.response.body, columns: wanted.columns)
    job.troubles = 0
    job.status = wanted.needsConfirmation ? .suspended : .ready
    if wanted.needsConfirmation { job.suspendedAt = .now() }
  }

  private func isToTryAgain(_ job: BatchJob) -> Bool {
    job.troubles += 1
    return job.troubles < state.batch.attempts
  }

  // MARK: Tasks

  private func runTasks(of job: BatchJob, at now: Double) {
    while allowance >= 1, job.status == .active {
      if let index = job.retries.firstIndex(where: { $0.notBefore <= now }) {
        let retry = job.retries.remove(at: index)
        attempt(retry.row, attempts: retry.attempts + 1, of: job, at: now)
      } else if job.retries.count >= Self.mostRetries {
        return
      } else if let row = (try? job.manifest?.next()) ?? nil {
        attempt(row, attempts: 1, of: job, at: now)
      } else {
        if job.retries.isEmpty { job.status = .completing }
        return
      }
      allowance -= 1
      if job.endedCount >= Self.leastTasksToJudge, job.failedCount * 2 > job.endedCount {
        job.fail("FailureThresholdExceeded", "More than 50 percent of the job's tasks failed")
      }
    }
  }

  private func attempt(_ row: BatchManifest.Row, attempts: Int, of job: BatchJob, at now: Double) {
    let outcome = BatchOutcome(
      s3.deliver(job.wanted.request(for: row), as: Self.caller(of: job)), isDocument: job.wanted.operation == .copy)
    if outcome.mayPass, attempts < state.batch.attempts {
      job.retries.append(
        BatchJob.Retry(row: row, attempts: attempts, notBefore: now + min(1, 0.02 * Double(1 << min(attempts, 6)))))
      return
    }
    let line = outcome.reportRow(of: row, putsStatusFirst: state.batch.statusFirst)
    if outcome.isSuccess {
      job.succeededCount += 1
      if job.wanted.report?.failedTasksOnly == false { job.succeeded.append(line, limit: state.batch.rowsPerReport) }
    } else {
      job.failedCount += 1
      if job.wanted.report != nil { job.failed.append(line, limit: state.batch.rowsPerReport) }
    }
  }

  // MARK: The end

  private func end(_ job: BatchJob) {
    guard let next = job.status.afterReport else { return }
    if let trouble = writeReport(of: job) {
      if trouble.mayPass, isToTryAgain(job) { return }
      job.failure = BatchJob.Failure(
        code: "ReportNotWritten", reason: "Job report could not be written to your report bucket: \(trouble.code)")
      job.status = .failed
    } else {
      job.status = next
    }
    job.terminatedAt = .now()
    job.manifest = nil
    job.retries = []
  }

  /// Writes the completion report, where one is wanted and a task was run.
  ///
  /// - Returns: what went wrong; nil where nothing did.
  private func writeReport(of job: BatchJob) -> BatchOutcome? {
    guard let report = job.wanted.report, job.endedCount > 0 else { return nil }
    let document = BatchReport(of: job, report, at: .now())
    for file in document.files {
      var headers: HTTPHeaders = [
        "Content-MD5": ObjectChecksum.md5(of: file.content), "x-amz-server-side-encryption": "AES256",
        "Content-Type": file.contentType,
      ]
      if let owner = report.bucketOwnerID { headers.add(name: "x-amz-expected-bucket-owner", value: owner) }
      let outcome = BatchOutcome(
        s3.deliver(
          SandboxRequest(
            method: "PUT", uri: "/\(report.bucket)/" + PercentCoding.encode(file.key.utf8, keepingSlashes: true),
            headers: headers, body: file.content),
          as: Self.caller(of: job)), isDocument: false)
      guard outcome.isSuccess else { return outcome }
    }
    return nil
  }

  private static let service = "batchoperations.s3.amazonaws.com"

  private static func caller(of job: BatchJob) -> Caller {
    .identity(
      AccountDirectory.Identity(role: job.role.name, of: job.account, sessionName: "s3-batch-operations_" + job.id))
  }
}
