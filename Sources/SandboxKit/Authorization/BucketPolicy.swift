internal import AWSKit

/// A bucket policy: statements with an effect, principals, actions, resources and conditions.
package struct BucketPolicy: Sendable {
  /// Whom a statement is about.
  enum Principal: Sendable, Hashable {
    case everyone
    /// By its account ID, or the ARN of its root.
    case account(String)
    /// The ARN of a user, a role, a role's session or an origin access identity.
    case arn(String)
    case canonicalUser(CanonicalID)
    case service(String)
  }

  struct Statement: Sendable {
    var allows: Bool
    var principals: [Principal]
    /// `NotPrincipal`.
    var excludesPrincipals = false
    var actions: [Wildcard]
    /// `NotAction`.
    var excludesActions = false
    var resources: [Wildcard]
    /// `NotResource`.
    var excludesResources = false
    var conditions: [PolicyCondition]
  }

  /// As it was put: GetBucketPolicy returns these bytes.
  let source: [UInt8]
  let statements: [Statement]

  /// Whether S3 calls the policy public: it allows something to everybody, with no condition on a fixed value that
  /// narrows the principals (User Guide: "The meaning of public").
  var isPublic: Bool {
    statements.contains { statement in
      statement.allows && (statement.principals.contains(.everyone) != statement.excludesPrincipals)
        && !statement.conditions.contains(where: \.narrowsCallers)
    }
  }
}
