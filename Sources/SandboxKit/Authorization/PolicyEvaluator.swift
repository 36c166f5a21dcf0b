internal import AWSKit

/// Finds the statements of a policy that are about a request, and what they say.
struct PolicyEvaluator: Sendable {
  let statements: [BucketPolicy.Statement]
  let context: RequestContext

  func denies(_ action: String, _ resource: String) -> Bool {
    statements.contains { !$0.allows && matches($0, action, resource) }
  }

  func allows(_ action: String, _ resource: String) -> Bool {
    statements.contains { $0.allows && matches($0, action, resource) }
  }

  private func matches(_ statement: BucketPolicy.Statement, _ action: String, _ resource: String) -> Bool {
    (statement.excludesPrincipals ? !excepts(statement) : statement.principals.contains(where: matches))
      && statement.actions.contains { $0.matches(action) } != statement.excludesActions
      && statement.resources.contains { matches($0, resource) } != statement.excludesResources
      && statement.conditions.allSatisfy { $0.holds(for: context) }
  }

  /// IAM User Guide, "NotPrincipal": a user or a role is excepted only if its account is named beside it.
  private func excepts(_ statement: BucketPolicy.Statement) -> Bool {
    let named = statement.principals.filter(matches)
    guard case .identity(let identity) = context.caller, !identity.arn.hasSuffix(":root"), !named.isEmpty,
      !named.contains(.everyone)
    else { return !named.isEmpty }
    let accounts = named.filter { if case .account = $0 { true } else { false } }
    return !accounts.isEmpty && accounts.count < named.count
  }

  private func matches(_ pattern: Wildcard, _ resource: String) -> Bool {
    guard pattern.text.contains("${") else { return pattern.matches(resource) }
    return PolicyVariables.pattern(pattern.text, in: context)?.matches(resource) ?? false
  }

  private func matches(_ principal: BucketPolicy.Principal) -> Bool {
    let caller = context.caller
    return switch (principal, caller) {
    case (.everyone, _): true
    case (.account(let id), .identity(let identity)): identity.account.accountID == id
    case (.arn(let arn), .identity(let identity)): identity.arn == arn || identity.roleARN == arn
    case (.arn(let arn), .originAccessIdentity(let id, _)): arn == Caller.originAccessIdentityARN(id)
    case (.canonicalUser(_), .anonymous): false
    case (.canonicalUser(let id), _): caller.canonicalID == id
    case (.service(let name), .service(let caller, _, _)): name == caller
    default: false
    }
  }
}
