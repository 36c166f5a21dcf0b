import Crypto
import FixACLKit
import AWSKit

/// Makes digests and checksums right again, so that a fuzzer gets past them as whoever doctors a file does.
enum Seal {
  private static let digestPrefix = Array("\"digest\":\"".utf8)

  /// A plan with the names that its ACLs must have, and with its digest.
  static func plan(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for (old, new) in names(ofACLsIn: bytes) where old != new {
      bytes = bytes.replacing(Array("\"\(old)\"".utf8), with: Array("\"\(new)\"".utf8))
    }
    var end = bytes.count
    var from = 0
    while let range = bytes.firstRange(of: digestPrefix, from: from) {
      end = range.lowerBound
      from = range.upperBound
    }
    let text = Array(bytes[..<end])
    return text + digestPrefix + Array("sha256:\(Hex.encode(SHA256.hash(data: text)))\"\n}\n".utf8)
  }

  /// What the last good run knew, with its digest.
  static func lastRun(_ bytes: [UInt8]) -> [UInt8] {
    let text = bytes.firstRange(of: digestPrefix, from: 0).map { Array(bytes[..<$0.lowerBound]) } ?? bytes
    return text + digestPrefix + Array("sha256:\(Hex.encode(SHA256.hash(data: text)))\"}\n".utf8)
  }

  private static func names(ofACLsIn bytes: [UInt8]) -> [(old: String, new: String)] {
    guard let begin = bytes.firstRange(of: Array("\"acls\":{\n".utf8)) else { return [] }
    var rest = Array(bytes[begin.upperBound...])
    var result: [(old: String, new: String)] = []
    while true {
      var line: [UInt8]
      (line, rest) = rest.firstLine
      guard line.first == UInt8(ascii: "\""), !rest.isEmpty, result.count < 64 else { return result }
      if line.last == UInt8(ascii: ",") { line.removeLast() }
      guard let (name, acl) = entry(line) else { continue }
      var table = ACLTable()
      result.append((name, table.insert(acl).text))
    }
  }

  /// `"name":{"owner":…,"grants":[…]}`.
  private static func entry(_ line: [UInt8]) -> (name: String, acl: AccessControlList)? {
    let object = [UInt8(ascii: "{")] + line + [UInt8(ascii: "}")]
    var reader = JSONLineReader(object[...])
    var (name, owner): (String?, String?)
    var grants: [Grant] = []
    do {
      try reader.object { reader, key in
        name = Array(key).text
        try reader.object { reader, key in
          switch Array(key).text {
          case "owner": owner = try reader.text()
          case "grants": try reader.array { grants.append(try grant(&$0)) }
          default: try reader.skip()
          }
        }
      }
    } catch { return nil }
    guard let name, let owner else { return nil }
    return (name, AccessControlList(owner: CanonicalID(owner), grants: grants))
  }

  private static func grant(_ reader: inout JSONLineReader) throws -> Grant {
    var grantee: Grantee?
    var permission: Permission?
    try reader.object { reader, key in
      switch Array(key).text {
      case "id": grantee = .canonicalUser(CanonicalID(try reader.text()))
      case "uri": grantee = .group(try reader.text())
      case "permission": permission = Permission(rawValue: try reader.text())
      default: try reader.skip()
      }
    }
    guard let grantee, let permission else { throw JSONLineReader.Damage() }
    return Grant(grantee, permission)
  }

  /// A journal that says it is of that plan.
  static func journal(_ bytes: [UInt8], digest: String) -> [UInt8] {
    let prefix = Array("sha256:".utf8)
    guard let range = bytes.firstLine.line.firstRange(of: prefix), bytes.count >= range.upperBound + 64
    else { return bytes }
    return bytes[..<range.lowerBound] + Array(digest.utf8) + bytes[(range.upperBound + 64)...]
  }

  /// A checkpoint with that first line, and with lengths and checksums of its records.
  static func checkpoint(_ bytes: [UInt8], header: [UInt8]) -> [UInt8] {
    var result = header
    var rest = bytes.firstLine.rest
    let beginning = Array("record ".utf8)
    while rest.starts(with: beginning) {
      let content = rest.firstLine.rest
      let next = content.firstRange(of: [UInt8(ascii: "\n")] + beginning)
      let record = next.map { Array(content[..<($0.lowerBound + 1)]) } ?? content
      result += "record \(record.count) \(Hex.encode(SHA256.hash(data: record).prefix(8)))\n".utf8
      result += record
      rest = next.map { Array(content[($0.lowerBound + 1)...]) } ?? []
    }
    return result + rest
  }
}

extension [UInt8] {
  /// Every `old` replaced.
  fileprivate func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var from = 0
    while let range = firstRange(of: old, from: from) {
      result += self[from..<range.lowerBound] + new
      from = range.upperBound
    }
    return result + self[from...]
  }
}
