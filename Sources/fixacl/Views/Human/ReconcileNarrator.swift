internal import FixACLKit
internal import AWSKit
internal import Synchronization

/// Tells people on stderr what a reconcile does: nothing at all if there is nothing to do and nothing is wrong, since a
/// timer's output is mailed to somebody.
final class ReconcileNarrator: EventNarrator {
  private let failures: Mutex<FailureLog>
  private let whole: FailureLog.Whole?
  private let progress = ProgressDisplay()
  /// Messages that are shown only if there is something to do; nil once there is.
  private let held = Mutex<[Message]?>([])

  /// - Parameter failures: where all failures are, beside those that are told.
  init(failures whole: FailureLog.Whole?) {
    self.whole = whole
    failures = Mutex(FailureLog(whole: whole))
  }

  func handle(_ event: RunEvent) {
    switch event {
    case .connecting(let server, let throttle):
      progress.count(by: throttle)
      // Whoever looks on sees that something is going on; a log has no use for it.
      if Console.shared.isTerminal { WaitingNotice.start(for: server ?? "Amazon's S3", throttle: throttle) }
    // Once everything is repaired by copies, that is as it should be.
    case .notice(.account(let remark)) where remark.isOfOwningNothing: tell(remark.message, asOf: .note)
    case .notice(let notice): tell(notice.message)
    case .progress(let current):
      if Console.shared.isTerminal { progress.begin(current) }
    case .progressEnded:
      progress.end()
      failures.withLock { failures in
        failures.finish()
        failures = FailureLog(whole: failures.whole)
      }
    case .began(let part):
      // What a verification reads, no journal records.
      let whole = part == .verify && whole == .journal ? nil : whole
      failures.withLock { $0 = FailureLog(whole: whole) }
    case .object(let report):
      switch report.outcome {
      case .done, .already, .pending, .blocked: return
      default: failures.withLock { $0 }.take(report)
      }
    case .edge, .explained, .summary, .job, .batch, .inventorySetUp: return
    case .planned(let report): if report.header.summary.changes > 0 { release() }
    case .reconciled(let summary):
      guard !summary.isUneventful else { return }
      release()
      for message in ReconcileView.messages(for: summary) { Console.shared.say(message) }
    }
  }

  /// - Parameter level: how important it is; nil for what the message itself says.
  private func tell(_ message: Message, asOf level: Message.Level? = nil) {
    let isHeld = held.withLock { held in
      guard held != nil, level ?? message.level < .warning else { return false }
      held?.append(message)
      return true
    }
    if !isHeld { Console.shared.say(message) }
  }

  private func release() {
    let messages = held.withLock { held in
      defer { held = nil }
      return held ?? []
    }
    for message in messages { Console.shared.say(message) }
  }
}

extension AccountRemark {
  fileprivate var isOfOwningNothing: Bool {
    if case .ownsNothing = self { true } else { false }
  }
}
