internal import FoundationEssentials
package import AWSKit

/// Everything a scan depends on. Only a scan with an equal identity resumes from a checkpoint.
package struct CheckpointIdentity: Sendable, Equatable {
  /// The format that this version writes, and the only one it reads.
  static let format = "fixacl-checkpoint/2"

  private static let modifiedWithin = "modifiedWithin"

  /// JSON by name: each member of the plan's `bucket` and `desired`, and the other dependencies.
  let members: [String: String]
  /// Judges what a scan with this identity may find.
  let audit: ChangeAudit?

  /// - Parameters:
  ///   - tool: program and version.
  ///   - accounts: the accounts with credentials.
  ///   - modifiedWithin: if the user gave an age instead of a moment: how many seconds before the start of the scan
  ///     `desired.modifiedSince` is.
  package init(
    tool: String, bucket: BucketSettings, desired: Intent, accounts: Set<CanonicalID>, modifiedWithin: Int? = nil
  ) {
    var members: [String: String] = [:]
    func add(_ prefix: String, _ write: (inout JSONWriter) -> Void) {
      var json = JSONWriter()
      write(&json)
      guard let object = try? JSONDecoder().decode([String: AnyJSON].self, from: Data(json.bytes)) else { return }
      for (name, value) in object { members["\(prefix).\(name)"] = value.text }
    }
    add("bucket") { bucket.write(to: &$0) }
    add("desired") { desired.write(to: &$0) }
    members["program"] = "\(tool), \(PlanHeader.format)"
    if let modifiedWithin { members[Self.modifiedWithin] = "\(modifiedWithin)" }
    members["accounts"] = accounts.sorted().map(\.value).joined(separator: " ")
    self.members = members
    audit = ChangeAudit(bucket: bucket, desired: desired)
  }

  /// The moment from which on objects are wanted, if it was computed from that age.
  func modifiedSince(within seconds: Int) -> Timestamp? {
    guard members[Self.modifiedWithin] == "\(seconds)" else { return nil }
    return members["desired.modifiedSince"].flatMap { Timestamp(iso8601: String($0.dropFirst().dropLast())) }
  }

  /// The identity in a checkpoint.
  init(members: [String: String]) {
    self.members = members
    audit = nil
  }

  package static func == (left: CheckpointIdentity, right: CheckpointIdentity) -> Bool {
    left.members == right.members
  }

  /// The differences in words; empty if there are none.
  func differences(from earlier: CheckpointIdentity) -> [String] {
    Set(members.keys).union(earlier.members.keys).sorted().compactMap { name in
      let (before, now) = (earlier.members[name] ?? "missing", members[name] ?? "missing")
      guard Array(before.utf8) != Array(now.utf8) else { return nil }
      func shown(_ text: String) -> String {
        (text.count > 120 ? text.prefix(120) + "…" : text[...]).description.escapedForTerminal
      }
      return "\(name) was \(shown(before)) and is \(shown(now))"
    }
  }
}

/// Any JSON value, as text that is equal for equal values.
private struct AnyJSON: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      text = "null"
    } else if let bool = try? value.decode(Bool.self) {
      text = "\(bool)"
    } else if let number = try? value.decode(Int.self) {
      text = "\(number)"
    } else if let string = try? value.decode(String.self) {
      text = "'\(string)'"
    } else if let list = try? value.decode([AnyJSON].self) {
      text = "[" + list.map(\.text).joined(separator: ", ") + "]"
    } else {
      let object = try value.decode([String: AnyJSON].self)
      text = "{" + object.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }
}

/// The first line of a checkpoint.
struct CheckpointHeader: Codable {
  let format: String
  /// Seconds since 1970.
  let begun: Int
  let identity: [String: String]

  /// The line with its line feed.
  func line() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}
