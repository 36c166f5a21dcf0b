internal import ArgumentParser
internal import FixACLKit

/// The access logs that `explain` reads.
struct LogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Say who was refused what, by S3's server access logs: a file, a folder or s3://BUCKET/PREFIX; repeatable.",
      valueName: "place"), completion: .file(), transform: place)
  var accessLogs: [LogPlace] = []

  @Option(
    name: .customLong("cloudfront-logs"),
    help: ArgumentHelp("The same by CloudFront's standard logs; repeatable.", valueName: "place"),
    completion: .file(), transform: place)
  var cloudFrontLogs: [LogPlace] = []

  @Option(
    help: ArgumentHelp(
      "Write the keys that the logs have as refused to this file, for 'fixacl plan --keys-from'.", valueName: "file"),
    completion: .file())
  var refusedKeys: String?

  func validate() throws {
    guard refusedKeys == nil || !accessLogs.isEmpty || !cloudFrontLogs.isEmpty else {
      throw ValidationError("--refused-keys needs logs: name them with --access-logs or --cloudfront-logs.")
    }
    guard refusedKeys != "-" else {
      throw ValidationError("--refused-keys writes a file, since stdout has the explanation: write its name.")
    }
  }

  private static func place(_ text: String) throws -> LogPlace {
    guard let place = LogPlace(text) else {
      throw ValidationError("write a file, a folder or s3://BUCKET/PREFIX.")
    }
    return place
  }
}
