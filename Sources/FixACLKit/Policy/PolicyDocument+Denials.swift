internal import AWSKit

extension PolicyDocument {
  /// A Deny that still blocks a reader after the ACLs are repaired.
  package struct Denial: Sendable, Hashable {
    package let statement: String
    /// Whether it certainly applies: it has no conditions, and names the reader or everybody.
    package let isCertain: Bool
    /// The denied resources; empty if it denies every object in question.
    package let resources: [String]
  }

  /// The Denies that block a reader from objects in question.
  ///
  /// - Parameters:
  ///   - principals: all names of the reader in policies: an origin access identity has two.
  ///   - withUnknownARN: whether the reader's ARN is unknown: it is an account, or an OAI named by its canonical ID.
  package func denials(
    of principals: Set<PolicyPrincipal>, withUnknownARN isAnonymous: Bool, in scope: PolicyScope
  ) -> [Denial] {
    statements.compactMap { statement in
      guard !statement.allows, statement.concernsReading else { return nil }
      let coverage = scope.coverage(of: statement)
      guard coverage != .none, !statement.conditions.contains(where: \.isAboutPlainHTTP) else { return nil }
      let isNamed = statement.principals.contains { $0 == .everyone || principals.contains($0) }
      var isCertain = statement.conditions.isEmpty
      if statement.excludesPrincipals {
        guard !isNamed else { return nil }
        // One of the excepted ARNs may be the reader's own.
        let hasARNs = statement.principals.contains { principal in
          switch principal {
          case .other, .originAccessIdentity: true
          default: false
          }
        }
        if isAnonymous, hasARNs { isCertain = false }
      } else if !isNamed {
        return nil
      }
      return Denial(
        statement: statement.name, isCertain: isCertain,
        resources: coverage == .all || statement.excludesResources ? [] : statement.resources)
    }
  }
}
