package import AWSKit

/// What a workflow tells while it runs. Views word events for people, or encode them.
package enum RunEvent: Sendable {
  /// Requests are about to be sent.
  ///
  /// - Parameters:
  ///   - server: the endpoint URL; nil for Amazon's S3.
  ///   - throttle: counts the requests.
  case connecting(server: String?, Throttle)
  case notice(Notice)
  /// Work begins whose progress can be asked for, on any thread, until `progressEnded`.
  case progress(@Sendable () -> RunProgress)
  case progressEnded
  /// What became of one object, in no order.
  case object(ChangeReport)
  /// What a viewer of CloudFront got of one object, in no order.
  case edge(EdgeReport)
  /// A plan was written.
  case planned(PlanReport)
  /// An inventory was set up, or it was said how.
  case inventorySetUp(InventorySetupReport)
  /// Who can read an object, and why.
  case explained(Explanation, LogFindings?)
  /// A run over a plan or a journal ended.
  case summary(RunSummary)
  /// A job of S3 Batch Operations as it is now.
  case job(BatchJobReport)
  /// Work on jobs of S3 Batch Operations ended.
  case batch(BatchSummary)
  /// A part of a reconcile begins; what is told of objects is about it.
  case began(RunSummary.Command)
  /// A reconcile ended.
  case reconciled(ReconcileSummary)
}

/// Where a workflow's events go; called on any thread.
package typealias RunEventHandler = @Sendable (RunEvent) -> Void

/// How far a run has come.
package enum RunProgress: Sendable {
  /// - Parameter known: objects that an earlier run had listed.
  case scanning(BucketScanner.Progress, known: Int)
  /// - Parameter limit: the most objects of this run.
  case running(RunSummary.Command, Tally, limit: Int?)
  case readingLogs(LogProgress)
  case readingReport(InventoryReading.Progress)
  /// A plan is made into jobs: how many of its changes were looked through.
  case preparingJobs(Int, of: Int)
}

/// How a workflow ended, for scripts.
package enum RunResult: String, Sendable {
  case done
  /// There are changes or differences, or a reader is denied.
  case changes
  /// Some objects failed, are stale or blocked; or whether a reader is denied is not known.
  case partlyDone = "partly-done"
  /// A guard rail stopped it before its first write.
  case guarded
  /// Nothing useful was produced.
  case failed
  case interrupted
}

/// What came of a scan.
package struct PlanReport: Sendable {
  package let header: PlanHeader
  /// The plan's file; nil for a stream.
  package let path: String?
  /// Whether the path was chosen by fixacl, since nobody named one.
  package let isSaved: Bool
  /// Objects that this run listed itself.
  package let listedNow: Int
  package let statistics: Throttle.Statistics
  package let seconds: Double
  /// The object owners without credentials, with their number of changes, the most first.
  package let missingOwners: [(owner: CanonicalID, changes: Int)]
  /// How uploads have to change; nil if that is not due.
  package let uploadFix: UploadFix?
  package let cost: CostEstimate
}

/// What came of a run over a plan or a journal.
package struct RunSummary: Sendable {
  package enum Command: String, Sendable {
    case apply, rollback, verify
    /// `batch collect`
    case collect = "batch-collect"
  }

  /// Why a run ended.
  package enum End: Sendable {
    case complete
    /// A signal stopped it.
    case interrupted
    /// It could not succeed.
    case hopeless(FailureStreak.Stop)
  }

  package let command: Command
  /// The file that the run was started with.
  package let path: String
  package let isDryRun: Bool
  package let tally: Tally
  /// Changes of the whole plan, if only a sample was looked at.
  package let sampledFrom: Int?
  package let end: End
  package let result: RunResult
  package let statistics: Throttle.Statistics
  package let seconds: Double
  /// Whether public grants that were hidden when the plan was made are lost.
  package let losesHiddenGrants: Bool
  /// What followed the work on the objects.
  package let epilogue: Epilogue
  /// Jobs of S3 Batch Operations that have not ended; only collect counts them.
  package var jobsUnderWay = 0

  /// What concerns CloudFront, after the work on the objects.
  package struct Epilogue: Sendable {
    /// Nil if nobody asked for it.
    package var invalidation: InvalidationSummary?
    /// Nil if nobody asked for it.
    package var edge: EdgeSummary?
    /// Whether CloudFront may still have errors from before the repair.
    package var mayBeCached = false

    package init() {}
  }
}

extension Tally {
  /// Changes that a run is done with; verify has no work with the blocked ones, and counts them too.
  package func settled(by command: RunSummary.Command) -> Int { handled + (command == .verify ? blocked : 0) }
}
