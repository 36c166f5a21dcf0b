package import AWSKit

/// What a plan says of the bucket, as it was when it was scanned.
package struct BucketSettings: Sendable, Equatable {
  package var name: String
  package var region: String
  /// The URL of a server that is not Amazon's; nil for Amazon's.
  package var endpoint: String?
  package var owner: CanonicalID
  /// These are nil where the credentials may not ask, or the server does not answer.
  package var versioning: VersioningState?
  package var objectOwnership: ObjectOwnership?
  package var publicAccessBlock: PublicAccessBlock?
  /// Of the account that owns the bucket: it counts for all of its buckets.
  package var accountPublicAccessBlock: PublicAccessBlock?
  package var encryption: ObjectEncryption?
  package var objectLock: ObjectLockConfiguration?
  /// Who pays for requests; in a plan only where it is the requester.
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

  /// Whether the server is spoken to by `https`, as Amazon's is.
  package var usesTLS: Bool { endpoint?.hasPrefix("http://") != true }

  /// What is in force: on in the bucket's settings or in its account's, as far as they are known.
  package var effectivePublicAccessBlock: PublicAccessBlock {
    (publicAccessBlock ?? PublicAccessBlock()).union(accountPublicAccessBlock ?? PublicAccessBlock())
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("region", region)
      json.member("endpoint", endpoint)
      json.member("owner", owner.value)
      json.member("versioning", versioning?.rawValue)
      json.member("objectOwnership", objectOwnership?.rawValue)
      json.name("publicAccessBlock")
      publicAccessBlock.write(to: &json)
      json.name("accountPublicAccessBlock")
      accountPublicAccessBlock.write(to: &json)
      json.name("encryption")
      encryption.write(to: &json)
      json.name("objectLock")
      objectLock.write(to: &json)
      if payer == .requester { json.member("payer", payer?.rawValue) }
      json.member("policyDigest", policyDigest)
    }
  }
}

extension ObjectEncryption? {
  fileprivate func write(to json: inout JSONWriter) {
    guard let self else {
      json.null()
      return
    }
    json.object { json in
      json.member("algorithm", self.algorithm)
      json.member("kmsKeyId", self.kmsKeyID)
      json.member("bucketKey", self.usesBucketKey)
    }
  }
}

extension ObjectLockConfiguration? {
  fileprivate func write(to json: inout JSONWriter) {
    guard let self else {
      json.null()
      return
    }
    json.object { json in
      json.member("enabled", self.isEnabled)
      json.member("defaultMode", self.defaultMode)
      for (name, number) in [("defaultDays", self.defaultDays), ("defaultYears", self.defaultYears)] {
        json.name(name)
        if let number { json.number(number) } else { json.null() }
      }
    }
  }
}

extension PublicAccessBlock? {
  package func write(to json: inout JSONWriter) {
    guard let self else {
      json.null()
      return
    }
    json.object { json in
      json.member("blockPublicAcls", self.blockPublicAcls)
      json.member("ignorePublicAcls", self.ignorePublicAcls)
      json.member("blockPublicPolicy", self.blockPublicPolicy)
      json.member("restrictPublicBuckets", self.restrictPublicBuckets)
    }
  }
}
