internal import ArgumentParser
internal import FixACLKit
internal import Glibc

/// What stops a reconcile.
struct RailOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Stop if more objects than these would be changed.", valueName: "n"))
  var maxChanges = GuardRails().maximumChanges

  @Option(
    help: ArgumentHelp(
      "Stop if a larger share of the listed objects would be changed. Fewer than 100 changes always pass.",
      valueName: "percent"))
  var maxChangesPercent = PercentArgument(value: GuardRails().maximumChangesPercent)

  @Option(help: ArgumentHelp("Stop if more bytes than these would be copied. Default: no limit.", valueName: "bytes"))
  var maxCopyBytes: Int?

  @Flag(help: "Make copies that cannot be undone: on a bucket without versions.")
  var allowIrreversible = false

  @Flag(
    help:
      "Accept readers, object owners, Object Ownership and Block Public Access that the last good run did not know. They are known from then on."
  )
  var acceptNew = false

  @Option(
    help: ArgumentHelp(
      "Stop after this time, when the writes in flight have ended. none: never. The next run does the rest.",
      valueName: "time"))
  var maxDuration = DurationArgument(seconds: 1800)

  func validate() throws {
    guard maxChanges >= 0, maxCopyBytes ?? 0 >= 0 else {
      throw ValidationError("--max-changes and --max-copy-bytes must not be negative.")
    }
  }

  var rails: GuardRails {
    var rails = GuardRails()
    rails.maximumChanges = maxChanges
    rails.maximumChangesPercent = maxChangesPercent.value
    rails.maximumCopyBytes = maxCopyBytes
    rails.allowsIrreversible = allowIrreversible
    rails.acceptsNew = acceptNew
    return rails
  }
}

/// What a reconcile keeps of its runs.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to keep plans, journals and what the last good run knew, in a folder for each bucket.",
      discussion: "Default: $STATE_DIRECTORY, which systemd sets, else ~/.local/state/fixacl.", valueName: "folder"),
    completion: .directory)
  var stateDir: String?

  @Option(help: ArgumentHelp("How many runs that changed something to keep, to undo them.", valueName: "n"))
  var keep = 30

  @Option(
    help: ArgumentHelp(
      "Write metrics for the textfile collector of Prometheus's node_exporter to this file.", valueName: "file.prom"),
    completion: .file(extensions: ["prom"]))
  var metricsFile: String?

  func validate() throws {
    guard keep >= 1 else { throw ValidationError("--keep must be at least 1.") }
    guard stateDir != "" else { throw ValidationError("--state-dir needs a folder.") }
    guard metricsFile != "" else { throw ValidationError("--metrics-file needs a file.") }
  }
}

/// A share as users write it: `10`, `2.5` or `10%`.
struct PercentArgument: ExpressibleByArgument {
  let value: Double

  init(value: Double) { self.value = value }

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let value = Double(digits), (0...100).contains(value)
    else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}

/// A length of time as users write it, or `none`.
struct DurationArgument: ExpressibleByArgument {
  /// Nil for no limit.
  let seconds: Int?

  init(seconds: Int?) { self.seconds = seconds }

  init?(argument: String) {
    if argument == "none" {
      seconds = nil
      return
    }
    guard let age = AgeArgument(argument: argument), age.seconds > 0 else { return nil }
    seconds = age.seconds
  }

  var defaultValueDescription: String { seconds.map { AgeArgument.text(seconds: $0) } ?? "none" }
}

/// The folder that systemd gives a service for its state.
enum StateDirectory {
  /// The first of `$STATE_DIRECTORY`; nil where nobody has set it.
  static var ofService: String? {
    guard let value = getenv("STATE_DIRECTORY").map({ String(cString: $0) }),
      let first = value.split(separator: ":").first
    else { return nil }
    return String(first)
  }
}
