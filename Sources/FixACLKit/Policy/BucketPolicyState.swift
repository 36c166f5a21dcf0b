package import AWSKit

/// What is known of a bucket's policy.
package enum BucketPolicyState: Sendable {
  case none
  case document(PolicyDocument)
  /// There is one, and this is why it cannot be understood.
  case malformed(String)
  case unreadable(AWSError)

  package var document: PolicyDocument? {
    guard case .document(let document) = self else { return nil }
    return document
  }
}
