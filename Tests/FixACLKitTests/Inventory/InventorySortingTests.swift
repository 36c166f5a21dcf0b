import AWSKit
import Foundation
import TestSupport
import Testing

@testable import FixACLKit

/// Rows sorted in runs of any size, beside a plain sort.
struct InventorySortingTests {
  private struct Row: Hashable {
    var key: [UInt8]
    var time: Int
    var owner: String
    var acl: String
    var etag: String
  }

  private static let acl =
    #"{"version":"2022-11-10","status":"AVAILABLE","grants":[{"canonicalId":"ID","type":"CanonicalUser","permission":"READ"}]}"#

  private static func add(_ row: Row, to sorter: InventorySorter) throws {
    try row.key.withUnsafeBytes { key in
      try Array(row.owner.utf8).withUnsafeBytes { owner in
        try Array(row.acl.utf8).withUnsafeBytes { acl in
          try Array(row.etag.utf8).withUnsafeBytes { etag in
            var view = InventoryRow()
            (view.key, view.owner, view.acl, view.etag) = (key, owner, acl, etag)
            view.size = 7
            view.modified = InventoryTime(milliseconds: row.time, hasFraction: true)
            try sorter.add(view)
          }
        }
      }
    }
  }

  private static func rules(wantsVersions: Bool = false) -> InventorySorter.Rules {
    InventorySorter.Rules(
      filter: KeyFilter(), bucketOwner: CanonicalID("own"), looksAtOwn: false, hasVersions: wantsVersions,
      wantsVersions: wantsVersions)
  }

  /// - Parameter textBytes: memory for owners and ACLs; what does not fit is in the rows.
  @Test(arguments: [1 << 10, 64 << 10, 8 << 20], [500, 100_000])
  func sameAsPlainSort(runBytes: Int, textBytes: Int) throws {
    try withTemporaryFolder { folder in
      let texts = InventoryTexts(maximumBytes: textBytes)
      let sorters = try (0..<3).map { _ in
        InventorySorter(Self.rules(), texts: texts, file: try OpenFile(temporaryIn: folder), runBytes: runBytes)
      }
      var newest: [[UInt8]: Row] = [:]
      for number in 0..<4000 {
        let key = Array("common/\(Int.random(in: 0..<3000))\(Bool.random() ? "/é" : "")".utf8)
        let owner = number % 3 == 0 ? "own" : "owner\(number % 40)"
        let row = Row(
          key: key, time: number * 1000 + Int.random(in: 0..<999), owner: owner,
          acl: Self.acl.replacing("ID", with: "reader\(number % 90)"), etag: "e\(number)")
        newest[key] = row
        try Self.add(row, to: sorters[Int.random(in: 0..<3)])
      }
      for sorter in sorters { try sorter.finish() }
      let (owners, acls) = texts.tables
      let report = InventoryReport(
        rows: 4000, owners: owners, acls: acls, rules: Self.rules(), runs: sorters.flatMap(\.runs))
      #expect(runBytes > 1 << 10 || report.runs.count > 100)
      let merge = report.merge { _ in true }
      var (listed, found): (Int, [Row]) = (0, [])
      while let page = try merge.next() {
        listed += page.listed
        try page.forEach { key, record in
          #expect(record.size == 7)
          found.append(
            Row(
              key: key.bytes, time: record.time.milliseconds, owner: report.owner(record.owner)?.value ?? "",
              acl: report.grants(record.acl)?.first?.grantee.identifier ?? "",
              etag: String(decoding: record.etag, as: UTF8.self)))
        }
      }
      let expected = newest.values.filter { $0.owner != "own" }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      #expect(listed == newest.count - expected.count)
      #expect(found.map(\.key) == expected.map(\.key))
      #expect(found.map(\.owner) == expected.map(\.owner))
      #expect(found.map(\.etag) == expected.map(\.etag))
      #expect(
        found.map(\.acl) == expected.map { "reader" + $0.acl.split(separator: "reader")[1].prefix { $0 != "\"" } })
    }
  }

  @Test func fullDisk() throws {
    guard let full = try? OpenFile("/dev/full", .journal) else { return }
    let sorter = InventorySorter(Self.rules(), texts: InventoryTexts(), file: full, runBytes: 1 << 20)
    try Self.add(Row(key: [1], time: 0, owner: "o", acl: "", etag: "e"), to: sorter)
    #expect(throws: FileError.self) { try sorter.finish() }
  }

  @Test func aclForms() {
    let grants = ReportedACL.grants([Grant(.canonicalUser(CanonicalID("ID")), .read)])
    #expect(ReportedACL(Self.acl.utf8) == grants)
    #expect(ReportedACL(Data(Self.acl.utf8).base64EncodedString().utf8) == grants)
    let group = Self.acl.replacing(
      #""canonicalId":"ID","type":"CanonicalUser""#, with: #""uri":"http://x","type":"Group""#)
    #expect(ReportedACL(group.utf8) == .grants([Grant(.group("http://x"), .read)]))
    for text in [
      "", "!", Self.acl.replacing("AVAILABLE", with: "UNAVAILABLE"), Self.acl.replacing("READ", with: "FLY"),
      Self.acl.replacing("CanonicalUser", with: "AmazonCustomerByEmail"), String(Self.acl.dropLast()),
      Self.acl.replacing("canonicalId", with: "id"), #"{"status":"AVAILABLE"}"#, Self.acl + "x",
    ] {
      #expect(ReportedACL(text.utf8) == .unknown, "\(text)")
    }
  }

  @Test func times() throws {
    func parsed(_ text: String) -> String? { Array(text.utf8).withUnsafeBytes { InventoryTime($0)?.text } }
    for text in [
      "2026-11-26T17:03:04.000Z", "2026-02-28T00:00:00.007Z", "1999-12-31T23:59:59.999Z", "2024-02-29T01:02:03Z",
    ] {
      #expect(parsed(text) == text)
    }
    for text in [
      "", "2026-11-26T17:03:04.00Z", "2026-13-26T17:03:04.000Z", "2026-11-26 17:03:04.000Z", "2026-11-26T17:03:0a.000Z",
      "2023-02-29T01:02:03Z",
    ] {
      #expect(parsed(text) == nil, "\(text)")
    }
  }
}
