package import AWSKit

/// Who makes a request, as policies name principals.
package struct PolicyCaller: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case anonymous
    /// A CloudFront origin access identity, by its ID.
    case originAccessIdentity(String)
    /// An AWS service, such as `cloudfront.amazonaws.com`.
    case service(String)
    /// An account as a whole, whose root stands for it.
    case account
    /// The root of an account, a user, a role or a role's session, by its ARN.
    case principal(PrincipalARN)
  }

  package let kind: Kind
  /// The caller's own, an account's; nil if it is not known, or there is none.
  package var canonicalID: CanonicalID?
  /// Nil if it is not known, or there is none.
  package var accountID: AccountID?

  package static let anonymous = PolicyCaller(kind: .anonymous)

  package init(kind: Kind, canonicalID: CanonicalID? = nil, accountID: AccountID? = nil) {
    self.kind = kind
    self.canonicalID = canonicalID
    self.accountID = accountID
    if case .principal(let arn) = kind { self.accountID = arn.account }
  }

  /// Whether the caller belongs to an AWS account whose own policies count.
  package var isOfAccount: Bool {
    switch kind {
    case .account, .principal: true
    case .anonymous, .originAccessIdentity, .service: false
    }
  }

  /// How a policy's principal may mean a caller.
  package enum Match: Sendable, Hashable {
    /// It is everybody, or names just this caller.
    case directly
    /// It names the caller's account, which decides by its own policies what becomes of it.
    case byAccount
  }

  /// Whether a principal of a policy means this caller, and how; nil if it does not.
  package func match(_ principal: PolicyPrincipal) -> (truth: Truth, match: Match) {
    switch principal {
    case .everyone: return (.yes, .directly)
    case .deleted: return (.no, .directly)
    case .service(let name): return (Truth(kind == .service(name)), .directly)
    case .canonicalUser(let id):
      switch kind {
      case .anonymous, .service: return (.no, .directly)
      case .originAccessIdentity: return (canonicalID.map { Truth($0 == id) } ?? .unknown, .directly)
      case .account: return (canonicalID.map { Truth($0 == id) } ?? .unknown, .byAccount)
      case .principal: return (canonicalID.map { Truth($0 == id) } ?? .unknown, .byAccount)
      }
    case .originAccessIdentity(let id):
      switch kind {
      case .originAccessIdentity(let own): return (Truth(own == id), .directly)
      // Somebody who is known by a canonical ID alone may be an identity of CloudFront's.
      case .account: return (accountID == nil ? .unknown : .no, .directly)
      case .anonymous, .service, .principal: return (.no, .directly)
      }
    case .other(let text): return matchARN(text)
    }
  }

  /// - Parameter text: an ARN, or an account's number.
  private func matchARN(_ text: String) -> (truth: Truth, match: Match) {
    // Ceph RadosGW's users have no account, and their names for canonical IDs.
    let mark = "arn:aws:iam:::user/"
    if text.hasPrefix(mark), isOfAccount {
      return (canonicalID.map { Truth($0.value == text.dropFirst(mark.count)) } ?? .unknown, .directly)
    }
    let named = AccountID(text).map { PrincipalARN(rootOf: $0) } ?? PrincipalARN(text)
    switch kind {
    case .anonymous, .service, .originAccessIdentity: return (.no, .directly)
    case .account:
      guard let named, named.kind == .root else { return (.no, .directly) }
      return (accountID.map { Truth($0 == named.account) } ?? .unknown, .byAccount)
    case .principal(let own):
      guard let named, named.account == own.account else { return (.no, .directly) }
      if named == own { return (.yes, own.kind == .root ? .byAccount : .directly) }
      switch (named.kind, own.kind) {
      case (.root, _): return (.yes, .byAccount)
      case (.role(let name), .session(let role, _)): return (Truth(name == role), .directly)
      // Whether a request of the role is of just this session is not known.
      case (.session(let role, _), .role(let name)): return (role == name ? .unknown : .no, .directly)
      default: return (.no, .directly)
      }
    }
  }
}

/// The ARN of an account's root, a user, a role or a role's session (IAM User Guide: "IAM identifiers").
package struct PrincipalARN: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case root
    /// With its path, such as `deploy` or `team/deploy`.
    case user(String)
    /// A role's name without its path, which the ARNs of its sessions lack.
    case role(String)
    case session(role: String, name: String)
  }

  package let text: String
  package let account: AccountID
  package let kind: Kind

  /// Nil if the text is another ARN or none.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "arn", parts[3].isEmpty, let account = AccountID(parts[4]) else { return nil }
    let names = parts[5].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch (parts[2], names[0]) {
    case ("iam", "root") where names.count == 1: kind = .root
    case ("iam", "user") where names.count > 1: kind = .user(names.dropFirst().joined(separator: "/"))
    case ("iam", "role") where names.count > 1: kind = .role(names[names.count - 1])
    case ("sts", "assumed-role") where names.count == 3: kind = .session(role: names[1], name: names[2])
    default: return nil
    }
    guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.text = text
    self.account = account
  }

  init(rootOf account: AccountID) {
    text = "arn:aws:iam::\(account):root"
    self.account = account
    kind = .root
  }

  /// By what it names: a role's sessions lack its path, and the partition follows from the account.
  package static func == (left: PrincipalARN, right: PrincipalARN) -> Bool {
    left.account == right.account && left.kind == right.kind
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(account)
    hasher.combine(kind)
  }
}
