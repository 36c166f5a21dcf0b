/// A CloudFront distribution, as far as it decides which viewers get which objects (CloudFront API Reference:
/// Distribution, DistributionConfig).
package struct Distribution: Sendable, Equatable {
  package var id: String
  package var arn: String
  /// Such as `d111111abcdef8.cloudfront.net`.
  package var domainName: String
  package var isEnabled = true
  /// `Deployed` or `InProgress`.
  package var status = "Deployed"
  /// Alternate domain names; the first label may be `*`.
  package var aliases: [String] = []
  /// Whether only its tenants have domain names.
  package var isTenantOnly = false
  /// Empty for none.
  package var defaultRootObject = ""
  package var origins: [DistributionOrigin] = []
  package var originGroups: [OriginGroup] = []
  /// Those with a path pattern in their order, the default behaviour last.
  package var behaviors: [CacheBehavior] = []
  package var customErrorResponses: [CustomErrorResponse] = []
  package var geoRestriction = GeoRestriction()
  /// The ARN or ID of AWS WAF's web ACL; nil for none.
  package var webACL: String?

  package init(id: String, arn: String = "", domainName: String = "") {
    self.id = id
    self.arn = arn
    self.domainName = domainName
  }

  /// Origins that are asked one after another.
  package struct OriginGroup: Sendable, Equatable {
    package var id: String
    /// The IDs of its origins.
    package var members: [String]

    package init(id: String, members: [String]) {
      self.id = id
      self.members = members
    }
  }

  /// What is answered in place of an error.
  package struct CustomErrorResponse: Sendable, Equatable {
    /// The error's status.
    package var errorCode: Int
    /// The status that viewers get; nil for the error's own.
    package var responseCode: Int?
    /// Nil if the error keeps its own body.
    package var pagePath: String?
    /// How long the edge keeps the error, in seconds; nil for CloudFront's default of ten.
    package var cachingSeconds: Int?

    package init(errorCode: Int, responseCode: Int? = nil, pagePath: String? = nil, cachingSeconds: Int? = nil) {
      self.errorCode = errorCode
      self.responseCode = responseCode
      self.pagePath = pagePath
      self.cachingSeconds = cachingSeconds
    }
  }

  /// The countries whose viewers are served or refused.
  package struct GeoRestriction: Sendable, Equatable {
    package enum Kind: String, Sendable {
      case none
      case allowed = "whitelist"
      case refused = "blacklist"
    }

    package var kind = Kind.none
    /// ISO 3166-1 alpha-2 codes.
    package var countries: [String] = []

    package init() {}
  }

  /// The account that owns it, as its ARN says; nil if it does not.
  package var account: AccountID? {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 6 ? AccountID(String(parts[4])) : nil
  }

  /// Whether viewers find it by that name: its own, or an alias.
  package func answers(host: String) -> Bool { fit(host: host) != nil }

  /// How closely its names fit a host name: the most for its own and for aliases without a wildcard, else the length of
  /// what stands behind the wildcard, which stands for one label or more (CloudFront Developer Guide: "Use wildcards in
  /// alternate domain names"). Of several distributions CloudFront takes the one that fits most.
  ///
  /// - Returns: nil if none fits.
  package func fit(host: String) -> Int? {
    let host = host.lowercased()
    return ([domainName] + aliases).compactMap { name -> Int? in
      let name = name.lowercased()
      if name == host { return .max }
      let suffix = name.dropFirst()
      return name.hasPrefix("*.") && host.hasSuffix(suffix) && host.utf8.count > suffix.utf8.count
        ? suffix.utf8.count : nil
    }.max()
  }

  /// The origins of a behaviour: the first is asked, the second if the first one fails.
  package func origins(of behavior: CacheBehavior) -> [DistributionOrigin] {
    if let origin = origins.first(where: { $0.id == behavior.targetOriginID }) { return [origin] }
    let group = originGroups.first { $0.id == behavior.targetOriginID }
    return (group?.members ?? []).compactMap { id in origins.first { $0.id == id } }
  }
}

/// How a distribution answers requests whose paths fit a pattern.
package struct CacheBehavior: Sendable, Equatable {
  /// Nil for the default behaviour.
  package var pathPattern: String?
  /// An origin's ID, or an origin group's.
  package var targetOriginID: String
  package var viewerProtocol = ViewerProtocol.all
  /// Whether viewers need signed URLs or cookies.
  package var demandsSignature = false
  package var cachePolicyID: String?
  package var originRequestPolicyID: String?
  /// What is forwarded if no policy says it.
  package var forwardedHeaders = ForwardedHeaders.listed([])
  package var functions: [EdgeFunction] = []

  package init(pathPattern: String? = nil, targetOriginID: String) {
    self.pathPattern = pathPattern
    self.targetOriginID = targetOriginID
  }

  /// The protocols that viewers may use.
  package enum ViewerProtocol: String, Sendable {
    case all = "allow-all"
    case redirected = "redirect-to-https"
    case httpsOnly = "https-only"
  }

  /// Code that runs at the edge.
  package struct EdgeFunction: Sendable, Equatable {
    package var arn: String
    /// `viewer-request`, `origin-request`, …
    package var event: String
    package var isLambda: Bool

    package init(arn: String, event: String, isLambda: Bool) {
      self.arn = arn
      self.event = event
      self.isLambda = isLambda
    }
  }
}

/// Which headers of viewers reach an origin; names in lower case.
package enum ForwardedHeaders: Sendable, Equatable {
  case listed(Set<String>)
  case all
  case allExcept(Set<String>)

  package func contains(_ name: String) -> Bool {
    switch self {
    case .listed(let names): names.contains(name.lowercased())
    case .all: true
    case .allExcept(let names): !names.contains(name.lowercased())
    }
  }
}

/// When CloudFront signs its requests to an origin.
package enum SigningBehavior: String, Sendable {
  case always, never
  /// Only if the viewer's request has no Authorization header that is forwarded.
  case noOverride = "no-override"
}
