package import S3Kit

/// Decides what an object's ACL should become: the one place that computes target ACLs. Pure.
package struct ACLPolicy: Sendable {
  package let bucketOwner: CanonicalID
  /// What every foreign object's ACL must hold.
  package let desired: [Grant]
  /// Whether public grants are left out of what is written.
  package let dropsPublicGrants: Bool

  package init(bucketOwner: CanonicalID, desired: [Grant], dropsPublicGrants: Bool) {
    self.bucketOwner = bucketOwner
    self.desired = desired
    self.dropsPublicGrants = dropsPublicGrants
  }

  /// What Block Public Access means for public grants: with `BlockPublicAcls` a PUT that holds one is refused, with
  /// `IgnorePublicAcls` it is without effect.
  package init(bucket: PlanBucket, desired: DesiredState) {
    let block = bucket.effectivePublicAccessBlock
    let drops =
      switch desired.dropPublicGrants {
      case .always: true
      case .never: false
      case .whenBlocked: block.blockPublicAcls || block.ignorePublicAcls
      }
    self.init(bucketOwner: bucket.owner, desired: desired.grants, dropsPublicGrants: drops)
  }

  /// Whether every reader is let in by a grant of its own. Public grants do not count: they are what Block Public
  /// Access takes away.
  package func isSatisfied(by acl: AccessControlList) -> Bool {
    desired.allSatisfy { acl.includes($0) }
  }

  /// The ACL after a grant: everything that is there, and what is missing.
  package func granted(_ acl: AccessControlList) -> AccessControlList {
    merged(owner: acl.owner, grants: acl.grants)
  }

  /// The ACL after a copy by the bucket owner: the previous owner's own grant goes with its ownership.
  ///
  /// - Parameter acl: the ACL before; nil where nobody at hand can read it.
  package func copied(_ acl: AccessControlList?) -> AccessControlList {
    let kept = acl.map { acl in acl.grants.filter { $0.grantee != .canonicalUser(acl.owner) } } ?? []
    let owner = Grant(.canonicalUser(bucketOwner), .fullControl)
    return merged(owner: bucketOwner, grants: kept.filter { $0.grantee != owner.grantee } + [owner])
  }

  /// The ACL between the two steps of a copy that begins with a grant: the bucket owner may read, nothing else
  /// changes. (Public grants that a PUT could not hold are gone already.)
  package func opened(_ acl: AccessControlList) -> AccessControlList {
    let grants = acl.grants + [Grant(.canonicalUser(bucketOwner), .read)]
    return AccessControlList(owner: acl.owner, grants: withoutPublic(grants))
  }

  private func merged(owner: CanonicalID, grants: [Grant]) -> AccessControlList {
    let base = AccessControlList(owner: owner, grants: withoutPublic(grants))
    return AccessControlList(owner: owner, grants: base.grants + desired.filter { !base.includes($0) })
  }

  private func withoutPublic(_ grants: [Grant]) -> [Grant] {
    dropsPublicGrants ? grants.filter { !$0.grantee.isPublic } : grants
  }
}
