internal import FixACLKit
internal import S3Kit
internal import Synchronization

/// Tells on stderr what did not go well, object by object, up to a number; in a dry run on stdout what would be done.
final class OutcomeLog: Sendable {
  /// A server that is down fails every object: after these, the journal has the rest.
  private static let maximumLines = 50

  private let isDryRun: Bool
  private let untold = Mutex((lines: 0, untold: 0))

  init(isDryRun: Bool) {
    self.isDryRun = isDryRun
  }

  func take(_ report: Applier.Report) {
    let isGood =
      switch report.outcome {
      case .done, .already: true
      case .stale, .failed: false
      }
    guard isDryRun || !isGood else { return }
    let mayTell = untold.withLock { state in
      if isGood { return true }
      state.lines += 1
      if state.lines > Self.maximumLines { state.untold += 1 }
      return state.lines <= Self.maximumLines
    }
    guard mayTell else { return }
    Console.shared.note(Self.text(report))
  }

  /// Says how many objects were passed over.
  func finish() {
    let count = untold.withLock { $0.untold }
    guard count > 0 else { return }
    Console.shared.note(
      "… and \(Quantity.count(count)) more"
        + (isDryRun ? "." : ": the journal has every one ('\"result\":\"failed\"' and '\"stale\"')."))
  }

  private static func text(_ report: Applier.Report) -> String {
    let change = report.change
    switch report.outcome {
    case .done: return "would \(change.action.rawValue): \(change.key)"
    case .already: return "as planned already: \(change.key)"
    case .stale(let staleness): return "stale: \(change.key): \(staleness.explanation)"
    case .failed(.s3(let error)): return "failed: \(change.key): \(error). \(Advice.text(for: error))"
    case .failed(.notAsPlanned(let detail)):
      return "failed: \(change.key): \(detail). Look at it with 'aws s3api get-object-acl', then make a new plan."
    }
  }
}
