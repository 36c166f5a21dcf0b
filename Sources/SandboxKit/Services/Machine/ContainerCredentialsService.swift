internal import AWSKit

/// What gives containers their keys, as Amazon ECS and EKS do: `GET /ACCOUNT/ROLE`. One a sandbox; not thread-safe.
final class ContainerCredentialsService: SandboxService {
  static let operations = ["ContainerCredentials"]

  let state: SandboxState
  private var keys = MachineKeys()

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    guard request.method == "GET" else {
      throw ServiceError(405, "MethodNotAllowed", "Only GET is allowed")
    }
    return ServiceOperation("ContainerCredentials") { (_) throws(ServiceError) in
      try self.credentials(request, now: .now())
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    .jsonError(error.status, type: error.code, ["code": error.code, "message": error.message])
  }

  private func credentials(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    if let token = state.machine.containerToken, request[header: "authorization"] != token {
      throw ServiceError(
        401, "AccessDeniedException", "The Authorization header is missing, or not that of this container")
    }
    let parts = String(decoding: request.path ?? [], as: UTF8.self).split(separator: "/")
    guard parts.count == 2, let account = state.accounts[String(parts[0])],
      let role = account.roles.first(where: { $0.name == parts[1] })
    else {
      throw ServiceError(404, "ResourceNotFoundException", "The path is not /ACCOUNT/ROLE of a role that there is")
    }
    var answer = MachineKeys.Answer(
      keys.session(
        for: AccountDirectory.Identity(role: role.name, of: account, sessionName: "container"), from: state, now: now))
    answer.roleARN = "arn:aws:iam::\(account.accountID):role/\(role.name)"
    answer.accountID = account.accountID
    return .json(encoding: answer)
  }
}
