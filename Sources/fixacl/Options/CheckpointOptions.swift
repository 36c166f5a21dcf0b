internal import ArgumentParser

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

  var defaultValueDescription: String { Self.text(seconds: seconds) }

  /// A length of time as it is written: in the largest unit of which there are at least two.
  static func text(seconds: Int) -> String {
    switch seconds {
    case 172_800...: "\(seconds / 86_400)d"
    case 7200...: "\(seconds / 3600)h"
    case 120...: "\(seconds / 60)m"
    default: "\(seconds)s"
    }
  }
}

/// Whether a scan resumes from an earlier one.
struct CheckpointOptions: ParsableArguments {
  @Flag(help: "Start over. Discard the checkpoint of an earlier run.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "The maximum age of a checkpoint to resume, such as 30m or 2d.", valueName: "age"))
  var maxAge = AgeArgument(argument: "24h")!
}
