import Foundation
import AWSKit
import TestSupport

/// A bucket that `fixacl reconcile` looks after, as a timer has it run.
struct ReconcileStage: Sendable {
  let bucket: BrokenBucket

  init(_ server: S3TestServer, keys: [ObjectKey] = [], headers: [(name: String, value: String)] = []) async throws {
    bucket = try await BrokenBucket(server, keys: keys, headers: headers)
  }

  var server: S3TestServer { bucket.server }
  var place: Workplace { bucket.place }

  /// The arguments, with `oai` as the reader if no other is named.
  func arguments(_ more: [String], reader: String? = nil, owners: [String] = ["tools"]) -> [String] {
    ["reconcile", bucket.name, "--grant-read", "id=\(reader ?? server.oai.id.value)", "--state-dir", "state"]
      + ["--metrics-file", "fixacl.prom"] + owners.flatMap { ["--owner-profile", $0] } + more
  }

  func run(
    _ more: String..., reader: String? = nil, owners: [String] = ["tools"], environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    try await place.start(arguments(more, reader: reader, owners: owners), environment: environment).result()
  }

  /// What is in the bucket's folder, sorted.
  func files() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: place.path("state/\(bucket.name)"))) ?? []).sorted()
  }

  func files(ending: String) -> [String] { files().filter { $0.hasSuffix(ending) } }

  /// Plans that wait for somebody to look at them.
  var heldPlans: [String] { files(ending: ".held.plan.json") }

  /// The journals of runs that changed something.
  /// In the order of the runs: `…Z.plan.json` comes before `…Z-2.plan.json`.
  var journals: [String] {
    files(ending: ".journal").sorted { left, right in
      func place(_ name: String) -> (String, Int) {
        let number = name.dropFirst(17).prefix { $0.isNumber }
        return (String(name.prefix(16)), Int(number) ?? 1)
      }
      return place(left) < place(right)
    }
  }

  /// A file of the bucket's folder, from the work place.
  func path(_ name: String) -> String { "state/\(bucket.name)/\(name)" }

  /// The samples of the metrics, by name and labels besides the bucket: `objects{state="listed"}`.
  func metrics() throws -> [String: Double] {
    let text = try place.read("fixacl.prom")
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let end = line.lastIndex(of: " "), let value = Double(line[line.index(after: end)...]) else { continue }
      let name = String(line[..<end]).replacing("{bucket=\"\(bucket.name)\"}", with: "")
        .replacing("bucket=\"\(bucket.name)\",", with: "").replacing("fixacl_reconcile_", with: "")
      samples[name] = value
    }
    return samples
  }

  func metric(_ name: String) throws -> Double? { try metrics()[name] }

  func rail(_ name: String) throws -> Double? { try metric("guard_tripped{rail=\"\(name)\"}") }
}

extension ProgramResult {
  /// The last command that the program says to type, as a line for a shell in which `$FIXACL` is the program.
  var lastCommand: String? {
    err.split(separator: "\n").last { $0.hasPrefix("  fixacl ") }.map {
      String($0).replacing("  fixacl ", with: "\"$FIXACL\" ")
    }
  }

  /// Whether there is nothing to read.
  var isSilent: Bool { stdout.isEmpty && stderr.isEmpty }
}
