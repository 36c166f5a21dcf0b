internal import AWSKit

/// Repairs what has drifted since the last run, as far as guard rails allow it. For timers.
package struct ReconcileWorkflow: Sendable {
  /// Its output is the workflow's own business.
  package var request: PlanRequest
  package var session: Session.Options
  /// Program and version, which the plan names.
  package var tool: String
  /// The version alone.
  package var version: String
  package var rails = GuardRails()
  /// In which each bucket has a folder; nil for the folder for state.
  package var stateFolder: String?
  /// How many runs that changed something are kept.
  package var keptRuns = 30
  /// Whether nothing is written to the bucket.
  package var isPlanOnly = false
  /// Seconds.
  package var maximumDuration: Int? = 1800
  /// How many changed objects are looked at again.
  package var sample = 100
  package var limit: Int?
  package var maximumCopySize = AWSClient.maximumCopySize
  package var invalidation: InvalidationRequest?
  /// For the textfile collector; nil for none.
  package var metricsPath: String?
  /// What scripts get to know of an end.
  package var exitStatus: @Sendable (Result<RunResult, any Error>) -> Int

  package init(
    _ request: PlanRequest, session: Session.Options, tool: String, version: String,
    exitStatus: @escaping @Sendable (Result<RunResult, any Error>) -> Int
  ) {
    self.request = request
    self.session = session
    self.tool = tool
    self.version = version
    self.exitStatus = exitStatus
  }

  /// - Throws: `WorkflowError.reconcileBusy` if another run works on the bucket; nothing is done then.
  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let folder: ReconcileFolder
    do {
      folder = try ReconcileFolder(in: try stateFolder ?? StateFolder.make(), bucket: request.bucket)
    } catch let busy as ReconcileFolder.Busy {
      // What is measured is the other run's business.
      throw WorkflowError.reconcileBusy(bucket: request.bucket, lock: busy.path)
    } catch {
      var summary = ReconcileSummary(bucket: request.bucket, isPlanOnly: isPlanOnly)
      end(&summary, .failure(error), events: events)
      throw error
    }
    // From here on a signal ends the run in order, with metrics.
    stop.beginWork()
    let run = ReconcileRun(self, folder: folder, stop: stop, events: events)
    return try await run.run()
  }
}
