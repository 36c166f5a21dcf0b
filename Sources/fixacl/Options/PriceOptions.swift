internal import ArgumentParser
internal import FixACLKit

/// What requests cost.
struct PriceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Prices of S3 for the estimate of costs, as JSON (plans/prices.schema.json). Default: those of us-east-1.",
      valueName: "file"),
    completion: .file())
  var prices: String?

  /// - Throws: `FileFormatError`.
  func table() throws -> PriceTable { try prices.map { try PriceTable(path: $0) } ?? .builtIn }
}
