internal import AWSKit

/// Who asks.
enum Caller: Sendable, Hashable {
  case anonymous
  case identity(AccountDirectory.Identity)
  /// CloudFront, by an origin access identity.
  case originAccessIdentity(id: String, canonicalID: CanonicalID)
  /// A service: its principal, and the ARN of that for which it acts, such as a distribution. The account is that of the
  /// ARN unless it is named.
  case service(String, sourceARN: String, sourceAccountID: String? = nil)

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

  /// How S3 names who begins an upload in parts: an account by its canonical ID, its users and roles by their ARN (API
  /// Reference: ListParts, Initiator).
  var initiatorID: String {
    if case .identity(let identity) = self, !identity.arn.hasSuffix(":root") { return identity.arn }
    return canonicalID?.value ?? Self.anonymousID.value
  }

  /// The account of an identity.
  var account: SandboxAccount? {
    if case .identity(let identity) = self { identity.account } else { nil }
  }

  /// Whether the caller is of the account with that canonical ID.
  func isOf(_ owner: CanonicalID) -> Bool { account?.canonicalID == owner }

  /// Whether the caller's own policies allow an action; who is no identity has none that could stand in the way.
  func allows(_ action: String) -> Bool {
    if case .identity(let identity) = self { identity.rights.allows(action) } else { true }
  }

  /// Whether the caller's own policies deny an action.
  func denies(_ action: String) -> Bool {
    if case .identity(let identity) = self { identity.rights.denies(action) } else { false }
  }

  /// How a bucket policy names an origin access identity.
  static func originAccessIdentityARN(_ id: String) -> String {
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(id)"
  }
}
