package import AWSKit

/// Decides what an object's ACL should become. The only code that computes target ACLs; does no I/O.
package struct ACLPolicy: Sendable {
  package let bucketOwner: CanonicalID
  /// The grants that every object's ACL must include.
  package let desired: [Grant]
  /// Whether public grants are dropped from rewritten ACLs.
  package let dropsPublicGrants: Bool
  /// Whether the previous owner keeps READ after a copy.
  package var keepsPreviousOwner = false
  /// Whether some reader can read only objects the bucket owner owns (OAC).
  package var needsBucketOwnership = false
  /// Grantees dropped from rewritten ACLs: never a reader, the object owner or the bucket owner.
  package var droppedGrantees: Set<CanonicalID> = []
  /// OAIs among the readers: they cannot read KMS-encrypted objects.
  package var originAccessIdentities: Set<CanonicalID> = []

  package init(bucketOwner: CanonicalID, desired: [Grant], dropsPublicGrants: Bool) {
    self.bucketOwner = bucketOwner
    self.desired = desired
    self.dropsPublicGrants = dropsPublicGrants
  }

  /// With `BlockPublicAcls`, S3 refuses a PUT of a public grant; with `IgnorePublicAcls`, the grant has no effect.
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

  /// Whether every reader has a grant of its own. Public grants do not count: Block Public Access takes them away.
  package func isSatisfied(by acl: AccessControlList) -> Bool {
    (!needsBucketOwnership || acl.owner == bucketOwner) && desired.allSatisfy { acl.includes($0) }
  }

  /// Whether only origin access identities lack access; on a KMS-encrypted object a grant does not help them.
  ///
  /// - Parameter acl: nil if it cannot be read.
  package func onlyMissesOriginAccessIdentities(_ acl: AccessControlList?) -> Bool {
    guard !needsBucketOwnership || acl?.owner == bucketOwner, !originAccessIdentities.isEmpty else { return false }
    return desired.allSatisfy { grant in
      guard case .canonicalUser(let id) = grant.grantee else { return false }
      return originAccessIdentities.contains(id) || acl?.includes(grant) ?? false
    }
  }

  /// The ACL after a grant: all existing grants, plus the missing ones.
  package func granted(_ acl: AccessControlList) -> AccessControlList {
    merged(owner: acl.owner, grants: acl.grants)
  }

  /// The ACL after a copy by the bucket owner. The previous owner's own grant is dropped with its ownership.
  ///
  /// - Parameter acl: the ACL before the copy; nil if no given account can read it.
  package func copied(_ acl: AccessControlList?, previousOwner: CanonicalID) -> AccessControlList {
    var kept = acl.map { acl in acl.grants.filter { $0.grantee != .canonicalUser(previousOwner) } } ?? []
    if keepsPreviousOwner { kept.append(Grant(.canonicalUser(previousOwner), .read)) }
    let owner = Grant(.canonicalUser(bucketOwner), .fullControl)
    return merged(owner: bucketOwner, grants: kept.filter { $0.grantee != owner.grantee } + [owner])
  }

  /// The ACL between the two steps of a copy that begins with a grant: the bucket owner also has READ. (Public grants
  /// that a PUT could not hold are dropped already.)
  package func grantingReadToBucketOwner(_ acl: AccessControlList) -> AccessControlList {
    let grants = acl.grants + [Grant(.canonicalUser(bucketOwner), .read)]
    return AccessControlList(owner: acl.owner, grants: kept(grants, owner: acl.owner))
  }

  private func merged(owner: CanonicalID, grants: [Grant]) -> AccessControlList {
    let base = AccessControlList(owner: owner, grants: kept(grants, owner: owner))
    return AccessControlList(owner: owner, grants: base.grants + desired.filter { !base.includes($0) })
  }

  /// The existing grants that are written again.
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
