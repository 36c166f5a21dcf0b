internal import AWSKit

/// The keys of roles as a machine hands them out: the same ones to everybody on it, until half of their time is over.
struct MachineKeys {
  private var sessions: [AccountDirectory.Identity: AccountDirectory.Session] = [:]

  mutating func session(
    for identity: AccountDirectory.Identity, from state: SandboxState, now: Timestamp
  ) -> AccountDirectory.Session {
    if let known = sessions[identity], let session = state.accounts.session(accessKeyID: known.credentials.accessKeyID),
      session.isValid(at: now), 2 * (session.expiry.seconds - now.seconds) > session.seconds
    {
      return session
    }
    // AWS's last about six hours.
    let session = state.openSession(for: identity, seconds: 6 * 3600, now: now)
    sessions[identity] = session
    return session
  }

  /// What a machine tells of keys.
  struct Answer: Encodable {
    enum CodingKeys: String, CodingKey {
      case code = "Code"
      case message = "Message"
      case type = "Type"
      case accountID = "AccountId"
      case roleARN = "RoleArn"
      case accessKeyID = "AccessKeyId"
      case secretAccessKey = "SecretAccessKey"
      case token = "Token"
      case expiration = "Expiration"
      case lastUpdated = "LastUpdated"
    }

    var code: String?
    var message: String?
    var type: String?
    var accountID: String?
    var roleARN: String?
    private(set) var accessKeyID: String?
    private(set) var secretAccessKey: String?
    private(set) var token: String?
    private(set) var expiration: String?
    var lastUpdated: String?

    /// - Parameter session: nil where there are no keys.
    init(_ session: AccountDirectory.Session?) {
      accessKeyID = session?.credentials.accessKeyID
      secretAccessKey = session?.credentials.secretAccessKey
      token = session?.credentials.sessionToken
      expiration = session?.expiry.extended
    }
  }
}
