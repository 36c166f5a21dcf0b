internal import FixACLKit
internal import AWSKit

extension EdgeProblem {
  /// Writes it as the member `problem`.
  ///
  /// - Parameter profile: the profile that asked; nil for the environment's own credentials.
  func write(profile: String?, to json: inout JSONWriter) {
    let message = message("problem", "not done", profile: profile)
    json.name("problem")
    json.object { json in
      json.member("reason", word)
      json.member("message", message.text)
      if let advice = message.advice { json.member("advice", advice) }
      if let failure = message.failure {
        json.name("error")
        failure.write(to: &json)
      }
    }
  }

  /// The stable word for it.
  private var word: String {
    switch self {
    case .noCloudFront: "no-cloudfront"
    case .noDistribution: "no-distribution"
    case .distributionUnknown: "distribution-unknown"
    case .otherOrigins: "other-origins"
    case .tenantOnly: "tenant-only"
    case .unanswered: "unanswered"
    case .badDomainName: "bad-domain-name"
    case .refused: "refused"
    case .busy: "busy"
    case .unreachable: "unreachable"
    }
  }
}
