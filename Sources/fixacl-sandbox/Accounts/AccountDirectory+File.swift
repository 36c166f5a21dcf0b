internal import Foundation
internal import S3Kit

extension AccountDirectory {
  /// Reads the JSON of `--accounts`:
  ///
  /// `{"accounts": {NAME: {"accountId", "canonicalId", "accessKey", "secretKey", "users": {NAME: {"accessKey",
  /// "secretKey"}}, "roles": {NAME: {"trusts": [ACCOUNT NAME, …]}}}}}`
  ///
  /// the form of the file that `--info` writes. What is left out of an account is made of its name.
  init(file path: String) throws {
    let document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(filePath: path)))
    let accounts = document.accounts.map { name, account in
      SandboxAccount(
        name: name, accountID: account.accountId, canonicalID: account.canonicalId.map { CanonicalID($0) },
        credentials: account.credentials,
        users: (account.users ?? [:]).map { user, keys in
          SandboxAccount.User(
            name: user, credentials: keys.credentials ?? SandboxAccount.credentials(for: "\(name) \(user)"))
        }.sorted { $0.name < $1.name },
        roles: account.roles?.map { SandboxAccount.Role(name: $0.key, trusts: $0.value.trusts ?? []) }
          .sorted { $0.name < $1.name } ?? [SandboxAccount.standardRole])
    }
    try Self.check(accounts)
    self.init(accounts)
  }

  private static func check(_ accounts: [SandboxAccount]) throws {
    guard accounts.contains(where: { $0.name == "site" }), accounts.contains(where: { $0.name == "tools" }) else {
      throw FileFault("it must have the accounts 'site' and 'tools', who own what is there at the start")
    }
    for account in accounts where account.accountID.count != 12 || !account.accountID.allSatisfy(\.isNumber) {
      throw FileFault("the accountId of '\(account.name)' is not twelve digits")
    }
    let keys = accounts.flatMap { [$0.credentials.accessKeyID] + $0.users.map(\.credentials.accessKeyID) }
    for (what, values) in [
      ("accountId", accounts.map(\.accountID)), ("canonicalId", accounts.map(\.canonicalID.value)), ("accessKey", keys),
    ] where Set(values).count < values.count {
      throw FileFault("two accounts or users have the same \(what)")
    }
  }

  private struct Document: Decodable {
    struct Keys: Decodable {
      let accessKey: String?
      let secretKey: String?

      var credentials: Credentials? {
        guard let accessKey, let secretKey else { return nil }
        return Credentials(accessKeyID: accessKey, secretAccessKey: secretKey)
      }
    }

    struct Role: Decodable {
      let trusts: [String]?
    }

    struct Account: Decodable {
      let accountId: String?
      let canonicalId: String?
      let accessKey: String?
      let secretKey: String?
      let users: [String: Keys]?
      let roles: [String: Role]?

      var credentials: Credentials? { Keys(accessKey: accessKey, secretKey: secretKey).credentials }
    }

    let accounts: [String: Account]
  }
}

/// What is wrong with a file that an option names.
struct FileFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
