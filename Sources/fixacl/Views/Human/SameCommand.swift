internal import AWSKit

/// The command that is running, as a line for a shell.
enum SameCommand {
  static var text: String {
    (["fixacl"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  /// The running command's options for credentials and endpoint, to go behind another command; empty, or with a blank
  /// before them.
  static var credentialOptions: String { options(valued) }

  /// Whether it names credentials of object owners.
  static var namesOwners: Bool { !words(["--owner-profile", "--owner-role-arn"]).isEmpty }

  /// The same as words.
  static var credentialWords: [String] { words(valued) }

  /// The same without what a plan remembers.
  static var optionsBesidePlan: String { options(["--region", "--endpoint-url"]) }

  /// The same of what a plan does not remember, as words.
  static var wordsBesidePlan: [String] { words(["--region", "--endpoint-url"]) }

  /// Options with which the AWS CLI asks as the bucket owner, where the running command does.
  ///
  /// - Parameter service: as the AWS CLI calls it. The endpoint is S3's.
  static func cliWords(for service: String) -> [String] {
    words(["--profile"] + (service == "s3api" ? ["--region", "--endpoint-url"] : []))
  }

  /// What the running command says of invalidations, in the same form.
  static var invalidationOptions: String { options(["--invalidate"], flags: ["--wait"]) }

  private static func options(_ valued: [String], flags: [String] = []) -> String {
    words(valued, flags: flags).map { " " + quoted($0) }.joined()
  }

  private static func words(_ valued: [String], flags: [String] = []) -> [String] {
    var words: [String] = []
    var arguments = CommandLine.arguments.dropFirst()[...]
    while let argument = arguments.popFirst() {
      if valued.contains(argument) {
        words += [argument] + (arguments.popFirst().map { [$0] } ?? [])
      } else if flags.contains(argument) || valued.contains(where: { argument.hasPrefix($0 + "=") }) {
        words.append(argument)
      }
    }
    return words
  }

  private static let valued = [
    "--profile", "--owner-profile", "--owner-role-arn", "--owner-external-id", "--region", "--endpoint-url",
    "--request-payer",
  ]

  /// A command as a line for a shell.
  static func line(_ words: [String]) -> String { words.map { ShellQuoting.quoted($0) }.joined(separator: " ") }

  /// A word for a shell.
  static func quoted(_ word: String) -> String { ShellQuoting.quoted(word) }
}
