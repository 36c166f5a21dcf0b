package import AWSKit

/// What came of a reconcile.
package struct ReconcileSummary: Sendable {
  package var bucket: String
  package var isPlanOnly: Bool
  package var result = RunResult.failed
  /// What scripts get to know of it.
  package var exitStatus = 1
  /// What a plan of the bucket says; nil if none could be made.
  package var plan: PlanHeader?
  /// The plan's file, if it is kept: that of a run which changed something, or one for somebody to look at.
  package var planPath: String?
  /// Whether the plan waits for somebody to look at it.
  package var isPlanHeld = false
  /// The rails that stopped the run before its first write, or would have.
  package var trips: [GuardRails.Trip] = []
  /// When the last good run before this one ended.
  package var lastSuccess: Timestamp?
  /// What became of the plan; nil if nothing was to be written.
  package var apply: RunSummary?
  /// What a sample of the changed objects is like; nil if none was taken.
  package var verification: RunSummary?
  /// How many copies of killed runs were completed, and how many could not be.
  package var completed = 0
  package var uncompleted = 0
  package var copiedBytes = 0
  /// Whether the time that the run may take was over.
  package var isOutOfTime = false
  /// Seconds that the run may take.
  package var maximumSeconds: Int?
  package var statistics = Throttle.Statistics()
  package var requestsByOperation: [String: Int] = [:]
  package var seconds = 0.0

  /// The rails that stopped the run, before or after its first write.
  package var trippedRails: Set<GuardRails.Rail> {
    var rails = Set(isPlanOnly ? [] : trips.map(\.rail))
    if isOutOfTime { rails.insert(.maximumDuration) }
    for summary in [apply, verification] {
      if case .hopeless(let stop)? = summary?.end, case .alike = stop.cause { rails.insert(.maximumFailures) }
    }
    return rails
  }

  /// Whether nothing was to be done, and nothing is wrong.
  package var isUneventful: Bool {
    result == .done && apply == nil && completed == 0 && trips.isEmpty
  }
}

/// Something to know about a running reconcile.
package enum ReconcileNotice: Sendable {
  case metricsUnwritten(any Error)
  /// What is known now cannot be kept, so that this run does not count as good.
  case lastRunUnwritten(any Error)
  /// Files of old runs cannot be removed.
  case pruningFailed(any Error)
  /// What an earlier run had found cannot be used, so the scan starts over.
  case scanRestarted(CheckpointError)
  /// The time that the run may take is over, in seconds: what is in flight is finished.
  case timeIsOver(Int)
}
