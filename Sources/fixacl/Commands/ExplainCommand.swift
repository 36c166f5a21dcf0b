internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

struct ExplainCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain why a reader can or cannot read an object, and what would fix it.",
    discussion: """
      explain changes nothing. It reads everything that the credentials may see, and judges each layer in the order in \
      which CloudFront and S3 do. To prove it, it reads one byte as each identity. It exits with 0 if all readers are \
      allowed, with 2 if one is denied, with 3 if it cannot tell. If there is nothing to explain, it exits with 1.
      """)

  @Argument(help: "A URL that CloudFront serves, or s3://BUCKET/KEY.", transform: { try TargetArgument($0) })
  var target: TargetArgument

  @Option(help: ArgumentHelp("Explain this version of the object.", valueName: "id"))
  var versionID: String?

  @OptionGroup var readers: ReaderOptions

  @OptionGroup var logs: LogOptions

  @Option(help: ArgumentHelp("How to write stdout. json: one document.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    guard case .url = target.target else { return }
    guard readers.fitURL else {
      throw ValidationError("a URL is read as its distribution. Name other readers with s3://BUCKET/KEY.")
    }
    guard versionID == nil else { throw ValidationError("CloudFront reads current versions. Use s3://BUCKET/KEY.") }
  }

  func run() async throws {
    var request = ExplainRequest(target: target.target)
    request.versionID = versionID
    readers.name(in: &request)
    try await Workflow.run(.explanation(format), outputOptions, run) { stop, events in
      var session = try credentials.session(run)
      session.partition = target.partition
      var workflow = ExplainWorkflow(request, session: session)
      workflow.accessLogs = logs.accessLogs
      workflow.cloudFrontLogs = logs.cloudFrontLogs
      workflow.refusedKeysPath = logs.refusedKeys
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
