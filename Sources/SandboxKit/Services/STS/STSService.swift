internal import AWSKit

/// What of AWS Security Token Service is about who one is, and about becoming somebody else. One a sandbox; not
/// thread-safe.
///
/// Unlike on AWS an account's root may assume roles: the sandbox's accounts need have no users.
final class STSService: SignedService {
  static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

  let state: SandboxState
  var verifier = SignatureVerifier(service: "sts")

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let call = try STSCall(request)
    return ServiceOperation(call.action.rawValue) { (requestID) throws(ServiceError) in
      let result = try self.result(of: call, request, now: .now())
      let name = call.action.rawValue
      return .xml("\(name)Response", attributes: " xmlns=\"\(Self.namespace)\"") { writer in
        writer.element("\(name)Result", result)
        writer.element("ResponseMetadata") { $0.element("RequestId", text: requestID) }
      }
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    .errorResponse(error, namespace: Self.namespace, requestID: requestID)
  }

  private func result(
    of call: STSCall, _ request: SandboxRequest, now: Timestamp
  ) throws(ServiceError) -> Result {
    switch call.action {
    case .getCallerIdentity: callerIdentity(try signer(of: request, now: now).identity)
    case .getSessionToken:
      try sessionToken(
        call, as: try signer(of: request, now: now).identity,
        isTemporary: request[header: "x-amz-security-token"] != nil, now: now)
    case .assumeRole: try assumeRole(call, as: try signer(of: request, now: now).identity, now: now)
    case .assumeRoleWithWebIdentity: try assumeRoleWithWebIdentity(call, now: now)
    }
  }

  /// Writes an action's result.
  typealias Result = (inout DocumentWriter) -> Void

  private func callerIdentity(_ identity: AccountDirectory.Identity) -> Result {
    { writer in
      writer.element("Arn", text: identity.arn)
      writer.element("UserId", text: identity.userID)
      writer.element("Account", text: identity.account.accountID)
    }
  }
}
