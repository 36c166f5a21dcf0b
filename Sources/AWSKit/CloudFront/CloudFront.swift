/// An origin of a CloudFront distribution, reduced to the identity that it reads with.
package struct DistributionOrigin: Sendable, Hashable {
  package var domainName: String
  /// The ID of the origin access identity that reads.
  package var originAccessIdentity: String?
  /// The ID of the origin access control, with which CloudFront reads as a service principal.
  package var originAccessControl: String?

  package init(domainName: String, originAccessIdentity: String? = nil, originAccessControl: String? = nil) {
    self.domainName = domainName
    self.originAccessIdentity = originAccessIdentity
    self.originAccessControl = originAccessControl
  }
}

extension AWSClient {
  /// Calls CloudFront's GetCloudFrontOriginAccessIdentity for the canonical ID that ACLs use. Needs
  /// `cloudfront:GetCloudFrontOriginAccessIdentity`. The client must be CloudFront's.
  ///
  /// - Parameter id: such as `E2QWRUHEXAMPLE`.
  package func canonicalID(ofOriginAccessIdentity id: String) async throws(AWSError) -> CanonicalID {
    try await run(
      AWSOperation(
        "GetCloudFrontOriginAccessIdentity",
        path: "/2020-05-31/origin-access-identity/cloudfront/" + PercentEncoding.encode(id)
      ) { response throws(XMLError) in
        let identity = try XMLElement(parsing: response.body, root: "CloudFrontOriginAccessIdentity")
        guard let canonicalID = identity["S3CanonicalUserId"]?.text, !canonicalID.isEmpty else {
          throw .invalid("an origin access identity without its canonical ID")
        }
        return CanonicalID(canonicalID)
      })
  }

  /// Calls CloudFront's GetDistributionConfig for the distribution's origins. Needs `cloudfront:GetDistributionConfig`.
  /// The client must be CloudFront's.
  package func origins(ofDistribution id: String) async throws(AWSError) -> [DistributionOrigin] {
    var operation = AWSOperation(
      "GetDistributionConfig", path: "/2020-05-31/distribution/" + PercentEncoding.encode(id) + "/config"
    ) { response throws(XMLError) in
      let config = try XMLElement(parsing: response.body, root: "DistributionConfig")
      guard let items = config["Origins"]?["Items"] else { throw .invalid("a distribution without origins") }
      return items.all("Origin").map { DistributionOrigin($0) }
    }
    operation.maximumResponseBytes = 2 << 20
    return try await run(operation)
  }
}

extension DistributionOrigin {
  fileprivate init(_ origin: XMLElement) {
    // `origin-access-identity/cloudfront/ID`, or empty.
    let identity = origin["S3OriginConfig"]?["OriginAccessIdentity"]?.text ?? ""
    let control = origin["OriginAccessControlId"]?.text ?? ""
    self.init(
      domainName: origin["DomainName"]?.text ?? "",
      originAccessIdentity: identity.split(separator: "/").last.map(String.init),
      originAccessControl: control.isEmpty ? nil : control)
  }
}
