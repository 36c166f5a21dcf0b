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
    /// When they end, as whoever got them was told.
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

  /// All that were ever opened, whether they have ended or not.
  var allSessions: some Collection<Session> { sessions.values }

  func permanentKeys(_ accessKeyID: String) -> (identity: Identity, credentials: Credentials)? {
    permanent[accessKeyID]
  }

  /// Makes temporary keys.
  mutating func openSession(for identity: Identity, seconds: Int, now: Timestamp) -> Session {
    let session = Session(
      identity: identity,
      credentials: SandboxAccount.credentials(for: "\(identity.arn) \(sessions.count)", isTemporary: true),
      seconds: seconds, expiry: Timestamp(seconds: now.seconds + seconds))
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
