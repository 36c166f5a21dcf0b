internal import ArgumentParser
internal import Synchronization

extension LogFormat: ExpressibleByArgument {}

/// When text is coloured.
enum ColourChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never
}

/// How results are written.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// A command whose arguments say how it writes.
protocol OutputCommand: ParsableCommand {
  var outputOptions: OutputOptions { get }
}

/// What is written to stdout and stderr, and how.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to write stderr. json: each line is an object.", valueName: "text|json"))
  var logFormat = LogFormat.text

  @Flag(name: [.short, .long], help: "Write only errors to stderr.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      "When to use colours. auto: on a terminal, unless NO_COLOR is set.", valueName: "auto|always|never"))
  var color = ColourChoice.auto

  /// Has the program write as the options say.
  ///
  /// - Parameter verbose: whether each request is told.
  func apply(verbose: Bool = false) {
    ResultWriter.colourChoice.withLock { $0 = color }
    Console.shared.configure(
      Console.Style(
        format: logFormat, hasColours: TerminalColours.areWanted(color, onTerminal: Console.shared.isTerminal),
        threshold: quiet ? .error : verbose ? .debug : .note))
  }
}
