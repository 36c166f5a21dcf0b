internal import FixACLKit
internal import AWSKit

extension BatchNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .willSubmit(let record, let acl, let account, let bucket, let readers):
      let grants = acl.grants.map { grant in
        "\(grant.permission.rawValue) to \(Self.name(grant.grantee, owner: acl.owner, readers))"
      }.joined(separator: ", ")
      let what =
        record.group.action == .copy
        ? "copies \(Quantity.count(record.tasks, "object")) of s3://\(bucket) over themselves, with the ACL \(grants)"
        : "puts the ACL \(grants) on \(Quantity.count(record.tasks, "object")) of s3://\(bucket)"
      return Message(
        .note, "will-submit",
        "job \(record.number) \(what), as role \(record.role) (account \(record.account), \(account)).")
    case .limits(let hasCopies):
      return Message(
        .warning, "batch-limits",
        "S3 Batch Operations does not merge ACLs or check ETags. If somebody changes an object or its ACL between plan and"
          + " task, the task overwrites the ACL, and gives it to the new object."
          + (hasCopies ? " Copies skip objects that were modified after the newest one of their job." : ""),
        advice: "Keep that time short. 'fixacl batch collect --verify' looks at every object again.")
    case .left(let left):
      return Message(
        .warning, "left-with-apply",
        "jobs cannot make some changes, and leave them to apply: "
          + left.map { "\(Quantity.count($0.changes, "object")) \($0.obstacle.explanation)" }.joined(separator: "; ")
          + ".")
    case .submittedBefore(let jobs):
      return Message(
        .note, "submitted-before",
        "the plan's \(Quantity.count(jobs, "job was", plural: "jobs were")) submitted before. fixacl creates no job twice."
      )
    case .nothingToSubmit: return Message(.note, "nothing-to-do", "the plan has no change that a job can make.")
    case .preparing(let jobs, let seconds):
      return Message(
        .note, "preparing",
        "S3 reads the manifests of \(Quantity.count(jobs, "job")); \(Quantity.duration(seconds: Double(seconds))) so far."
      )
    case .stillPreparing(let jobs):
      return Message(
        .warning, "preparing",
        "S3 still reads the manifests of \(Quantity.count(jobs, "job")), so they cannot be confirmed yet. To confirm them later:",
        commands: [SameCommand.text])
    case .noJobs:
      return Message(
        .note, "no-jobs", "the journal has no job of this plan that is in progress.",
        advice: "'fixacl batch submit' creates the jobs of a plan.")
    case .endedUnread(let jobs):
      return Message(
        .note, "jobs-ended",
        "\(BatchProblem.names(jobs)) \(jobs.count == 1 ? "has" : "have") ended, and no report was read. fixacl looks at"
          + " each object instead.")
    case .interrupted(let created, let count):
      let what =
        count == 0
        ? "no job was created"
        : created == count
          ? "\(Quantity.count(count, "job exists", plural: "jobs exist"))"
          : "\(Quantity.count(created)) of \(Quantity.count(count, "job")) exist"
      return Message(
        .warning, "submission-interrupted",
        "the submission was interrupted: \(what). To go on, which creates no job twice:", commands: [SameCommand.text])
    case .notEnded(let number, let id, let status):
      guard let id else {
        return Message(
          .warning, "not-ended", "job \(number) was not created yet.",
          advice: "Run the same 'fixacl batch submit' again.")
      }
      return Message(
        .warning, "not-ended", "job \(number) (\(id)) has not ended: \(status).",
        advice: status == BatchJob.Status.suspended.rawValue
          ? "It waits for confirmation: run 'fixacl batch submit' again with --run, or cancel it with 'aws s3control"
            + " update-job-status'."
          : "Collect again later.")
    case .reportUnreadable(let number, let id, let reason):
      return Message(
        .error, "report", "the report of job \(number) (\(id)) cannot be read: \(reason).",
        advice:
          "Its profile needs s3:ListBucket and s3:GetObject where the reports are. If the report is lost, run apply"
          + " or rollback: they look at each object, and need no report once all jobs have ended.")
    case .gone(let number, let id):
      return Message(
        .warning, "job-gone",
        "S3 no longer has job \(number) (\(id)). fixacl reads its report, if there is one.")
    case .ended(let number, let id, let job):
      let why = job.failures.map { "\($0.code): \($0.reason)" } + [job.reason].compactMap { $0 }
      return Message(
        .warning, "job-ended",
        "job \(number) (\(id)) is \(job.status.rawValue)" + (why.isEmpty ? "" : " (\(why.joined(separator: "; ")))")
          + ". What it did counts, and the rest is still to do.",
        advice: "Run 'fixacl apply' for the rest, or 'fixacl batch submit' again.")
    case .sampled(let sample, let count):
      return Message(
        .note, "sampled",
        "\(Quantity.count(count, "task")) succeeded by the reports. fixacl looks at \(Quantity.count(sample)) of the objects"
          + " again; --verify looks at all.")
    }
  }

  private static func name(_ grantee: Grantee, owner: CanonicalID, _ readers: [Reader]) -> String {
    if grantee == .canonicalUser(owner) { return "the owner" }
    if let reader = readers.first(where: { $0.grant?.grantee == grantee && $0.originAccessIdentity != nil }) {
      return reader.name
    }
    return switch grantee {
    case .canonicalUser(let id): PlanView.shortened(id)
    case .group(let uri): uri.split(separator: "/").last.map(String.init) ?? uri
    }
  }
}

extension BatchProblem {
  /// `job 1 (a335d4df-…), job 2`, and how many more.
  fileprivate static func names(_ jobs: [BatchHistory.Job]) -> String {
    let names = jobs.prefix(3).map { "job \($0.number)" + ($0.id.map { " (\($0))" } ?? "") }.joined(separator: ", ")
    return names + (jobs.count > 3 ? " and \(Quantity.count(jobs.count - 3)) more" : "")
  }

