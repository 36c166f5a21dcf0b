import Foundation
import S3Kit
import Testing

@testable import FixACLKit

/// The plans that the documentation shows are plans that this version reads, and fit the schema beside them.
@Suite struct ExamplePlansTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "plans").path

  @Test(arguments: [
    ("grant", ["grant": 8, "copy": 1, "blocked": 1], 12, 11),
    ("copy", ["grant": 0, "copy": 5, "blocked": 1], 6, 6),
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

  /// With Python's jsonschema (Debian: python3-jsonschema), which nobody here wrote.
  @Test(arguments: ["grant", "copy"])
  func fitsTheSchema(name: String) async throws {
    guard await Self.python("import jsonschema") == 0 else {
      print("fitsTheSchema is skipped: Python has no module jsonschema; 'make test' installs it")
      return
    }
    let script = """
      import json, jsonschema
      schema = json.load(open("\(Self.folder)/plan.schema.json"))
      jsonschema.Draft202012Validator.check_schema(schema)
      plan = json.load(open("\(Self.folder)/\(name).plan.json"))
      jsonschema.Draft202012Validator(schema).validate(plan)
      del plan["digest"]
      assert not jsonschema.Draft202012Validator(schema).is_valid(plan)
      """
    #expect(await Self.python(script) == 0)
  }

  /// - Returns: the exit status; -1 where there is no Python.
  private static func python(_ script: String) async -> Int32 {
    await withCheckedContinuation { continuation in
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", script]
      process.standardError = FileHandle.nullDevice
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        continuation.resume(returning: -1)
      }
    }
  }
}
