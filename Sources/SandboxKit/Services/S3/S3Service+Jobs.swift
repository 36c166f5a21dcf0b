internal import AWSKit

/// Jobs of S3 Batch Operations (S3 Control API Reference: CreateJob, DescribeJob, ListJobs, UpdateJobPriority,
/// UpdateJobStatus). `BatchRunner` works through them.
extension S3Service {
  static let controlNamespace = " xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\""

  func createJob(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    try checkRight("s3:CreateJob", call)
    let wanted = try BatchJobRequest(call.document("CreateJobRequest"))
    let region = region(of: call)
    if let job = state.batchJobs.first(where: {
      $0.account == account && $0.region == region && $0.wanted.token == wanted.token
    }) {
      guard job.wanted.document == wanted.document else {
        throw ServiceError(
          400, "IdempotencyException", "The request token was used before, for a job with other parameters")
      }
      return Self.controlResponse("CreateJobResult") { $0.element("JobId", text: job.id) }
    }
    let job = BatchJob(
      id: state.newUUID(), account: account, region: region,
      role: try role(wanted.roleARN, of: account, call), wanted: wanted, createdAt: call.now)
    state.batchJobs.append(job)
    return Self.controlResponse("CreateJobResult") { $0.element("JobId", text: job.id) }
  }

  func describeJob(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    try checkRight("s3:DescribeJob", call)
    let job = try job(call, of: account)
    return Self.controlResponse("DescribeJobResult") { $0.element("Job") { $0.element(describing: job) } }
  }

  func listJobs(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    try checkRight("s3:ListJobs", call)
    let statuses = call.request.query.filter { $0.name == "jobStatuses" }.map {
      String(decoding: $0.value, as: UTF8.self)
    }
    let limit = call.text("maxResults").map { Int($0) ?? -1 } ?? 1000
    guard (0...1000).contains(limit), statuses.allSatisfy({ BatchJob.Status(rawValue: $0) != nil }) else {
      throw .invalidRequest("The request is invalid")
    }
    let region = region(of: call)
    // The newest first.
    let jobs = state.batchJobs.reversed().filter { job in
      job.account == account && job.region == region
        && (statuses.isEmpty || statuses.contains(job.status.rawValue))
    }
    var start = 0
    if let token = call.text("nextToken") {
      guard let place = jobs.firstIndex(where: { $0.id == token }) else {
        throw ServiceError(400, "InvalidNextTokenException", "The token is invalid")
      }
      start = place
    }
    let page = jobs.dropFirst(start).prefix(limit == 0 ? 1000 : limit)
    return Self.controlResponse("ListJobsResult") { writer in
      if page.endIndex < jobs.endIndex { writer.element("NextToken", text: jobs[page.endIndex].id) }
      writer.element("Jobs") { writer in
        for job in page { writer.element("member") { $0.element(listing: job) } }
      }
    }
  }

  func updateJobStatus(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    try checkRight("s3:UpdateJobStatus", call)
    let job = try job(call, of: account)
    let requested = call.text("requestedJobStatus") ?? ""
    switch (requested, job.status) {
    case ("Ready", .suspended): job.status = .ready
    case ("Cancelled", .new), ("Cancelled", .preparing), ("Cancelled", .suspended), ("Cancelled", .ready),
      ("Cancelled", .active), ("Cancelled", .pausing), ("Cancelled", .paused):
      job.status = .cancelling
    case ("Ready", _), ("Cancelled", _):
      throw ServiceError(
        400, "JobStatusException",
        "The job cannot be moved from the status \(job.status.rawValue) to \(requested)")
    default: throw ServiceError(400, "BadRequestException", "The requested job status is none")
    }
    job.statusUpdateReason = call.text("statusUpdateReason")
    return Self.controlResponse("UpdateJobStatusResult") { writer in
      writer.element("JobId", text: job.id)
      writer.element("Status", text: job.status.rawValue)
      if let reason = job.statusUpdateReason { writer.element("StatusUpdateReason", text: reason) }
    }
  }

  func updateJobPriority(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    try checkRight("s3:UpdateJobPriority", call)
    let job = try job(call, of: account)
    guard let priority = call.text("priority").flatMap({ Int32($0) }), priority >= 0 else {
      throw ServiceError(400, "BadRequestException", "Invalid job priority")
    }
    job.priority = Int(priority)
    return Self.controlResponse("UpdateJobPriorityResult") { writer in
      writer.element("JobId", text: job.id)
      writer.element("Priority", text: String(priority))
    }
  }

