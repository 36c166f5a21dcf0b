internal import FoundationEssentials
package import S3Kit

/// How a change ended, as the journal tells it.
package enum JournalResult: String, Sendable, Codable {
  /// It was made, and the server confirmed it.
  case done
  /// The object was found to be as planned; nothing was written.
  case already
  /// The object is no longer what the plan saw; nothing was written.
  case stale
  /// It could not be made, or not be confirmed.
  case failed

  /// Whether nothing is left to do.
  package var isFinal: Bool { self == .done || self == .already }
}

/// How the undoing of a change ended, as the journal tells it.
package enum RollbackResult: String, Sendable, Codable {
  /// The object is again what the plan saw.
  case done
  /// It was found to be so; nothing was written.
  case already
  /// The object is no longer what apply left; nothing was written.
  case stale
  /// It cannot be undone.
  case impossible
  case failed

  /// Whether nothing of the change is left.
  package var isFinal: Bool { self == .done || self == .already }
}

/// One line of a journal after its first.
package enum JournalRecord: Sendable, Equatable {
  /// How a change ended. `detail` says why, where it did not end well; `version` is the one that a copy made.
  case result(change: Int, key: ObjectKey, JournalResult, detail: String?, version: String? = nil)
  /// Something is about to be written: if the program is killed, it may have been.
  case begins(change: Int, key: ObjectKey)
  /// A multipart upload was begun, whose parts must not be left behind.
  case uploadBegins(change: Int, key: ObjectKey, id: String)
  /// It is gone.
  case uploadEnded(change: Int, key: ObjectKey)
  /// How the undoing of a change ended.
  case rollback(change: Int, key: ObjectKey, RollbackResult, detail: String?)
  /// A copy is about to be made of an object with these tags. On a server that loses them, they are put back,
  /// even if the program is killed in between.
  case copyBegins(change: Int, key: ObjectKey, tags: [ObjectTag])

  func line(at time: String) -> [UInt8] {
    var json = JSONWriter(capacity: 256)
    json.object { json in
      switch self {
      case .result(let change, let key, let result, let detail, let version):
        Self.place(change, key, in: &json)
        json.member("result", result.rawValue)
        if let detail { json.member("detail", detail) }
        if let version { json.member("version", version) }
      case .begins(let change, let key):
        Self.place(change, key, in: &json)
        json.member("begins", true)
      case .uploadBegins(let change, let key, let id):
        Self.place(change, key, in: &json)
        json.member("upload", id)
      case .uploadEnded(let change, let key):
        Self.place(change, key, in: &json)
        json.member("uploadEnded", true)
      case .rollback(let change, let key, let result, let detail):
        Self.place(change, key, in: &json)
        json.member("rollback", result.rawValue)
        if let detail { json.member("detail", detail) }
      case .copyBegins(let change, let key, let tags):
        Self.place(change, key, in: &json)
        json.name("copyBegins")
        json.object { json in
          json.name("tags")
          json.array { json in
            for tag in tags {
              json.object { json in
                json.member("key", tag.key)
                json.member("value", tag.value)
              }
            }
          }
        }
      }
      json.member("at", time)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private static func place(_ change: Int, _ key: ObjectKey, in json: inout JSONWriter) {
    json.member("change", change)
    json.name("key")
    json.string(key.bytes)
  }
}

/// A journal's line as it is read back. Its key, its detail and its time are for people.
struct JournalLine {
  private(set) var change = -1
  private(set) var result: JournalResult?
  private(set) var version: String?
  private(set) var begins = false
  private(set) var copyBegins: [ObjectTag]?
  private(set) var upload: String?
  private(set) var uploadEnded = false
  private(set) var rollback: RollbackResult?

  /// - Throws: `JSONLineReader.Damage` where it is no record.
  init(parsing line: ArraySlice<UInt8>) throws {
    var reader = JSONLineReader(line)
    var hasKey = false
    var hasChange = false
    try reader.object { reader, name in
      switch name {
      case "change":
        change = try reader.integer()
        hasChange = true
      case "key":
        _ = try reader.text()
        hasKey = true
      case "result": result = try Self.value(try reader.text())
      case "version": version = try reader.text()
      case "begins": begins = try reader.bool()
      case "copyBegins":
        try reader.object { reader, name in
          guard "tags" ~= name else { return try reader.skip() }
          copyBegins = try Self.tags(&reader)
        }
        guard copyBegins != nil else { throw JSONLineReader.Damage() }
      case "upload": upload = try reader.text()
      case "uploadEnded": uploadEnded = try reader.bool()
      case "rollback": rollback = try Self.value(try reader.text())
      default: try reader.skip()
      }
    }
    guard hasChange, hasKey, reader.isAtEnd() else { throw JSONLineReader.Damage() }
  }

  private static func value<Value: RawRepresentable<String>>(_ text: String) throws -> Value {
    guard let value = Value(rawValue: text) else { throw JSONLineReader.Damage() }
    return value
  }

  private static func tags(_ reader: inout JSONLineReader) throws -> [ObjectTag] {
    var tags: [ObjectTag] = []
    try reader.array { reader in
      var tag: (key: String?, value: String?)
      try reader.object { reader, name in
        switch name {
        case "key": tag.key = try reader.text()
        case "value": tag.value = try reader.text()
        default: try reader.skip()
        }
      }
      guard let key = tag.key, let value = tag.value else { throw JSONLineReader.Damage() }
      tags.append(ObjectTag(key: key, value: value))
    }
    return tags
  }
}

/// A journal's first line: which plan it belongs to, and how the bucket was set when the apply began.
struct JournalHeader: Decodable {
  static let format = "fixacl-journal/1"

  let format: String
  let plan: String

  static func line(plan: Plan, bucket: PlanBucket, at time: String) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("format", format)
      json.member("plan", plan.digest)
      json.name("bucket")
      bucket.write(to: &json)
      json.member("at", time)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
