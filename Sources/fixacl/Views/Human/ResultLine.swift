internal import FixACLKit
internal import AWSKit

/// A line about one object, for people.
enum ResultLine {
  /// - Parameter command: which words fit; a dry run's are those of what would happen.
  static func text(_ report: ChangeReport, of command: RunSummary.Command = .apply) -> String {
    let (change, name) = (report.change, report.change.name)
    switch (report.outcome, command) {
    case (.done, .rollback): return "would put back: \(name)"
    case (.done, _): return "would \(change.action.rawValue): \(name)"
    case (.already, .rollback): return "already as before: \(name)"
    case (.already, _): return "already as planned: \(name)"
    case (.stale(let staleness), .verify): return "differs: \(name): \(staleness.explanation)"
    case (.stale(let staleness), _): return "stale: \(name): \(staleness.explanation)"
    case (.irreversible(let reason), _): return "cannot be undone: \(name): \(reason.explanation)"
    case (.pending, _): return "not changed yet: \(name)"
    case (.blocked(let reason), _): return "blocked: \(name): \(reason.explanation)"
    case (.failed(.s3(let error)), .verify): return "could not be read: \(error). \(Advice.text(for: error))"
    case (.failed(.s3(let error)), _): return "failed: \(error). \(Advice.text(for: error))"
    case (.failed(.notAsPlanned(let detail)), _): return "failed: \(name): \(detail)."
    }
  }
}
