internal import AWSKit

extension ReconcileWorkflow {
  /// Writes the metrics, and tells the summary.
  func end(_ summary: inout ReconcileSummary, _ result: Result<RunResult, any Error>, events: RunEventHandler) {
    summary.exitStatus = exitStatus(result)
    if let metricsPath {
      var metrics = ReconcileMetrics(summary, version: version)
      metrics.exitStatus = summary.exitStatus
      metrics.lastSuccess =
        summary.lastSuccess?.seconds ?? ReconcileMetrics.lastSuccess(in: metricsPath, bucket: summary.bucket)
      do {
        try metrics.write(to: metricsPath)
      } catch {
        events(.notice(.reconcile(.metricsUnwritten(error))))
      }
    }
    events(.reconciled(summary))
  }
}

extension ReconcileMetrics {
  init(_ summary: ReconcileSummary, version: String) {
    self.init(bucket: summary.bucket, version: version)
    lastRun = Timestamp.now().seconds
    duration = summary.seconds
    if let plan = summary.plan?.summary { (listed, foreign) = (plan.listed, plan.foreign) }
    changed = summary.apply?.tally.done ?? 0
    stale = summary.apply?.tally.stale ?? 0
    failed = (summary.apply?.tally.failed ?? 0) + summary.uncompleted
    blocked = summary.apply?.tally.blocked ?? summary.plan?.summary.actions[.blocked] ?? 0
    requests = summary.requestsByOperation
    throttled = summary.statistics.throttled
    copiedBytes = summary.copiedBytes
    tripped = summary.trippedRails
  }
}
