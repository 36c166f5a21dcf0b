internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// The readers that `explain` is about.
struct ReaderOptions: ParsableArguments {
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
    transform: { try GranteeArgument(withOrWithoutName: $0) })
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

  /// Whether a URL can be explained for them: its distribution reads it, which may be named.
  var fitURL: Bool { oai.isEmpty && id.isEmpty && principal.isEmpty && !anonymous && distribution.count < 2 }

  /// Adds them to a request.
  func name(in request: inout ExplainRequest) {
    request.distributions = distribution.map(\.id)
    request.originAccessIdentities = oai.map(\.id)
    request.canonicalIDs = id.map(\.id)
    request.principals = principal
    request.asksAnonymous = anonymous
  }
}
