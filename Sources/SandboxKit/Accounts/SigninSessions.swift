internal import AWSKit

/// Sign-ins by `aws login`, each bound to the key that the client made for it.
struct SigninSessions: Sendable {
  struct Session: Sendable {
    let identity: AccountDirectory.Identity
    /// The client's public key: a point of P-256 in X9.63's form.
    let publicKey: [UInt8]
    /// When the user must sign in again.
    let expiry: Timestamp
    /// Why it ended early, as the service says it; nil while it lasts.
    var endReason: EndReason?
  }

  /// Why a refresh token is no longer good.
  enum EndReason: String, Sendable, CaseIterable {
    case tokenExpired = "TOKEN_EXPIRED"
    case userCredentialsChanged = "USER_CREDENTIALS_CHANGED"
    case insufficientPermissions = "INSUFFICIENT_PERMISSIONS"
  }

  private var sessions: [Session] = []
  /// A refresh token stays good after its use: the answer to it may get lost.
  private var sessionsByRefreshToken: [String: Int] = [:]
  /// The IDs of proofs that were used.
  private var proofs: Set<String> = []

  /// - Returns: the first refresh token.
  mutating func signIn(_ identity: AccountDirectory.Identity, publicKey: [UInt8], now: Timestamp) -> String {
    // Twelve hours, AWS's default.
    sessions.append(
      Session(identity: identity, publicKey: publicKey, expiry: Timestamp(seconds: now.seconds + 12 * 3600)))
    return newRefreshToken(of: sessions.count - 1)
  }

  private mutating func newRefreshToken(of index: Int) -> String {
    let text = "signin \(sessions[index].identity.arn) \(sessionsByRefreshToken.count)"
    let token = "sandbox-signin-refresh-" + SandboxAccount.credentials(for: text).secretAccessKey
    sessionsByRefreshToken[token] = index
    return token
  }

  func session(ofRefreshToken token: String) -> Session? { sessionsByRefreshToken[token].map { sessions[$0] } }

  /// A new refresh token, of the same sign-in.
  ///
  /// - Precondition: there is one to `token`.
  mutating func refresh(_ token: String) -> String {
    guard let index = sessionsByRefreshToken[token] else { preconditionFailure("no sign-in has this token") }
    return newRefreshToken(of: index)
  }

  /// - Returns: false where a proof with that ID was used before.
  mutating func use(proof id: String) -> Bool { proofs.insert(id).inserted }

  /// - Parameter account: whose sign-ins; nil for everybody's.
  mutating func end(of account: SandboxAccount?, because reason: EndReason) {
    for index in sessions.indices where account == nil || sessions[index].identity.account == account {
      sessions[index].endReason = reason
    }
  }
}
