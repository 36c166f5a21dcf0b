import Foundation
import AWSKit
import TestSupport
import Testing

/// What does not go away is given up, in time and with what to do next; and the next run does it.
struct PersistingFaultTests {
  typealias Fault = SandboxControl.Fault

  /// Faults that stay, of the write of each strategy.
  struct Trouble: Sendable, CustomTestStringConvertible {
    let fault: String
    let strategy: String
    let operation: String
    /// All that must be said of the first object; the others are counted.
    let parts: [String]

    var testDescription: String { "\(fault) of \(operation)" }
  }

  static let troubles = [
    Trouble(
      fault: "forbidden", strategy: "grant", operation: "PutObjectAcl", parts: ["403 AccessDenied", "s3:PutObjectAcl"]),
    Trouble(
      fault: "forbidden", strategy: "copy", operation: "CopyObject", parts: ["403 AccessDenied", "s3:PutObject"]),
    Trouble(
      fault: "internal", strategy: "grant", operation: "PutObjectAcl",
      parts: ["500 InternalError", "Run the same command again with a lower --concurrency"]),
    Trouble(
      fault: "error-in-200", strategy: "copy", operation: "CopyObject",
      parts: ["200 InternalError", "Run the same command again"]),
    Trouble(
      fault: "reset", strategy: "copy", operation: "HeadObject",
      parts: ["http://127.0.0.1:", "Run the same command again"]),
    Trouble(
      fault: "proxy-missing", strategy: "copy", operation: "HeadObject", parts: ["Is this address an S3 server"]),
    Trouble(
      fault: "proxy-forbidden", strategy: "grant", operation: "PutObjectAcl", parts: ["Is this address an S3 server"]),
    Trouble(
      fault: "malformed", strategy: "grant", operation: "GetObjectAcl", parts: ["Is this address an S3 server"]),
  ]

  @Test(arguments: troubles)
  func applyReportsEachObject(trouble: Trouble) async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      // Fewer than end a run.
      let keys = BrokenBucket.keys(45)
      let bucket = try await BrokenBucket(
        server, keys: keys,
        headers: [
          ("x-amz-grant-full-control", "id=\"\(server.tools.id.value)\""),
          ("x-amz-grant-read", "id=\"\(server.site.id.value)\""),
        ])
      try await bucket.plan("--strategy", trouble.strategy)
      let before = try await bucket.states()
      try await control.counters(reset: true)
      try await control.set([Fault(trouble.fault, trouble.operation)])
      let result = try await bucket.apply()
      #expect(result.status == 3, "\(result.err)")
      #expect(result.count("failed") == keys.count && result.count("changed") == 0, "\(result.err)")
      #expect(result.err.contains("to try the failed objects again:"))
      let lines = result.err.split(separator: "\n").filter { $0.hasPrefix("error: failed: ") }
      let line = try #require(lines.first)
      #expect(lines.count == 1)
      for part in ["\(trouble.operation) s3://\(bucket.name)/assets/"] + trouble.parts {
        #expect(line.contains(part), "no '\(part)' in: \(line)")
      }
      #expect(result.err.contains("failed alike (\(trouble.operation): "), "\(result.err)")
      #expect(result.err.contains("44 more: assets/") && result.err.contains(" and 41 others."), "\(result.err)")
      // The retry budget is for the whole run, and a refusal is not tried again at all. (libcurl tries once again by
      // itself where a kept connection was reset.)
      let attempts = try #require(try await control.counters()[trouble.operation])
      #expect(trouble.fault == "forbidden" ? attempts == keys.count : attempts <= 2 * (keys.count + 100))

      try await control.clearFaults()
      #expect(try await bucket.states() == before)
      let again = try await bucket.apply()
      #expect(again.status == 0, "\(again.err)")
      #expect(again.count("changed") == keys.count)
      let operation = trouble.strategy == "copy" ? "CopyObject" : "PutObjectAcl"
      let writes = try await control.successes(in: bucket.name)[operation]
      #expect(writes == keys.reduce(into: [:]) { $0[$1] = 1 })
      #expect(try await bucket.verify().status == 0)
    }
  }

  @Test func planWritesNothing() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(100))
      try await control.set([Fault("internal", "GetObjectAcl")])
      let result = try await bucket.place.start(bucket.planArguments(["-o", "plan.json"])).result()
      #expect(result.status == 1)
      for part in [
        "the scan did not finish, so fixacl wrote no plan", "GetObjectAcl s3://\(bucket.name)/assets/",
        "500 InternalError (request ", "Run the same command again",
      ] {
        #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
      }
      #expect(result.stdout.isEmpty && !bucket.place.exists("plan.json"))
    }
  }

  /// What a proxy says of an object is not S3's word: else objects would be left out as gone, or blocked.
  @Test(arguments: ["proxy-missing", "proxy-forbidden"], ["GetObjectAcl", "HeadObject"])
  func planDoesNotBelieveAProxy(fault: String, operation: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(
        server, keys: BrokenBucket.keys(100),
        headers: [
          ("x-amz-grant-full-control", "id=\"\(server.tools.id.value)\""),
          ("x-amz-grant-read", "id=\"\(server.site.id.value)\""),
        ])
      try await control.set([Fault(fault, operation, count: 3)])
      try await bucket.plan("--strategy", "copy")
      let plan = try PlanDocument(Data(contentsOf: URL(filePath: bucket.place.path("plan.json"))))
      #expect(plan.changes.filter { $0.action == "copy" }.count == 100)
      try await control.set([Fault(fault, operation)])
      let result = try await bucket.place.start(
        bucket.planArguments(["--strategy", "copy", "-o", "other.json", "--fresh"])
      ).result()
      #expect(result.status == 1, "\(result.err)")
      #expect(result.err.contains("Is this address an S3 server"), "\(result.err)")
      #expect(!bucket.place.exists("other.json"))
    }
  }

  /// Whose ACL cannot be read is in the plan, as blocked: left out, it would count as being in order.
  @Test func planBlocksWhatIsForbidden() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(20))
      try await control.set([Fault("forbidden", "GetObjectAcl", key: "*/00000?.css")])
      let plan = try await bucket.place.plan(server, bucket.name)
      #expect(plan.keys == BrokenBucket.keys(20))
      #expect(
        plan.changes.map(\.action) == Array(repeating: "blocked", count: 10) + Array(repeating: "grant", count: 10))
    }
  }

  @Test func verifySaysWhatCannotBeRead() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(20))
      try await bucket.plan()
      #expect(try await bucket.apply().status == 0)
      try await control.set([Fault("forbidden", "GetObjectAcl", key: "*/00000?.css")])
      let result = try await bucket.verify()
      #expect(result.status == 2, "\(result.err)")
      #expect(result.count("as planned") == 10 && result.out.split(separator: "\n").count == 10, "\(result.out)")
    }
  }
}
