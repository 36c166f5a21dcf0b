internal import AWSKit

/// What of AWS IAM tells what an identity's own policies allow. One a sandbox; not thread-safe.
final class IAMService: SignedService {
  static let namespace = "https://iam.amazonaws.com/doc/2010-05-08/"
  static let operations = ["SimulatePrincipalPolicy"]

  let state: SandboxState
  var verifier = SignatureVerifier(service: "iam")

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let form = SandboxRequest(method: "GET", uri: "/?" + String(decoding: request.body, as: UTF8.self))
    let action = form.text("Action") ?? ""
    guard request.method == "POST", Self.operations.contains(action) else {
      throw .notImplemented("the IAM action '\(action)'")
    }
    return ServiceOperation(action) { (requestID) throws(ServiceError) in
      let (identity, _) = try self.signer(of: request, now: .now())
      let results = try self.simulate(form, as: identity)
      return .xml("\(action)Response", attributes: " xmlns=\"\(Self.namespace)\"") { writer in
        writer.element("\(action)Result") { writer in
          writer.element("IsTruncated", text: "false")
          writer.element("EvaluationResults") { writer in
            for result in results { result.write(to: &writer) }
          }
        }
        writer.element("ResponseMetadata") { $0.element("RequestId", text: requestID) }
      }
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    .errorResponse(error, namespace: Self.namespace, requestID: requestID)
  }

  /// What one action on one resource comes to.
  private struct Evaluation {
    let action: String
    let resource: String
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    let decision: String
    /// Of the condition keys that the policies look at, those that were not given.
    let missingKeys: [String]

    func write(to writer: inout DocumentWriter) {
      writer.element("member") { writer in
        writer.element("EvalActionName", text: action)
        writer.element("EvalResourceName", text: resource)
        writer.element("EvalDecision", text: decision)
        writer.element("MatchedStatements") { _ in }
        writer.element("MissingContextValues") { writer in
          for key in missingKeys { writer.element("member", text: key) }
        }
      }
    }
  }

  /// API Reference: SimulatePrincipalPolicy. Only the identity's own policies count, which here have no resources.
  private func simulate(
    _ form: SandboxRequest, as caller: AccountDirectory.Identity
  ) throws(ServiceError) -> [Evaluation] {
    func members(_ name: String) -> [String] {
      form.query.filter { $0.name.hasPrefix("\(name).member.") }.map { String(decoding: $0.value, as: UTF8.self) }
    }
    let arn = form.text("PolicySourceArn") ?? ""
    let actions = members("ActionNames")
    guard !actions.isEmpty else { throw ServiceError(400, "ValidationError", "ActionNames must not be empty") }
    guard !caller.rights.denies("iam:SimulatePrincipalPolicy"), caller.rights.allows("iam:SimulatePrincipalPolicy"),
      arn.accountOfARN == caller.account.accountID
    else {
      throw ServiceError(
        403, "AccessDenied",
        "User: \(caller.arn) is not authorized to perform: iam:SimulatePrincipalPolicy on resource: \(arn)")
    }
    let rights = try rights(of: arn, in: caller.account)
    let resources = members("ResourceArns")
    let given = Set(
      form.query.filter { $0.name.hasPrefix("ContextEntries.member.") && $0.name.hasSuffix(".ContextKeyName") }
        .map { String(decoding: $0.value, as: UTF8.self).lowercased() })
    let missing = rights.conditionKeys.filter { !given.contains($0.lowercased()) }
    return actions.flatMap { action in
      (resources.isEmpty ? ["*"] : resources).map { resource in
        let decision = rights.denies(action) ? "explicitDeny" : rights.allows(action) ? "allowed" : "implicitDeny"
        return Evaluation(action: action, resource: resource, decision: decision, missingKeys: missing)
      }
    }
  }

  private func rights(of arn: String, in account: SandboxAccount) throws(ServiceError) -> IdentityRights {
    let name = arn.split(separator: "/").last.map(String.init) ?? ""
    if arn.contains(":user/") {
      guard let user = account.users.first(where: { $0.name == name }) else {
        throw ServiceError(404, "NoSuchEntity", "The user with name \(name) cannot be found.")
      }
      return user.rights
    }
    if arn.contains(":role/") {
      guard let role = account.roles.first(where: { $0.name == name }) else {
        throw ServiceError(404, "NoSuchEntity", "The role with name \(name) cannot be found.")
      }
      return role.rights
    }
    throw ServiceError(400, "InvalidInput", "Invalid Entity Arn: \(arn) does not clearly define entity type and name.")
  }
}
