internal import FixACLKit

/// What is said of a run that was stopped because it could not succeed.
enum StopView {
  /// What failed, how often, an example, and what to do: whole sentences.
  static func text(for stop: FailureStreak.Stop) -> String {
    let example = stop.example
    let failed =
      switch stop.cause {
      case .credentialsRefused: "The credentials are refused: \(example.text)."
      case .alike(let count):
        "\(Quantity.count(count, "failure")) alike, and nothing succeeded in between. The first was: \(example.text)."
      }
    let advice = example.advice.isEmpty ? "" : " \(example.advice)"
    return failed + advice + (stop.cause == .credentialsRefused ? "" : " --max-failures none goes on whatever fails.")
  }
}
