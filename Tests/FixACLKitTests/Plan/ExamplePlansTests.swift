import Foundation
import AWSKit
import Testing

@testable import FixACLKit

/// The plans that the documentation shows are plans that this version reads, and fit the schema beside them.
@Suite struct ExamplePlansTests {
  private static let folder = PlanSchema.plansFolder

  @Test(arguments: [
    ("grant", ["grant": 8, "copy": 1, "blocked": 1], 12, 11),
    ("copy", ["grant": 0, "copy": 6, "blocked": 2], 8, 8),
  ])
  func isReadAsItWasWritten(name: String, actions: [String: Int], listed: Int, foreign: Int) throws {
    let plan = try Plan(path: "\(Self.folder)/\(name).plan.json")
    #expect(plan.header.summary.listed == listed)
    #expect(plan.header.summary.foreign == foreign)
    var counted = ["grant": 0, "copy": 0, "blocked": 0]
    var changes = plan.changes()
    while let (_, change) = try changes.next() { counted[change.action.rawValue, default: 0] += 1 }
    #expect(counted == actions)
  }

  @Test func publicGrantsGoUnderBlockPublicAccess() throws {
    let plan = try Plan(path: "\(Self.folder)/grant.plan.json")
    #expect(plan.header.bucket.publicAccessBlock?.blockPublicAcls == true)
    var changes = plan.changes()
    var dropped = 0
    while let (_, change) = try changes.next() {
      let diff = ACLDiff(from: plan.acl(change.from), to: plan.acl(change.to))
      #expect(!diff.added.contains { $0.grantee.isPublic })
      if diff.removed == [Grant(.allUsers, .read)] { dropped += 1 }
    }
    #expect(dropped == 4)
  }

  @Test func anOddKeyIsExact() throws {
    let plan = try Plan(path: "\(Self.folder)/grant.plan.json")
    var keys: [ObjectKey] = []
    var changes = plan.changes()
    while let (_, change) = try changes.next() { keys.append(change.key) }
    #expect(keys.contains(ObjectKey("odd/new\nline+plus%.txt")))
    #expect(keys == keys.sorted())
  }

  @Test(.enabled("Python has no jsonschema", PlanSchema.canBeChecked), arguments: ["grant", "copy"])
  func fitsTheSchema(name: String) async throws {
    let faults = try await PlanSchema.faults(of: ["\(Self.folder)/\(name).plan.json"])
    #expect(faults == "")
  }
}
