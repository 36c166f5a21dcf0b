import AWSKit
import Crypto
import Foundation
import Testing

@testable import FixACLKit

/// Files that pyarrow wrote, read as pyarrow reads them.
struct ParquetFileTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path
  /// Python with pyarrow, which `make install-test-packages` installs; nil without.
  private static let python: String? = {
    // Not standardized, which would follow the link to a Python without pyarrow.
    let path =
      URL(filePath: #filePath).deletingLastPathComponent().path + "/../../../.build/pyarrow/bin/python3"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// The rows as `make.py` writes them.
  private static func lines(_ path: String) throws -> [String] {
    let file = try OpenFile(path, .reading)
    var lines: [String] = []
    // The texts of versions are read if there are any.
    let content = String(decoding: try readBytes(path), as: UTF8.self)
    try ParquetFile(file, size: file.size(), sourceBucket: "b", hasVersions: content.contains("version_id")).forEachRow
    {
      row in
      lines.append(
        [
          "key=\(Hex.encode(row.key))", "version=\(Hex.encode(row.versionID))", "latest=\(row.isLatest ? 1 : 0)",
          "marker=\(row.isDeleteMarker ? 1 : 0)", "size=\(row.size.map(String.init) ?? "-")",
          "time=\(row.modified.map { String($0.milliseconds) } ?? "-")", "etag=\(Hex.encode(row.etag))",
          "kms=\(row.usesKMS.map { $0 ? "1" : "0" } ?? "-")", "owner=\(Hex.encode(row.owner))",
          "acl=\(Hex.encode(row.acl))",
        ].joined(separator: " "))
    }
    return lines
  }

  private static func compare(_ folder: String) throws {
    let names = try entries(of: folder).filter { $0.hasSuffix(".parquet") }.map { folder + "/" + $0.dropLast(8) }
    #expect(names.count > 20)
    for name in names {
      if let words = try? readBytes(name + ".refused") {
        let damage = #expect(throws: InventoryDamage.self) { try lines(name + ".parquet") }
        #expect(damage?.detail.contains(String(decoding: words, as: UTF8.self)) ?? false, "\(name): \(damage as Any)")
        continue
      }
      let expected = String(decoding: try readBytes(name + ".rows"), as: UTF8.self)
      let found = try lines(name + ".parquet").map { $0 + "\n" }
      if expected.hasPrefix("sha256 ") {
        let digest = SHA256.hash(data: Data(found.joined().utf8)).map { String(format: "%02x", $0) }.joined()
        #expect(expected == "sha256 \(digest)\n", "\(name)")
      } else {
        let rows = expected.split(separator: "\n", omittingEmptySubsequences: true).map { $0 + "\n" }
        #expect(rows.count == found.count, "\(name)")
        if let index = zip(rows, found).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
          Issue.record("\(name), row \(index): \(found[index].prefix(300)) instead of \(rows[index].prefix(300))")
        }
      }
    }
  }

  @Test func fixtures() throws { try Self.compare(Self.fixtures) }

  @Test(.enabled(if: python != nil)) func filesOfToday() async throws {
    let python = try #require(Self.python)
    try await withTemporaryFolder { folder in
      let process = Process()
      process.executableURL = URL(filePath: python)
      process.arguments = [Self.fixtures + "/make.py", folder, "\(Int.random(in: 0..<1_000_000))"]
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        process.terminationHandler = { _ in continuation.resume() }
        do { try process.run() } catch { continuation.resume(throwing: error) }
      }
      #expect(process.terminationStatus == 0)
      try Self.compare(folder)
    }
  }

  /// Cut off or changed anywhere, a file is refused or read; nothing else happens.
  @Test(arguments: ["default", "version2", "fallback", "version2-none"])
  func damage(name: String) throws {
    let bytes = try readBytes("\(Self.fixtures)/\(name).parquet")
    var chance = SystemRandomNumberGenerator()
    try withTemporaryFolder { folder in
      var refused = 0
      for round in 0..<600 {
        var changed = bytes
        if round % 2 == 0 {
          changed.removeLast(Int.random(in: 1..<bytes.count, using: &chance))
        } else {
          // Most of what matters is in the footer.
          for _ in 0..<3 {
            let index =
              Bool.random(using: &chance)
              ? Int.random(in: bytes.count / 2..<bytes.count, using: &chance)
              : Int.random(in: 0..<bytes.count, using: &chance)
            changed[index] = UInt8.random(in: 0...255, using: &chance)
          }
        }
        try writeBytes(changed, to: folder + "/file")
        do {
          _ = try Self.lines(folder + "/file")
        } catch is InventoryDamage {
          refused += 1
        } catch is GzipDecoder.Failure {
          refused += 1
        }
      }
      #expect(refused >= 300)
    }
  }
}
