extension BatchCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example(
        "The policies that the role and the profiles need",
        "fixacl batch submit fix.json --role-arn arn:aws:iam::111122223333:role/batch \\",
        "  --report s3://my-jobs/reports --print-policies"),
      Manual.Example(
        "Create the jobs; each waits for confirmation",
        "fixacl batch submit fix.json --role-arn arn:aws:iam::111122223333:role/batch \\",
        "  --report s3://my-jobs/reports"),
      Manual.Example(
        "Let them run: the same command again, with --run",
        "fixacl batch submit fix.json --role-arn arn:aws:iam::111122223333:role/batch \\",
        "  --report s3://my-jobs/reports --run"),
      Manual.Example("How far are they?", "fixacl batch status fix.json"),
      Manual.Example(
        "Read the reports, then do the rest", "fixacl batch collect fix.json --verify", "fixacl apply fix.json"),
    ],
    environment: Manual.Term.credentials,
    files: [Manual.Term("PLAN.journal", "Jobs, and what they did: the undo. Keep it.")],
    statuses: [
      Manual.Status(
        .done, "submit: the jobs exist. status: all are complete without failures. collect: all objects are as planned."
      ),
      Manual.Status(.failed, "Nothing was created, or nothing could be read."),
      Manual.Status(
        .partlyDone,
        "submit: something is missing. status: a job is not complete, or has failed tasks. collect: a job has not ended,"
          + " or some objects failed or differ."),
      .usage, Manual.Status(.interrupted, "Interrupted. The same command resumes."),
    ])
}

extension BatchSubmitCommand: Documented {
  static let manual = Manual(
    examples: BatchCommand.manual.examples.dropLast(2), environment: BatchCommand.manual.environment,
    files: BatchCommand.manual.files,
    statuses: [
      Manual.Status(.done, "All jobs exist; with --run, all are confirmed."),
      Manual.Status(.failed, "Nothing was created: a role is missing, S3 refuses, or the bucket has changed."),
      Manual.Status(.partlyDone, "Some jobs could not be created or confirmed yet; or no job can make any change."),
      .usage, Manual.Status(.interrupted, "Interrupted. The same command resumes."),
    ])
}

extension BatchStatusCommand: Documented {
  static let manual = Manual(
    examples: [Manual.Example("How far are the jobs?", "fixacl batch status fix.json")],
    environment: BatchCommand.manual.environment, files: BatchCommand.manual.files,
    statuses: [
      Manual.Status(.done, "All jobs are complete without failures."), Manual.Status(.failed, "S3 could not be asked."),
      Manual.Status(.partlyDone, "A job is not complete, or has failed tasks; or there is no job."), .usage,
      Manual.Status(.interrupted, "Interrupted."),
    ])
}

extension BatchCollectCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("Read the reports, and look at a sample", "fixacl batch collect fix.json"),
      Manual.Example("Look at every object again", "fixacl batch collect fix.json --verify"),
    ], environment: BatchCommand.manual.environment, files: BatchCommand.manual.files,
    statuses: [
      Manual.Status(.done, "All jobs were collected, and every object that was looked at is as planned."),
      Manual.Status(.failed, "Nothing was collected."),
      Manual.Status(.partlyDone, "A job has not ended, or some objects failed, differ or were not reached."), .usage,
      Manual.Status(.interrupted, "Interrupted. The same command resumes."),
    ])
}
