internal import S3Kit

/// How often each operation was asked for, and on request how often it was done to each key.
struct Counters: Sendable {
  /// Requests by the operation's name, also those that were refused.
  private(set) var requests: [String: Int] = [:]
  /// By operation and `bucket/key`: those that succeeded. Empty unless `countsKeys`.
  private(set) var successesByKey: [String: [String: Int]] = [:]
  /// Connections accepted, by all services.
  var connections = 0
  let countsKeys: Bool

  init(countsKeys: Bool = false) {
    self.countsKeys = countsKeys
  }

  mutating func count(request operation: String) {
    requests[operation, default: 0] += 1
  }

  mutating func count(success operation: String, bucket: String?, key: ObjectKey?) {
    guard countsKeys, let bucket, let key else { return }
    successesByKey[operation, default: [:]]["\(bucket)/\(key.text)", default: 0] += 1
  }

  mutating func reset() {
    self = Counters(countsKeys: countsKeys)
  }
}
