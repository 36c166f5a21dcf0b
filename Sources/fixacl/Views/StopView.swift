internal import FixACLKit
internal import AWSKit

/// What is said of a run that was stopped because it could not succeed.
enum StopView {
  /// What failed, how often, an example, and what to do: whole sentences.
  static func text(for stop: FailureStreak.Stop) -> String {
    let example = stop.example
    let failed =
      switch stop.cause {
      case .credentialsRefused: "Stopped: the credentials are refused. \(example.text)."
      case .alike(let count):
        "Stopped: \(Quantity.count(count, "failure")) alike, and nothing succeeded in between. The first: \(example.text)."
      }
    let advice = example.advice.isEmpty ? "" : " \(example.advice)"
    return failed + advice + (stop.cause == .credentialsRefused ? "" : " --max-failures none goes on whatever fails.")
  }

  /// What is left, and the command that does it: whole sentences after others.
  static func rest(_ count: Int, _ one: String, _ many: String, _ what: String) -> String {
    let left = count > 0 ? " \(Quantity.count(count)) \(count == 1 ? one : many) \(what)." : ""
    return left + " Then run it again: \(sameCommand)"
  }

  /// The command that is running, as a line for a shell.
  static var sameCommand: String {
    (["fixacl"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@%+".utf8.contains(byte)
      }
    if isPlain { return word }
    return "'"
      + word.escapedForTerminal.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
