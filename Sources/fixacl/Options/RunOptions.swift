internal import ArgumentParser
internal import FixACLKit

/// How hard to work.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most requests in flight at once. How many there are follows what the server can take.", valueName: "n"))
  var concurrency = 512

  @Option(help: ArgumentHelp("The most requests a second; without it, as many as the server takes.", valueName: "n"))
  var maxRps: Double?

  @Option(
    help: ArgumentHelp(
      "End the run after so many failures alike with no success in between; none: never.", valueName: "n"))
  var maxFailures = FailureLimit(count: 50)

  @Flag(name: [.short, .long], help: "Also each request on stderr: operation, status, time and retries.")
  var verbose = false

  func validate() throws {
    guard (1...4096).contains(concurrency) else {
      throw ValidationError("--concurrency must be between 1 and 4096.")
    }
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
    count = number == 0 ? nil : number
  }

  var description: String { count.map { "\($0)" } ?? "none" }
  var defaultValueDescription: String { description }
}
