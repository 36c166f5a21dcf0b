internal import AWSKit

/// The tokens that users of IAM Identity Center hold.
struct SSOTokens: Sendable {
  /// What a refresh token is good for.
  enum Refresh {
    case done(SSOSignIn, seconds: Int)
    /// There is no such client, or its secret is another.
    case unknownClient
    /// There is no such token, it is another client's, or it was used before.
    case unknownToken
    case expired
  }

  private struct AccessToken {
    let user: SSOUser
    var expiry: Timestamp
  }

  private struct RefreshToken {
    let user: SSOUser
    let clientID: String
    var isEnded = false
  }

  private var secretsOfClients: [String: String] = [:]
  private var accessTokens: [String: AccessToken] = [:]
  private var refreshTokens: [String: RefreshToken] = [:]
  private var count = 0

  init(_ users: [SSOUser], now: Timestamp) {
    for user in users { add(user.signIn, of: user, now: now) }
  }

  private mutating func add(_ signIn: SSOSignIn, of user: SSOUser, now: Timestamp) {
    secretsOfClients[signIn.clientID] = signIn.clientSecret
    accessTokens[signIn.accessToken] = AccessToken(
      user: user, expiry: Timestamp(seconds: now.seconds + user.tokenSeconds))
    refreshTokens[signIn.refreshToken] = RefreshToken(user: user, clientID: signIn.clientID)
  }

  /// What a user gets in the browser.
  mutating func signIn(_ user: SSOUser, now: Timestamp) -> SSOSignIn {
    count += 1
    let signIn = SSOSignIn("\(user.name) \(count)")
    add(signIn, of: user, now: now)
    return signIn
  }

  /// Whose access token it is; nil once it has ended.
  func user(ofAccessToken token: String, now: Timestamp) -> SSOUser? {
    accessTokens[token].flatMap { now < $0.expiry ? $0.user : nil }
  }

  /// Gives new tokens. The refresh token is used up by it; the access tokens before last as long as they were to.
  mutating func refresh(_ token: String, clientID: String, clientSecret: String, now: Timestamp) -> Refresh {
    guard secretsOfClients[clientID] == clientSecret else { return .unknownClient }
    guard let known = refreshTokens[token], known.clientID == clientID else { return .unknownToken }
    guard !known.isEnded else { return .expired }
    refreshTokens[token] = nil
    count += 1
    var signIn = SSOSignIn("\(known.user.name) \(count)")
    (signIn.clientID, signIn.clientSecret) = (clientID, clientSecret)
    add(signIn, of: known.user, now: now)
    return .done(signIn, seconds: known.user.tokenSeconds)
  }

  /// Ends access tokens, and on request refresh tokens.
  ///
  /// - Parameter user: whose; nil for everybody's.
  mutating func expire(of user: String?, withRefreshTokens: Bool, now: Timestamp) {
    for (token, held) in accessTokens where user == nil || held.user.name == user {
      accessTokens[token]?.expiry = min(held.expiry, now)
    }
    guard withRefreshTokens else { return }
    for (token, held) in refreshTokens where user == nil || held.user.name == user {
      refreshTokens[token]?.isEnded = true
    }
  }
}
