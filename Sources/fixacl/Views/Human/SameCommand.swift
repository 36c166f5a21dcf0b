internal import AWSKit

/// The command that is running, as a line for a shell.
enum SameCommand {
  static var text: String {
    (["fixacl"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  /// The options of the command that is running that say as whom and where to work, to go behind another command; empty
  /// or with a blank before it.
  static var credentialOptions: String {
    var words: [String] = []
    var arguments = CommandLine.arguments.dropFirst()[...]
    while let argument = arguments.popFirst() {
      if valued.contains(argument) {
        words += [argument] + (arguments.popFirst().map { [$0] } ?? [])
      } else if valued.contains(where: { argument.hasPrefix($0 + "=") }) {
        words.append(argument)
      }
    }
    return words.map { " " + quoted($0) }.joined()
  }

  private static let valued = [
    "--profile", "--owner-profile", "--owner-role-arn", "--owner-external-id", "--region", "--endpoint-url",
    "--request-payer",
  ]

  /// A word for a POSIX shell, escaped.
  static func quoted(_ word: String) -> String { ShellQuoting.quoted(word.escapedForTerminal) }
}
