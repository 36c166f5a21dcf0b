/// The program's exit statuses: a promise to scripts.
enum ExitStatus: Int32 {
  case done = 0
  /// Nothing useful was produced.
  case failed = 1
  /// `plan --detailed-exitcode` and `verify`: there are changes.
  case changes = 2
  /// `apply` and `rollback`: some objects failed, are stale or blocked.
  case partlyDone = 3
  /// The command line makes no sense.
  case usage = 64
  /// By SIGINT or SIGTERM, after what was in flight had ended.
  case interrupted = 130
}

/// What ends a command early: a message for stderr and a status.
struct CommandFailure: Error {
  let message: String
  let status: ExitStatus

  init(_ message: String, status: ExitStatus = .failed) {
    self.message = message
    self.status = status
  }
}