  /// How to ask for the first jobs without a plan.
  private static func commands(_ jobs: [BatchHistory.Job], _ region: Region) -> [String] {
    jobs.prefix(3).map { job in
      let ask = job.id.map { "describe-job --job-id \($0)" } ?? "list-jobs"
      return "aws s3control \(ask) --account-id \(job.record.account) --region \(region.name)"
    }
  }

  var status: ExitStatus {
    switch self {
    case .creation(_, _, created: 1...), .confirmation: .partlyDone
    default: .failed
    }
  }

  var message: Message {
    switch self {
    case .underWay(let jobs, let undertaking, let plan, let region):
      let text = "S3 Batch Operations may still write to objects of the plan: \(Self.names(jobs)). Nothing was changed."
      guard let plan else {
        return Message(
          .error, "jobs-under-way",
          text + " Wait until the jobs have ended, or cancel them; then run the same command again. With credentials of"
            + " the jobs' accounts:", commands: Self.commands(jobs, region))
      }
      return Message(
        .error, "jobs-under-way",
        text + " Wait until the jobs have ended, then read their reports before \(undertaking.rawValue):",
        commands: ["fixacl batch collect \(SameCommand.quoted(plan))\(SameCommand.credentialOptions)"])
    case .underWayOfOther(let jobs, let journal, let region):
      return Message(
        .error, "jobs-under-way",
        "another plan had this name, and its jobs may still write to objects of the bucket: \(Self.names(jobs))"
          + " (\(journal.escapedForTerminal)). Nothing was changed. Wait until the jobs have ended, or cancel them; then run"
          + " the same command again. With credentials of the jobs' accounts:", commands: Self.commands(jobs, region))
    case .undescribed(let error, let number, let id):
      return Message(
        .error, "describe-job",
        "S3 does not say whether job \(number) (\(id)) has ended, so fixacl changed nothing", error)
    case .missingRoles(let accounts):
      return Message(
        .error, "role-missing",
        "no --role-arn is given for "
          + accounts.map { "account \($0.id) (\($0.name), canonical ID \($0.canonicalID))" }.joined(separator: ", ")
          + ". Nothing was created.",
        advice:
          "Jobs live in the account that owns the objects, and in the bucket owner's for copies. Name a role of each"
          + " account; --print-policies shows what it needs.")
    case .accountUnknown(let name, let id):
      return Message(
        .error, "account-unknown",
        "STS does not say which account number \(name) (canonical ID \(id)) has, and jobs need it. Nothing was created.",
        advice: "Check that the profile can call sts:GetCallerIdentity.")
    case .noControl(let server):
      return Message(
        .error, "no-s3-control",
        "S3 is at \(server ?? "another server"), and fixacl does not know where S3 Control is.",
        advice: "Name it with AWS_ENDPOINT_URL_S3_CONTROL, or use 'fixacl apply'.")
    case .tooManyJobs(let count):
      return Message(
        .error, "too-many-jobs",
        "the plan has so many different ACLs that it would take \(Quantity.count(count, "job")), and S3 has at most 1,000 at"
          + " once. Nothing was created.", advice: "Use 'fixacl apply', or plan a part of the bucket with --prefix.")
    case .otherSubmission(let number):
      return Message(
        .error, "other-submission",
        "job \(number) of this plan was submitted with another --role-arn, --report or --manifest. Nothing was created.",
        advice: "Use the same options as the first time.")
    case .manifest(let error):
      return Message(.error, "manifest", "fixacl cannot write a manifest, so it created no job", error)
    case .spool(let error):
      return Message(
        .error, "file", "fixacl cannot keep what it reads: \(error).", advice: "TMPDIR names another folder.")
    case .creation(let error, let number, let created):
      var message = Message(
        .error, "create-job",
        "job \(number) was not created"
          + (created > 0 ? ", and \(Quantity.count(created, "job")) before it exist" : ""),
        error)
      message.advice =
        (message.advice.map { $0 + " " } ?? "")
        + "The profile needs s3:CreateJob and iam:PassRole; --print-policies shows all. Then run the same command again."
      return message
    case .confirmation(let error, let number):
      return Message(.error, "confirm-job", "job \(number) could not be confirmed", error)
    case .otherJob(let number, let id):
      return Message(
        .error, "other-job",
        "the journal says that \(id) is job \(number) of this plan, and S3 says that it is another. Nothing was done.",
        advice: "Is it the right journal?")
    }
  }
}

extension BatchSummary {
  /// What to do next, for stderr.
  var messages: [Message] {
    let rest = SameCommand.quoted(path) + SameCommand.credentialOptions
    func hint(_ text: String, _ command: String) -> Message { Message(.note, "next", text, commands: [command]) }
    guard jobs > 0 else { return [] }
    if waiting > 0, command == .submit {
      return [
        hint(
          waiting == jobs
            ? "no job runs yet. To let them run:"
            : "\(Quantity.count(jobs - waiting)) of \(Quantity.count(jobs, "job")) may run. To let the others run:",
          SameCommand.text + (SameCommand.text.contains(" --run") ? "" : " --run"))
      ]
    }
    if waiting > 0 {
      return [
        Message(
          .note, "next",
          "\(Quantity.count(waiting, "job waits", plural: "jobs wait")) for confirmation: run the same 'fixacl batch submit' with --run."
        )
      ]
    }
    if ended > 0 { return [hint("to read the reports:", "fixacl batch collect \(rest)")] }
    return command == .submit ? [hint("to see how far they are:", "fixacl batch status \(rest)")] : []
  }
}
