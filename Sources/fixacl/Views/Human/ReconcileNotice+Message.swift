internal import FixACLKit
internal import AWSKit

extension ReconcileNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .metricsUnwritten(let error):
      Message(
        .warning, "metrics", "the metrics are not written: \(error).",
        advice: "Name a file in a writable folder with --metrics-file.")
    case .lastRunUnwritten(let error):
      Message(
        .error, "last-run",
        "fixacl cannot keep what this run knows, so it does not count as good: \(error).",
        advice: "The folder of --state-dir must be writable and have space.")
    case .pruningFailed(let error): Message(.warning, "pruning", "old runs are not removed: \(error).")
    case .scanBegunAnew(let error):
      Message(
        .note, "scan-begun-anew",
        "what an earlier run had scanned cannot be used (\(error.path.escapedForTerminal)), so the scan begins anew.")
    case .timeIsOver(let seconds):
      Message(
        .warning, "time-is-over",
        "\(AgeArgument.text(seconds: seconds)) are over: fixacl waits for what is in flight, and begins nothing more.")
    }
  }
}
