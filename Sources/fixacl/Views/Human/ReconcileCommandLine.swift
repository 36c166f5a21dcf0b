internal import FixACLKit
internal import Glibc

/// The running reconcile, as a line for a shell, with other options.
enum ReconcileCommandLine {
  /// The same without `--plan-only`.
  static var repairing: String { line(without: [], flags: ["--plan-only"], with: []) }

  /// The same with just the options that let a plan pass the rails that it broke.
  static func goingOn(past summary: ReconcileSummary) -> String {
    var (valued, added): ([String], [String]) = ([], [])
    func set(_ option: String, _ value: String) {
      valued.append(option)
      added += [option, value]
    }
    var flags: Set<String> = []
    for trip in summary.trips {
      switch trip {
      case .changes(let count, _): set("--max-changes", "\(count)")
      case .changesPercent(let changes, let listed, _):
        set("--max-changes-percent", "\(listed == 0 ? 100 : min(100, (changes * 100 + listed - 1) / listed))")
      case .copyBytes(let bytes, _): set("--max-copy-bytes", "\(bytes)")
      case .irreversible: flags.insert("--allow-irreversible")
      case .newReader, .newGrantee, .newOwner, .newBucketOwner, .objectOwnership, .blockPublicAccess:
        flags.insert("--accept-new")
      }
    }
    return line(without: valued, flags: ["--plan-only"] + flags, with: added + flags.sorted())
  }

  private static func line(without valued: [String], flags: [String], with added: [String]) -> String {
    var words: [String] = ["fixacl"]
    var arguments = CommandLine.arguments.dropFirst()[...]
    var namesState = false
    while let argument = arguments.popFirst() {
      if valued.contains(argument) {
        _ = arguments.popFirst()
      } else if !flags.contains(argument), !valued.contains(where: { argument.hasPrefix($0 + "=") }) {
        if argument == "--state-dir" || argument.hasPrefix("--state-dir=") { namesState = true }
        words.append(argument)
      }
    }
    // A service has its folder and its profiles from systemd, and a shell has not.
    if let folder = StateDirectory.ofService {
      if !namesState { words += ["--state-dir", folder] }
      words += profiles(besides: words)
    }
    return (words + added).map(SameCommand.quoted).joined(separator: " ")
  }

  /// The environment's profiles, as options, where a command line names none.
  private static func profiles(besides words: [String]) -> [String] {
    func names(_ option: String) -> Bool { words.contains { $0 == option || $0.hasPrefix(option + "=") } }
    var options: [String] = []
    if !names("--profile"), let name = variable("AWS_PROFILE") { options += ["--profile", name] }
    if !names("--owner-profile"), !names("--owner-role-arn"), let owners = variable("FIXACL_OWNER_PROFILE") {
      for name in CredentialOptions.ownerProfiles(in: owners) { options += ["--owner-profile", name] }
    }
    return options
  }

  /// As whom and where a service's command is to be typed, behind a comma; empty for a command of a shell.
  static var whereToType: String {
    guard StateDirectory.ofService != nil else { return "" }
    let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
    return ", as \(user.map { "user \($0)" } ?? "the service's user") with the service's credentials and endpoint"
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
