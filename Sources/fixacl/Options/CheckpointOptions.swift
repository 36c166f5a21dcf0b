internal import ArgumentParser
internal import Crypto
internal import FixACLKit
internal import Glibc
internal import AWSKit

/// A length of time as users write it: `90s`, `30m`, `24h`, `2d`.
struct AgeArgument: ExpressibleByArgument {
  let seconds: Int

  init?(argument: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()),
      (0...100_000).contains(number), argument.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
    else { return nil }
    seconds = number * unit
  }
}

/// Whether a scan goes on from what an earlier one has found.
struct CheckpointOptions: ParsableArguments {
  @Flag(help: "Start over, whatever an earlier run of the same command has found.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "How long ago the earlier run may have begun, such as 30m, 24h or 2d; default 24h.", valueName: "age"))
  var maxAge = AgeArgument(argument: "24h")!

  /// Where the checkpoint is: beside the plan; else in the user's folder for state, by the bucket and the options.
  func path(output: String?, bucket: BucketSettings, options: [String]) throws(FileError) -> String {
    if let output { return Checkpoint.path(forPlan: output) }
    let folder = try StateFolder.make()
    var digest = SHA256()
    for text in [bucket.endpoint ?? "", bucket.name] + options {
      digest.update(data: Array("\(text.utf8.count):\(text)".utf8))
    }
    return "\(folder)/\(bucket.name)-\(Hex.encode(digest.finalize().prefix(6))).checkpoint"
  }
}

/// The folder for what fixacl remembers of its runs: `$XDG_STATE_HOME/fixacl`, by default `~/.local/state/fixacl`.
enum StateFolder {
  /// The folder, which is made if need be.
  static func make() throws(FileError) -> String {
    let base = getenv("XDG_STATE_HOME").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    let state = if let base { base } else { try home() + "/.local/state" }
    let folder = state + "/fixacl"
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      if case .missing = FileKind(ofPath: path), mkdir(path, 0o700) != 0, errno != EEXIST {
        throw FileError("make the folder", path)
      }
    }
    return folder
  }

  /// The user's folder: by `HOME`, which services and cron jobs may not have, else by the password database.
  private static func home() throws(FileError) -> String {
    let candidates = [getenv("HOME"), getpwuid(geteuid())?.pointee.pw_dir].compactMap { $0.map { String(cString: $0) } }
    guard let home = candidates.first(where: { $0.hasPrefix("/") && $0 != "/" }) else {
      errno = ENOENT
      throw FileError("find a folder of this user's own:", "HOME")
    }
    return home
  }
}
