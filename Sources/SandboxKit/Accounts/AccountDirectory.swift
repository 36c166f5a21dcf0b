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
  }

  /// Keys that AssumeRole gave out.
  struct Session: Sendable {
    let identity: Identity
    let credentials: Credentials
    let expiry: Timestamp
  }

  /// The accounts that there are without a file.
  package static let standardNames = ["site", "tools", "oai", "other"]

  /// In the order of their names.
  package let accounts: [SandboxAccount]
  private var permanent: [String: (identity: Identity, credentials: Credentials)] = [:]
  private var sessions: [String: Session] = [:]

  package init(_ accounts: [SandboxAccount] = Self.standardNames.map { SandboxAccount(name: $0) }) {
    self.accounts = accounts.sorted { $0.name < $1.name }
    for account in accounts {
      let root = Identity(
        account: account, arn: "arn:aws:iam::\(account.accountID):root", userID: account.accountID)
      permanent[account.credentials.accessKeyID] = (root, account.credentials)
      for user in account.users {
        let identity = Identity(
          account: account, arn: "arn:aws:iam::\(account.accountID):user/\(user.name)",
          userID: "AIDA" + user.credentials.accessKeyID.dropFirst(4))
        permanent[user.credentials.accessKeyID] = (identity, user.credentials)
      }
    }
  }

  package subscript(name: String) -> SandboxAccount? { accounts.first { $0.name == name } }

  func account(id: String) -> SandboxAccount? { accounts.first { $0.accountID == id } }

  package func account(canonicalID: CanonicalID) -> SandboxAccount? { accounts.first { $0.canonicalID == canonicalID } }

  func session(accessKeyID: String) -> Session? { sessions[accessKeyID] }

  func permanentKeys(_ accessKeyID: String) -> (identity: Identity, credentials: Credentials)? {
    permanent[accessKeyID]
  }

  /// Makes keys for a role's session.
  mutating func assume(
    _ role: SandboxAccount.Role, of account: SandboxAccount, sessionName: String, until expiry: Timestamp
  ) -> Session {
    let session = Session(
      identity: Identity(
        account: account, arn: "arn:aws:sts::\(account.accountID):assumed-role/\(role.name)/\(sessionName)",
        userID: "AROA" + SandboxAccount.credentials(for: role.name).accessKeyID.dropFirst(4) + ":\(sessionName)"),
      credentials: SandboxAccount.credentials(
        for: "\(account.name) \(role.name) \(sessionName) \(sessions.count)", isTemporary: true),
      expiry: expiry)
    sessions[session.credentials.accessKeyID] = session
    return session
  }
}
