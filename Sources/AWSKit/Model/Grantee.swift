/// Who a grant is for.
package enum Grantee: Hashable, Sendable {
  case canonicalUser(CanonicalID)
  /// One of Amazon's predefined groups, by its URI.
  case group(String)

  /// Everybody, with or without credentials.
  package static let allUsers = Grantee.group("http://acs.amazonaws.com/groups/global/AllUsers")
  /// Everybody with credentials of any AWS account.
  package static let authenticatedUsers = Grantee.group(
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")

  /// Whether S3 counts a grant to this grantee as public.
  package var isPublic: Bool {
    self == .allUsers || self == .authenticatedUsers
  }

  /// Nil for a group.
  package var canonicalID: CanonicalID? {
    guard case .canonicalUser(let id) = self else { return nil }
    return id
  }

  /// The canonical ID or the group's URI.
  package var identifier: String {
    switch self {
    case .canonicalUser(let id): id.value
    case .group(let uri): uri
    }
  }
}

extension Grantee: Comparable {
  /// Users before groups, then by bytes. Any total order will do, as long as it never changes.
  package static func < (left: Grantee, right: Grantee) -> Bool {
    switch (left, right) {
    case (.canonicalUser, .group): true
    case (.group, .canonicalUser): false
    default: left.identifier.utf8.lexicographicallyPrecedes(right.identifier.utf8)
    }
  }
}
