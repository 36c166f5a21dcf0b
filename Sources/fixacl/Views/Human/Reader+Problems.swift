internal import FixACLKit
internal import AWSKit

extension ReaderWarning {
  var message: Message {
    switch self {
    case .policyUnreadable(let error): return Message(.warning, "policy-unreadable", Self.noReaderTaken, error)
    case .denialsUnknown(let error): return Message(.warning, "policy-unreadable", Self.unknownDenials, error)
    case .remark: return Message(.warning, "policy-not-taken", text + ".")
    case .identityIsGone: return Message(.warning, "oai-gone", text + ".")
    case .anonymousOrigin: return Message(.warning, "anonymous-origin", text + ".")
    case .accessControlUnknown: return Message(.warning, "oac-unknown", text + ".")
    case .accessControlNotAllowed: return Message(.warning, "oac-not-in-policy", text)
    case .denialsUnknownMalformed: return Message(.warning, "policy-malformed", text + ".")
    case .denied: return Message(.warning, "reader-denied", text + ".")
    }
  }

  /// A sentence without its full stop.
  var text: String {
    switch self {
    case .policyUnreadable(let error):
      "\(Self.noReaderTaken). \(error). \(Advice.text(for: error))"
    case .denialsUnknown(let error): "\(Self.unknownDenials). \(error). \(Advice.text(for: error))"
    case .remark(let remark): remark.text
    case .identityIsGone(let id, let statement):
      "statement \(statement.escapedForTerminal) of the bucket policy lets the OAI \(id.escapedForTerminal) in, and"
        + " \(ReaderProblem.isGone): replace it with the one that the distribution has now"
    case .anonymousOrigin(let origin): origin.text
    case .accessControlUnknown(let distribution):
      "the distribution \(distribution.escapedForTerminal) reads by origin access control, and whether the bucket policy"
        + " lets it in is not known, since the policy cannot be read"
    case .accessControlNotAllowed(let distribution, let bucket):
      "the bucket policy does not let the distribution \(distribution.escapedForTerminal) in, which reads by origin"
        + " access control, and no ACL can. Add this statement, with your account's number: "
        + Self.statement(for: distribution, bucket: bucket)
    case .denialsUnknownMalformed(let detail): "\(Self.unknownDenials): \(detail)"
    case .denied(let reader, let denial): denial.text(reader: reader.name)
    }
  }

  private static let noReaderTaken = "the bucket policy cannot be read, so no reader is taken from it"
  private static let unknownDenials = "whether the bucket policy keeps a reader out is not known"

  private static func statement(for distribution: String, bucket: String) -> String {
    "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"cloudfront.amazonaws.com\"},\"Action\":\"s3:GetObject\","
      + "\"Resource\":\"arn:aws:s3:::\(bucket.escapedForTerminal)/*\",\"Condition\":{\"StringEquals\":"
      + "{\"AWS:SourceArn\":\"arn:aws:cloudfront::ACCOUNT:distribution/\(distribution.escapedForTerminal)\"}}}"
  }
}

extension AnonymousOrigin {
  /// A sentence without its full stop.
  fileprivate var text: String {
    "the distribution \(distribution.escapedForTerminal) reads \(domain.escapedForTerminal) anonymously"
      + (isWebsite
        ? ", as every website endpoint is read" : ": the origin has no origin access control and no OAI")
      + ", so no grant can let it in. Give it an origin access control or an OAI"
      + (isWebsite ? " and the bucket's REST endpoint" : "")
  }
}

extension ReaderProblem.Question {
  fileprivate var text: String {
    switch self {
    case .origins(let distribution): "the origins of the distribution \(distribution.escapedForTerminal)"
    case .canonicalID(let id): "the canonical ID of the OAI \(id.escapedForTerminal)"
    }
  }
}

extension ReaderProblem {
  fileprivate static let isGone =
    "CloudFront knows no such OAI in this account: it was deleted, or is another account's"
  /// The options that name a reader, as advice.
  private static let options = "Name the reader with --oai E…, --distribution E… or --grant-read id=CANONICAL_ID."
  private static let orByID = "Or name the reader with --grant-read id=CANONICAL_ID."

  var message: Message {
    switch self {
    case .policyMalformed(let detail):
      return Message(.error, "policy-malformed", "the bucket policy cannot be read: \(detail).", advice: Self.options)
    case .policyUnreadable(let error):
      var message = Message(
        .error, "policy-unreadable", "whom to let in is not known: the bucket policy cannot be read", error)
      message.advice =
        "\(message.advice ?? "") Or name the reader with --oai E…, --distribution E… or --grant-read id=CANONICAL_ID."
      return message
    case .noReader(let hasPolicy, let warnings, let others):
      var text =
        "nobody to let in: " + (hasPolicy ? "the bucket policy lets no reader in." : "the bucket has no policy.")
      for warning in warnings { text += " " + warning.text.asSentence + "." }
      if !others.isEmpty {
        let names = others.map { "\($0.principal) (statement \($0.statement.escapedForTerminal))" }
        text +=
          " It names \(names.joined(separator: ", ")), of whom S3 tells no canonical ID, or whom no grant is made for."
      }
      return Message(.error, "no-reader", text, advice: Self.options)
    case .identityUnknown(let id):
      return Message(
        .error, "oai-gone", "the OAI \(id.escapedForTerminal) cannot be let in: \(Self.isGone).",
        advice: "'aws cloudfront list-cloud-front-origin-access-identities' shows those that there are; one of another"
          + " account is named with --grant-read id=CANONICAL_ID.")
    case .distributionUnknown(let id):
      return Message(
        .error, "distribution-unknown", "CloudFront knows no distribution \(id.escapedForTerminal) in this account.",
        advice: "See 'aws cloudfront list-distributions', or name the reader with --oai E… or"
          + " --grant-read id=CANONICAL_ID.")
    case .otherOrigins(let distribution, let bucket, let domains):
      return Message(
        .error, "other-origins",
        "the distribution \(distribution.escapedForTerminal) has no origin in the bucket \(bucket.escapedForTerminal); its"
          + " origins are \(domains.map(\.escapedForTerminal).joined(separator: ", ")).",
        advice: "Is it the right distribution, and the right bucket?")
    case .anonymousOrigin(let origin): return Message(.error, "anonymous-origin", origin.text + ".")
    case .noCloudFront(let question):
      return Message(
        .error, "no-cloudfront",
        "\(question.text) cannot be found out: S3 is not Amazon's here, and where CloudFront is, is not known.",
        advice: "Set AWS_ENDPOINT_URL_CLOUDFRONT, or name the reader with --grant-read id=CANONICAL_ID.")
    case .cloudFront(let question, let error):
      var message = Message(.error, "cloudfront", "\(question.text) cannot be found out", error)
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
