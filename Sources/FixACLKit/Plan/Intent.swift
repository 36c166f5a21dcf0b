package import AWSKit

/// How to repair an object's ACL.
package enum Strategy: String, CaseIterable, Sendable {
  /// Grant if the owner's credentials are given, else copy if the bucket owner can read the object.
  case auto
  case grant
  case copy
}

/// When public grants are dropped from a rewritten ACL.
package enum PublicGrantRule: String, CaseIterable, Sendable {
  case always
  /// While Block Public Access refuses or ignores them.
  case whenBlocked = "when-blocked"
  case never
}

/// What the user asked for.
package struct Intent: Sendable, Equatable {
  /// The grants that every object's ACL must include (the bucket owner's objects only if they are selected), sorted. Empty if no reader can be named by a grant.
  package var grants: [Grant]
  /// The principals that must be able to read, and where each was named; sorted.
  package var readers: [Reader]
  package var strategy: Strategy
  package var dropPublicGrants: PublicGrantRule
  /// Whether the previous owner keeps READ after a copy.
  package var keepsPreviousOwner: Bool
  /// Whether old versions are repaired too.
  package var allVersions: Bool
  /// Grantees dropped from rewritten ACLs because S3 no longer knows their accounts; sorted.
  package var droppedGrantees: [CanonicalID]
  /// Who pays for the requests, if they must say so.
  package var requestPayer: RequestPayer?
  package var filter: KeyFilter
  package var selection: ObjectSelection

  /// - Parameter grants: in addition to those for the readers.
  package init(
    grants: some Sequence<Grant>, readers: [Reader] = [], strategy: Strategy, dropPublicGrants: PublicGrantRule,
    keepsPreviousOwner: Bool = false, allVersions: Bool = false, droppedGrantees: [CanonicalID] = [],
    requestPayer: RequestPayer? = nil, filter: KeyFilter, selection: ObjectSelection = ObjectSelection()
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
    self.selection = selection
  }

  /// Whether objects are left out, so that nothing can be said of the whole bucket.
  package var isPartial: Bool { filter != KeyFilter() || selection.isPartial }

  /// Whether the bucket owner's objects are looked at: without grants to add, the bucket policy alone decides about them.
  package var looksAtOwn: Bool { selection.includesOwn && !grants.isEmpty }

  /// Whether a reader is a service, which only the bucket policy can allow, and only for objects of the bucket owner.
  package var needsBucketOwnership: Bool {
    readers.contains { $0.canonicalID == nil }
  }

  /// The canonical IDs that are known to belong to origin access identities.
  package var originAccessIdentities: Set<CanonicalID> {
    Set(readers.filter { $0.originAccessIdentity != nil }.compactMap(\.canonicalID))
  }
}
