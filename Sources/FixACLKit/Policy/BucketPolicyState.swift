package import AWSKit

/// What is known about a bucket's policy.
package enum BucketPolicyState: Sendable {
  case none
  case document(PolicyDocument)
  /// There is a policy, and this is why it cannot be parsed.
  case malformed(String)
  case unreadable(AWSError)

  package var document: PolicyDocument? {
    guard case .document(let document) = self else { return nil }
    return document
  }
}
