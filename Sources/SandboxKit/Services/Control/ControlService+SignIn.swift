internal import Crypto
internal import Foundation
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

  /// Signs a root or a user in; answers what `aws login` writes to its cache.
  func signIn(_ request: SandboxRequest) -> SandboxResponse {
    let now = Timestamp.now()
    guard let account = state.accounts[request.text("account") ?? "site"] else {
      return Self.refusal(404, "there is no account '\(request.text("account") ?? "")'")
    }
    var identity = AccountDirectory.Identity(rootOf: account)
    if let name = request.text("user") {
      guard let user = account.users.first(where: { $0.name == name }) else {
        return Self.refusal(404, "'\(account.name)' has no user '\(name)'")
      }
      identity = AccountDirectory.Identity(user, of: account)
    }
    let key = P256.Signing.PrivateKey()
    let session = state.openSession(for: identity, seconds: SigninService.seconds, now: now)
    return .json(
      encoding: LoginCache(
        accessToken: LoginCache.Keys(
          accessKeyId: session.credentials.accessKeyID, secretAccessKey: session.credentials.secretAccessKey,
          sessionToken: session.credentials.sessionToken ?? "", accountId: account.accountID,
          expiresAt: session.expiry.extended),
        refreshToken: state.signins.signIn(
          identity, publicKey: [UInt8](key.publicKey.x963Representation), now: now), dpopKey: Self.pem(of: key)))
  }

  /// A file of `~/.aws/login/cache`.
  private struct LoginCache: Encodable {
    struct Keys: Encodable {
      let accessKeyId: String
      let secretAccessKey: String
      let sessionToken: String
      let accountId: String
      let expiresAt: String
    }

    let accessToken: Keys
    let tokenType = "aws_sigv4"
    let clientId = "arn:aws:signin:::devtools/same-device"
    let refreshToken: String
    let idToken = "sandbox-id-token"
    let dpopKey: String
  }

  /// The key in the form of RFC 5915, in which the AWS CLI keeps it: `ECPrivateKey` with curve and public key.
  private static func pem(of key: P256.Signing.PrivateKey) -> String {
    let version: [UInt8] = [0x02, 0x01, 0x01]
    let curve: [UInt8] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
    let publicKey: [UInt8] = [0xa1, 0x44, 0x03, 0x42, 0x00] + key.publicKey.x963Representation
    let content = version + [0x04, 0x20] + key.rawRepresentation + curve + publicKey
    let text = Data([0x30, UInt8(content.count)] + content).base64EncodedString(options: [
      .lineLength64Characters, .endLineWithLineFeed,
    ])
    return "-----BEGIN EC PRIVATE KEY-----\n\(text)\n-----END EC PRIVATE KEY-----\n"
  }

  func endSignIns(_ request: SandboxRequest) -> SandboxResponse {
    let name = request.text("reason") ?? SigninSessions.EndReason.tokenExpired.rawValue
    guard let reason = SigninSessions.EndReason(rawValue: name) else {
      let known = SigninSessions.EndReason.allCases.map(\.rawValue).joined(separator: ", ")
      return Self.refusal(400, "'\(name)' is none of \(known)")
    }
    return withAccount(request) {
      state.signins.end(of: $0, because: reason)
      return SandboxResponse(204)
    }
  }
}
