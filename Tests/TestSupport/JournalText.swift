internal import Foundation

/// A journal as a test reads it: line by line, and without fixacl's own code.
package struct JournalText: Sendable {
  /// One line after the first.
  package struct Entry: Sendable, Decodable {
    package let change: Int
    package let key: String
    package let result: String?
    /// Why it did not end well: a word.
    package let reason: String?
    package let error: Failure?

    /// What a server said.
    package struct Failure: Sendable, Decodable {
      package let operation: String
      package let status: Int?
      package let code: String?
      package let requestId: String?
      package let profile: String?
    }

    package var isFinal: Bool { result == "done" || result == "already" }
  }

  private struct Header: Decodable {
    let format: String
    let plan: String
  }

  /// The whole lines, with the first.
  package let lines: [Substring]
  package let entries: [Entry]

  /// - Throws: where a line is not whole, or makes no sense.
  package init(_ path: String) throws {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    guard text.hasSuffix("\n") else { throw CocoaError(.fileReadCorruptFile) }
    lines = text.split(separator: "\n")
    let decoder = JSONDecoder()
    _ = try decoder.decode(Header.self, from: Data(lines[0].utf8))
    entries = try lines.dropFirst().map { try decoder.decode(Entry.self, from: Data($0.utf8)) }
  }

  /// The keys of the changes that are done with, once for each time that the journal says so.
  package var finalKeys: [String] { entries.filter(\.isFinal).map(\.key) }

  /// The number of line ends in a file that may be written to right now; 0 where it is not there.
  package static func lineCount(_ path: String) -> Int {
    guard let data = FileManager.default.contents(atPath: path) else { return 0 }
    return data.count { $0 == UInt8(ascii: "\n") }
  }
}
