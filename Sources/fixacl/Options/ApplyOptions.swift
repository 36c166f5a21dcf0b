internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// How the changes of a plan are made, and what follows them.
struct ApplyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Stop after this many objects, such as a canary. The next run does the rest.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Copy larger objects in parts, for a server that copies less than 5 GiB at once.",
      valueName: "bytes"))
  var multipartThreshold = AWSClient.maximumCopySize

  @Option(
    help: ArgumentHelp(
      "Once nothing is left to do, invalidate what was repaired. auto: in each CloudFront distribution through which the"
        + " plan's readers read the bucket. E…: in this one; repeatable.",
      valueName: "auto|none|id"),
    transform: { try InvalidationArgument($0) })
  var invalidate: [InvalidationArgument] = []

  @Flag(help: "With --invalidate: wait until CloudFront has completed it.")
  var wait = false

  func validate() throws {
    guard (AWSClient.minimumPartSize...AWSClient.maximumCopySize).contains(multipartThreshold) else {
      throw ValidationError(
        "--multipart-threshold must be between \(AWSClient.minimumPartSize) (5 MiB, S3's smallest part) and"
          + " \(AWSClient.maximumCopySize) (5 GiB).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    let request = try invalidation
    if wait, request == nil { throw ValidationError("--wait belongs to --invalidate auto or --invalidate E….") }
  }

  /// What CloudFront is to forget; nil for nothing.
  var invalidation: InvalidationRequest? {
    get throws { try InvalidationArgument.request(invalidate, waits: wait) }
  }
}
