package import AWSKit

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
package struct Intent: Sendable, Equatable {
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
