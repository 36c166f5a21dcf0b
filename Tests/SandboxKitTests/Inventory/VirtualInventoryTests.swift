import AWSKit
import Foundation
import Testing

@testable import SandboxKit

/// Reports of computed objects, which are written to a folder.
@Suite("Inventory reports of computed objects")
struct VirtualInventoryTests {
  @Test("have the rows that the bucket itself has", arguments: [VirtualObjects.Shape.hex, .unicode, .dates])
  func rows(shape: VirtualObjects.Shape) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/fixacl-inventory-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var bucket = Sandbox.VirtualBucket(name: "virtual", count: 1000)
    bucket.shape = shape
    var inventory = Sandbox.VirtualBucket.Inventory()
    inventory.rowsPerFile = 300
    inventory.prefix = "pre"
    let accounts = AccountDirectory()
    let path = try bucket.writeInventory(inventory, to: folder, accounts: accounts)
    #expect(path.hasPrefix(folder + "/pre/virtual/fixacl/") && path.hasSuffix("/manifest.json"))
    #expect(FileManager.default.fileExists(atPath: path.replacing("manifest.json", with: "manifest.checksum")))
    let data = folder + "/pre/virtual/fixacl/data"
    let files = try FileManager.default.contentsOfDirectory(atPath: data)
    #expect(files.count == 4)
    var rows: [[UInt8]] = []
    for file in files {
      let content = [UInt8](try Data(contentsOf: URL(filePath: "\(data)/\(file)")))
      var text: [UInt8] = []
      try GzipDecoder().decode(content.span) { piece in piece.withUnsafeBufferPointer { text += $0 } }
      rows += text.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    }
    // As the slow way writes each.
    let objects = bucket.objects(among: accounts).1
    let columns = InventoryColumns(
      bucket: "virtual", hasVersions: false, fields: InventoryConfiguration.Field.allCases, ownerOfAllObjects: nil)
    let expected = (0..<1000).map { index in
      var row: [UInt8] = []
      columns.write(objects.object(at: index), isLatest: true, isACLKnown: true, to: &row)
      return row
    }
    #expect(Set(rows) == Set(expected) && rows.count == 1000)
    let keys = rows.prefix(300).map { String(decoding: $0, as: UTF8.self) }
    #expect(keys != keys.sorted(), "rows of reports are not sorted")
  }

  @Test("come in an order that has each number once", arguments: [0, 1, 2, 3, 10, 997, 1000, 65_536])
  func order(count: Int) {
    let order = ScatteredOrder(count: count)
    let numbers = (0..<count).map { order.index(at: $0) }
    #expect(Set(numbers) == Set(0..<count))
    #expect(count < 10 || numbers != numbers.sorted())
  }

  @Test("CSV: quotation marks, line ends, and what is none")
  func csv() {
    func read(_ text: String) -> [[String]] {
      var rows = CSVRows(Array(text.utf8))
      var result: [[String]] = []
      while let row = rows.next() { result.append(row.map { String(decoding: $0, as: UTF8.self) }) }
      return result
    }
    #expect(read("a,b\r\n\nc,\"d \"\"e\"\", f\"\n") == [["a", "b"], ["c", "d \"e\", f"]])
    #expect(read("a,\"b") == [[]] && read("\"a\"b,c\n") == [[]])
    #expect(read("a,") == [["a", ""]] && read("").isEmpty)
    var bytes: [UInt8] = []
    CSVRows.write("a \"b\", c".utf8, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\"a \"\"b\"\", c\"")
  }
}
