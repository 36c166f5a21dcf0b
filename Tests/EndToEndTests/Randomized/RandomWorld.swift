import Foundation
import AWSKit
import SandboxKit
import TestSupport

/// Makes up buckets, from a seed: the same one gives the same bucket on the same kind of server.
struct RandomWorld {
  private var random: SeededGenerator
  private let server: S3TestServer

  init(seed: UInt64, server: S3TestServer) {
    random = SeededGenerator(seed: seed)
    self.server = server
  }

  // MARK: The round

  mutating func round(versioning: String) -> RandomRound {
    var round = RandomRound()
    round.versioning = versioning
    round.keepPreviousOwner = chance(1, in: 4)
    round.hasObjectLock = versioning == "Enabled" && chance(1, in: 2)
    round.hasDefaultRetention = round.hasObjectLock && chance(1, in: 2)
    round.allVersions = versioning != "Unversioned" && chance(1, in: 2)
    let blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    if chance(2, in: 3) { round.blocks = Set(blocks.filter { _ in chance(1, in: 2) }) }
    round.strategy = ["auto", "auto", "grant", "copy", "copy"].randomElement(using: &random)!
    round.owners = [["tools"], ["tools"], ["tools", "other"], []].randomElement(using: &random)!
    if chance(1, in: 6) { round.dropPublicGrants = "always" }
    // A public grant that is blocked and must be kept cannot be written.
    if chance(1, in: 6), !round.blocks.contains("BlockPublicAcls") { round.dropPublicGrants = "never" }
    round.bucketOwnerFullControl = chance(1, in: 4)
    round.otherFullControl = chance(1, in: 6)
    if chance(1, in: 4) { round.prefix = "a" }
    round.excludesTemporary = chance(1, in: 4)
    return round
  }

