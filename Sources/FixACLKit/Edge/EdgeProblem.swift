package import AWSKit

/// Why CloudFront could not be told, or asked, about what was repaired.
package enum EdgeProblem: Error, Sendable {
  /// S3 is not Amazon's, and the address of CloudFront is not known.
  case noCloudFront
  /// No distribution of the account reads the bucket as one of the readers.
  case noDistribution(bucket: String)
  case distributionUnknown(String)
  /// None of the distribution's origins is the bucket.
  case otherOrigins(distribution: String, bucket: String, domains: [String])
  /// Only the distribution's tenants have domain names and caches.
  case tenantOnly(String)
  /// CloudFront's answer to a question about distributions.
  case unanswered(AWSError)
  /// The distribution's domain name is none.
  case badDomainName(distribution: String)
  /// CloudFront refused to invalidate.
  case refused(distribution: String, AWSError)
  /// CloudFront had too many invalidations in progress for longer than fixacl waits.
  case busy(distribution: String, AWSError)
  /// Nothing answers viewers.
  case unreachable(distribution: String, TransportError)
}
