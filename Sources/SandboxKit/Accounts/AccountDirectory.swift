package import AWSKit

/// The accounts of a sandbox, and the temporary credentials that they have been given.
package struct AccountDirectory: Sendable {
  /// Whoever signed a request.
  struct Identity: Sendable, Hashable {
    let account: SandboxAccount
    /// The ARN of the root, the user or the assumed role.
    let arn: String
    /// As GetCallerIdentity tells it.
    let userID: String
    /// Of a user that has one.
    var mfaDevice: SandboxAccount.MFADevice?
    var rights = IdentityRights()
    /// Of a session that was asked for with some.
    var tags: [ObjectTag] = []

    /// The role of an assumed role's session, as a bucket policy may name it; nil of others.
    var roleARN: String? {
      guard isRoleSession, let role = arn.split(separator: "/").dropFirst().first else { return nil }
      return "arn:aws:iam::\(account.accountID):role/\(role)"
    }

    /// Whether it is a role's session, so that a role that it assumes is chained.
    var isRoleSession: Bool { arn.hasPrefix("arn:aws:sts::") }
  }

  /// Temporary credentials.
  struct Session: Sendable {
    let identity: Identity
    let credentials: Credentials
    /// How long they last.
    let seconds: Int
    /// When they end, as their client was told.
    let expiry: Timestamp
    /// Whether somebody ended them before.
    fileprivate(set) var isEnded = false

    func isValid(at moment: Timestamp) -> Bool { !isEnded && moment < expiry }
  }

  /// The accounts that there are without a file.
  package static let standardNames = ["site", "tools", "oai", "other"]

  /// In the order of their names.
  package let accounts: [SandboxAccount]
  /// In the order of their names.
  let ssoUsers: [SSOUser]
  private var permanent: [String: (identity: Identity, credentials: Credentials)] = [:]
  private var sessions: [String: Session] = [:]

  /// - Parameter ssoUsers: nil for one, `admin`, who has all roles of all accounts.
  package init(
    _ accounts: [SandboxAccount] = Self.standardNames.map { SandboxAccount(name: $0) }, ssoUsers: [SSOUser]? = nil
  ) {
    self.accounts = accounts.sorted { $0.name < $1.name }
    self.ssoUsers =
      ssoUsers?.sorted { $0.name < $1.name }
      ?? [
        SSOUser(
          name: "admin",
          roles: accounts.reduce(into: [:]) { roles, account in roles[account.name] = account.roles.map(\.name) })
      ]
    for account in accounts {
      permanent[account.credentials.accessKeyID] = (Identity(rootOf: account), account.credentials)
      for user in account.users {
        permanent[user.credentials.accessKeyID] = (Identity(user, of: account), user.credentials)
      }
    }
  }

  package subscript(name: String) -> SandboxAccount? { accounts.first { $0.name == name } }

  func account(id: String) -> SandboxAccount? { accounts.first { $0.accountID == id } }

  package func account(canonicalID: CanonicalID) -> SandboxAccount? { accounts.first { $0.canonicalID == canonicalID } }

  func session(accessKeyID: String) -> Session? { sessions[accessKeyID] }

  /// A session that was opened before the sandbox was started again; nil where the token is not of the key, or of
  /// somebody who is here no more.
  func restoredSession(accessKeyID: String, token: String) -> Session? {
    guard let sealed = SealedSession(token: token), let account = account(id: sealed.accountID) else { return nil }
    let credentials = SealedSession.credentials(token: token)
    guard credentials.accessKeyID == accessKeyID else { return nil }
    let name = sealed.arn.split(separator: "/").dropFirst().first.map(String.init)
    var identity: Identity
    if sealed.arn.hasSuffix(":root") {
      identity = Identity(rootOf: account)
    } else if sealed.arn.contains(":user/") {
      guard let user = account.users.first(where: { $0.name == name }) else { return nil }
      identity = Identity(user, of: account)
    } else {
      identity = Identity(account: account, arn: sealed.arn, userID: sealed.userID)
      identity.rights = account.roles.first { $0.name == name }?.rights ?? IdentityRights()
    }
    identity.tags = stride(from: 0, to: sealed.tags.count - 1, by: 2).map {
      ObjectTag(key: sealed.tags[$0], value: sealed.tags[$0 + 1])
    }
    if let policy = sealed.policy {
      guard let limit = try? IdentityRights(sessionPolicy: policy) else { return nil }
      identity.rights.limits.append(limit)
    }
    return Session(
      identity: identity, credentials: credentials, seconds: sealed.end - sealed.start,
      expiry: Timestamp(seconds: sealed.end))
  }

  /// All that were ever opened, whether they have ended or not.
  var allSessions: some Collection<Session> { sessions.values }

  func permanentKeys(_ accessKeyID: String) -> (identity: Identity, credentials: Credentials)? {
    permanent[accessKeyID]
  }

  /// Makes temporary keys.
  ///
  /// - Parameter policy: a session policy, which the identity's rights have already.
  mutating func openSession(
    for identity: Identity, policy: String? = nil, seconds: Int, now: Timestamp
  ) -> Session {
    let expiry = Timestamp(seconds: now.seconds + seconds)
    let token = SealedSession(identity, policy: policy, start: now, end: expiry, number: sessions.count).token
    let session = Session(
      identity: identity, credentials: SealedSession.credentials(token: token), seconds: seconds, expiry: expiry)
    sessions[session.credentials.accessKeyID] = session
    return session
  }

  /// Ends temporary keys before their time.
  ///
  /// - Parameter account: whose; nil for everybody's.
  /// - Returns: how many there were.
  mutating func endSessions(of account: SandboxAccount?, now: Timestamp) -> Int {
    let ended = sessions.values.filter { session in
      session.isValid(at: now) && (account == nil || session.identity.account == account)
    }
    for session in ended { sessions[session.credentials.accessKeyID]?.isEnded = true }
    return ended.count
  }
}

extension AccountDirectory.Identity {
  init(rootOf account: SandboxAccount) {
    self.init(account: account, arn: "arn:aws:iam::\(account.accountID):root", userID: account.accountID)
  }

  init(_ user: SandboxAccount.User, of account: SandboxAccount) {
    self.init(
      account: account, arn: "arn:aws:iam::\(account.accountID):user/\(user.name)",
      userID: "AIDA" + user.credentials.accessKeyID.dropFirst(4), mfaDevice: user.mfaDevice, rights: user.rights)
  }

  /// A role's session.
  init(role: String, of account: SandboxAccount, sessionName: String) {
    self.init(
      account: account, arn: "arn:aws:sts::\(account.accountID):assumed-role/\(role)/\(sessionName)",
      userID: "AROA" + SandboxAccount.credentials(for: role).accessKeyID.dropFirst(4) + ":\(sessionName)",
      rights: account.roles.first { $0.name == role }?.rights ?? IdentityRights())
  }
}