  // MARK: What they share

  /// A job is of one account and Region, and nobody else has heard of it (User Guide: "Troubleshooting S3 Batch
  /// Operations", NoSuchJobException).
  private func job(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> BatchJob {
    let id = call.key.text.split(separator: "/").dropFirst().first.map(String.init)
    let region = region(of: call)
    guard
      let job = state.batchJobs.first(where: {
        $0.id == id && $0.account == account && $0.region == region
      })
    else { throw ServiceError(404, "NoSuchJobException", "No such job") }
    return job
  }

  private func region(of call: S3Call) -> String { call.signedRegion ?? state.settings.region }

  /// What the caller's own policies must allow; no bucket policy can (User Guide: "Granting permissions for Batch
  /// Operations").
  private func checkRight(_ action: String, _ call: S3Call) throws(ServiceError) {
    guard call.caller.allows(action), !call.caller.denies(action) else {
      var arn = ""
      if case .identity(let identity) = call.caller { arn = identity.arn }
      throw ServiceError(403, "AccessDenied", "User: \(arn) is not authorized to perform: \(action)")
    }
  }

  /// The role that a job is to have: of the job's account, and the caller's to pass on.
  private func role(
    _ arn: String, of account: SandboxAccount, _ call: S3Call
  ) throws(ServiceError) -> SandboxAccount.Role {
    let prefix = "arn:aws:iam::\(account.accountID):role/"
    guard arn.contains(/^arn:[^:]+:iam::\d{12}:role\/./) else { throw .invalidRequest("Invalid role ARN") }
    guard arn.hasPrefix(prefix) else {
      throw ServiceError(403, "AccessDenied", "Cross-account pass role is not allowed.")
    }
    try checkRight("iam:PassRole", call)
    guard let role = account.roles.first(where: { $0.name == arn.dropFirst(prefix.count) }) else {
      throw .invalidRequest("The role \(arn) does not exist")
    }
    return role
  }

  private static func controlResponse(
    _ root: String, _ content: (inout DocumentWriter) -> Void
  ) -> SandboxResponse {
    .xml(root, attributes: controlNamespace, content)
  }
}

extension DocumentWriter {
  /// What DescribeJob tells of a job.
  fileprivate mutating func element(describing job: BatchJob) {
    element("JobId", text: job.id)
    element("ConfirmationRequired", text: job.wanted.needsConfirmation ? "true" : "false")
    if let description = job.wanted.description { element("Description", text: description) }
    element("JobArn", text: job.arn)
    element("Status", text: job.status.rawValue)
    for name in ["Manifest", "Operation"] {
      if let node = job.wanted.document[name] { element(node) }
    }
    element("Priority", text: String(job.priority))
    element(progressOf: job)
    if let reason = job.statusUpdateReason { element("StatusUpdateReason", text: reason) }
    element("FailureReasons") { writer in
      guard let failure = job.failure else { return }
      writer.element("member") { writer in
        writer.element("FailureCode", text: failure.code)
        writer.element("FailureReason", text: failure.reason)
      }
    }
    if let node = job.wanted.document["Report"] { element(node) }
    element("CreationTime", text: job.createdAt.s3Date)
    if let date = job.terminatedAt { element("TerminationDate", text: date.s3Date) }
    element("RoleArn", text: job.wanted.roleARN)
    if let date = job.suspendedAt {
      element("SuspendedDate", text: date.s3Date)
      element("SuspendedCause", text: "AwaitingConfirmation")
    }
  }

  /// What ListJobs tells of a job.
  fileprivate mutating func element(listing job: BatchJob) {
    element("JobId", text: job.id)
    if let description = job.wanted.description { element("Description", text: description) }
    element("Operation", text: job.wanted.operation.rawValue)
    element("Priority", text: String(job.priority))
    element("Status", text: job.status.rawValue)
    element("CreationTime", text: job.createdAt.s3Date)
    if let date = job.terminatedAt { element("TerminationDate", text: date.s3Date) }
    element(progressOf: job)
  }

  private mutating func element(progressOf job: BatchJob) {
    element("ProgressSummary") { writer in
      writer.element("TotalNumberOfTasks", text: String(job.taskCount ?? 0))
      writer.element("NumberOfTasksSucceeded", text: String(job.succeededCount))
      writer.element("NumberOfTasksFailed", text: String(job.failedCount))
      writer.element("Timers") { $0.element("ElapsedTimeInActiveSeconds", text: String(Int(job.activeSeconds))) }
    }
  }
}
