internal import AWSKit

/// The portal of IAM Identity Center: gives keys of a role for an access token. One a sandbox; not
/// thread-safe.
final class SSOPortalService: SandboxService {
  static let operations = ["GetRoleCredentials"]

  let state: SandboxState

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    guard request.method == "GET", path == "/federation/credentials" else {
      throw .notImplemented("\(request.method) \(path) on the portal of SSO")
    }
    return ServiceOperation("GetRoleCredentials") { (_) throws(ServiceError) in
      try self.roleCredentials(request, now: .now())
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    let code =
      switch error.code {
      case "AccessDenied": "ForbiddenException"
      case "SlowDown": "TooManyRequestsException"
      case "InternalError": "InternalServerException"
      default: error.code
      }
    return .jsonError(
      error.code == "SlowDown" ? 429 : error.status, type: code,
      ["message": error.message, "__type": "com.amazonaws.switchboard.portal#\(code)"])
  }

  private func roleCredentials(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    guard let role = request.text("role_name"), let accountID = request.text("account_id") else {
      throw ServiceError(400, "InvalidRequestException", "Bad Request: role_name and account_id are required")
    }
    guard let token = request[header: "x-amz-sso_bearer_token"],
      let user = state.ssoTokens.user(ofAccessToken: token, now: now)
    else { throw ServiceError(401, "UnauthorizedException", "Session token not found or invalid") }
    // An account that does not exist is refused in the same words.
    guard let account = state.accounts.account(id: accountID), user.roles[account.name]?.contains(role) ?? false else {
      throw ServiceError(403, "ForbiddenException", "No access")
    }
    let suffix = SandboxAccount.credentials(for: "sso \(role)").secretAccessKey.prefix(16)
    let session = state.openSession(
      for: AccountDirectory.Identity(
        role: "AWSReservedSSO_\(role)_\(suffix)", of: account, sessionName: user.name),
      seconds: 3600, now: now)
    return .json(
      encoding: Answer(
        roleCredentials: Answer.Keys(
          accessKeyId: session.credentials.accessKeyID, secretAccessKey: session.credentials.secretAccessKey,
          sessionToken: session.credentials.sessionToken ?? "", expiration: session.expiry.seconds * 1000)))
  }

  private struct Answer: Encodable {
    struct Keys: Encodable {
      let accessKeyId: String
      let secretAccessKey: String
      let sessionToken: String
      /// In milliseconds since 1970.
      let expiration: Int
    }

    let roleCredentials: Keys
  }
}
