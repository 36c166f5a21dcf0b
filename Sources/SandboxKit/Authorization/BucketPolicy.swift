internal import AWSKit

/// A bucket policy: statements with an effect, principals, actions, resources and conditions.
struct BucketPolicy: Sendable {
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
  /// narrows whom (User Guide: "The meaning of public").
  var isPublic: Bool {
    statements.contains { statement in
      statement.allows && (statement.principals.contains(.everyone) != statement.excludesPrincipals)
        && !statement.conditions.contains(where: \.narrowsCallers)
    }
  }
}

/// A pattern of IAM's: `*` for any characters, `?` for one.
struct Wildcard: Sendable, Hashable {
  let text: String
  private let pattern: [UInt8]
  private let ignoresCase: Bool

  init(_ pattern: String, ignoresCase: Bool = false) {
    text = pattern
    self.pattern = Array((ignoresCase ? pattern.lowercased() : pattern).utf8)
    self.ignoresCase = ignoresCase
  }

  var isOpen: Bool { pattern.contains(UInt8(ascii: "*")) || pattern.contains(UInt8(ascii: "?")) }

  func matches(_ text: String) -> Bool {
    let text = Array((ignoresCase ? text.lowercased() : text).utf8)
    var (position, index) = (0, 0)
    /// Where to go on when what follows the last asterisk does not fit.
    var retry: (index: Int, position: Int)?
    while position < text.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        retry = (index + 1, position)
        index += 1
      } else if index < pattern.count, pattern[index] == text[position] || pattern[index] == UInt8(ascii: "?") {
        index += 1
        position += 1
      } else if let last = retry {
        retry = (last.index, last.position + 1)
        (index, position) = (last.index, last.position + 1)
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
