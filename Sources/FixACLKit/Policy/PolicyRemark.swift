/// A statement that allows principals to read that fixacl does not take as readers.
package enum PolicyRemark: Sendable, Equatable {
  /// It allows by NotPrincipal, NotAction or NotResource.
  case negated(statement: String)
  /// Its principal no longer exists, such as a deleted OAI.
  case deletedPrincipal(PolicyPrincipal, statement: String)
  /// It allows a part of the objects in question only.
  ///
  /// - Parameter prefix: the beginning of the keys of that part, if it is one.
  case partial(PolicyPrincipal, statement: String, resources: [String], prefix: String?)
  /// It allows under conditions that no ACL can have, or that fixacl cannot judge.
  case conditional(PolicyPrincipal, statement: String, keys: [String])
}

/// A principal that a statement allows, and no grant can be made for.
package struct UngrantablePrincipal: Sendable, Equatable {
  package let principal: PolicyPrincipal
  package let statement: String
}
