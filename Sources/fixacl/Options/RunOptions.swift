internal import ArgumentParser
internal import FixACLKit

/// How hard to work.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The maximum number of requests in flight. fixacl tunes it by itself.", valueName: "n"))
  var concurrency = 512

  @Option(help: ArgumentHelp("The maximum number of requests a second. Default: no limit.", valueName: "n"))
  var maxRps: Double?

  @Option(
    help: ArgumentHelp(
      "Stop after this many failures alike with no success in between. none: never stop.", valueName: "n"))
  var maxFailures = FailureLimit(count: 50)

  @Flag(name: [.short, .long], help: "Also write each request to stderr: operation, status, time, retries.")
  var verbose = false

  func validate() throws {
    guard (1...4096).contains(concurrency) else {
      throw ValidationError("--concurrency must be between 1 and 4096.")
    }
    guard maxFailures.count != 0 else { throw ValidationError("--max-failures must be at least 1, or none.") }
    if let maxRps {
      guard (0.1...100_000).contains(maxRps) else {
        throw ValidationError("--max-rps must be between 0.1 and 100000.")
      }
    }
  }
}

/// After how many failures a run is ended: a number, or `none`.
struct FailureLimit: ExpressibleByArgument, CustomStringConvertible {
  /// Nil for no limit.
  let count: Int?

  init(count: Int?) {
    self.count = count
  }

  init?(argument: String) {
    if argument == "none" {
      count = nil
      return
    }
    guard let number = Int(argument), number >= 0 else { return nil }
    count = number
  }

  var description: String { count.map { "\($0)" } ?? "none" }
  var defaultValueDescription: String { description }
}
