internal import Crypto
internal import FoundationEssentials
package import AWSKit

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
      json.member(CodingKeys.after, record.interval.after)
      json.member(CodingKeys.through, record.interval.through)
      json.member(CodingKeys.order, record.order)
      json.name(CodingKeys.firstKey.rawValue)
      json.string(record.firstKey.bytes)
      json.member(CodingKeys.summary, record.summary)
      json.member(CodingKeys.grantees, record.grantees.map { GranteeCount($0, objects: $1) })
      json.member(CodingKeys.acls, acls.sorted.map(\.acl))
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

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    interval = KeyInterval(
      after: try values.decodeIfPresent(ListingMarker.self, forKey: .after),
      through: try values.decodeIfPresent(ListingMarker.self, forKey: .through))
    order = try values.decode(Int.self, forKey: .order)
    firstKey = ObjectKey(try values.decode(String.self, forKey: .firstKey))
    summary = try values.decode(PlanSummary.self, forKey: .summary)
    grantees = try values.decode([GranteeCount].self, forKey: .grantees).reduce(into: [:]) { counts, entry in
      counts[entry.grantee] = entry.objects
    }
    var acls = ACLTable()
    guard let list = try? values.decode([AccessControlList].self, forKey: .acls) else {
      throw FileFormatError.Detail("an ACL in it is damaged")
    }
    for acl in list { _ = acls.insert(acl) }
    self.acls = acls
  }
}

extension ListingMarker: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case key, versionId
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.name(CodingKeys.key.rawValue)
      json.string(key.bytes)
      json.member(CodingKeys.versionId, versionID)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      ObjectKey(try values.decode(String.self, forKey: .key)),
      versionID: try values.decodeIfPresent(String.self, forKey: .versionId))
  }
}
