internal import Crypto
internal import AWSKit

/// What CloudFront keeps, of all accounts.
struct CloudFrontState: Sendable {
  /// By ID, as all of these.
  var identities: [String: OriginAccessIdentity] = [:]
  var accessControls: [String: OriginAccessControl] = [:]
  var distributions: [String: Distribution] = [:]
  /// Of distributions, by their ARN.
  var tags: [String: [ObjectTag]] = [:]
  /// By the ID of their distribution, the newest first.
  var invalidations: [String: [Invalidation]] = [:]
  var requestPolicies = Dictionary(uniqueKeysWithValues: RequestPolicy.managed.map { ($0.id, $0) })
  var errorCache = ErrorCache()
  var edge = EdgeSettings()

  /// Begins with one origin access identity of the account `site`. It has the canonical ID of the account `oai`, if
  /// there is one: who holds that account's keys reads as CloudFront does.
  init(accounts: AccountDirectory) {
    guard let site = accounts["site"] else { return }
    let id = Self.stableID(of: "fixacl-sandbox origin access identity")
    identities[id] = OriginAccessIdentity(
      id: id, canonicalID: accounts["oai"]?.canonicalID, callerReference: "fixacl-sandbox",
      comment: "There at the sandbox's start", accountID: site.accountID, etag: Self.stableID(of: id))
  }

  /// Whether a distribution reads an origin with it.
  func isInUse(_ access: Distribution.Origin.Access) -> Bool {
    distributions.values.contains { $0.origins.contains { $0.access == access } }
  }

  /// The distribution that a Host header leads to: by its domain name or an alias, of which `*.example.com` stands for
  /// all below (Developer Guide: "Use custom URLs by adding alternate domain names").
  func distribution(host: String) -> Distribution? {
    let host = host.lowercased()
    let all = distributions.values.filter { !$0.isTenantOnly }
    if let exact = all.first(where: { $0.domainName == host || $0.aliases.contains { $0.lowercased() == host } }) {
      return exact
    }
    let wild = all.flatMap { distribution in
      distribution.aliases.filter { $0.hasPrefix("*.") && host.hasSuffix($0.dropFirst().lowercased()) }.map {
        (alias: $0, distribution: distribution)
      }
    }
    return wild.max { $0.alias.utf8.count < $1.alias.utf8.count }?.distribution
  }

  /// Whether viewers' requests have such a Host: also one of a distribution that is gone.
  func isViewed(host: String) -> Bool { host.hasSuffix(".cloudfront.net") || distribution(host: host) != nil }

  /// `E` and 13 capital letters and digits, the same for the same text.
  private static func stableID(of text: String) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return "E" + String(SHA256.hash(data: Array(text.utf8)).prefix(13).map { letters[Int($0) % 36] })
  }
}
