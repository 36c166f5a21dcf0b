internal import ArgumentParser

/// How hard to work, and how much to say of it.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most requests in flight at once.", valueName: "n"))
  var concurrency = 64

  @Flag(name: [.short, .long], help: "No progress on stderr; errors and the summary are still there.")
  var quiet = false

  func validate() throws {
    guard (1...4096).contains(concurrency) else {
      throw ValidationError("--concurrency must be between 1 and 4096.")
    }
  }
}
