package import AWSKit

/// Why the readers are not known, or cannot be given access.
package enum ReaderProblem: Error, Sendable {
  /// Something that CloudFront is asked for.
  package enum Question: Sendable, Equatable {
    /// The origins of a distribution.
    case origins(distribution: String)
    /// The canonical ID of an origin access identity.
    case canonicalID(originAccessIdentity: String)

    /// The right that the question needs.
    package var right: String {
      switch self {
      case .origins: "cloudfront:GetDistributionConfig"
      case .canonicalID: "cloudfront:GetCloudFrontOriginAccessIdentity"
      }
    }
  }

  /// Why the bucket policy cannot be understood.
  case policyMalformed(String)
  case policyUnreadable(AWSError)
  /// The bucket policy names no reader.
  case noReader(hasPolicy: Bool, warnings: [ReaderWarning], others: [UngrantablePrincipal])
  /// CloudFront knows no such origin access identity in this account.
  case identityUnknown(String)
  /// CloudFront knows no such distribution in this account.
  case distributionUnknown(String)
  /// None of the distribution's origins is the bucket.
  case otherOrigins(distribution: String, bucket: String, domains: [String])
  /// The distribution reads the bucket, but as nobody.
  case anonymousOrigin(AnonymousOrigin)
  /// S3 is not Amazon's, and the address of CloudFront is not known.
  case noCloudFront(Question)
  case cloudFront(Question, AWSError)
}

/// An origin through which a distribution reads without credentials, so that no grant can allow it.
package struct AnonymousOrigin: Sendable, Equatable {
  package let distribution: String
  package let domain: String
  /// Whether it is the bucket's website endpoint, which is always read anonymously.
  package let isWebsite: Bool
}
