import Foundation
import FuzzTargets
import Testing

/// What fuzzers begin with, and what they have found: every input is read without a trap, and every property holds.
@Suite(.serialized)
struct CorpusTests {
  /// Tests/Fuzz/Corpus.
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

  private static func seeds(_ target: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: target).path(percentEncoded: false))
      .sorted()
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func readsItsSeeds(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let seeds = try Self.seeds(name)
    try #require(!seeds.isEmpty)
    for seed in seeds {
      let bytes = try Data(contentsOf: Self.folder.appending(path: name).appending(path: seed))
      target.run(Array(bytes))
      // Files are cut short, and answers too.
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 16)) {
        target.run(Array(bytes.prefix(length)))
      }
    }
  }

  @Test func everyFolderIsATarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path(percentEncoded: false))
    #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
  }
}
