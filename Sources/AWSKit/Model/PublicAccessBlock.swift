/// Block Public Access, as set on one bucket.
package struct PublicAccessBlock: Sendable, Hashable {
  package var blockPublicAcls = false
  package var ignorePublicAcls = false
  package var blockPublicPolicy = false
  package var restrictPublicBuckets = false

  package init() {}

  /// What is on in either: of a bucket's settings and its account's, the stricter counts.
  package func union(_ other: PublicAccessBlock) -> PublicAccessBlock {
    var union = self
    union.blockPublicAcls = blockPublicAcls || other.blockPublicAcls
    union.ignorePublicAcls = ignorePublicAcls || other.ignorePublicAcls
    union.blockPublicPolicy = blockPublicPolicy || other.blockPublicPolicy
    union.restrictPublicBuckets = restrictPublicBuckets || other.restrictPublicBuckets
    return union
  }
}
