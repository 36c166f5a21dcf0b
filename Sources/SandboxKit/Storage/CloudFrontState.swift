internal import Crypto
internal import AWSKit

/// What CloudFront keeps, of all accounts.
struct CloudFrontState: Sendable {
  /// By ID, as all of these.
  var identities: [String: OriginAccessIdentity] = [:]
  var accessControls: [String: OriginAccessControl] = [:]
  var distributions: [String: Distribution] = [:]
  /// By the ID of their distribution, the newest first.
  var invalidations: [String: [Invalidation]] = [:]
  var errorCache = ErrorCache()

  /// Begins with one origin access identity of the account `site`. It has the canonical ID of the account `oai`, if
  /// there is one: who holds that account's keys reads as CloudFront does.
  init(accounts: AccountDirectory) {
    guard let site = accounts["site"] else { return }
    let id = Self.stableID(of: "fixacl-sandbox origin access identity")
    identities[id] = OriginAccessIdentity(
      id: id, canonicalID: accounts["oai"]?.canonicalID, callerReference: "fixacl-sandbox",
      comment: "There at the sandbox's start", accountID: site.accountID, etag: Self.stableID(of: id))
  }

  /// `E` and 13 capital letters and digits, the same for the same text.
  private static func stableID(of text: String) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return "E" + String(SHA256.hash(data: Array(text.utf8)).prefix(13).map { letters[Int($0) % 36] })
  }
}
