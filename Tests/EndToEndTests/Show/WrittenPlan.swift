import Crypto
import Foundation

/// A plan of grants that no scan made, written as `plans/README.md` describes the format: as large as a test wants it.
struct WrittenPlan {
  let keys: [String]
  /// How many different ACLs the objects have.
  let kinds: Int
  /// The size of each object.
  var size = 100

  private static let site = id("site")
  private static let tools = id("tools")
  private static let reader = id("reader")

  private static func id(_ account: String) -> String {
    SHA256.hash(data: Data(account.utf8)).map { String(format: "%02x", $0) }.joined()
  }

  /// A plan's name for an ACL or an account: the first half of a SHA-256 as base64url.
  private static func name(_ content: Data) -> String {
    Data(SHA256.hash(data: content).prefix(16)).base64EncodedString().replacing("+", with: "-")
      .replacing("/", with: "_").replacing("=", with: "")
  }

  /// The ACL of one kind, before and after it lets the reader in, as a name and a line of JSON each.
  private static func acls(_ kind: Int) -> [(name: String, json: String)] {
    var grants = [tools: "FULL_CONTROL"]
    if kind > 0 { grants[id("other \(kind)")] = "READ" }
    let before = acl(grants)
    grants[reader] = "READ"
    return [before, acl(grants)]
  }

  private static func acl(_ grants: [String: String]) -> (name: String, json: String) {
    let items: [String] = grants.sorted { $0.key < $1.key }.map { entry in
      "{\"id\":\"\(entry.key)\",\"permission\":\"\(entry.value)\"}"
    }
    let json = "{\"owner\":\"\(tools)\",\"grants\":[\(items.joined(separator: ","))]}"
    return (name(Data(json.utf8)), json)
  }

  private func json(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }

  func write(to path: String) throws {
    let off =
      "{\"blockPublicAcls\":false,\"ignorePublicAcls\":false,\"blockPublicPolicy\":false,\"restrictPublicBuckets\":false}"
    let count = keys.count
    let owner = "{\"objects\":\(count),\"bytes\":\(count * size),\"changes\":\(count)}"
    let grant = "{\"id\":\"\(Self.reader)\",\"permission\":\"READ\"}"
    var text = """
      {
      "format":"fixacl-plan/1",
      "tool":"a test",
      "createdAt":"2026-11-26T10:15:00Z",
      "bucket":{"name":"written","region":"us-east-1","endpoint":null,"owner":"\(Self.site)","versioning":"Unversioned",\
      "objectOwnership":"ObjectWriter","publicAccessBlock":\(off),"accountPublicAccessBlock":null,\
      "encryption":{"algorithm":"none","kmsKeyId":null,"bucketKey":false},\
      "objectLock":{"enabled":false,"defaultMode":null,"defaultDays":null,"defaultYears":null},"policyDigest":"none"},
      "desired":{"grants":[\(grant)],"readers":[{"source":"grant-read","statement":null,"distribution":null,"oai":null,\
      "id":"\(Self.reader)","permission":"READ"}],"strategy":"auto","dropPublicGrants":"when-blocked",\
      "keepPreviousOwner":false,"allVersions":false,"prefix":null,"include":[],"exclude":[]},
      "summary":{"listed":\(count),"foreign":\(count),"changes":\(count),\
      "byOwner":{\(count == 0 ? "" : "\"\(Self.tools)\":\(owner)")},"byAction":{"grant":\(count),"copy":0,"blocked":0},\
      "blockedBy":{},"bytesToCopy":0,"requests":\(2 * count)},
      "alternative":null,
      "owners":{\(count == 0 ? "" : "\"\(Self.name(Data(Self.tools.utf8)))\":\"\(Self.tools)\"")},
      "acls":{

      """
    let acls = (0..<kinds).map(Self.acls)
    if count > 0 {
      let lines = acls.flatMap { $0 }.map { "\"\($0.name)\":\($0.json)" }.sorted()
      text += lines.joined(separator: ",\n") + "\n"
    }
    text += "},\n\"changes\":[\n"
    let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    text += try sorted.enumerated().map { index, key in
      let kind = acls[index % kinds]
      return "{\"key\":\(try json(key)),\"etag\":\"e\",\"size\":\(size),\"lastModified\":\"2026-11-20T10:00:00.000Z\","
        + "\"action\":\"grant\",\"from\":\"\(kind[0].name)\",\"to\":\"\(kind[1].name)\"}"
    }.joined(separator: ",\n")
    text += count > 0 ? "\n],\n" : "],\n"
    let digest = SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    try Data((text + "\"digest\":\"sha256:\(digest)\"\n}\n").utf8).write(to: URL(filePath: path))
  }
}
