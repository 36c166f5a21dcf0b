package import AWSKit

/// The settings of a bucket that a repair depends on; a plan records them as of its scan.
package struct BucketSettings: Sendable, Equatable {
  package var name: String
  package var region: String
  /// The server's URL; nil for Amazon's S3.
  package var endpoint: String?
  package var owner: CanonicalID
  /// This and the following settings are nil if they could not be read.
  package var versioning: VersioningState?
  package var objectOwnership: ObjectOwnership?
  package var publicAccessBlock: PublicAccessBlock?
  /// The setting of the account that owns the bucket; it applies to all of its buckets.
  package var accountPublicAccessBlock: PublicAccessBlock?
  package var encryption: ObjectEncryption?
  package var objectLock: ObjectLockConfiguration?
  /// Who pays for requests; a plan records it only if it is the requester.
  package var payer: Payer?
  /// `sha256:` and the SHA-256 of the bucket policy's bytes, or `none`.
  package var policyDigest: String?

  package init(
    name: String, region: String, endpoint: String?, owner: CanonicalID, versioning: VersioningState?,
    objectOwnership: ObjectOwnership?, publicAccessBlock: PublicAccessBlock?,
    accountPublicAccessBlock: PublicAccessBlock? = nil, encryption: ObjectEncryption? = nil,
    objectLock: ObjectLockConfiguration? = nil, payer: Payer? = nil, policyDigest: String? = nil
  ) {
    self.name = name
    self.region = region
    self.endpoint = endpoint
    self.owner = owner
    self.versioning = versioning
    self.objectOwnership = objectOwnership
    self.publicAccessBlock = publicAccessBlock
    self.accountPublicAccessBlock = accountPublicAccessBlock
    self.encryption = encryption
    self.objectLock = objectLock
    self.payer = payer
    self.policyDigest = policyDigest
  }

  /// Whether requests go over `https`, as they do to Amazon.
  package var usesTLS: Bool { endpoint?.hasPrefix("http://") != true }

  /// The effective setting: on if it is on for the bucket or its account, as far as these are known.
  package var effectivePublicAccessBlock: PublicAccessBlock {
    (publicAccessBlock ?? PublicAccessBlock()).union(accountPublicAccessBlock ?? PublicAccessBlock())
  }
}
