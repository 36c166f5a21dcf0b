internal import Foundation

/// What an identity's own policies say: actions on any resource.
struct IdentityRights: Sendable, Hashable {
  /// Patterns such as `s3:Get*`; everything unless the accounts' file says otherwise.
  var allowed = [Wildcard("*")]
  var denied: [Wildcard] = []
  /// The condition keys that the identity's policies look at, as IAM's simulator tells of them; here they decide nothing.
  var conditionKeys: [String] = []
  /// Session policies: what they do not allow is not allowed.
  var limits: [IdentityRights] = []

  init() {}

  /// - Parameters:
  ///   - allowed: nil for everything.
  ///   - denied: nil for nothing.
  init(allowed: [String]?, denied: [String]?, conditionKeys: [String]? = nil) {
    if let allowed { self.allowed = allowed.map { Wildcard($0, ignoresCase: true) } }
    self.denied = (denied ?? []).map { Wildcard($0, ignoresCase: true) }
    self.conditionKeys = conditionKeys ?? []
  }

  func allows(_ action: String) -> Bool {
    allowed.contains { $0.matches(action) } && limits.allSatisfy { $0.allows(action) }
  }

  func denies(_ action: String) -> Bool {
    denied.contains { $0.matches(action) } || limits.contains { $0.denies(action) }
  }
}

extension IdentityRights {
  /// Reads a session policy.
  ///
  /// - Throws: `MalformedPolicyDocument`; 501 for what is not actions on any resource, all that rights can say.
  init(sessionPolicy text: String) throws(ServiceError) {
    let malformed = ServiceError(400, "MalformedPolicyDocument", "This policy contains invalid Json")
    guard let policy = try? JSONDecoder().decode(SessionPolicy.self, from: Data(text.utf8)) else { throw malformed }
    var (allowed, denied): ([String], [String]) = ([], [])
    for statement in policy.statements.values {
      guard let actions = statement.actions?.values, statement.resources?.values == ["*"], !statement.hasMore else {
        throw .notImplemented("session policies about anything but actions on the resource *")
      }
      switch statement.effect {
      case "Allow": allowed += actions
      case "Deny": denied += actions
      default: throw malformed
      }
    }
    self.init(allowed: allowed, denied: denied)
  }

  private struct SessionPolicy: Decodable {
    enum CodingKeys: String, CodingKey {
      case statements = "Statement"
    }

    let statements: OneOrMore<Statement>
  }

  private struct Statement: Decodable {
    enum CodingKeys: String, CodingKey {
      case effect = "Effect"
      case actions = "Action"
      case resources = "Resource"
      case condition = "Condition"
      case notAction = "NotAction"
      case notResource = "NotResource"
    }

    let effect: String
    let actions: OneOrMore<String>?
    let resources: OneOrMore<String>?
    let hasMore: Bool

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      effect = try values.decode(String.self, forKey: .effect)
      actions = try values.decodeIfPresent(OneOrMore<String>.self, forKey: .actions)
      resources = try values.decodeIfPresent(OneOrMore<String>.self, forKey: .resources)
      hasMore = values.contains(.condition) || values.contains(.notAction) || values.contains(.notResource)
    }
  }

  /// A value, or a list of them.
  private struct OneOrMore<Value: Decodable>: Decodable {
    let values: [Value]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? container.decode([Value].self)) ?? [container.decode(Value.self)]
    }
  }
}
