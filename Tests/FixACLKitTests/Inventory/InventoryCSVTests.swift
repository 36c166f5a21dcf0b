import AWSKit
import Testing

@testable import FixACLKit

/// Rows of CSV reports as a manifest of somebody else's may order them: S3's own begin with the bucket.
struct InventoryCSVTests {
  private static let columns: [InventoryField?] = [.key, .bucket, .size]

  private static func keys(_ text: String) throws -> [String] {
    let csv = InventoryCSV(columns: columns, sourceBucket: "b")
    var keys: [String] = []
    func take(_ row: InventoryRow) { keys.append(String(decoding: row.key, as: UTF8.self)) }
    let bytes = Array(text.utf8)
    try csv.take(bytes.span, take)
    try csv.finish(take)
    return keys
  }

  @Test func emptyLinesArePassedOver() throws {
    #expect(try Self.keys("\"a\",\"b\",\"1\"\n\n\"c\",\"b\",\"2\"\r\n\r\n") == ["a", "c"])
  }

  /// A row that has too few fields is none of those before it.
  @Test(arguments: ["\"\"\n", "\"\"", "\"\"\r\n", "\"x\"\n", "\"x\",\"b\"\n"])
  func aRowThatIsTooShort(row: String) {
    for text in [row, "\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"b\",\"1\"\n" + row] {
      #expect(throws: InventoryDamage.self, "\(text)") { try Self.keys(text) }
    }
  }
}
