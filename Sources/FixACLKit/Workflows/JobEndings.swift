internal import AWSKit

/// Finds out whether jobs whose reports nobody has read may still write. If all have ended, apply and rollback go on:
/// they look at each object anyway, and need no report.
struct JobEndings {
  let session: ChangeSession
  let events: RunEventHandler

  private var region: Region { Region(session.bucket.region) ?? session.session.mainClient.region }

  /// Sees that the jobs of a plan have ended, and says so in its journal.
  ///
  /// - Parameters:
  ///   - digest: the plan's.
  ///   - journal: nil for a dry run.
  ///   - path: of the plan, if it is still there; asked for only if jobs are in progress.
  /// - Throws: `BatchProblem` if one may still write, or nobody knows; `AWSError`, `WorkflowError`.
  func check(
    _ history: BatchHistory, of digest: String, before undertaking: BatchProblem.Undertaking, journal: Journal?,
    path: () -> String?
  ) async throws {
    let jobs = history.underWay
    guard !jobs.isEmpty else { return }
    guard let statuses = try await statuses(of: jobs, plan: digest) else {
      throw BatchProblem.underWay(jobs, before: undertaking, plan: path(), region: region)
    }
    events(.notice(.batch(.endedUnread(jobs))))
    do {
      for (job, status) in zip(jobs, statuses) {
        try await journal?.append(.batch(.collected(number: job.number, status: status)))
      }
    } catch let error as FileError {
      throw WorkflowError.journal(error, changed: 0)
    }
  }

  /// Sees that the jobs of another plan that had this plan's path have ended: its journal is about to be set aside.
  func checkReplaced(by plan: Plan) async throws {
    guard let other = try Journal.replaced(by: plan), other.bucket?.name == plan.header.bucket.name,
      other.bucket?.endpoint == plan.header.bucket.endpoint
    else { return }
    let jobs = other.batch.underWay
    guard !jobs.isEmpty, try await statuses(of: jobs, plan: other.plan) == nil else { return }
    throw BatchProblem.underWayOfOther(jobs, journal: other.path, region: region)
  }

  /// How the jobs have ended, as a journal has it; nil if one of them may still write.
  private func statuses(of jobs: [BatchHistory.Job], plan digest: String) async throws -> [String]? {
    var statuses: [String] = []
    for job in jobs {
      // Whether a job without an ID exists is not known.
      guard let id = job.id, let control = session.accounts.account(of: job.record.group.account)?.control(region)
      else { return nil }
      let found: BatchJob
      do throws(AWSError) {
        found = try await control.describeJob(id, in: job.record.account)
      } catch {
        if error.isStopped { throw WorkflowError.interrupted }
        guard error.isNoSuchJob else { throw BatchProblem.undescribed(error, number: job.number, id: id) }
        statuses.append(Self.gone)
        continue
      }
      // A journal can come from somebody else: what became of another job says nothing of this one.
      guard found.description == BatchJobRecord.description(plan: digest, number: job.number) else {
        throw BatchProblem.otherJob(number: job.number, id: id)
      }
      guard found.status.isFinal else { return nil }
      statuses.append(found.status.rawValue)
    }
    return statuses
  }

  /// The status of a job that S3 no longer has: it keeps jobs for 90 days after their end.
  static let gone = "gone"
}
