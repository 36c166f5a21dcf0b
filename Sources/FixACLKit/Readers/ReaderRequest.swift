package import AWSKit

/// The readers that the user names.
package struct ReaderRequest: Sendable, Equatable {
  /// IDs of origin access identities.
  package var originAccessIdentities: [String]
  /// IDs of distributions.
  package var distributions: [String]
  package var grantRead: [CanonicalID]
  package var grantFullControl: [CanonicalID]
  /// Whether something else is wanted, so that a plan without a reader makes sense.
  package var wantsOtherGrants: Bool

  package init(
    originAccessIdentities: [String] = [], distributions: [String] = [], grantRead: [CanonicalID] = [],
    grantFullControl: [CanonicalID] = [], wantsOtherGrants: Bool = false
  ) {
    self.originAccessIdentities = originAccessIdentities
    self.distributions = distributions
    self.grantRead = grantRead
    self.grantFullControl = grantFullControl
    self.wantsOtherGrants = wantsOtherGrants
  }

  /// Whether nobody is named, so that the bucket policy is asked.
  package var isEmpty: Bool {
    originAccessIdentities.isEmpty && distributions.isEmpty && grantRead.isEmpty && grantFullControl.isEmpty
  }

  /// The readers that are named by their canonical IDs.
  package var explicitReaders: [Reader] {
    grantRead.map { Reader(.grantRead, .canonicalUser($0, .read)) }
      + grantFullControl.map { Reader(.grantFullControl, .canonicalUser($0, .fullControl)) }
  }
}
