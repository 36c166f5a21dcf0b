internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain why a reader can or cannot read an object, and what would let it in.",
    discussion: """
      explain changes nothing. It asks everything that the credentials may see, judges each layer in the order in which \
      CloudFront and S3 do, and proves it with one byte as each identity. It exits with 0 if all readers are allowed, with \
      2 if one is denied, with 3 if it cannot tell, with 1 if there is nothing to explain.
      """)

  @Argument(help: "A URL that CloudFront serves, or s3://BUCKET/KEY.", transform: { try TargetArgument($0) })
  var target: TargetArgument

  @Option(help: ArgumentHelp("Explain this version of the object.", valueName: "id"))
  var versionID: String?

  @Option(
    help: ArgumentHelp(
      "Read as this CloudFront distribution: its ID or ARN; repeatable. For a URL: the distribution that serves it.",
      discussion: "Without a reader, the readers of an object in S3 are those that the bucket policy allows.",
      valueName: "id"), transform: { try CloudFrontID(distribution: $0) })
  var distribution: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp("Read as this CloudFront OAI: its ID or ARN; repeatable.", valueName: "id"),
    transform: { try CloudFrontID(oai: $0) })
  var oai: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp("Read as this account or OAI: its canonical ID; repeatable.", valueName: "canonical-id"),
    transform: { try GranteeArgument(id: $0.hasPrefix("id=") ? String($0.dropFirst(3)) : $0) })
  var id: [GranteeArgument] = []

  @Option(
    help: ArgumentHelp("Read as this IAM user or role: its ARN; repeatable.", valueName: "arn"),
    transform: { text in
      guard let arn = PrincipalARN(text) else {
        throw ValidationError("write the ARN of a user or a role, such as arn:aws:iam::111122223333:role/NAME.")
      }
      return arn
    })
  var principal: [PrincipalARN] = []

  @Flag(help: "Read without credentials.")
  var anonymous = false

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

  @Option(help: ArgumentHelp("How to write stdout. json: one document.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private static func place(_ text: String) throws -> LogPlace {
    guard let place = LogPlace(text) else {
      throw ValidationError("write a file, a folder or s3://BUCKET/PREFIX.")
    }
    return place
  }

  func validate() throws {
    guard refusedKeys == nil || !accessLogs.isEmpty || !cloudFrontLogs.isEmpty else {
      throw ValidationError("--refused-keys needs logs: name them with --access-logs or --cloudfront-logs.")
    }
    guard case .url = target.target else { return }
    guard oai.isEmpty, id.isEmpty, principal.isEmpty, !anonymous, distribution.count < 2 else {
      throw ValidationError(
        "a URL is read as its distribution. Name other readers with s3://BUCKET/KEY.")
    }
    guard versionID == nil else { throw ValidationError("CloudFront reads current versions. Use s3://BUCKET/KEY.") }
  }

  func run() async throws {
    var request = ExplainRequest(target: target.target)
    request.versionID = versionID
    request.distributions = distribution.map(\.id)
    request.originAccessIdentities = oai.map(\.id)
    request.canonicalIDs = id.map(\.id)
    request.principals = principal
    request.asksAnonymous = anonymous
    try await Workflow.run(.explanation(format), output, run) { stop, events in
      var workflow = ExplainWorkflow(request, session: try credentials.session(run))
      workflow.accessLogs = accessLogs
      workflow.cloudFrontLogs = cloudFrontLogs
      workflow.refusedKeysPath = refusedKeys
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
