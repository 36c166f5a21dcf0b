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

  /// A command of the AWS CLI about CloudFront.
  ///
  /// - Parameter profile: who asks; nil for the environment's own credentials.
  static func cloudFront(_ command: String, profile: String?) -> String {
    "aws cloudfront \(command)" + (profile.map { " --profile \(quoted($0))" } ?? "")
  }

  /// What a plan of the same objects needs to be told again, besides the bucket: credentials, endpoint, and which objects.
  static var planOptions: String { credentialOptions + options(["--prefix"], flags: ["--all-versions"]) }

  /// The bucket as the running command names it; else its name.
  static func bucket(_ name: String) -> String {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let typed = zip([""] + arguments, arguments).first { option, argument in
      ["arn:", "s3://"].contains { argument.hasPrefix($0) } && !option.hasPrefix("--inventory")
        && (try? BucketArgument(argument))?.name == name
    }
    return typed?.1 ?? name
  }

  /// The bucket of the running command's object: its ARN, where that names another partition than Amazon's first; else its
  /// name.
  static func bucketOfObject(_ name: String) -> String {
    let partitions = CommandLine.arguments.dropFirst().compactMap { try? TargetArgument($0).partition?.name }
    return partitions.first.map { $0 == "aws" ? name : "arn:\($0):s3:::\(name)" } ?? name
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
