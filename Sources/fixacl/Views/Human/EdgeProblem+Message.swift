internal import FixACLKit
internal import AWSKit

extension EdgeProblem {
  /// The message about it.
  ///
  /// - Parameters:
  ///   - consequence: what does not happen because of it, without a full stop.
  ///   - profile: the profile that asks CloudFront; nil for the environment's own credentials.
  func message(_ code: String, _ consequence: String, profile: String?) -> Message {
    func cli(_ command: String) -> String { SameCommand.cloudFront(command, profile: profile) }
    return switch self {
    case .noCloudFront:
      Message(
        .error, code,
        "\(consequence), because S3 is not Amazon's, and fixacl does not know where CloudFront is.",
        advice: "Set AWS_ENDPOINT_URL_CLOUDFRONT.")
    case .noDistribution(let bucket):
      Message(
        .error, code,
        "\(consequence): no distribution of this account reads s3://\(bucket.escapedForTerminal) as a reader of the plan.",
        advice: "'\(cli("list-distributions"))' shows them. Is it a distribution of another account?")
    case .distributionUnknown(let id):
      Message(
        .error, code, "\(consequence): CloudFront knows no distribution \(id.escapedForTerminal) in this account.",
        advice: "'\(cli("list-distributions"))' shows those that there are.")
    case .otherOrigins(let distribution, let bucket, let domains):
      Message(
        .error, code,
        "\(consequence): s3://\(bucket.escapedForTerminal) is not an origin of distribution"
          + " \(distribution.escapedForTerminal). Its origins are"
          + " \(domains.map(\.escapedForTerminal).joined(separator: ", ")).",
        advice: "Name a distribution that reads the bucket.")
    case .tenantOnly(let id):
      Message(
        .error, code,
        "\(consequence): distribution \(id.escapedForTerminal) serves its tenants only, each from a cache of its own.",
        advice: "To see its tenants, and to invalidate each of them:",
        commands: [
          cli("list-distribution-tenants --association-filter DistributionId=\(SameCommand.quoted(id))"),
          // CloudFront takes a second request of the same reference for a repetition.
          cli(
            "create-invalidation-for-distribution-tenant --id TENANT_ID --invalidation-batch"
              + " \"Paths={Quantity=1,Items=[/*]},CallerReference=fixacl-$(date +%s)\""),
        ])
    case .unanswered(let error): Message(.error, code, consequence, error)
    case .badDomainName(let distribution):
      Message(
        .error, code,
        "\(consequence): CloudFront does not tell a usable domain name of distribution \(distribution.escapedForTerminal).",
        advice: "Look at it with '\(cli("get-distribution --id \(SameCommand.quoted(distribution))"))'.")
    case .refused(_, let error): Message(.error, code, consequence, error)
    case .busy(_, let error):
      Message(
        .error, code, prefix: "\(consequence), because CloudFront still has too many invalidations in progress. ", error
      )
    case .unreachable(let distribution, let error):
      Message(
        .error, code,
        "\(consequence): nothing answers for distribution \(distribution.escapedForTerminal)"
          + " (\(error.message.escapedForTerminal)).",
        advice: "Check the network, and any proxy.")
    }
  }
}
