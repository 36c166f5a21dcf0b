internal import Crypto
internal import FoundationEssentials
internal import AWSKit

/// A checkpoint's record of a chunk, without its lines.
struct CheckpointRecord: Decodable {
  let interval: KeyInterval
  let order: Int
  let firstKey: ObjectKey
  let summary: PlanSummary
  let grantees: [Grantee: Int]
  let acls: ACLTable

  /// The longest record accepted, in bytes. A page of the longest keys, fully escaped, each with two ACLs of its own,
  /// takes a fraction of it.
  private static let maximumLength = 256 << 20
  /// The longest line before a record.
  static let maximumHeadLength = 64

  /// The lines that precede the chunk's lines in the file: length and checksum of the rest, then the record itself.
  ///
  /// - Parameter acls: the ACLs that the file does not have yet.
  static func head(of record: ScanRecord, acls: ACLTable) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.name("after")
      record.interval.after.write(to: &json)
      json.name("through")
      record.interval.through.write(to: &json)
      json.member("order", record.order)
      json.name("firstKey")
      json.string(record.firstKey.bytes)
      json.name("summary")
      record.summary.write(to: &json)
      json.name("grantees")
      json.array { json in
        for (grantee, count) in record.grantees {
          json.object { json in
            switch grantee {
            case .canonicalUser(let id): json.member("id", id.value)
            case .group(let uri): json.member("uri", uri)
            }
            json.member("objects", count)
          }
        }
      }
      json.name("acls")
      json.array { json in
        for (_, acl) in acls.sorted { acl.write(to: &json) }
      }
    }
    let line = json.bytes + [UInt8(ascii: "\n")]
    var digest = SHA256()
    digest.update(data: line)
    digest.update(data: record.lines)
    let checksum = Hex.encode(digest.finalize().prefix(8))
    return Array("record \(line.count + record.lines.count) \(checksum)\n".utf8) + line
  }

  /// Reads the line with a record's length and checksum; nil if it is malformed.
  static func parseHead(_ line: some Sequence<UInt8>) -> (length: Int, checksum: String)? {
    let words = String(decoding: Array(line), as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "record", let length = Int(words[1]), (1...maximumLength).contains(length),
      words[2].utf8.count == 16
    else { return nil }
    return (length, String(words[2]))
  }

  static func checksum(of bytes: [UInt8]) -> String {
    Hex.encode(SHA256.hash(data: bytes).prefix(8))
  }

  private enum CodingKeys: String, CodingKey {
    case after, through, order, firstKey, summary, grantees, acls
  }

  private struct Marker: Decodable {
    let key: String
    let versionId: String?

    var marker: ListingMarker { ListingMarker(ObjectKey(key), versionID: versionId) }
  }

  private struct GranteeCount: Decodable {
    let id: String?
    let uri: String?
    let objects: Int
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    interval = KeyInterval(
      after: try values.decodeIfPresent(Marker.self, forKey: .after)?.marker,
      through: try values.decodeIfPresent(Marker.self, forKey: .through)?.marker)
    order = try values.decode(Int.self, forKey: .order)
    firstKey = ObjectKey(try values.decode(String.self, forKey: .firstKey))
    summary = try values.decode(PlanSummary.self, forKey: .summary)
    grantees = try values.decode([GranteeCount].self, forKey: .grantees).reduce(into: [:]) { counts, entry in
      counts[entry.id.map { .canonicalUser(CanonicalID($0)) } ?? .group(entry.uri ?? "")] = entry.objects
    }
    var acls = ACLTable()
    for document in try values.decode([ACLDocument].self, forKey: .acls) {
      guard let acl = document.acl else { throw FileFormatError.Detail("it holds an ACL that is damaged") }
      _ = acls.insert(acl)
    }
    self.acls = acls
  }
}

extension ListingMarker? {
  fileprivate func write(to json: inout JSONWriter) {
    guard let self else {
      json.null()
      return
    }
    json.object { json in
      json.name("key")
      json.string(self.key.bytes)
      json.member("versionId", self.versionID)
    }
  }
}
