package import AWSKit
@testable package import FixACLKit

/// The accounts and ACLs that most tests tell of: tools uploads into a bucket of site's, and oai is to read.
package enum Sample {
  package static let site = CanonicalID("5173000000000000000000000000000000000000000000000000000000005173")
  package static let tools = CanonicalID("7001000000000000000000000000000000000000000000000000000000007001")
  package static let oai = CanonicalID("0a1f")
  /// Uploads too; only some tests have its credentials.
  package static let guest = CanonicalID("9e57")
  package static let other = CanonicalID("other, with \"quotes\"")

  package static let readers = [Grant(.canonicalUser(oai), .read)]

  package static func policy(drops: Bool = false, desired: [Grant] = readers) -> ACLPolicy {
    ACLPolicy(bucketOwner: site, desired: desired, dropsPublicGrants: drops)
  }

  package static func bucket(
    endpoint: String? = "http://127.0.0.1:8000", versioning: VersioningState? = .unversioned,
    ownership: ObjectOwnership? = .objectWriter, block: PublicAccessBlock? = PublicAccessBlock()
  ) -> BucketSettings {
    BucketSettings(
      name: "assets", region: "eu-west-1", endpoint: endpoint, owner: site, versioning: versioning,
      objectOwnership: ownership, publicAccessBlock: block)
  }

  /// What options would ask for: readers, and FULL_CONTROL for the bucket owner.
  package static func desired(
    grants: [Grant] = readers, strategy: Strategy = .auto, rule: PublicGrantRule = .whenBlocked,
    filter: KeyFilter = KeyFilter()
  ) -> Intent {
    let ofBucketOwner = Grant.user(site, .fullControl)
    return Intent(
      grants: grants.filter { $0 == ofBucketOwner },
      readers: grants.filter { $0 != ofBucketOwner }.compactMap { grant in
        grant.grantee.canonicalID.map {
          Reader(
            grant.permission == .fullControl ? .grantFullControl : .grantRead, .canonicalUser($0, grant.permission))
        }
      }, strategy: strategy, dropPublicGrants: rule, filter: filter)
  }

  package static func change(
    _ key: String = "index.html", etag: String = "e1", size: Int = 10, owner: CanonicalID = tools,
    action: ChangeAction = .grant, from: ACLName? = nil, to: ACLName? = nil,
    reason: ChangeReason = .readerMissing
  ) -> Change {
    Change(
      key: ObjectKey(key), etag: etag, size: size, lastModified: "2026-11-20T10:00:00.000Z", owner: owner,
      action: action, from: from, to: to, reason: reason)
  }

  /// The keys that work on every server, and some that are hard to write into a file.
  package static let oddKeys: [String] = [
    "with space", " ", "+", "a+b", "%", "%zz", "%2F", "caf\u{e9}", "cafe\u{301}", "\u{1f600}/\u{1f44d}\u{1f3fd}.png",
    "/leading", "//double//slashes//", ".", "..", "./a", "../../etc/passwd", "a/../b", "line\nfeed", "tab\t",
    "\r\n", "\u{1}", "\u{1f}\u{7f}", "\u{85}\u{2028}\u{2029}", "\u{202e}gnp.exe", "?acl", "#fragment", "back\\slash",
    "\"quoted\"", "'", "</Key>&amp;", "],", "},", "\"digest\":\"sha256:", "\u{feff}bom", "\u{fffd}", "\u{10ffff}",
    "\u{e000}", "\u{d7ff}", "null", String(repeating: "k", count: 1024), String(repeating: "\u{1}", count: 1024),
  ]
}

extension AccessControlList {
  /// An ACL with full control for its owner, as objects have it, and with what else is said.
  package static func owned(by owner: CanonicalID, _ grants: Grant...) -> AccessControlList {
    AccessControlList(owner: owner, grants: [Grant(.canonicalUser(owner), .fullControl)] + grants)
  }
}

extension Grant {
  package static func user(_ id: CanonicalID, _ permission: Permission = .read) -> Grant {
    Grant(.canonicalUser(id), permission)
  }

  package static let publicRead = Grant(.allUsers, .read)
  package static let authenticatedRead = Grant(.authenticatedUsers, .read)
  package static let logDelivery = Grant(.group("http://acs.amazonaws.com/groups/s3/LogDelivery"), .read)
}
