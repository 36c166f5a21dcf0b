package import AWSKit

/// Something to know about the readers.
package enum ReaderWarning: Sendable {
  /// The bucket policy cannot be read, so no reader is taken from it.
  case policyUnreadable(AWSError)
  case remark(PolicyRemark)
  /// A statement names an origin access identity that CloudFront does not know in this account.
  case identityIsGone(String, statement: String)
  case anonymousOrigin(AnonymousOrigin)
  /// A distribution reads by origin access control, and the policy cannot be read.
  case accessControlUnknown(distribution: String)
  /// A distribution reads by origin access control, and the policy does not allow it.
  case accessControlNotAllowed(distribution: String, bucket: String, Partition)
  /// Whether the policy denies a reader is not known: why it cannot be understood.
  case denialsUnknownMalformed(String)
  case denialsUnknown(AWSError)
  /// A Deny still denies the reader access after the repair.
  case denied(Reader, PolicyDocument.Denial)
}
