internal import NIOHTTP1
internal import AWSKit

/// What of AWS Security Token Service is about who one is, and about becoming somebody else. One a sandbox; not
/// thread-safe.
///
/// Unlike on AWS an account's root may assume roles: the sandbox's accounts need have no users.
final class STSService {
  static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

  let state: SandboxState
  private var verifier = SignatureVerifier(service: "sts")

  init(state: SandboxState) {
    self.state = state
  }

  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> Delivery {
    state.deliver(errorsIn: Self.namespace) { (requestID, failure) throws(ServiceError) in
      let call = try STSCall(request)
      return state.deliver(
        call.action.rawValue, isWrite: false, failure: failure,
        perform: { () throws(ServiceError) in try perform(call, request, requestID: requestID) })
    }
  }

  private func perform(
    _ call: STSCall, _ request: SandboxRequest, requestID: String
  ) throws(ServiceError) -> SandboxResponse {
    let now = Timestamp.now()
    let verified = try verifier.verify(request, accounts: state.accounts, now: now)
    guard case .identity(let identity) = verified.caller else { throw .missingAuthenticationToken }
    let result =
      switch call.action {
      case .getCallerIdentity: callerIdentity(identity)
      case .assumeRole: try assumeRole(call, as: identity, now: now)
      }
    let name = call.action.rawValue
    return .xml("\(name)Response", attributes: " xmlns=\"\(Self.namespace)\"") { writer in
      writer.element("\(name)Result", result)
      writer.element("ResponseMetadata") { $0.element("RequestId", text: requestID) }
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
