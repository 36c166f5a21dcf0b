package import S3Kit

/// What a plan says of the bucket, as it was when it was scanned.
package struct PlanBucket: Sendable, Equatable {
  package var name: String
  package var region: String
  /// The URL of a server that is not Amazon's; nil for Amazon's.
  package var endpoint: String?
  package var owner: CanonicalID
  /// These three are nil where the credentials may not ask.
  package var versioning: VersioningState?
  package var objectOwnership: ObjectOwnership?
  package var publicAccessBlock: PublicAccessBlock?

  package init(
    name: String, region: String, endpoint: String?, owner: CanonicalID, versioning: VersioningState?,
    objectOwnership: ObjectOwnership?, publicAccessBlock: PublicAccessBlock?
  ) {
    self.name = name
    self.region = region
    self.endpoint = endpoint
    self.owner = owner
    self.versioning = versioning
    self.objectOwnership = objectOwnership
    self.publicAccessBlock = publicAccessBlock
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
  /// Sorted; what every foreign object's ACL must hold.
  package var grants: [Grant]
  package var strategy: Strategy
  package var dropPublicGrants: PublicGrantRule
  package var filter: KeyFilter

  package init(
    grants: some Sequence<Grant>, strategy: Strategy, dropPublicGrants: PublicGrantRule, filter: KeyFilter
  ) {
    self.grants = Set(grants).sorted()
    self.strategy = strategy
    self.dropPublicGrants = dropPublicGrants
    self.filter = filter
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("grants")
      json.array { json in
        for grant in grants { grant.write(to: &json) }
      }
      json.member("strategy", strategy.rawValue)
      json.member("dropPublicGrants", dropPublicGrants.rawValue)
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

  package init(
    tool: String, createdAt: String, bucket: PlanBucket, desired: DesiredState, summary: PlanSummary
  ) {
    self.tool = tool
    self.createdAt = createdAt
    self.bucket = bucket
    self.desired = desired
    self.summary = summary
  }
}
