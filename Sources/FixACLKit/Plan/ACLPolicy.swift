package import AWSKit

/// Decides what an object's ACL should become: the one place that computes target ACLs. Pure.
package struct ACLPolicy: Sendable {
  package let bucketOwner: CanonicalID
  /// What every foreign object's ACL must hold.
  package let desired: [Grant]
  /// Whether public grants are left out of what is written.
  package let dropsPublicGrants: Bool
  /// Whether whoever owned an object may still read it after a copy.
  package var keepsPreviousOwner = false
  /// Whether a reader can only be let in to objects of the bucket owner's.
  package var needsBucketOwnership = false
  /// Whose grants are left out of what is written: never a reader's, the object owner's or the bucket owner's.
  package var droppedGrantees: Set<CanonicalID> = []
  /// Readers that KMS lets read nothing.
  package var originAccessIdentities: Set<CanonicalID> = []

  package init(bucketOwner: CanonicalID, desired: [Grant], dropsPublicGrants: Bool) {
    self.bucketOwner = bucketOwner
    self.desired = desired
    self.dropsPublicGrants = dropsPublicGrants
  }

  /// What Block Public Access means for public grants: with `BlockPublicAcls` a PUT that holds one is refused, with
  /// `IgnorePublicAcls` it is without effect.
  package init(bucket: BucketSettings, desired: Intent) {
    let block = bucket.effectivePublicAccessBlock
    let drops =
      switch desired.dropPublicGrants {
      case .always: true
      case .never: false
      case .whenBlocked: block.blockPublicAcls || block.ignorePublicAcls
      }
    self.init(bucketOwner: bucket.owner, desired: desired.grants, dropsPublicGrants: drops)
    keepsPreviousOwner = desired.keepsPreviousOwner
    needsBucketOwnership = desired.needsBucketOwnership
    originAccessIdentities = desired.originAccessIdentities
    droppedGrantees = Set(desired.droppedGrantees)
      .subtracting(desired.grants.compactMap(\.grantee.canonicalID)).subtracting([bucket.owner])
  }

  /// Whether every reader is let in by a grant of its own. Public grants do not count: they are what Block Public
  /// Access takes away.
  package func isSatisfied(by acl: AccessControlList) -> Bool {
    (!needsBucketOwnership || acl.owner == bucketOwner) && desired.allSatisfy { acl.includes($0) }
  }

  /// Whether nobody is missing but origin access identities, for whom a grant on an object under KMS does nothing.
  ///
  /// - Parameter acl: nil where it cannot be read.
  package func onlyMissesOriginAccessIdentities(_ acl: AccessControlList?) -> Bool {
    guard !needsBucketOwnership, !originAccessIdentities.isEmpty else { return false }
    return desired.allSatisfy { grant in
      guard case .canonicalUser(let id) = grant.grantee else { return false }
      return originAccessIdentities.contains(id) || acl?.includes(grant) ?? false
    }
  }

  /// The ACL after a grant: everything that is there, and what is missing.
  package func granted(_ acl: AccessControlList) -> AccessControlList {
    merged(owner: acl.owner, grants: acl.grants)
  }

  /// The ACL after a copy by the bucket owner: the previous owner's own grant goes with its ownership.
  ///
  /// - Parameter acl: the ACL before; nil where nobody at hand can read it.
  package func copied(_ acl: AccessControlList?, previousOwner: CanonicalID) -> AccessControlList {
    var kept = acl.map { acl in acl.grants.filter { $0.grantee != .canonicalUser(previousOwner) } } ?? []
    if keepsPreviousOwner { kept.append(Grant(.canonicalUser(previousOwner), .read)) }
    let owner = Grant(.canonicalUser(bucketOwner), .fullControl)
    return merged(owner: bucketOwner, grants: kept.filter { $0.grantee != owner.grantee } + [owner])
  }

  /// The ACL between the two steps of a copy that begins with a grant: the bucket owner may read, nothing else
  /// changes. (Public grants that a PUT could not hold are gone already.)
  package func opened(_ acl: AccessControlList) -> AccessControlList {
    let grants = acl.grants + [Grant(.canonicalUser(bucketOwner), .read)]
    return AccessControlList(owner: acl.owner, grants: kept(grants, owner: acl.owner))
  }

  private func merged(owner: CanonicalID, grants: [Grant]) -> AccessControlList {
    let base = AccessControlList(owner: owner, grants: kept(grants, owner: owner))
    return AccessControlList(owner: owner, grants: base.grants + desired.filter { !base.includes($0) })
  }

  /// What of an object's grants is written again.
  private func kept(_ grants: [Grant], owner: CanonicalID) -> [Grant] {
    guard dropsPublicGrants || !droppedGrantees.isEmpty else { return grants }
    return grants.filter { grant in
      switch grant.grantee {
      case .canonicalUser(let id): id == owner || !droppedGrantees.contains(id)
      case .group: !(dropsPublicGrants && grant.grantee.isPublic)
      }
    }
  }
}
