/// Block Public Access settings, of a bucket or an account.
package struct PublicAccessBlock: Sendable, Hashable {
  package var blockPublicAcls = false
  package var ignorePublicAcls = false
  package var blockPublicPolicy = false
  package var restrictPublicBuckets = false

  package init() {}

  /// All settings by S3's names, in its order.
  package var settings: [(name: String, isOn: Bool)] {
    [
      ("BlockPublicAcls", blockPublicAcls), ("IgnorePublicAcls", ignorePublicAcls),
      ("BlockPublicPolicy", blockPublicPolicy), ("RestrictPublicBuckets", restrictPublicBuckets),
    ]
  }

  /// The names of the settings that are on.
  package var settingsOn: [String] { settings.filter(\.isOn).map(\.name) }

  /// The settings that are on in either: of the bucket's and the account's settings, the stricter one applies.
  package func union(_ other: PublicAccessBlock) -> PublicAccessBlock {
    var union = self
    union.blockPublicAcls = blockPublicAcls || other.blockPublicAcls
    union.ignorePublicAcls = ignorePublicAcls || other.ignorePublicAcls
    union.blockPublicPolicy = blockPublicPolicy || other.blockPublicPolicy
    union.restrictPublicBuckets = restrictPublicBuckets || other.restrictPublicBuckets
    return union
  }
}
