import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct PlanSpoolTests {
  private static let mebibyte = 1 << 20

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func pagesComeInTheOrderOfTheirKeys(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Keys whose order as Strings is not that of their bytes, too.
    let keys = Set((0..<400).map { _ in ObjectKey(RandomKeys.key(8, using: &generator)) }).filter { !$0.bytes.isEmpty }
      .sorted()
    var pages: [[ObjectKey]] = []
    for key in keys {
      if pages.isEmpty || Int.random(in: 0..<20, using: &generator) == 0 { pages.append([]) }
      pages[pages.count - 1].append(key)
    }
    func content(_ pages: [[ObjectKey]]) throws -> [UInt8] {
      var spool = try PlanSpool(folder: "/tmp")
      for page in pages {
        let lines = page.flatMap { SamplePlan().line(Sample.change($0.text)) }
        try spool.append(lines, firstKey: page[0])
      }
      return try Self.content(of: spool)
    }
    let inOrder = try content(pages)
    #expect(try content(pages.shuffled(using: &generator)) == inOrder)
    #expect(try content(pages.reversed()) == inOrder)
    let lines = inOrder.split(separator: UInt8(ascii: "\n"))
    #expect(try lines.map { try SamplePlan.change($0).key } == keys)
    // A comma after every line but the last.
    #expect(lines.map { $0.last == UInt8(ascii: ",") } == keys.indices.map { $0 < keys.count - 1 })
  }

  /// A key with more versions than fit into a page begins several.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func pagesOfTheSameFirstKeyComeInTheirOrder(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pages = ["a", "k", "k\u{1}", "z"].flatMap { key in
      // Compared as numbers: 10 comes after 9.
      (0..<(key == "k" ? 12 : 1)).map { (key: ObjectKey(key), page: $0 * 3) }
    }
    var spool = try PlanSpool(folder: "/tmp")
    for (key, page) in pages.shuffled(using: &generator) {
      try spool.append(Array("\(key.text.count)\(key.text.first!):\(page),\n".utf8), firstKey: key, page: page)
    }
    let expected = pages.map { "\($0.key.text.count)\($0.key.text.first!):\($0.page)" }
    #expect(String(decoding: try Self.content(of: spool), as: UTF8.self) == expected.joined(separator: ",\n") + "\n")
  }

  @Test func pagesWithoutChangesLeaveNoTrace() throws {
    var spool = try PlanSpool(folder: "/tmp")
    #expect(try Self.content(of: spool).isEmpty)
    try spool.append([], firstKey: ObjectKey(""))
    try spool.append([], firstKey: ObjectKey("b"))
    #expect(try Self.content(of: spool).isEmpty)
    try spool.append(Array("1,\n".utf8), firstKey: ObjectKey("c"))
    try spool.append([], firstKey: ObjectKey("d"))
    #expect(try Self.content(of: spool) == Array("1\n".utf8))
  }

  /// The comma to be taken away may be in another piece than the line end.
  @Test(arguments: [mebibyte - 1, mebibyte, mebibyte + 1, mebibyte + 2, mebibyte + 3, 2 * mebibyte + 1])
  func lastCommaGoesAtEveryPlaceOfAPiece(length: Int) throws {
    let page = [UInt8](repeating: UInt8(ascii: "x"), count: length - 2) + Array(",\n".utf8)
    var spool = try PlanSpool(folder: "/tmp")
    try spool.append(page, firstKey: ObjectKey("b"))
    try spool.append(page, firstKey: ObjectKey("a"))
    var sizes: [Int] = []
    try spool.forEachPiece { sizes.append($0.count) }
    #expect(sizes.allSatisfy { $0 <= Self.mebibyte })
    #expect(try Self.content(of: spool) == page + page.dropLast(2) + Array("\n".utf8))
  }

  @Test func folderMustBeThere() throws {
    let error = try #require(throws: FileError.self) { try PlanSpool(folder: "/nonexistent/folder") }
    #expect(error.description.contains("/nonexistent/folder"))
    #expect(error.isNoSuchFile)
  }

  @Test func leavesNoFileBehind() throws {
    try withTemporaryFolder { folder in
      var spool = try PlanSpool(folder: folder)
      try spool.append(Array("1,\n".utf8), firstKey: ObjectKey("a"))
      // Not even while it is in use.
      #expect(try entries(of: folder).isEmpty)
      #expect(try Self.content(of: spool) == Array("1\n".utf8))
    }
  }

  private static func content(of spool: PlanSpool) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try spool.forEachPiece { bytes += $0 }
    return bytes
  }
}
