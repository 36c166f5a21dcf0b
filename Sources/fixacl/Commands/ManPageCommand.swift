internal import ArgumentParser

/// Prints a man page: for those who make packages, and not in the help.
struct ManPageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man-page", abstract: "Print the man page of fixacl, or of one of its commands.", shouldDisplay: false)

  @Argument(help: "The command. Without one: fixacl itself.")
  var command: String?

  @Option(help: ArgumentHelp("The date in the footer.", valueName: "date"))
  var date = ""

  @Flag(help: "Print the names of the commands that have one.")
  var list = false

  func run() throws {
    guard !list else { return print(Documentation.commands.joined(separator: "\n")) }
    guard let page = Documentation.manPage(of: command, date: date) else {
      throw UsageError("there is no command '\(command ?? "")'.")
    }
    print(page, terminator: "")
  }
}
