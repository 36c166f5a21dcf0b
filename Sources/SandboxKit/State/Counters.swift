internal import AWSKit

/// How often each operation was asked for, and on request how often it was done to each key.
struct Counters: Sendable {
  /// Requests by the operation's name, also those that were refused.
  private(set) var requests: [String: Int] = [:]
  /// By operation and object: those that succeeded. Empty unless `countsKeys`.
  private(set) var successesByKey: [String: [CountedObject: Int]] = [:]
  /// What went wrong since rules asked for it, by the fault's name.
  private(set) var faults: [String: Int] = [:]
  /// Connections accepted, by all services.
  var connections = 0
  let countsKeys: Bool

  /// Compared by its key's bytes: two keys can be the same text to Unicode.
  struct CountedObject: Hashable, Sendable {
    let bucket: String
    let key: ObjectKey
  }

  init(countsKeys: Bool = false) {
    self.countsKeys = countsKeys
  }

  mutating func count(request operation: String) {
    requests[operation, default: 0] += 1
  }

  mutating func count(fault: String) {
    faults[fault, default: 0] += 1
  }

  mutating func count(success operation: String, bucket: String?, key: ObjectKey?) {
    guard countsKeys, let bucket, let key else { return }
    successesByKey[operation, default: [:]][CountedObject(bucket: bucket, key: key), default: 0] += 1
  }

  /// `successesByKey` as JSON, `{"PutObjectAcl": {"bucket/key": 1}}`, in the order of the bytes. Written by hand: in a
  /// dictionary of Strings, keys that are the same text to Unicode would be one.
  var textByKey: String {
    let operations = successesByKey.sorted { $0.key < $1.key }.map { operation, counts in
      let entries = counts.sorted { ($0.key.bucket, $0.key.key) < ($1.key.bucket, $1.key.key) }
      let fields = entries.map { Self.quoted("\($0.key.bucket)/\($0.key.key.text)") + ":\($0.value)" }
      return Self.quoted(operation) + ":{" + fields.joined(separator: ",") + "}"
    }
    return "{" + operations.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  mutating func reset() {
    self = Counters(countsKeys: countsKeys)
  }
}
