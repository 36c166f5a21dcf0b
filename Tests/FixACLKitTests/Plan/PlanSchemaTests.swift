import Foundation
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// The schema says of plans what the writer does.
@Suite struct PlanSchemaTests {
  @Test(.enabled("Python has no jsonschema", PlanSchema.canBeChecked))
  func writtenPlansFitTheSchema() async throws {
    try await withTemporaryFolder { folder in
      var plans = [SamplePlan(), .mixed]
      var unknown = SamplePlan.mixed
      unknown.bucket = Sample.bucket(endpoint: nil, versioning: nil, ownership: nil, block: nil)
      plans.append(unknown)
      var filtered = SamplePlan()
      filtered.desired = Sample.desired(
        grants: [.user(Sample.oai), .user(Sample.site, .fullControl)], strategy: .copy, rule: .never,
        filter: KeyFilter(prefix: "\u{1}", include: [Glob("*")], exclude: [Glob("[")]))
      filtered.bucket.versioning = .suspended
      filtered.bucket.objectOwnership = .bucketOwnerPreferred
      for reason in ChangeReason.allCases where ![.readerMissing, .grantFirst, .aclUnknown].contains(reason) {
        filtered.addBlocked("\u{1}" + reason.rawValue, reason: reason)
      }
      filtered.changes.sort { $0.key < $1.key }
      plans.append(filtered)
      var full = SamplePlan()
      full.bucket.accountPublicAccessBlock = PublicAccessBlock()
      full.bucket.encryption = ObjectEncryption(algorithm: "aws:kms", kmsKeyID: "k", usesBucketKey: true)
      full.bucket.objectLock = ObjectLockConfiguration(isEnabled: true, defaultMode: "COMPLIANCE", defaultDays: 1)
      unknown.bucket.objectLock = ObjectLockConfiguration(isEnabled: true, defaultEventHold: .days(90))
      plans.append(unknown)
      unknown.bucket.objectLock?.defaultEventHold = .years(7)
      plans.append(unknown)
      full.bucket.policyDigest = "sha256:" + String(repeating: "0a", count: 32)
      full.desired = Intent(
        grants: [],
        readers: [
          Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: ["arn:x"]), statement: "1"),
          Reader(.distribution, .canonicalUser(Sample.oai, .read), distribution: "E1", originAccessIdentity: "E2"),
        ], strategy: .auto, dropPublicGrants: .always, filter: KeyFilter())
      full.alternative = OwnershipAlternative(
        fixes: 1, isPossibleNow: false, allowsReaders: nil, affectedCount: 2,
        affected: [.init(.allUsers, objects: 1), .init(.canonicalUser(Sample.guest), objects: 1)], commands: ["aws"])
      full.addBlocked("k")
      plans.append(full)
      for selection in ObjectSelectionTests.selections {
        var selected = SamplePlan()
        selected.desired.selection = selection
        plans.append(selected)
      }
      var odd = SamplePlan()
      for key in Sample.oddKeys.map({ ObjectKey($0) }).sorted() { odd.addGrant(key.text) }
      plans.append(odd)
      var paths: [String] = []
      for (index, plan) in plans.enumerated() {
        paths.append("\(folder)/\(index).json")
        try plan.write(to: paths[index])
        _ = try Plan(path: paths[index])
      }
      for strategy in Strategy.allCases {
        var bucket = SampleBucket()
        bucket.fill(90)
        bucket.desired.strategy = strategy
        paths.append(try await bucket.plan(in: folder, name: "\(strategy).json").path)
      }
      let faults = try await PlanSchema.faults(of: paths)
      #expect(faults == "")
    }
  }

  /// Words that the schema lists, and those that the program knows.
  @Test func knowsTheSameWords() throws {
    let schema = try Self.object(JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: PlanSchema.path))))
    func words(_ path: String...) throws -> Set<String> {
      let place = try path.reduce(schema) { try Self.object($0[$1]) }
      return Set(try #require(place["enum"] as? [Any]).compactMap { $0 as? String })
    }
    #expect(try words("$defs", "action") == Set(ChangeAction.allCases.map(\.rawValue)))
    #expect(try words("$defs", "reason") == Set(ChangeReason.allCases.map(\.rawValue)))
    #expect(try words("$defs", "permission") == Set(Permission.allCases.map(\.rawValue)))
    let desired = ["$defs", "desired", "properties"]
    #expect(try words(desired[0], desired[1], desired[2], "strategy") == Set(Strategy.allCases.map(\.rawValue)))
    #expect(
      try words(desired[0], desired[1], desired[2], "dropPublicGrants")
        == Set(PublicGrantRule.allCases.map(\.rawValue)))
    for word in try words("$defs", "bucket", "properties", "versioning") {
      #expect(VersioningState(rawValue: word) != nil)
    }
    for word in try words("$defs", "bucket", "properties", "objectOwnership") {
      #expect(ObjectOwnership(rawValue: word) != nil)
    }
    #expect(try words("$defs", "reader", "properties", "source") == Set(Reader.Source.allCases.map(\.rawValue)))
    let format = try Self.object(Self.object(schema["properties"])["format"])
    #expect(format["const"] as? String == PlanHeader.format)
  }

  /// What must be there is there, also where there is no Python to say so.
  @Test(arguments: ["grant", "copy"])
  func hasTheRequiredMembers(name: String) throws {
    let schema = try Self.object(JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: PlanSchema.path))))
    let definitions = try Self.object(schema["$defs"])
    let plan = try Self.object(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(filePath: "\(PlanSchema.plansFolder)/\(name).plan.json"))))
    func expect(_ value: Any?, toFit definition: Any?) throws {
      let definition = try Self.object(definition)
      let members = Set(try Self.object(value).keys)
      let required = Set(try #require(definition["required"] as? [String]))
      #expect(members.isSuperset(of: required))
      #expect(members.isSubset(of: Set(try Self.object(definition["properties"]).keys)))
    }
    try expect(plan, toFit: schema)
    for part in ["bucket", "desired", "summary"] { try expect(plan[part], toFit: definitions[part]) }
    for acl in try Self.object(plan["acls"]).values { try expect(acl, toFit: definitions["acl"]) }
    for change in try #require(plan["changes"] as? [Any]) { try expect(change, toFit: definitions["change"]) }
  }

  private static func object(_ value: Any?) throws -> [String: Any] {
    try #require(value as? [String: Any])
  }
}
