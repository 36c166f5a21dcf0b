import Foundation
import TestSupport
import Testing

/// What `explain --format json` writes, as far as tests look at it.
struct ExplainedDocument: Decodable {
  struct Reader: Decodable {
    struct Layer: Decodable {
      struct Evidence: Decodable {
        let operation: String
        let profile: String?
        let status: Int?
        let seen: String
      }

      let layer: String
      let verdict: String
      let reasons: [String]
      let detail: String
      let evidence: [Evidence]
    }

    struct Fix: Decodable {
      let text: String
      let command: [String]
      let widensAccess: Bool
    }

    let verdict: String
    let deniedBy: [String]
    let layers: [Layer]
    let fixes: [Fix]

    subscript(layer: String) -> Layer? { layers.first { $0.layer == layer } }
    var reasons: [String] { layers.filter { $0.verdict == "denies" }.flatMap(\.reasons) }
  }

  struct Probe: Decodable {
    let identity: String
    let status: Int?
    let answeredBy: String?
  }

  struct Logs: Decodable {
    struct Report: Decodable {
      struct S3: Decodable {
        let refused: Int
      }

      let s3: S3?
      let refusedKeys: Int
    }

    struct Object: Decodable {
      let key: String
      let state: String
      let owner: String?
    }

    let report: Report
    let objects: [Object]
  }

  let readers: [Reader]
  let probes: [Probe]
  let logs: Logs?
}

extension Workplace {
  /// Runs explain with JSON, whose form is checked.
  func explain(
    _ arguments: [String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (document: ExplainedDocument, status: Int32) {
    let result = try await fixacl(["explain"] + arguments + ["--format", "json"], environment: environment)
    try #require(!result.stdout.isEmpty, "\(arguments): \(result.err)", sourceLocation: sourceLocation)
    let name = "explained-\(UUID().uuidString).json"
    try result.stdout.write(to: URL(filePath: path(name)))
    #expect(
      try await JSONSchema.faults("explain.schema.json", name, isLines: false, in: self) == "",
      sourceLocation: sourceLocation)
    let document = try JSONDecoder().decode(ExplainedDocument.self, from: result.stdout)
    let verdicts = document.readers.map(\.verdict)
    let expected: Int32 = verdicts.contains("denied") ? 2 : verdicts.contains("unknown") ? 3 : 0
    #expect(Int32(result.status) == expected, "\(result.err)", sourceLocation: sourceLocation)
    return (document, Int32(result.status))
  }
}
