internal import AWSKit

/// The figures of a reconcile, for the textfile collector of Prometheus's node_exporter: gauges of the last run, in
/// Prometheus's text format 0.0.4, without timestamps.
package struct ReconcileMetrics: Sendable {
  package var bucket: String
  /// The program's version.
  package var version: String
  /// Seconds since 1970; nil if no run has been good yet.
  package var lastSuccess: Int?
  /// Seconds since 1970.
  package var lastRun = 0
  /// Seconds.
  package var duration = 0.0
  package var exitStatus = 0
  package var listed = 0
  package var foreign = 0
  package var changed = 0
  package var stale = 0
  package var failed = 0
  package var blocked = 0
  package var requests: [String: Int] = [:]
  package var throttled = 0
  package var copiedBytes = 0
  package var tripped: Set<GuardRails.Rail> = []

  package init(bucket: String, version: String) {
    self.bucket = bucket
    self.version = version
  }

  private static let lastSuccessName = "fixacl_reconcile_last_success_timestamp_seconds"
  /// More than the metrics of one bucket take.
  private static let maximumLength = 1 << 20

  /// Writes the file, which everybody may read, whole or not at all. Collectors take it for none of theirs until then.
  package func write(to path: String) throws {
    // A link would be replaced, not followed: it may lead into a folder of somebody else's.
    if case .special = FileKind(ofPath: path) {
      throw FileError("write", path, reason: "it is not a regular file")
    }
    try OpenFile.replacing(path, isForEverybody: true) { try $0.write(Array(text.utf8)) }
  }

  /// The moment of the last success that a file of metrics tells; nil if it tells none.
  package static func lastSuccess(in path: String, bucket: String) -> Int? {
    guard case .regular = FileKind(ofPath: path), let file = try? OpenFile(path, .reading),
      let size = try? file.size(), size <= maximumLength, let bytes = try? file.read(size, at: 0)
    else { return nil }
    let beginning = "\(lastSuccessName){bucket=\"\(escaped(bucket))\"} "
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(beginning) }
    return line.flatMap { Int($0.dropFirst(beginning.count)) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The file's text. Each metric is in it with the same help and type after every run.
  package var text: String {
    var text = ""
    func metric(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
      for sample in samples {
        let labels = ([("bucket", bucket)] + sample.labels).map { "\($0)=\"\(Self.escaped($1))\"" }
        text += "\(name){\(labels.joined(separator: ","))} \(sample.value)\n"
      }
    }
    func metric(_ name: String, _ help: String, _ value: String) { metric(name, help, [([], value)]) }
    metric(
      Self.lastSuccessName, "When the last good run ended, in seconds since 1970; 0 if there was none.",
      "\(lastSuccess ?? 0)")
    metric("fixacl_reconcile_last_run_timestamp_seconds", "When the last run ended.", "\(lastRun)")
    metric(
      "fixacl_reconcile_last_duration_seconds", "How long the last run took.", "\((duration * 1000).rounded() / 1000)")
    metric("fixacl_reconcile_last_exit_status", "The exit status of the last run.", "\(exitStatus)")
    metric(
      "fixacl_reconcile_objects", "Objects of the last run, by what became of them.",
      [
        ("listed", listed), ("foreign", foreign), ("changed", changed), ("stale", stale), ("failed", failed),
        ("blocked", blocked),
      ].map { ([("state", $0)], "\($1)") })
    metric(
      "fixacl_reconcile_requests", "Requests of the last run, by operation.",
      requests.sorted { $0.key < $1.key }.map { ([("operation", $0.key)], "\($0.value)") })
    metric("fixacl_reconcile_throttled_requests", "Requests of the last run that were throttled.", "\(throttled)")
    metric("fixacl_reconcile_copied_bytes", "Bytes that the last run copied.", "\(copiedBytes)")
    metric(
      "fixacl_reconcile_guard_tripped", "Whether a guard rail stopped the last run.",
      GuardRails.Rail.allCases.map { ([("rail", $0.rawValue)], tripped.contains($0) ? "1" : "0") })
    metric("fixacl_build_info", "The version that made the last run.", [([("version", version)], "1")])
    return text
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }
}
