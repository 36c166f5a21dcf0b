import AWSKit
import Testing

@testable import FixACLKit

/// Rows that come in any order are found in the order of the keys.
@Suite struct BatchRowsTests {
  @Test(arguments: [1, 1 << 20])
  func rowsAreFound(maximumBytes: Int) throws {
    let keys = (0..<500).map { ObjectKey("k\(1000 + $0)") }
    var rows = BatchRows(boundaries: [keys[100], keys[101], keys[300]], maximumBytes: maximumBytes)
    for (index, key) in keys.enumerated().reversed() where index % 5 != 0 {
      try rows.add(
        BatchReportRow(
          bucket: "b", key: key, hasSucceeded: index % 2 == 0, status: index % 2 == 0 ? 200 : 403,
          code: index % 2 == 0 ? nil : "AccessDenied", message: "m\(index)"), of: 1 + index % 3)
    }
    #expect(rows.count == 400 && rows.succeeded(of: 1...3) == 200)
    let ofOne = keys.indices.count { $0 % 5 != 0 && $0 % 2 == 0 && $0 % 3 == 0 }
    #expect(rows.succeeded(of: [1]) == ofOne && rows.succeeded(of: [9]) == 0)
    var lookup = rows.lookup()
    for (index, key) in keys.enumerated() {
      let result = try lookup.result(of: key, version: nil, job: 1 + index % 3)
      guard index % 5 != 0 else {
        #expect(result == nil)
        continue
      }
      #expect(result?.hasSucceeded == (index % 2 == 0) && result?.message == "m\(index)")
      #expect(result?.code == (index % 2 == 0 ? nil : "AccessDenied") && result?.status == (index % 2 == 0 ? 200 : 403))
      // Another job's word says nothing of this one.
      #expect(try lookup.result(of: key, version: nil, job: 9) == nil)
    }
  }

  @Test func versionsAreToldApart() throws {
    var rows = BatchRows(boundaries: [])
    for version in ["v1", "null"] {
      try rows.add(
        BatchReportRow(bucket: "b", key: ObjectKey("k"), versionID: version, hasSucceeded: version == "v1"), of: 1)
    }
    var lookup = rows.lookup()
    #expect(try lookup.result(of: ObjectKey("k"), version: "v1", job: 1)?.hasSucceeded == true)
    #expect(try lookup.result(of: ObjectKey("k"), version: "null", job: 1)?.hasSucceeded == false)
    #expect(try lookup.result(of: ObjectKey("k"), version: "v2", job: 1) == nil)
  }

  /// A report that is not believed hides nothing that another one says.
  @Test(arguments: [[1, 2], [2, 1]])
  func jobsAreToldApart(order: [Int]) throws {
    var rows = BatchRows(boundaries: [])
    for job in order { try rows.add(BatchReportRow(bucket: "b", key: ObjectKey("k"), hasSucceeded: job == 1), of: job) }
    var lookup = rows.lookup()
    #expect(try lookup.result(of: ObjectKey("k"), version: nil, job: 1)?.hasSucceeded == true)
    #expect(try lookup.result(of: ObjectKey("k"), version: nil, job: 2)?.hasSucceeded == false)
  }

  /// What failed once is looked at by apply.
  @Test(arguments: [[true, false], [false, true]])
  func oneFailureCounts(results: [Bool]) throws {
    var rows = BatchRows(boundaries: [])
    for result in results {
      try rows.add(BatchReportRow(bucket: "b", key: ObjectKey("k"), hasSucceeded: result), of: 1)
    }
    var lookup = rows.lookup()
    #expect(try lookup.result(of: ObjectKey("k"), version: nil, job: 1)?.hasSucceeded == false)
  }
}
