import Foundation
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct CostEstimateTests {
  private static func change(_ action: ChangeAction, _ reason: ChangeReason = .readerMissing, size: Int = 0) -> Change {
    Change(
      key: ObjectKey("k"), etag: "e", size: size, lastModified: "", owner: Sample.tools, action: action, from: nil,
      to: nil,
      reason: reason)
  }

  private static func summary(_ changes: [(Change, storageClass: String)]) -> PlanSummary {
    var summary = PlanSummary()
    for (change, storageClass) in changes {
      summary.count(change)
      summary.count(change, storageClass: storageClass)
    }
    return summary
  }

  /// A million grants, as S3's price list has them: 0.40 $ to read the ACLs, 5 $ to write them; by a job, 5 $, 1 $ and 0.25 $.
  @Test func aMillionGrants() {
    var summary = PlanSummary()
    summary.actions = [.grant: 1_000_000]
    summary.requests = 2_000_000
    let cost = CostEstimate(summary, prices: .builtIn, jobs: 1)
    #expect(abs(cost.apply.dollars - 5.40) < 1e-9)
    #expect(cost.apply.requests == 2_000_000)
    #expect(abs(cost.apply.seconds - 1_000_000 / 3500) < 1)
    #expect(abs((cost.batch?.dollars ?? 0) - 6.25) < 1e-9)
    #expect(cost.batch?.requests == 1_000_000)
    #expect(cost.copyDollars == 0)
  }

  /// A copy over an archive bills its reading, and the rest of the time that the replaced object is charged for.
  @Test func copiesOfArchives() throws {
    let cost = CostEstimate(
      Self.summary([(Self.change(.copy, size: 1 << 30), "GLACIER_IR"), (Self.change(.copy, size: 1 << 30), "STANDARD")]
      ),
      prices: .builtIn)
    // 0.03 $ for the GB, and three months of 0.004 $.
    #expect(abs(cost.copyDollars - 0.042) < 1e-9)
    #expect(cost.apply.requests == 10)
    #expect(abs(cost.apply.dollars - (0.00002 + 4 * 0.00001 + 0.000005 + 4 * 0.0000004)) < 1e-9)
    #expect(cost.jobs == nil)
  }

  /// What has to be granted first stays with apply, and blocked objects cost nothing.
  @Test func whatNoJobCanDo() {
    let first = CostEstimate(Self.summary([(Self.change(.copy, .grantFirst), "STANDARD")]), prices: .builtIn)
    #expect(first.apply.requests == 7)
    #expect(first.batch == nil)
    let blocked = CostEstimate(
      Self.summary([(Self.change(.blocked, .ownerCredentialsMissing), "GLACIER")]), prices: .builtIn)
    #expect(blocked.apply.requests == 0)
    #expect(blocked.apply.dollars == 0)
    #expect(blocked.batch == nil)
  }

  /// A server may name any storage class; a plan holds those that S3 has.
  @Test func storageClassesOfThePlan() throws {
    let summary = Self.summary([
      (Self.change(.grant), "STANDARD_IA"), (Self.change(.grant), "STANDARD"), (Self.change(.grant), "\u{1b}[2J"),
      (Self.change(.copy, size: 7), "GLACIER"), (Self.change(.blocked, .unreadable), "GLACIER"),
    ])
    #expect(
      summary.storageClasses == [
        "STANDARD_IA": StorageClassCount(grants: 1), "GLACIER": StorageClassCount(copies: 1, bytesToCopy: 7),
      ])
    #expect(summary.changesByStorageClass["STANDARD"] == StorageClassCount(grants: 2))
    var json = JSONWriter()
    summary.write(to: &json)
    #expect(try JSONDecoder().decode(PlanSummary.self, from: Data(json.bytes)).storageClasses == summary.storageClasses)
    let doctored = String(decoding: json.bytes, as: UTF8.self).replacing("GLACIER", with: "ICE")
    #expect(throws: (any Error).self) { try JSONDecoder().decode(PlanSummary.self, from: Data(doctored.utf8)) }
  }

  @Test func readsPrices() throws {
    try withTemporaryFolder { folder in try readPrices(in: folder) }
  }

  private func readPrices(in folder: String) throws {
    let path = "\(folder)/prices.json"
    func table(_ text: String) throws -> PriceTable {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return try PriceTable(path: path)
    }
    let whole = """
      {"format":"fixacl-prices/1","region":"eu-central-1","date":"2026-11","batchJob":1,"batchMillionTasks":2,
       "inventoryMillionObjects":0.003,"storageClasses":{"STANDARD":{"writesPerThousand":0.0054,"readsPerThousand":0.00043,
       "retrievalPerGB":0,"minimumDays":0,"storagePerGBMonth":0.0245}}}
      """
    #expect(try table(whole).prices(of: "GLACIER").writesPerThousand == 0.0054)
    for (text, word) in [
      ("", "JSON"), ("[]", "JSON"), (whole.replacing("/1", with: "/2"), "format"),
      (whole.replacing("0.0054", with: "-1"), "negative"), (whole.replacing("0.0054", with: "1e300"), "negative"),
      (whole.replacing("\"STANDARD\"", with: "\"OTHER\""), "STANDARD"),
      (whole.replacing("\"batchJob\":1,", with: ""), "batchJob"),
    ] {
      #expect {
        try table(text)
      } throws: { "\($0)".contains(word) && "\($0)".contains("prices.json") }
    }
    #expect(throws: FileFormatError.self) { try PriceTable(path: folder + "/none") }
  }
}
