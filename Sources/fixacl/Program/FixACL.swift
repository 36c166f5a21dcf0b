internal import ArgumentParser
internal import FixACLKit
internal import Glibc
internal import AWSKit

/// The program: its commands, and the one place where errors become messages and exit statuses.
@main
struct FixACL: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "fixacl",
    abstract: "Repairs S3 buckets with objects that belong to the wrong AWS account.",
    discussion: """
      fixacl finds every object that another account owns and readers cannot read, shows what it would change, repairs \
      the objects, and can undo the repair. It finds the bucket owner's credentials as the AWS CLI finds them. Name the \
      object owners' profiles with --owner-profile.
      """,
    version: "fixacl \(version) (\(BuildOrigin.text))",
    subcommands: [
      ExplainCommand.self, PlanCommand.self, ShowCommand.self, ApplyCommand.self, VerifyCommand.self,
      RollbackCommand.self, ReconcileCommand.self, BatchCommand.self, ManPageCommand.self,
    ])

  static func main() async {
    occupyStandardDescriptors()
    // Without this, Dispatch tells the system's log for each thread whose priority a user may not raise.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    // A reader that goes away is an error of the write, handled below.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      // First of all: errors are told in that way too.
      (command as? any OutputCommand)?.outputOptions.apply()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as FileError where error.isBrokenPipe {
      // The reader has read enough, as with 'fixacl show plan.json | head'.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    } catch {
      Glibc.exit(tell(error))
    }
  }

  /// Tells an error, or what the parser of arguments has to say.
  ///
  /// - Returns: the exit status.
  private static func tell(_ error: any Error) -> Int32 {
    if let (message, status) = Message.report(on: error) {
      Console.shared.endProgress()
      if let message { Console.shared.say(message) }
      return status.rawValue
    }
    let typed = Array(CommandLine.arguments.dropFirst())
    if let mistake = CommandSuggestion.mistake(in: typed) {
      tellMisuse(mistake)
      return ExitStatus.usage.rawValue
    }
    let status = exitCode(for: error)
    if status.isSuccess {
      print(Documentation.text(for: fullMessage(for: error), typed: typed))
    } else {
      tellMisuse(fullMessage(for: error))
    }
    return status.rawValue
  }

  /// Tells what the parser of arguments says of a command line; what was typed stands in it.
  private static func tellMisuse(_ text: String) {
    guard !text.isEmpty else { return }
    let prefix = "Error: "
    let arguments = CommandLine.arguments
    var message = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    for argument in arguments { message = message.withoutPassword(of: argument) }
    let wantsJSON =
      arguments.contains("--log-format=json")
      || zip(arguments, arguments.dropFirst()).contains {
        $0 == "--log-format" && $1 == "json"
      }
    guard wantsJSON else { return Console.shared.print("error: " + message) }
    let lines = message.split(separator: "\n", maxSplits: 1).map(String.init)
    Console.shared.configure(Console.Style(format: .json))
    Console.shared.say(Message(.error, "usage", lines[0], advice: lines.count > 1 ? lines[1] : nil))
  }

  /// A program can be started without stdin, stdout or stderr. The first files that it opens would then take their
  /// numbers, and be written to. What is opened here for the missing ones refuses writes.
  private static func occupyStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
  }
}

extension String {
  /// Without the user and the password of a URL, which stands in it as it was typed.
  fileprivate func withoutPassword(of argument: String) -> String {
    guard let scheme = argument.firstRange(of: "://") else { return self }
    let authority = argument[scheme.upperBound...].prefix { !"/?#".contains($0) }
    guard let end = authority.lastIndex(of: "@"),
      ["http", "https"].contains(where: { argument[..<scheme.lowerBound].lowercased().hasSuffix($0) })
    else { return self }
    return replacing(authority[...end], with: "***@")
  }
}
