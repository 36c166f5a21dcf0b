internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the changes of a plan; run it again to resume.",
    discussion: """
      apply looks at each object first, and leaves it alone if it is no longer what the plan saw. It records its work in \
      PLAN.journal, from which it resumes. After Ctrl-C it waits for the writes in flight. Even a kill loses nothing.
      """)

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Flag(help: "Look at every object, and print what would change. Write nothing.")
  var dryRun = false

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

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    guard (AWSClient.minimumPartSize...AWSClient.maximumCopySize).contains(multipartThreshold) else {
      throw ValidationError(
        "--multipart-threshold must be between \(AWSClient.minimumPartSize) (5 MiB, S3's smallest part) and"
          + " \(AWSClient.maximumCopySize) (5 GiB).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    try DocumentArgument.refuseStream(plan, "plan", of: "apply")
    let request = try InvalidationArgument.request(invalidate, waits: wait)
    if wait, request == nil { throw ValidationError("--wait belongs to --invalidate auto or --invalidate E….") }
    if wait, dryRun { throw ValidationError("--dry-run invalidates nothing that --wait could wait for.") }
  }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json
      ? .json(.apply, isDryRun: dryRun) : dryRun ? .text(.apply, isDryRun: true) : .none
    try await Workflow.run(lines, output, run) { stop, events in
      var workflow = ApplyWorkflow(plan: plan, session: try credentials.session(run))
      workflow.isDryRun = dryRun
      workflow.limit = limit
      workflow.maximumCopySize = multipartThreshold
      workflow.invalidation = try InvalidationArgument.request(invalidate, waits: wait)
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
