internal import FixACLKit
internal import AWSKit

/// Tells people on stderr what a workflow does.
protocol EventNarrator: Sendable {
  func handle(_ event: RunEvent)
}

/// Tells people on stderr what a workflow does: notices, progress, what did not go well, and the summary.
final class Narrator: EventNarrator {
  private let failures: FailureLog
  private let progress = ProgressDisplay()
  /// Whether stdout tells of objects, so that stderr need not.
  private let hasResultLines: Bool

  /// - Parameter failures: where all failures are, beside those that are told.
  init(hasResultLines: Bool, failures: FailureLog.Whole?) {
    self.hasResultLines = hasResultLines
    self.failures = FailureLog(whole: failures)
  }

  func handle(_ event: RunEvent) {
    switch event {
    case .connecting(let server, let throttle):
      progress.count(by: throttle)
      WaitingNotice.start(for: server ?? "Amazon's S3", throttle: throttle)
    case .notice(let notice): Console.shared.say(notice.message)
    case .progress(let current): progress.begin(current)
    case .progressEnded:
      progress.end()
      failures.finish()
    case .object(let report):
      switch report.outcome {
      case .done, .already: return
      default: if !hasResultLines { failures.take(report) }
      }
    case .explained, .began, .reconciled, .job, .inventorySetUp: return
    case .batch(let summary): for message in summary.messages { Console.shared.say(message) }
    case .edge(let report):
      if !hasResultLines, !report.isServed { Console.shared.say(report.message) }
    case .planned(let report): PlanSummaryView.tell(report)
    case .summary(let summary): RunSummaryView.tell(summary)
    }
  }
}
