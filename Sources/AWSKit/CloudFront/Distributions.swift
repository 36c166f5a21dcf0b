extension AWSClient {
  /// CloudFront's GetDistribution. Needs `cloudfront:GetDistribution`. The client must be CloudFront's.
  package func distribution(_ id: String) async throws(AWSError) -> Distribution {
    var operation = AWSOperation(
      "GetDistribution", path: "/2020-05-31/distribution/" + PercentEncoding.encode(id)
    ) { response throws(XMLError) in
      try Distribution(try XMLElement(parsing: response.body, root: "Distribution"))
    }
    operation.maximumResponseBytes = Self.maximumDistributionBytes
    return try await run(operation)
  }

  /// CloudFront's GetDistributionConfig, for the distribution's origins. Needs `cloudfront:GetDistributionConfig`. The
  /// client must be CloudFront's.
  package func origins(ofDistribution id: String) async throws(AWSError) -> [DistributionOrigin] {
    var operation = AWSOperation(
      "GetDistributionConfig", path: "/2020-05-31/distribution/" + PercentEncoding.encode(id) + "/config"
    ) { response throws(XMLError) in
      var distribution = Distribution(id: id)
      try distribution.read(try XMLElement(parsing: response.body, root: "DistributionConfig"))
      return distribution.origins
    }
    operation.maximumResponseBytes = Self.maximumDistributionBytes
    return try await run(operation)
  }

  /// CloudFront's ListDistributions: those of the account that a condition holds for, page by page. They lack what only
  /// GetDistribution tells, such as the default root object. Needs `cloudfront:ListDistributions`. The client must be
  /// CloudFront's.
  ///
  /// - Parameter isWanted: called with each distribution.
  package func distributions(
    where isWanted: @Sendable (Distribution) -> Bool
  ) async throws(AWSError) -> [Distribution] {
    var found: [Distribution] = []
    var marker: String?
    for _ in 0..<Self.maximumDistributionPages {
      var operation = AWSOperation("ListDistributions", path: "/2020-05-31/distribution") {
        response throws(XMLError) -> ([Distribution], String?) in
        let list = try XMLElement(parsing: response.body, root: "DistributionList")
        var page: [Distribution] = []
        for item in list["Items"].map({ Array($0.all("DistributionSummary")) }) ?? [] {
          page.append(try Distribution(item))
        }
        let isTruncated = list["IsTruncated"]?.text == "true"
        return (page, isTruncated ? list["NextMarker"]?.text : nil)
      }
      operation.maximumResponseBytes = 16 << 20
      if let marker { operation.query.append(("Marker", Array(marker.utf8))) }
      let (page, next) = try await run(operation)
      found += page.filter(isWanted)
      guard let next, next != marker else { return found }
      marker = next
    }
    return found
  }

  /// CloudFront's GetOriginAccessControl, for when it signs. Needs `cloudfront:GetOriginAccessControl`. The client must
  /// be CloudFront's.
  package func signingBehavior(ofOriginAccessControl id: String) async throws(AWSError) -> SigningBehavior {
    try await run(
      AWSOperation(
        "GetOriginAccessControl", path: "/2020-05-31/origin-access-control/" + PercentEncoding.encode(id)
      ) { response throws(XMLError) in
        let control = try XMLElement(parsing: response.body, root: "OriginAccessControl")
        let text = control["OriginAccessControlConfig"]?["SigningBehavior"]?.text ?? ""
        guard let behavior = SigningBehavior(rawValue: text) else { throw .invalid("the signing behavior '\(text)'") }
        return behavior
      })
  }

  /// CloudFront's GetOriginRequestPolicy, for the headers that reach the origin. Needs
  /// `cloudfront:GetOriginRequestPolicy`. The client must be CloudFront's.
  package func forwardedHeaders(ofOriginRequestPolicy id: String) async throws(AWSError) -> ForwardedHeaders {
    try await forwardedHeaders("GetOriginRequestPolicy", "origin-request-policy/", id, root: "OriginRequestPolicy") {
      $0["OriginRequestPolicyConfig"]
    }
  }

  /// CloudFront's GetCachePolicy, for the headers of the cache key, which reach the origin too. Needs
  /// `cloudfront:GetCachePolicy`. The client must be CloudFront's.
  package func forwardedHeaders(ofCachePolicy id: String) async throws(AWSError) -> ForwardedHeaders {
    try await forwardedHeaders("GetCachePolicy", "cache-policy/", id, root: "CachePolicy") {
      $0["CachePolicyConfig"]?["ParametersInCacheKeyAndForwardedToOrigin"]
    }
  }

  /// - Parameter parent: the element that has the configuration of headers.
  private func forwardedHeaders(
    _ name: String, _ path: String, _ id: String, root: StaticString,
    parent: @escaping @Sendable (XMLElement) -> XMLElement?
  ) async throws(AWSError) -> ForwardedHeaders {
    try await run(
      AWSOperation(name, path: "/2020-05-31/" + path + PercentEncoding.encode(id)) { response throws(XMLError) in
        ForwardedHeaders(parent(try XMLElement(parsing: response.body, root: root))?["HeadersConfig"])
      })
  }

  private static let maximumDistributionBytes = 2 << 20
  /// An account has 500 distributions unless its quota is higher; a page has 100.
  private static let maximumDistributionPages = 1000
}
