internal import FixACLKit

/// The program's exit statuses: a promise to scripts.
enum ExitStatus: Int32 {
  case done = 0
  /// Nothing useful was produced.
  case failed = 1
  /// There are changes or differences (`plan --detailed-exitcode`, `reconcile --plan-only`, `verify`), or a reader is denied (`explain`).
  case changes = 2
  /// Some objects failed, are stale or blocked; or `explain` cannot tell.
  case partlyDone = 3
  /// A guard rail stopped it, and nothing was written (`reconcile`).
  case guarded = 4
  /// The command line is wrong.
  case usage = 64
  /// Another run holds the lock (`reconcile`).
  case busy = 75
  /// By SIGINT or SIGTERM, after what was in flight had ended.
  case interrupted = 130

  init(_ result: RunResult) {
    self =
      switch result {
      case .done: .done
      case .changes: .changes
      case .partlyDone: .partlyDone
      case .guarded: .guarded
      case .failed: .failed
      case .interrupted: .interrupted
      }
  }
}

extension ExitStatus {
  /// The status of `plan`, which tells of changes only if asked.
  init(ofPlan result: RunResult, isDetailed: Bool) {
    self = result == .changes && !isDetailed ? .done : ExitStatus(result)
  }
}

extension ExitStatus {
  /// What the program exits with at such an end.
  @Sendable static func number(of end: Result<RunResult, any Error>) -> Int {
    switch end {
    case .success(let result): Int(ExitStatus(result).rawValue)
    case .failure(let error): Int((Message.report(on: error)?.status ?? .failed).rawValue)
    }
  }
}

/// A mistake in the command line that only shows once the command runs: a whole sentence.
struct UsageError: Error {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}
