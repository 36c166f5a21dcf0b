internal import FixACLKit
internal import AWSKit

extension ReaderWarning {
  var message: Message {
    func warning(_ code: String, _ text: String) -> Message { Message(.warning, code, text + ".") }
    switch self {
    case .policyUnreadable(let error):
      return Message(
        .warning, "policy-unreadable", "fixacl cannot read the bucket policy, so it takes no reader from it", error)
    case .denialsUnknown(let error): return Message(.warning, "policy-unreadable", Self.unknownDenials, error)
    case .denialsUnknownMalformed(let detail): return warning("policy-malformed", "\(Self.unknownDenials): \(detail)")
    case .remark(let remark): return warning("policy-not-taken", remark.text)
    case .identityIsGone(let id, let statement):
      return warning(
        "oai-gone",
        "statement \(statement.escapedForTerminal) of the bucket policy allows OAI \(id.escapedForTerminal), but"
          + " \(ReaderProblem.isGone). Replace it with the distribution's present OAI")
    case .anonymousOrigin(let origin): return warning("anonymous-origin", origin.text)
    case .accessControlUnknown(let distribution):
      return warning(
        "oac-unknown",
        "distribution \(distribution.escapedForTerminal) reads with origin access control, but fixacl cannot read the"
          + " bucket policy, so it cannot tell whether the policy allows that")
    case .accessControlNotAllowed(let distribution, let bucket, let partition):
      return Message(
        .warning, "oac-not-in-policy",
        "the bucket policy does not allow distribution \(distribution.escapedForTerminal), which reads with origin access"
          + " control, and no ACL can. Add the statement below, with your account number.",
        commands: [Self.statement(for: distribution, bucket: bucket, in: partition)])
    case .denied(let reader, let denial): return warning("reader-denied", denial.text(reader: reader.name))
    }
  }

  private static let unknownDenials = "fixacl cannot tell whether the bucket policy denies a reader"

  private static func statement(for distribution: String, bucket: String, in partition: Partition) -> String {
    "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"cloudfront.amazonaws.com\"},\"Action\":\"s3:GetObject\","
      + "\"Resource\":\"arn:\(partition.name):s3:::\(bucket.escapedForTerminal)/*\",\"Condition\":{\"StringEquals\":"
      + "{\"AWS:SourceArn\":\"arn:\(partition.name):cloudfront::ACCOUNT:distribution/\(distribution.escapedForTerminal)\"}}}"
  }
}

extension AnonymousOrigin {
  /// Sentences without the last full stop.
  fileprivate var text: String {
    "distribution \(distribution.escapedForTerminal) reads \(domain.escapedForTerminal) anonymously"
      + (isWebsite
        ? ", because it is a website endpoint" : ", because the origin has neither origin access control nor an OAI")
      + ". No grant can allow that. Give the origin an origin access control or an OAI"
      + (isWebsite ? ", and the bucket's REST endpoint" : "")
  }
}

extension ReaderProblem.Question {
  fileprivate var text: String {
    switch self {
    case .origins(let distribution): "the origins of distribution \(distribution.escapedForTerminal)"
    case .canonicalID(let id): "the canonical ID of OAI \(id.escapedForTerminal)"
    }
  }
}

extension ReaderProblem {
  fileprivate static let isGone =
    "CloudFront knows no such OAI in this account (deleted, or of another account)"
  /// The options that name a reader, as advice.
  private static let options = "Name the reader with --oai E…, --distribution E… or --grant-read id=CANONICAL_ID."
  private static let orByID = "Or name the reader with --grant-read id=CANONICAL_ID."

  var message: Message {
    switch self {
    case .policyMalformed(let detail):
      return Message(
        .error, "policy-malformed", "fixacl cannot read the bucket policy: \(detail).", advice: Self.options)
    case .policyUnreadable(let error):
      var message = Message(
        .error, "policy-unreadable", "no reader is known, because fixacl cannot read the bucket policy", error)
      message.advice =
        "\(message.advice ?? "") Or name the reader with --oai E…, --distribution E… or --grant-read id=CANONICAL_ID."
      return message
    case .noReader(let hasPolicy, let warnings, let others):
      var text =
        "no reader is known: "
        + (hasPolicy ? "the bucket policy names no reader that fixacl can grant to." : "the bucket has no policy.")
      let warnings = warnings.map(\.message)
      for warning in warnings { text += " " + "\(warning.text) \(warning.advice ?? "")".asSentence.trimmedAtEnd }
      for (others, obstacle) in [
        (others.filter { $0.principal == .everyone }, "fixacl never grants to everybody"),
        (others.filter { $0.principal != .everyone }, "S3 does not reveal canonical IDs of such principals"),
      ] where !others.isEmpty {
        let names = others.map { "\($0.principal) (statement \($0.statement.escapedForTerminal))" }
        text += " It allows \(names.joined(separator: ", ")), but \(obstacle)."
      }
      return Message(
        .error, "no-reader", text, advice: Self.options, commands: warnings.flatMap(\.commands))
    case .identityUnknown(let id):
      return Message(
        .error, "oai-gone", "fixacl cannot grant to OAI \(id.escapedForTerminal): \(Self.isGone).",
        advice: "List the OAIs with 'aws cloudfront list-cloud-front-origin-access-identities'. Name one of another"
          + " account with --grant-read id=CANONICAL_ID.")
    case .distributionUnknown(let id):
      return Message(
        .error, "distribution-unknown", "CloudFront knows no distribution \(id.escapedForTerminal) in this account.",
        advice: "List them with 'aws cloudfront list-distributions', or name the reader with --oai E… or"
          + " --grant-read id=CANONICAL_ID.")
    case .otherOrigins(let distribution, let bucket, let domains):
      return Message(
        .error, "other-origins",
        "distribution \(distribution.escapedForTerminal) has no origin in bucket \(bucket.escapedForTerminal). Its origins"
          + " are \(domains.map(\.escapedForTerminal).joined(separator: ", ")).",
        advice: "Is it the right distribution, and the right bucket?")
    case .anonymousOrigin(let origin): return Message(.error, "anonymous-origin", origin.text + ".")
    case .noCloudFront(let question):
      return Message(
        .error, "no-cloudfront",
        "fixacl cannot look up \(question.text): this S3 is not Amazon's, and no CloudFront endpoint is set.",
        advice: "Set AWS_ENDPOINT_URL_CLOUDFRONT, or name the reader with --grant-read id=CANONICAL_ID.")
    case .cloudFront(let question, let error):
      var message = Message(.error, "cloudfront", "fixacl cannot look up \(question.text)", error)
      if error.isAccessDenied {
        message.advice = "The credentials need \(question.right)."
      } else if error.kind == .malformedAnswer || error.kind == .service && error.isNotFound {
        message.advice = "Is this CloudFront? Check AWS_ENDPOINT_URL_CLOUDFRONT and AWS_ENDPOINT_URL."
      }
      message.advice = "\(message.advice ?? "") \(Self.orByID)"
      return message
    }
  }
}
