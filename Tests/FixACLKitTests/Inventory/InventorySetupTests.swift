import AWSKit
import Foundation
import TestSupport
import Testing

@testable import FixACLKit

/// The policy and the configuration of an inventory.
struct InventorySetupTests {
  private static func setup(destinationPrefix: String = "reports/", prefix: String? = nil) -> InventorySetup {
    InventorySetup(
      bucket: Sample.bucket(), account: AccountID("111122223333"), destination: "dest",
      destinationPrefix: destinationPrefix, prefix: prefix, allVersions: false)
  }

  @Test func statementAndConfiguration() throws {
    let setup = Self.setup(prefix: "img/")
    #expect(setup.statement.contains(#""Resource":"arn:aws:s3:::dest/reports/*""#), "\(setup.statement)")
    #expect(setup.statement.contains(#""aws:SourceAccount":"111122223333""#))
    #expect(setup.configurationJSON.contains(#""Prefix":"reports"}}"#), "\(setup.configurationJSON)")
    #expect(setup.configurationJSON.contains(#""Filter":{"Prefix":"img/"}"#))
    for json in [setup.statement, setup.configurationJSON] {
      _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
    }
    #expect(setup.reports == "s3://dest/reports/\(Sample.bucket().name)/fixacl/")
    #expect(setup.sid != Self.setup(destinationPrefix: "other").sid)
    #expect(setup.sid.allSatisfy { $0.isLetter || $0.isNumber })
  }

  /// However often it runs, the policy has the statement once, and all others.
  @Test(arguments: [
    nil, #"{"Version":"2012-10-17","Statement":[]}"#,
    #"{"Version":"2012-10-17","Id":"x","Statement":{"Sid":"a","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#,
    #"{"Statement":[{"Sid":"a/b","Effect":"Allow","NotPrincipal":{"AWS":["1","2"]},"Action":["s3:*"],"Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"a":3}}}]}"#,
  ])
  func statementIsMerged(policy: String?) throws {
    let setup = Self.setup()
    let statement = Array(setup.statement.utf8)
    let first = try #require(
      try BucketPolicyText.adding(statement, sid: setup.sid, to: policy.map { Array($0.utf8) }))
    #expect(try BucketPolicyText.adding(statement, sid: setup.sid, to: first) == nil)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(first)) as? [String: Any])
    let statements = try #require(document["Statement"] as? [[String: Any]])
    #expect(statements.last?["Sid"] as? String == setup.sid)
    let before =
      try policy.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] } ?? [:]
    let others = before["Statement"] as? [[String: Any]] ?? (before["Statement"] as? [String: Any]).map { [$0] } ?? []
    #expect(statements.dropLast().map { $0 as NSDictionary } == others.map { $0 as NSDictionary })
    #expect(document["Id"] as? String == before["Id"] as? String)
    // An older form of it gives way, in its place.
    let older = String(decoding: first, as: UTF8.self).replacing("aws:SourceAccount", with: "aws:Other")
    let renewed = try #require(try BucketPolicyText.adding(statement, sid: setup.sid, to: Array(older.utf8)))
    #expect(renewed == first)
    #expect(throws: BucketPolicyText.Malformed.self) {
      try BucketPolicyText.adding(statement, sid: setup.sid, to: Array("<html>".utf8))
    }
  }
}
