/// One entry of an ACL: a grantee and a permission.
package struct Grant: Hashable, Sendable, Comparable {
  package let grantee: Grantee
  package let permission: Permission

  package init(_ grantee: Grantee, _ permission: Permission) {
    self.grantee = grantee
    self.permission = permission
  }

  package static func < (left: Grant, right: Grant) -> Bool {
    left.grantee == right.grantee
      ? left.permission.rawValue < right.permission.rawValue : left.grantee < right.grantee
  }
}

/// The ACL of an object or a bucket: its owner and a set of grants.
///
/// Grants are kept sorted and unique: S3 gives no meaning to their order or to duplicates.
package struct AccessControlList: Hashable, Sendable {
  /// The most grants that S3 takes in one ACL (S3 API Reference, PutObjectAcl).
  package static let maximumGrants = 100

  package let owner: CanonicalID
  package let grants: [Grant]

  package init(owner: CanonicalID, grants: some Sequence<Grant>) {
    self.owner = owner
    self.grants = Set(grants).sorted()
  }

  /// What grants that name `grantee` allow; membership in groups is ignored.
  package func rights(of grantee: Grantee) -> Permission.Rights {
    grants.reduce(into: []) { if $1.grantee == grantee { $0.formUnion($1.permission.rights) } }
  }

  /// Whether `grant` adds nothing to the ACL.
  package func includes(_ grant: Grant) -> Bool {
    rights(of: grant.grantee).isSuperset(of: grant.permission.rights)
  }

  /// Whether both ACLs have the same owner and allow the same grantees the same.
  ///
  /// Servers may merge grants or write them out (READ beside FULL_CONTROL, for example). So this, not `==`, decides
  /// whether an object still has an ACL or already has the wanted one.
  package func isEquivalent(to other: AccessControlList) -> Bool {
    guard owner == other.owner else { return false }
    if grants == other.grants { return true }
    var (own, others) = (GranteeRights(grants), GranteeRights(other.grants))
    while let (grantee, rights) = own.next() {
      guard let other = others.next(), other == (grantee, rights) else { return false }
    }
    return others.next() == nil
  }
}

/// Iterates over the grantees of sorted grants, each with everything its grants allow.
private struct GranteeRights: IteratorProtocol {
  private var grants: ArraySlice<Grant>

  init(_ grants: [Grant]) {
    self.grants = grants[...]
  }

  mutating func next() -> (Grantee, Permission.Rights)? {
    guard let first = grants.popFirst() else { return nil }
    var rights = first.permission.rights
    while let next = grants.first, next.grantee == first.grantee {
      rights.formUnion(next.permission.rights)
      grants.removeFirst()
    }
    return (first.grantee, rights)
  }
}
