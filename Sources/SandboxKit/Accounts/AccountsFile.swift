internal import AWSKit

/// The JSON of `--accounts`, of the form of the file that `--info` writes: its other members are not looked at.
///
/// What is left out of an account is made of its name.
struct AccountsFile: Decodable {
  struct Account: StrictlyDecodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
      case accountId, canonicalId, accessKey, secretKey, users, roles, largeQuota, organization
    }

    let accountId: String?
    let canonicalId: String?
    let accessKey: String?
    let secretKey: String?
    let users: [String: Strict<User>]?
    let roles: [String: Strict<Role>]?
    let largeQuota: Bool?
    let organization: String?
  }

  struct User: StrictlyDecodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
      case accessKey, secretKey, mfa, allows, denies, conditionKeys
    }

    let accessKey: String?
    let secretKey: String?
    let mfa: Strict<MFADevice>?
    let allows: [String]?
    let denies: [String]?
    let conditionKeys: [String]?
  }

  struct MFADevice: StrictlyDecodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
      case serial, code
    }

    let serial: String
    let code: String
  }

  struct Role: StrictlyDecodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
      case trusts, externalId, mfa, webIdentityTokens, maxSessionSeconds, allows, denies, conditionKeys
    }

    let trusts: [String]?
    let externalId: String?
    let mfa: Bool?
    let webIdentityTokens: [String]?
    let maxSessionSeconds: Int?
    let allows: [String]?
    let denies: [String]?
    let conditionKeys: [String]?
  }

  struct SSOUser: StrictlyDecodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
      case roles, clientId, clientSecret, accessToken, refreshToken, tokenSeconds
    }

    let roles: [String: [String]]
    let clientId: String?
    let clientSecret: String?
    let accessToken: String?
    let refreshToken: String?
    let tokenSeconds: Int?
  }

  private let accounts: [String: Strict<Account>]
  private let ssoUsers: [String: Strict<SSOUser>]?
}

extension AccountsFile {
  func directory() throws(InputFileError) -> AccountDirectory {
    var result: [SandboxAccount] = []
    for (name, account) in accounts { result.append(try SandboxAccount(name: name, account.value)) }
    try Self.check(result)
    let names = Set(result.map(\.name))
    var users: [SandboxKit.SSOUser] = []
    for (name, user) in ssoUsers ?? [:] {
      if let stranger = user.value.roles.keys.first(where: { !names.contains($0) }) {
        throw InputFileError("the SSO user '\(name)' has roles of '\(stranger)', which is no account here")
      }
      users.append(SandboxKit.SSOUser(name: name, user.value))
    }
    return AccountDirectory(result, ssoUsers: ssoUsers == nil ? nil : users)
  }

  private static func check(_ accounts: [SandboxAccount]) throws(InputFileError) {
    guard accounts.contains(where: { $0.name == "site" }), accounts.contains(where: { $0.name == "tools" }) else {
      throw InputFileError("it must have the accounts 'site' and 'tools', who own what is there at the start")
    }
    for account in accounts {
      guard account.accountID.count == 12, account.accountID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw InputFileError("the accountId of '\(account.name)' is not twelve digits")
      }
      for role in account.roles {
        let strangers = role.trusts.filter { name in !accounts.contains { $0.name == name } }
        guard let stranger = strangers.first(where: { !$0.hasSuffix(".amazonaws.com") }) else {
          continue
        }
        throw InputFileError(
          "the role '\(role.name)' of '\(account.name)' trusts '\(stranger)', which is no account here")
      }
    }
    let keys = accounts.flatMap { [$0.credentials.accessKeyID] + $0.users.map(\.credentials.accessKeyID) }
    for (what, values) in [
      ("accountId", accounts.map(\.accountID)), ("canonicalId", accounts.map(\.canonicalID.value)), ("accessKey", keys),
    ] where Set(values).count < values.count {
      throw InputFileError("two accounts or users have the same \(what)")
    }
  }
}

extension SandboxAccount {
  fileprivate init(name: String, _ entry: AccountsFile.Account) throws(InputFileError) {
    var users: [User] = []
    for (user, entry) in entry.users ?? [:] {
      let keys = try Credentials(of: "\(name), \(user)", entry.value.accessKey, entry.value.secretKey)
      users.append(
        User(
          name: user, credentials: keys ?? Self.credentials(for: "\(name) \(user)"),
          mfaDevice: entry.value.mfa.map { MFADevice(serial: $0.value.serial, code: $0.value.code) },
          rights: IdentityRights(
            allowed: entry.value.allows, denied: entry.value.denies, conditionKeys: entry.value.conditionKeys)))
    }
    self.init(
      name: name, accountID: entry.accountId, canonicalID: entry.canonicalId.map { CanonicalID($0) },
      credentials: try Credentials(of: name, entry.accessKey, entry.secretKey),
      users: users.sorted { $0.name < $1.name },
      roles: entry.roles?.map { Role(name: $0.key, $0.value.value) }.sorted { $0.name < $1.name }
        ?? [Self.standardRole],
      hasLargeQuota: entry.largeQuota ?? false, organizationID: entry.organization)
  }
}

extension SandboxAccount.Role {
  fileprivate init(name: String, _ entry: AccountsFile.Role) {
    self.init(name: name, trusts: entry.trusts ?? [], externalID: entry.externalId)
    rights = IdentityRights(allowed: entry.allows, denied: entry.denies, conditionKeys: entry.conditionKeys)
    if let mfa = entry.mfa { needsMFA = mfa }
    if let tokens = entry.webIdentityTokens { webIdentityTokens = tokens }
    if let seconds = entry.maxSessionSeconds { maximumSessionSeconds = seconds }
  }
}

extension SSOUser {
  fileprivate init(name: String, _ entry: AccountsFile.SSOUser) {
    var signIn = SSOSignIn(name)
    if let id = entry.clientId { signIn.clientID = id }
    if let secret = entry.clientSecret { signIn.clientSecret = secret }
    if let token = entry.accessToken { signIn.accessToken = token }
    if let token = entry.refreshToken { signIn.refreshToken = token }
    self.init(name: name, roles: entry.roles, tokenSeconds: entry.tokenSeconds ?? 3600, signIn: signIn)
  }
}

extension Credentials {
  /// Nil where there are none.
  fileprivate init?(of name: String, _ accessKey: String?, _ secretKey: String?) throws(InputFileError) {
    guard accessKey != nil || secretKey != nil else { return nil }
    guard let accessKey, let secretKey else {
      throw InputFileError("'\(name)' has only one of accessKey and secretKey")
    }
    self.init(accessKeyID: accessKey, secretAccessKey: secretKey)
  }
}
