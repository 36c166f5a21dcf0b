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

  /// The same; nil for an identity that CloudFront does not know in this account, such as a deleted one.
  package func canonicalIDIfKnown(ofOriginAccessIdentity id: String) async throws(AWSError) -> CanonicalID? {
    do {
      return try await canonicalID(ofOriginAccessIdentity: id)
    } catch {
      guard error.code == "NoSuchCloudFrontOriginAccessIdentity" else { throw error }
      return nil
    }
  }
}
