internal import Foundation
internal import AWSKit

extension AccountDirectory {
  /// Reads the JSON of `--accounts`:
  ///
  /// `{"accounts": {NAME: {"accountId", "canonicalId", "accessKey", "secretKey", "users": {NAME: {…}}, "roles": {NAME:
  /// {…}}}}, "ssoUsers": {NAME: {…}}}`
  ///
  /// the form of the file that `--info` writes. What is left out of an account is made of its name. `Document` has all
  /// fields.
  package init(parsing bytes: [UInt8]) throws {
    let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
    let accounts = try document.accounts.map { name, account in
      SandboxAccount(
        name: name, accountID: account.accountId, canonicalID: account.canonicalId.map { CanonicalID($0) },
        credentials: try account.keys.credentials(of: name),
        users: try (account.users ?? [:]).map { user, entry in
          SandboxAccount.User(
            name: user,
            credentials: try entry.keys.credentials(of: "\(name), \(user)")
              ?? SandboxAccount.credentials(for: "\(name) \(user)"),
            mfaDevice: entry.mfa.map { SandboxAccount.MFADevice(serial: $0.serial, code: $0.code) })
        }.sorted { $0.name < $1.name },
        roles: account.roles?.map { role, entry in
          SandboxAccount.Role(
            name: role, trusts: entry.trusts ?? [], externalID: entry.externalId, needsMFA: entry.mfa ?? false,
            webIdentityTokens: entry.webIdentityTokens ?? [], maximumSessionSeconds: entry.maxSessionSeconds ?? 3600)
        }.sorted { $0.name < $1.name } ?? [SandboxAccount.standardRole],
        hasLargeQuota: account.largeQuota ?? false)
    }
    try Self.check(accounts)
    self.init(
      accounts,
      ssoUsers: try document.ssoUsers?.map { name, user in
        if let stranger = user.roles.keys.first(where: { name in !accounts.contains { $0.name == name } }) {
          throw InputFileError("the SSO user '\(name)' has roles of '\(stranger)', which is no account here")
        }
        return user.user(named: name)
      })
  }

  private static func check(_ accounts: [SandboxAccount]) throws {
    guard accounts.contains(where: { $0.name == "site" }), accounts.contains(where: { $0.name == "tools" }) else {
      throw InputFileError("it must have the accounts 'site' and 'tools', who own what is there at the start")
    }
    for account in accounts {
      guard account.accountID.count == 12, account.accountID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw InputFileError("the accountId of '\(account.name)' is not twelve digits")
      }
      for role in account.roles {
        guard let stranger = role.trusts.first(where: { name in !accounts.contains { $0.name == name } }) else {
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

  private struct Document: Decodable {
    struct Keys: Decodable {
      let accessKey: String?
      let secretKey: String?

      /// Nil where there are none.
      func credentials(of name: String) throws(InputFileError) -> Credentials? {
        guard let accessKey, let secretKey else {
          guard accessKey == nil, secretKey == nil else {
            throw InputFileError("'\(name)' has only one of accessKey and secretKey")
          }
          return nil
        }
        return Credentials(accessKeyID: accessKey, secretAccessKey: secretKey)
      }
    }

    struct User: Decodable {
      struct MFADevice: Decodable {
        let serial: String
        let code: String
      }

      let accessKey: String?
      let secretKey: String?
      let mfa: MFADevice?

      var keys: Keys { Keys(accessKey: accessKey, secretKey: secretKey) }
    }

    struct Role: Decodable {
      let trusts: [String]?
      let externalId: String?
      let mfa: Bool?
      let webIdentityTokens: [String]?
      let maxSessionSeconds: Int?
    }

    struct Account: Decodable {
      let accountId: String?
      let canonicalId: String?
      let accessKey: String?
      let secretKey: String?
      let users: [String: User]?
      let roles: [String: Role]?
      let largeQuota: Bool?

      var keys: Keys { Keys(accessKey: accessKey, secretKey: secretKey) }
    }

    struct SSOUser: Decodable {
      let roles: [String: [String]]
      let clientId: String?
      let clientSecret: String?
      let accessToken: String?
      let refreshToken: String?
      let tokenSeconds: Int?

      func user(named name: String) -> SandboxKit.SSOUser {
        var signIn = SSOSignIn(name)
        if let clientId { signIn.clientID = clientId }
        if let clientSecret { signIn.clientSecret = clientSecret }
        if let accessToken { signIn.accessToken = accessToken }
        if let refreshToken { signIn.refreshToken = refreshToken }
        return SandboxKit.SSOUser(name: name, roles: roles, tokenSeconds: tokenSeconds ?? 3600, signIn: signIn)
      }
    }

    let accounts: [String: Account]
    let ssoUsers: [String: SSOUser]?
  }
}
