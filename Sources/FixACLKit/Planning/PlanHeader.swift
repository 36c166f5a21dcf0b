package import S3Kit

/// What a plan says of the bucket, as it was when it was scanned.
package struct PlanBucket: Sendable, Equatable {
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

/// How an object's ACL is to be repaired.
package enum Strategy: String, CaseIterable, Sendable {
  /// Grant where the owner's credentials are at hand, else copy where the bucket owner can read.
  case auto
  case grant
  case copy
}

/// When public grants are left out of a rewritten ACL.
package enum PublicGrantRule: String, CaseIterable, Sendable {
  case always
  /// While Block Public Access refuses or ignores them.
  case whenBlocked = "when-blocked"
  case never
}

/// What was asked for.
package struct DesiredState: Sendable, Equatable {
  /// Sorted; what every foreign object's ACL must hold. Empty where no grant lets any reader in.
  package var grants: [Grant]
  /// Sorted; who must be able to read, and where each was named.
  package var readers: [Reader]
  package var strategy: Strategy
  package var dropPublicGrants: PublicGrantRule
  /// Whether whoever owned an object may still read it after a copy.
  package var keepsPreviousOwner: Bool
  /// Whether old versions are meant too.
  package var allVersions: Bool
  /// Sorted; whose grants are left out of ACLs that are written, since S3 knows their accounts no more.
  package var droppedGrantees: [CanonicalID]
  /// What requests say of who pays for them; nil for nothing.
  package var requestPayer: RequestPayer?
  package var filter: KeyFilter

  /// - Parameter grants: besides those that let the readers in.
  package init(
    grants: some Sequence<Grant>, readers: [Reader] = [], strategy: Strategy, dropPublicGrants: PublicGrantRule,
    keepsPreviousOwner: Bool = false, allVersions: Bool = false, droppedGrantees: [CanonicalID] = [],
    requestPayer: RequestPayer? = nil, filter: KeyFilter
  ) {
    self.readers = Set(readers).sorted()
    self.grants = Set(grants).union(self.readers.compactMap(\.grant)).sorted()
    self.strategy = strategy
    self.dropPublicGrants = dropPublicGrants
    self.keepsPreviousOwner = keepsPreviousOwner
    self.allVersions = allVersions
    self.droppedGrantees = Set(droppedGrantees).sorted()
    self.requestPayer = requestPayer
    self.filter = filter
  }

  /// Whether a reader is a service, which the bucket policy alone lets in, and only to objects of the bucket owner's.
  package var needsBucketOwnership: Bool {
    readers.contains { $0.canonicalID == nil }
  }

  /// The canonical IDs that are known to be origin access identities'.
  package var originAccessIdentities: Set<CanonicalID> {
    Set(readers.filter { $0.originAccessIdentity != nil }.compactMap(\.canonicalID))
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("grants")
      json.array { json in
        for grant in grants { grant.write(to: &json) }
      }
      json.name("readers")
      json.array { json in
        for reader in readers { reader.write(to: &json) }
      }
      json.member("strategy", strategy.rawValue)
      json.member("dropPublicGrants", dropPublicGrants.rawValue)
      json.member("keepPreviousOwner", keepsPreviousOwner)
      json.member("allVersions", allVersions)
      if !droppedGrantees.isEmpty {
        json.name("dropGrantees")
        json.array { json in
          for id in droppedGrantees { json.string(id.value) }
        }
      }
      if let requestPayer { json.member("requestPayer", requestPayer.rawValue) }
      json.member("prefix", filter.prefix)
      for (name, globs) in [("include", filter.include), ("exclude", filter.exclude)] {
        json.name(name)
        json.array { json in
          for glob in globs { json.string(glob.pattern) }
        }
      }
    }
  }
}

/// Everything of a plan that stands before its ACLs and changes.
package struct PlanHeader: Sendable, Equatable {
  /// The format that this version writes, and the only one it reads.
  package static let format = "fixacl-plan/1"

  /// Program and version.
  package var tool: String
  package var createdAt: String
  package var bucket: PlanBucket
  package var desired: DesiredState
  package var summary: PlanSummary
  /// What can be done instead; nil where there is nothing to do it for, or the server does not know the setting.
  package var alternative: OwnershipSwitch?

  package init(
    tool: String, createdAt: String, bucket: PlanBucket, desired: DesiredState, summary: PlanSummary,
    alternative: OwnershipSwitch? = nil
  ) {
    self.tool = tool
    self.createdAt = createdAt
    self.bucket = bucket
    self.desired = desired
    self.summary = summary
    self.alternative = alternative
  }

  /// The value of the member `alternative`.
  package func writeAlternative(to json: inout JSONWriter) {
    if let alternative { alternative.write(to: &json) } else { json.null() }
  }
}
