import AWSKit
import Testing

@testable import FixACLKit

/// What is read of completion reports.
@Suite struct BatchReportReaderTests {
  private static func rows(_ text: String, pieceLength: Int = .max) throws -> [BatchReportRow] {
    var reader = BatchReportReader()
    var rows: [BatchReportRow] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      try reader.take(Array(rest.prefix(pieceLength))) { rows.append($0) }
      rest = rest.dropFirst(pieceLength)
    }
    try reader.finish { rows.append($0) }
    return rows
  }

  private static let failed = BatchReportRow(
    bucket: "assets", key: ObjectKey("a b+c"), hasSucceeded: false, status: 404, code: "NoSuchKey",
    message: "say \"no\", twice")

  /// AWS's examples have the status first, its schema the code: the field of digits is the status.
  @Test(
    arguments: [
      "assets,a%20b%2Bc,,failed,404,NoSuchKey,\"say \"\"no\"\", twice\"",
      "assets,a+b%2Bc,,failed,NoSuchKey,404,\"say \"\"no\"\", twice\"\r\n",
      "\"assets\",\"a%20b%2Bc\",\"\",\"failed\",\"404\",\"NoSuchKey\",\"say \"\"no\"\", twice\"\n\n",
    ], [1, 3, 1000])
  func bothOrders(line: String, pieceLength: Int) throws {
    #expect(try Self.rows(line, pieceLength: pieceLength) == [Self.failed])
  }

  @Test func succeeded() throws {
    let rows = try Self.rows(
      "assets,a,,succeeded,200,,Successful\nassets,b,v1,succeeded,,200,\nassets,c,,Succeeded,,\n")
    #expect(rows.map(\.hasSucceeded) == [true, true, true])
    #expect(rows.map(\.status) == [200, 200, nil])
    #expect(rows.map(\.versionID) == [nil, "v1", nil])
    #expect(rows.map(\.code) == [nil, nil, nil])
  }

  /// A message can have lines of its own.
  @Test func linesInQuotes() throws {
    let rows = try Self.rows("b,k,,failed,500,InternalError,\"one\ntwo\"\nb,l,,succeeded,200,,\n")
    #expect(rows.map(\.message) == ["one\ntwo", ""])
  }

  @Test(arguments: [
    "a,b\n", "a,%zz,,succeeded,200,,\n", "a,,,succeeded,200,,\n", "a,%ff,,succeeded,200,,\n", "a,k,,perhaps,200,,\n",
    "a,k,,failed,404,x,\"cut off", "a,k,,failed,404,x,\"a\"b\n", String(repeating: ",", count: 100) + "\n",
    "a,\(String(repeating: "k", count: 1025)),,succeeded,200,,\n", String(repeating: "x", count: 100_000),
  ])
  func damage(text: String) {
    #expect(throws: BatchReportReader.Damage.self) { try Self.rows(text) }
  }

  @Test func damageIsFoundByItsRow() {
    #expect(throws: BatchReportReader.Damage(row: 2, reason: "it has 2 fields")) {
      try Self.rows("b,k,,succeeded,200,,\na,b\n")
    }
  }

  @Test func manifest() throws {
    let text = #"""
      {"Format": "Report_CSV_20180820", "ReportCreationDate": "2026-11-26T10:00:00Z", "ReportSchema": "Bucket, Key",
       "Results": [{"TaskExecutionStatus": "failed", "Bucket": "jobs", "Key": "r/job-1/results/f.csv",
                    "MD5Checksum": "22EE037F3515975F7719699E5C416EAA"}]}
      """#
    let manifest = try BatchReportManifest(parsing: Array(text.utf8))
    #expect(manifest.files.map(\.key) == ["r/job-1/results/f.csv"])
    #expect(manifest.files.map(\.md5) == ["22ee037f3515975f7719699e5c416eaa"])
    for (old, new) in [("20180820", "20990101"), ("22EE", "22"), ("\"Results\"", "\"Other\""), ("{", "[")] {
      #expect(throws: FileFormatError.Detail.self) {
        try BatchReportManifest(parsing: Array(text.replacing(old, with: new).utf8))
      }
    }
  }
}
