package import AWSKit

/// What `explain` is asked.
package struct ExplainRequest: Sendable {
  package enum Target: Sendable, Equatable {
    case object(bucket: String, key: ObjectKey)
    case url(ViewerURL)
  }

  package var target: Target
  package var versionID: String?
  /// IDs of distributions; for a URL at most one, which serves it.
  package var distributions: [String] = []
  package var originAccessIdentities: [String] = []
  package var canonicalIDs: [CanonicalID] = []
  package var principals: [PrincipalARN] = []
  package var asksAnonymous = false

  package init(target: Target) {
    self.target = target
  }

  /// Whether no reader is named.
  package var namesNobody: Bool {
    distributions.isEmpty && originAccessIdentities.isEmpty && canonicalIDs.isEmpty && principals.isEmpty
      && !asksAnonymous
  }
}

/// Why there is nothing to explain.
package enum ExplainProblem: Error, Sendable {
  /// No distribution that these credentials show has this domain name.
  case noDistribution(host: String)
  case distributionUnknown(String)
  /// The distributions cannot be listed, so fixacl does not know which one serves the URL.
  case distributionsHidden(AWSError)
  case distributionHidden(String, AWSError)
  /// The path leads to an origin that is not a bucket of S3's.
  case noBucket(domain: String)
  /// The URL's percent-encoding is wrong.
  case badPath(String)
  case noCloudFront
  case bucketMissing(AWSError)
  case identityUnknown(String)
}

/// The answer to `explain`.
package struct Explanation: Sendable {
  package var url: ViewerURL?
  package var distribution: String?
  package var bucket: String
  package var key: ObjectKey
  package var versionID: String?
  package var readers: [ReaderExplanation]
  package var probes: [Probe]
  /// The distribution that serves the URL.
  package var route: AccessFacts.Route?
  /// The credentials that were used, with their accounts.
  package var accounts: Accounts

  /// What it means to scripts: denied before unknown before allowed.
  package var verdict: ReaderExplanation.Verdict {
    if readers.contains(where: { $0.verdict == .denied }) { return .denied }
    return readers.contains { $0.verdict == .unknown } ? .unknown : .allowed
  }
}
