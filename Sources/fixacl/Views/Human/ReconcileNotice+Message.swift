internal import FixACLKit
internal import AWSKit

extension ReconcileNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .metricsUnwritten(let error):
      Message(
        .warning, "metrics", "fixacl cannot write the metrics: \(error).",
        advice: "Name a file in a writable folder with --metrics-file.")
    case .lastRunUnwritten(let error):
      Message(
        .error, "last-run",
        "fixacl cannot keep what this run knows, so it does not count as good: \(error).",
        advice: "The folder of --state-dir must be writable and have space.")
    case .pruningFailed(let error): Message(.warning, "pruning", "fixacl cannot remove old runs: \(error).")
    case .scanRestarted(let error):
      Message(
        .note, "scan-restarted",
        "what an earlier run had scanned cannot be used (\(error.path.escapedForTerminal)), so the scan starts over.")
    case .timeIsOver(let seconds):
      Message(
        .warning, "time-is-over",
        "\(AgeArgument.text(seconds: seconds)) are over: fixacl waits for requests in flight, and starts no more.")
    }
  }
}
