import Foundation
import AWSKit
import TestSupport
import Testing

/// What stops a reconcile before its first write: each rail says what tripped it, and the command that it prints goes on.
struct GuardRailTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var rail: String
    /// Options of all runs.
    var options: [String] = []
    var owners = ["tools"]
    /// After a good run.
    var change: @Sendable (ReconcileStage) async throws -> Void = { try await $0.bucket.upload(["new"]) }
    /// Options of the runs after the change.
    var then: [String] = []
    var reader: @Sendable (S3TestServer) -> String = { $0.oai.id.value }
    /// Words of what is said.
    var parts: [String] = []
    var servers = S3TestServer.all
  }

  private static let sandbox = [S3TestServer.sandbox].compactMap { $0 }

  static let cases: [Case] = [
    Case(
      testDescription: "one change more than allowed", rail: "max-changes",
      change: { try await $0.bucket.upload(["n1", "n2", "n3"]) }, then: ["--max-changes", "2"],
      parts: ["3 objects would be changed, and --max-changes allows 2"]),
    Case(
      testDescription: "too large a share", rail: "max-changes-percent",
      change: { try await $0.bucket.upload(BrokenBucket.keys(100, prefix: "new/")) },
      parts: ["100 of 104 listed objects (96.2%)", "allows 10%"]),
    Case(
      testDescription: "too much to copy", rail: "max-copy-bytes",
      options: ["--strategy", "copy", "--allow-irreversible"],
      then: ["--max-copy-bytes", "6"], parts: ["7 bytes", "allows 6"]),
    Case(
      testDescription: "a copy that cannot be undone", rail: "irreversible",
      then: ["--strategy", "copy"], parts: ["1 copy", "versioning is off"]),
    Case(
      testDescription: "a reader whom nobody knows", rail: "new-reader", change: { _ in },
      reader: { $0.other.id.value }, parts: ["gets READ", "did not know"]),
    Case(
      testDescription: "more for a known reader", rail: "new-reader", change: { _ in },
      then: ["--bucket-owner-full-control"], parts: ["FULL_CONTROL", "did not know"]),
    Case(
      testDescription: "an owner whom nobody knows", rail: "new-owner", owners: ["tools", "other"],
      change: { try await $0.server.other.put("new", in: $0.bucket.name) }, parts: ["owns 1 object"]),
    Case(
      testDescription: "public access is blocked", rail: "block-public-access",
      change: { try await $0.server.site.blockPublicAccess(["BlockPublicAcls"], of: $0.bucket.name) },
      parts: ["Block Public Access of the bucket is BlockPublicAcls"]),
    Case(
      testDescription: "Object Ownership changes", rail: "object-ownership",
      change: {
        try await $0.bucket.upload(["new"])
        try await $0.server.site.setOwnership(.bucketOwnerPreferred, of: $0.bucket.name)
      }, parts: ["Object Ownership is BucketOwnerPreferred"], servers: sandbox),
  ]

  @Test(arguments: cases)
  func stops(test: Case) async throws {
    for server in test.servers {
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(4))
      let first = try await stage.place.start(stage.arguments(test.options, owners: test.owners)).result()
      try #require(first.status == 0, "\(server): \(first.err)")
      try await test.change(stage)
      let before = try await stage.bucket.marks()
      let arguments = stage.arguments(
        test.options + test.then, reader: test.reader(server), owners: test.owners)
      let stopped = try await stage.place.start(arguments).result()
      #expect(stopped.status == 4, "\(server): \(stopped.err)")
      for part in test.parts + ["error: guard rail \(test.rail): "] {
        #expect(stopped.err.contains(part), "\(server): no '\(part)' in: \(stopped.err)")
      }
      #expect(try await stage.bucket.marks() == before)
      #expect(stage.heldPlans.count == 1)
      #expect(try stage.rail(test.rail) == 1)
      #expect(try stage.metric("last_exit_status") == 4)

      // The same again: the rail stays, and plans do not pile up.
      #expect(try await stage.place.start(arguments).result().status == 4)
      #expect(stage.heldPlans.count == 1)

      let goesOn = try await stage.place.shell(try #require(stopped.lastCommand))
      #expect(goesOn.status == 0, "\(server): \(goesOn.err)")
      #expect(
        try await stage.bucket.states().values.allSatisfy {
          $0.acl.grants.contains { $0.grantee == .canonicalUser(CanonicalID(test.reader(server))) }
            || $0.acl.owner == server.site.id
        })
      // What was accepted is known.
      let after = try await stage.place.start(arguments).result()
      #expect(after.status == 0 && after.isSilent, "\(server): \(after.err)")
    }
  }

  /// Each rail that trips is named at once, and one command goes on past all of them.
  @Test(arguments: S3TestServer.all)
  func allAtOnce(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(4))
    #expect(try await stage.run().status == 0)
    try await stage.bucket.upload(BrokenBucket.keys(120, prefix: "new/"))
    try await server.other.put("other", in: stage.bucket.name)
    let stopped = try await stage.run(
      "--max-changes", "100", "--strategy", "copy", reader: server.other.id.value, owners: ["tools", "other"])
    #expect(stopped.status == 4)
    for rail in ["max-changes", "max-changes-percent", "irreversible", "new-reader", "new-owner"] {
      #expect(stopped.err.contains("guard rail \(rail): "), "no \(rail) in \(stopped.err)")
      #expect(try stage.rail(rail) == 1)
    }
    let goesOn = try await stage.place.shell(try #require(stopped.lastCommand))
    #expect(goesOn.status == 0, "\(goesOn.err)")
  }

  /// A first run knows nothing yet: only amounts and copies that cannot be undone stop it.
  @Test(arguments: S3TestServer.all)
  func aFirstRun(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(99))
    try await server.site.blockPublicAccess(["BlockPublicAcls"], of: stage.bucket.name)
    #expect(try await stage.run("--max-changes", "98").status == 4)
    #expect(try await stage.run("--strategy", "copy").status == 4)
    // 99 changes are no matter of percent, and N itself passes.
    #expect(try await stage.run("--max-changes", "99").status == 0)
  }

  /// What is new stops a run also if there is nothing to change, and nothing becomes known by looking.
  @Test(arguments: S3TestServer.all)
  func nothingNewSlipsIn(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server)
    try await server.site.put("own", in: stage.bucket.name)
    #expect(try await stage.run().status == 0)
    let reader = server.other.id.value
    let look = try await stage.run("--plan-only", reader: reader)
    #expect(look.status == 0 && look.err.contains("guard rail new-reader"), "\(look.err)")
    #expect(try await stage.run(reader: reader).status == 4)
    try await stage.bucket.upload(["foreign"])
    #expect(try await stage.run(reader: reader).status == 4)
    #expect(try await stage.run("--accept-new", reader: reader).status == 0)
    // Who is revoked is new when he comes back.
    #expect(try await stage.run(reader: server.oai.id.value).status == 4)
  }

  /// Whoever uploads again after everything was repaired by copies is nobody new.
  @Test(arguments: S3TestServer.all)
  func ownersStayKnown(server: S3TestServer) async throws {
    let readable = [
      (name: "x-amz-grant-read", value: "id=\"\(server.site.id.value)\""),
      (name: "x-amz-grant-full-control", value: "id=\"\(server.tools.id.value)\""),
    ]
    let stage = try await ReconcileStage(server, keys: ["a"], headers: readable)
    try await server.site.setVersioning("Enabled", of: stage.bucket.name)
    try await stage.bucket.upload(["b"], headers: readable)
    for round in 0..<3 {
      let result = try await stage.run("--strategy", "copy", "--max-changes-percent", "100", "--allow-irreversible")
      #expect(result.status == 0, "\(result.err)")
      try await stage.bucket.upload([ObjectKey("r\(round)")], headers: readable)
    }
    #expect(try stage.metric("copied_bytes") == 7)
  }

  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func linesOfRailsFitTheSchema(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(2))
    let stopped = try await stage.run("--max-changes", "1", "--log-format", "json")
    #expect(stopped.status == 4)
    try stage.place.write(stopped.err, to: "err.json")
    #expect(try await JSONSchema.faults("log.schema.json", "err.json", in: stage.place) == "")
    #expect(stopped.err.contains("\"rail\":\"max-changes\""), "\(stopped.err)")
  }

  /// What follows on failures alike says nothing that nobody has looked at: neither of a sample, nor of an interruption.
  @Test(arguments: S3TestServer.all)
  func failuresAfterSuccesses(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(
      server, keys: BrokenBucket.keys(10, prefix: "a/") + BrokenBucket.keys(40, prefix: "b/"))
    try await server.site.deny(server.tools, "s3:PutObjectAcl", of: stage.bucket.name, prefix: "b/")
    let options = ["--max-failures", "5", "--concurrency", "1", "--max-changes-percent", "100"]
    let hopeless = try await stage.place.start(stage.arguments(options + ["--format", "json"])).result()
    #expect(hopeless.status == 3, "\(hopeless.err)")
    #expect(hopeless.err.contains("5 failures alike"))
    let line = try #require(hopeless.out.split(separator: "\n").last { $0.contains("\"reconcile\"") })
    #expect(line.contains("\"changed\":10") && !line.contains("\"sample\""), "\(line)")
    #expect(!hopeless.err.contains("a sample"), "\(hopeless.err)")
    #expect(stage.journals.count == 1)
    try await server.site.deleteBucketPolicy(stage.bucket.name)
    let rest = try await stage.run("--max-changes-percent", "100")
    #expect(rest.status == 0 && rest.err.contains("a sample of 40 is as planned"), "\(rest.err)")
  }

  /// Failures alike and time end a run that goes on: in order, with what was done kept.
  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func failuresAndDuration(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(40))
    try await server.site.deny(server.tools, "s3:PutObjectAcl", of: stage.bucket.name)
    let hopeless = try await stage.run("--max-failures", "5", "--concurrency", "1")
    #expect(hopeless.status == 3, "\(hopeless.err)")
    #expect(hopeless.err.contains("5 failures alike"))
    #expect(try stage.rail("max-failures") == 1)
    #expect(stage.journals.isEmpty && stage.heldPlans.count == 1)
    try await server.site.deleteBucketPolicy(stage.bucket.name)
    #expect(try await stage.run().status == 0)

    try await OwnSandbox.with { server in
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(60))
      let control = try #require(server.control)
      for operation in ["GetObjectAcl", "PutObjectAcl"] {
        try await control.set([SandboxControl.Fault("delay", operation, ms: 400)])
        let late = try await stage.run("--max-duration", "3s", "--concurrency", "2")
        #expect(late.status == 3, "\(operation): \(late.err)")
        #expect(late.err.contains("guard rail max-duration") && late.err.contains("longer than 3s"))
        #expect(try stage.rail("max-duration") == 1)
        #expect(try stage.metric("last_success_timestamp_seconds") == 0)
      }
      try await control.clearFaults()
      let rest = try await stage.run()
      #expect(rest.status == 0, "\(rest.err)")
      #expect(try await stage.bucket.states().values.allSatisfy { $0.acl == stage.bucket.grantedACL() })
    }
  }
}
