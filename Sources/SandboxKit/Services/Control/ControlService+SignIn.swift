internal import AWSKit

/// What a person does in a browser elsewhere.
extension ControlService {
  /// Signs a user of IAM Identity Center in; answers what `aws sso login` writes to its cache.
  func signInToSSO(_ request: SandboxRequest) -> SandboxResponse {
    let now = Timestamp.now()
    let name = request.text("user")
    guard let user = state.accounts.ssoUsers.first(where: { $0.name == name ?? $0.name }) else {
      return Self.refusal(404, "there is no user '\(name ?? "")' of SSO")
    }
    let signIn = state.ssoTokens.signIn(user, now: now)
    return .json(
      encoding: SSOCache(
        startUrl: request.text("start-url") ?? "https://sandbox.awsapps.com/start", region: state.settings.region,
        accessToken: signIn.accessToken, expiresAt: Timestamp(seconds: now.seconds + user.tokenSeconds).extended,
        clientId: signIn.clientID, clientSecret: signIn.clientSecret,
        registrationExpiresAt: Timestamp(seconds: now.seconds + 90 * 86_400).extended,
        refreshToken: signIn.refreshToken))
  }

  /// A file of `~/.aws/sso/cache`.
  private struct SSOCache: Encodable {
    let startUrl: String
    let region: String
    let accessToken: String
    let expiresAt: String
    let clientId: String
    let clientSecret: String
    let registrationExpiresAt: String
    let refreshToken: String
  }

  func expireSSO(_ request: SandboxRequest) -> SandboxResponse {
    state.ssoTokens.expire(
      of: request.text("user"), withRefreshTokens: request.parameter("refresh") != nil, now: .now())
    return SandboxResponse(204)
  }
}
