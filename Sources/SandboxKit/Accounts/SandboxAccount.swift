internal import Crypto
package import AWSKit

/// An AWS account of the sandbox.
package struct SandboxAccount: Sendable, Hashable {
  /// A role of the account.
  package struct Role: Sendable {
    var name: String
    /// The names of the accounts, and the service principals, that may assume it; empty for all.
    var trusts: [String]
    /// What AssumeRole must name; nil for nothing.
    var externalID: String?
    /// Whether only somebody with a code of an MFA device may assume it.
    var needsMFA = false
    /// The tokens that AssumeRoleWithWebIdentity takes.
    var webIdentityTokens: [String] = []
    /// The longest session that may be asked for; an hour, as AWS has it unless a role says otherwise.
    var maximumSessionSeconds = 3600
    var rights = IdentityRights()

    /// Whether a service of AWS may assume it.
    func trusts(service: String) -> Bool { trusts.isEmpty || trusts.contains(service) }
  }

  /// An MFA device. Unlike on AWS its code is always the same, and may be used again.
  package struct MFADevice: Sendable, Hashable {
    let serial: String
    /// Six digits.
    let code: String
  }

  /// A user of the account, an administrator as its root is unless its rights say otherwise.
  package struct User: Sendable {
    var name: String
    var credentials: Credentials
    var mfaDevice: MFADevice?
    var rights = IdentityRights()
  }

  package let name: String
  /// Twelve digits.
  package let accountID: String
  package let canonicalID: CanonicalID
  /// Of the account's root.
  package let credentials: Credentials
  let users: [User]
  let roles: [Role]
  /// Whether its quota of buckets is above 10,000, so that it must list them by pages.
  let hasLargeQuota: Bool
  /// The ID of the organization that it is in, if any: `o-…`.
  let organizationID: String?

  package static func == (left: SandboxAccount, right: SandboxAccount) -> Bool { left.name == right.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The role that an account has if no file names others.
  package static let standardRole = Role(name: "fixacl", trusts: [])

  /// What is nil is made of the name: the same at every start.
  package init(
    name: String, accountID: String? = nil, canonicalID: CanonicalID? = nil, credentials: Credentials? = nil,
    users: [User] = [], roles: [Role] = [Self.standardRole], hasLargeQuota: Bool = false,
    organizationID: String? = nil
  ) {
    let digest = [UInt8](SHA256.hash(data: Array("fixacl-sandbox \(name)".utf8)))
    let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 900_000_000_000 + 100_000_000_000
    self.name = name
    self.accountID = accountID ?? String(number)
    self.canonicalID = canonicalID ?? CanonicalID(Hexadecimal.encode(digest))
    self.credentials = credentials ?? Self.credentials(for: "\(name) root")
    self.users = users
    self.roles = roles
    self.hasLargeQuota = hasLargeQuota
    self.organizationID = organizationID
  }

  /// Keys made of a text: the same at every start, and good for nothing anywhere else.
  static func credentials(for text: String, isTemporary: Bool = false) -> Credentials {
    let hex = Hexadecimal.encode(SHA256.hash(data: Array("fixacl-sandbox keys \(text)".utf8)))
    return Credentials(
      accessKeyID: (isTemporary ? "ASIA" : "AKIA") + hex.prefix(16).uppercased(),
      secretAccessKey: String(hex.suffix(40)), sessionToken: isTemporary ? "sandbox-session-" + hex : nil)
  }
}
