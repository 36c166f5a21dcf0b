package import AWSKit

/// What is known about a bucket's policy.
package enum BucketPolicyState: Sendable {
  case none
  case document(PolicyDocument)
  /// There is a policy, and this is why it cannot be parsed.
  case malformed(String)
  case unreadable(AWSError)

  /// Parses what a server answered.
  ///
  /// - Parameters:
  ///   - bytes: nil if there is no policy.
  ///   - isAmazons: whether canonical IDs have Amazon's form.
  init(_ bytes: [UInt8]?, isAmazons: Bool) {
    guard let bytes else {
      self = .none
      return
    }
    do throws(PolicyDocument.Malformed) {
      let document = try PolicyDocument(parsing: bytes)
      self = .document(isAmazons ? document.withAmazonCanonicalIDs : document)
    } catch {
      self = .malformed(error.detail)
    }
  }

  package var document: PolicyDocument? {
    guard case .document(let document) = self else { return nil }
    return document
  }
}
