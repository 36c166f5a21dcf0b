internal import FixACLKit
internal import AWSKit

extension ExplainProblem {
  /// What to tell people.
  var message: Message {
    switch self {
    case .noDistribution(let host):
      return Message(
        .error, "no-distribution",
        "no distribution that these credentials show has the domain name or alias \(host.escapedForTerminal).",
        advice:
          "Name the distribution with --distribution E…, or its account's profile with --profile. If CloudFront does"
          + " not serve the name, explain the object itself: s3://BUCKET/KEY.")
    case .distributionUnknown(""):
      return Message(
        .error, "distribution-unknown", "the URL does not say which distribution.",
        advice: "On the address of FIXACL_VIEWER the path begins with its ID: /E…/PATH.")
    case .distributionUnknown(let id):
      return Message(
        .error, "distribution-unknown", "CloudFront knows no distribution \(id.escapedForTerminal) in this account.",
        advice: "List yours with 'aws cloudfront list-distributions'.")
    case .distributionsHidden(let error):
      return Message(
        .error, "distributions-hidden",
        "fixacl cannot list the distributions, so it does not know which one serves the URL",
        error)
    case .distributionHidden(let id, let error):
      return Message(.error, "distribution-hidden", "fixacl cannot read distribution \(id.escapedForTerminal)", error)
    case .noBucket(let domain):
      return Message(
        .error, "no-bucket",
        "the origin of that path, '\(domain.escapedForTerminal)', is not an S3 bucket, so S3 does not decide about it.",
        advice: "If an S3 bucket is behind it, explain the object itself: s3://BUCKET/KEY.")
    case .badPath(let path):
      return Message(
        .error, "bad-path", "the path '\(path.escapedForTerminal)' has a percent sign without two hexadecimal digits.",
        advice: "Write %25 for a percent sign.")
    case .noCloudFront:
      return Message(
        .error, "no-cloudfront", "S3 is not Amazon's, and fixacl does not know where its CloudFront is.",
        advice: "Set AWS_ENDPOINT_URL_CLOUDFRONT, or explain s3://BUCKET/KEY with --id.")
    case .bucketMissing(let error): return Message(.error, "bucket-missing", "the bucket does not exist", error)
    case .identityUnknown(let id):
      return Message(
        .error, "oai-unknown", "CloudFront knows no OAI \(id.escapedForTerminal) in this account.",
        advice: "List yours with 'aws cloudfront list-cloud-front-origin-access-identities'.")
    }
  }
}

extension NoLogs {
  var message: Message {
    Message(
      .error, "no-logs", "no logs could be read. \(problem.place.escapedForTerminal): \(problem.text).",
      advice: "Name a file, a folder or s3://BUCKET/PREFIX that has some.")
  }
}
