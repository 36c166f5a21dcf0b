internal import AWSKit

/// Who asks.
enum Caller: Sendable, Hashable {
  case anonymous
  case identity(AccountDirectory.Identity)
  /// CloudFront, by an origin access identity.
  case originAccessIdentity(id: String, canonicalID: CanonicalID)
  /// CloudFront, by an origin access control: the service principal, and the ARN of the distribution.
  case service(String, sourceARN: String)

  /// The owner of what is uploaded without credentials.
  static let anonymousID = CanonicalID("65a011a29cdf8ec533ec3d1ccaae921c")

  /// What an ACL may name; a service has none.
  var canonicalID: CanonicalID? {
    switch self {
    case .anonymous: Self.anonymousID
    case .identity(let identity): identity.account.canonicalID
    case .originAccessIdentity(_, let id): id
    case .service: nil
    }
  }

  /// The account of an identity.
  var account: SandboxAccount? {
    if case .identity(let identity) = self { identity.account } else { nil }
  }

  /// Whether the caller belongs to the account with that canonical ID, and so is its administrator.
  func isAdministrator(of owner: CanonicalID) -> Bool { account?.canonicalID == owner }
}