  mutating func objects(_ count: Int, for round: RandomRound) -> [RandomObject] {
    var keys: Set<ObjectKey> = []
    // Of a key with control characters RadosGW does not list the version behind the current one, so that a rollback
    // refuses to remove a copy of it.
    let isPlainOnly = server.kind == .radosGW && round.versioning != "Unversioned"
    while keys.count < count {
      let key = key()
      if isPlainOnly, key.bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) { continue }
      keys.insert(key)
    }
    // A set has an order of its own in each run.
    return keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map { object($0, for: round) }
  }

  private mutating func object(_ key: ObjectKey, for round: RandomRound) -> RandomObject {
    guard round.versioning != "Unversioned" else {
      return RandomObject(key: key, uploads: [upload(key, for: round)], isDeleted: false)
    }
    let count = chance(1, in: 2) ? 1 : Int.random(in: 2...3, using: &random)
    var uploads = (0..<count).map { _ in upload(key, for: round) }
    // One null version at most, which another would replace. Where versioning is suspended no old one either: a copy
    // takes its place, as everything does that is written there.
    if round.versioning == "Suspended", chance(1, in: 2) {
      uploads[count - 1].phase = .suspended
    } else if round.versioning == "Enabled", !round.hasObjectLock, chance(1, in: 3) {
      uploads[0].phase = .unversioned
    }
    return RandomObject(
      key: key, uploads: uploads, isDeleted: uploads[count - 1].phase != .suspended && chance(1, in: 10))
  }

  private mutating func upload(_ key: ObjectKey, for round: RandomRound) -> RandomUpload {
    let account = [server.tools, server.tools, server.tools, server.other, server.other, server.site]
      .randomElement(using: &random)!
    let headers = headers(for: round)
    // Each part would have to bring the customer's key; and RadosGW's answers hold keys that XML cannot.
    let mayHaveParts =
      headers["x-amz-server-side-encryption-customer-key"] == nil && key.bytes.allSatisfy { (0x20..<0x7f).contains($0) }
    let partCount = mayHaveParts && chance(1, in: 100) ? 2 : 1
    let size = partCount > 1 ? (5 << 20) + 1000 : chance(1, in: 8) ? 0 : Int.random(in: 1...3000, using: &random)
    let first = UInt8.random(in: 0...255, using: &random)
    return RandomUpload(
      account: account, grants: grants(of: account),
      body: (0..<size).map { first &+ UInt8(truncatingIfNeeded: $0 &* 7) },
      partCount: partCount, headers: headers, tags: tags())
  }

  // MARK: Keys

  private static let pieces = [
    "a", "b", "index.html", "main.css", "photo", "1", "2026", "x y", " ", "+", "%", "%41", "ä", "a\u{308}", "中文",
    "\u{1f600}", "&<>\"'", "\\", "?acl", "#", "new\nline", "\t", "\u{1}", "\u{7f}", "\u{202e}", "..", ".", "~", "*",
    "(1)", "=", ";", ",", "@", "key", "Ünï", "-",
  ]

  private mutating func key() -> ObjectKey {
    if chance(1, in: 25) { return OddKeysTests.keys.randomElement(using: &random)! }
    var text = chance(1, in: 3) ? "a" : ""
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      text += Self.pieces.randomElement(using: &random)!
      if chance(1, in: 2) { text += "/" }
    }
    text += String(UInt32.random(in: 0...0xffffff, using: &random), radix: 16)
    if chance(1, in: 6) { text += ".tmp" }
    if chance(1, in: 60) { text += String(repeating: "l", count: 1024 - text.utf8.count) }
    return ObjectKey(text)
  }

  // MARK: ACLs

  private mutating func grants(of account: TestAccount) -> Set<Grant> {
    var grants: Set<Grant> = []
    // Mostly what every upload gives its owner; sometimes less, and now and then nothing.
    if !chance(1, in: 12) {
      grants.insert(account.may(.fullControl))
    } else if chance(2, in: 3) {
      grants.insert(account.may([.read, .readACP, .writeACP].randomElement(using: &random)!))
    }
    let permissions: [Permission] = [.read, .read, .readACP, .writeACP, .fullControl]
    if chance(1, in: 3) { grants.insert(server.site.may(permissions.randomElement(using: &random)!)) }
    if chance(1, in: 5) { grants.insert(server.site.may(permissions.randomElement(using: &random)!)) }
    if chance(1, in: 5) { grants.insert(server.oai.may(permissions.randomElement(using: &random)!)) }
    if chance(1, in: 5) { grants.insert(server.other.may(permissions.randomElement(using: &random)!)) }
    if chance(1, in: 8) { grants.insert(server.tools.may(permissions.randomElement(using: &random)!)) }
    if chance(1, in: 4) {
      let group: Grantee = chance(3, in: 4) ? .allUsers : .authenticatedUsers
      grants.insert(Grant(group, chance(4, in: 5) ? .read : .readACP))
    }
    // Without any, an upload gets the canned ACL.
    if grants.isEmpty { grants.insert(account.may(.readACP)) }
    return grants
  }

  // MARK: What comes with the content

  private mutating func headers(for round: RandomRound) -> [String: String] {
    var headers: [String: String] = [:]
    let choices = [
      ("Content-Type", ["text/html; charset=utf-8", "image/svg+xml", "application/x-\"odd\"", "video/mp4"]),
      ("Cache-Control", ["no-cache", "max-age=300, public"]),
      ("Content-Disposition", ["attachment; filename=\"a, b.txt\"", "inline"]),
      ("Content-Encoding", ["gzip", "br"]), ("Content-Language", ["de-CH", "en"]),
      ("Expires", ["Tue, 01 Jan 2030 00:00:00 GMT"]),
      ("x-amz-website-redirect-location", ["/elsewhere", "https://example.org/a?b=c#d"]),
      ("x-amz-storage-class", ["STANDARD_IA"]),
      ("x-amz-meta-city", ["Zürich 🏔", "Łódź", "plain"]), ("x-amz-meta-empty", [""]),
      ("x-amz-meta-with-dashes", ["a, b; c=\"d\"", "a  b"]), ("x-amz-meta-number", ["1", "-2.5e3"]),
      ("x-amz-meta-encoded", ["=?UTF-8?B?WsO8cmljaA==?="]),
      ("x-amz-meta-long", [String(repeating: "m", count: 1200)]),
    ]
    for (name, values) in choices where chance(1, in: 5) { headers[name] = values.randomElement(using: &random)! }
    if server.kind == .sandbox, chance(1, in: 20) {
      headers["x-amz-storage-class"] = ["GLACIER", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"]
        .randomElement(using: &random)!
    }
    if server.kind == .sandbox, chance(1, in: 12) {
      let keys = [Self.kmsKey, Self.kmsKey, Self.kmsKeyAndBucketKey, Self.customerKey]
      headers.merge(keys.randomElement(using: &random)!) { $1 }
    }
    guard round.hasObjectLock, server.locksCopies || round.strategy == "grant" else { return headers }
    if chance(1, in: 2) {
      headers["x-amz-object-lock-mode"] = chance(1, in: 2) ? "GOVERNANCE" : "COMPLIANCE"
      headers["x-amz-object-lock-retain-until-date"] = "204\(Int.random(in: 0...9, using: &random))-01-01T00:00:00Z"
    }
    if chance(1, in: 4) { headers["x-amz-object-lock-legal-hold"] = "ON" }
    return headers
  }

  private static let kmsKey = [
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
  ]

  private static let kmsKeyAndBucketKey = kmsKey.merging(
    ["x-amz-server-side-encryption-bucket-key-enabled": "true"]) { $1 }

  /// 32 bytes of 'k', and their MD5.
  private static let customerKey = [
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
    "x-amz-server-side-encryption-customer-key-md5": "mT2HRsMGJ5IX5C+0rreZ8Q==",
  ]

  private mutating func tags() -> String {
    guard chance(1, in: 4) else { return "" }
    let all = ["team=web", "a%20b=%2B%3D%3A%2F", "empty=", "%C3%BC=%C3%A4", "p.q_r-s%40t=1"]
    return all.filter { _ in chance(1, in: 2) }.joined(separator: "&")
  }

  private mutating func chance(_ hits: Int, in all: Int) -> Bool {
    Int.random(in: 0..<all, using: &random) < hits
  }
}
