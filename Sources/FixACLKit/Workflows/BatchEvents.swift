package import AWSKit

/// What is done with jobs of S3 Batch Operations.
package enum BatchCommand: String, Sendable {
  case submit = "batch-submit"
  case status = "batch-status"
}

/// A job of S3 Batch Operations as a command leaves or finds it.
package struct BatchJobReport: Sendable {
  package let command: BatchCommand
  package let record: BatchJobRecord
  /// S3's ID; nil if it has none that is known.
  package let id: String?
  /// Whose credentials it is asked with: `profile tools`.
  package let account: String
  /// As S3 describes it; nil if nobody asked, or S3 did not say.
  package let job: BatchJob?
  /// Whether this run created it.
  package var isNew = false
  /// Whether this run has let it run.
  package var isStarted = false
  /// Why S3 does not describe it.
  package var problem: AWSError?
}

/// What came of work on jobs.
package struct BatchSummary: Sendable {
  package let command: BatchCommand
  /// The plan's path.
  package let path: String
  package let result: RunResult
  package let jobs: Int
  /// Objects of the jobs.
  package let tasks: Int
  /// Jobs that still wait for their confirmation.
  package let waiting: Int
  /// Jobs that have ended, and whose reports can be read.
  package let ended: Int
  /// How many changes stay with apply, and why, the most first.
  package var left: [(obstacle: BatchObstacle, changes: Int)] = []
  package let statistics: Throttle.Statistics
  package let seconds: Double
}

/// Something to know of jobs.
package enum BatchNotice: Sendable {
  /// What a job will do, before it is created.
  ///
  /// - Parameter account: whose objects they are, for people.
  case willSubmit(BatchJobRecord, AccessControlList, account: String, bucket: String, readers: [Reader])
  /// What S3 Batch Operations cannot do.
  case limits(hasCopies: Bool)
  case left([(obstacle: BatchObstacle, changes: Int)])
  /// The plan's jobs were submitted before, and none is created again.
  case submittedBefore(jobs: Int)
  case nothingToSubmit
  /// Jobs are being prepared by S3, and cannot run yet.
  case preparing(jobs: Int, seconds: Int)
  case stillPreparing(jobs: Int)
  case noJobs
  /// Jobs have ended whose reports were not read: their objects are looked at instead.
  case endedUnread([BatchHistory.Job])
  /// A submission was stopped.
  ///
  /// - Parameter created: how many of the jobs exist; the journal has no jobs before all of them are prepared.
  case interrupted(created: Int, of: Int)
  /// A job has not ended, so that there is nothing to collect.
  case notEnded(number: Int, id: String?, status: String)
  /// A report cannot be read.
  case reportUnreadable(number: Int, id: String, reason: String)
  /// S3 no longer has a job.
  case gone(number: Int, id: String)
  /// A job ended without being complete.
  case ended(number: Int, id: String, BatchJob)
  /// Only some of the objects whose tasks succeeded were looked at again.
  case sampled(Int, of: Int)
}

/// Why nothing can be done with jobs. Nothing was created unless the case says so.
package enum BatchProblem: Error, Sendable {
  /// What cannot be done while jobs are in progress.
  package enum Undertaking: String, Sendable {
    case apply, rollback
  }

  /// An account that must have a job.
  package struct JobAccount: Sendable {
    /// `profile tools`
    package let name: String
    package let canonicalID: CanonicalID
    package let id: AccountID
  }

  /// - Parameter plan: the plan's path; nil if it is not known any more.
  case underWay([BatchHistory.Job], before: Undertaking, plan: String?, region: Region)
  /// Jobs of another plan that had the same path, of which this is the journal.
  case underWayOfOther([BatchHistory.Job], journal: String, region: Region)
  /// S3 does not say whether a job has ended.
  case undescribed(AWSError, number: Int, id: String)
  /// Accounts for which no role is given.
  case missingRoles([JobAccount])
  /// The number of an account is not known.
  case accountUnknown(name: String, CanonicalID)
  /// It is not known where S3 Control is.
  case noControl(server: String?)
  case tooManyJobs(Int)
  /// The plan's jobs were submitted with other roles or places.
  case otherSubmission(number: Int)
  /// A manifest cannot be written.
  case manifest(AWSError)
  case spool(FileError)
  /// - Parameter created: how many jobs exist already.
  case creation(AWSError, number: Int, created: Int)
  case confirmation(AWSError, number: Int)
  /// A job that the journal names is not one of fixacl's.
  case otherJob(number: Int, id: String)
}
