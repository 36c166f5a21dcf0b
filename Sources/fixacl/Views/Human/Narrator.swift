internal import FixACLKit
internal import AWSKit
internal import Synchronization

/// Tells people on stderr what a workflow does.
protocol EventNarrator: Sendable {
  func handle(_ event: RunEvent)
}

/// Tells people on stderr what a workflow does: notices, progress, what did not go well, and the summary.
final class Narrator: EventNarrator {
  private let failures = FailureLog()
  private let throttle = Mutex<Throttle?>(nil)
  private let progress = Mutex<ProgressReporter?>(nil)
  /// Whether stdout tells of objects, so that stderr need not.
  private let hasResultLines: Bool

  init(hasResultLines: Bool) {
    self.hasResultLines = hasResultLines
  }

  func handle(_ event: RunEvent) {
    switch event {
    case .connecting(let server, let throttle):
      self.throttle.withLock { $0 = throttle }
      WaitingNotice.start(for: server ?? "Amazon's S3", throttle: throttle)
    case .notice(let notice): Console.shared.say(notice.message)
    case .progress(let current):
      guard let throttle = throttle.withLock({ $0 }) else { return }
      progress.withLock { $0 = ProgressReporter(throttle: throttle) { ProgressReporter.State(current()) } }
    case .progressEnded:
      progress.withLock { progress in
        progress?.finish()
        progress = nil
      }
      failures.finish()
    case .object(let report):
      switch report.outcome {
      case .done, .already: return
      default: if !hasResultLines { failures.take(report) }
      }
    case .explained, .began, .reconciled: return
    case .edge(let report):
      if !hasResultLines, !report.isServed { Console.shared.say(report.message) }
    case .planned(let report): PlanSummaryView.tell(report)
    case .summary(let summary): RunSummaryView.tell(summary)
    }
  }
}
