import Foundation
import AWSKit
import TestSupport
import Testing

/// What apply relies on, and was changed after the plan was made, is noticed before the first write.
struct SurroundingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var options: [String] = []
    var headers: [(name: String, value: String)] = []
    var versioning = ""
    /// After the plan.
    let change: @Sendable (BrokenBucket) async throws -> Void
    /// Words of what apply says.
    let parts: [String]
    var refuses = true
  }

  private static let publicRead: [(name: String, value: String)] = [("x-amz-acl", "public-read")]

  static let cases: [Case] = [
    Case(
      testDescription: "ACLs were switched off",
      change: { broken in
        try await broken.server.site.putBucketACL(
          bucket: broken.name,
          acl: AccessControlList(
            owner: broken.server.site.id, grants: [broken.server.site.may(.fullControl)]))
        try await broken.server.site.setOwnership(.bucketOwnerEnforced, of: broken.name)
      }, parts: ["BucketOwnerEnforced now", "nothing to do"]),
    Case(
      testDescription: "public ACLs were blocked", headers: publicRead,
      change: { try await $0.server.site.blockPublicAccess(["BlockPublicAcls"], of: $0.name) },
      parts: ["BlockPublicAcls now", "keeps public grants"]),
    Case(
      testDescription: "public ACLs were blocked, and there are none",
      change: { try await $0.server.site.blockPublicAccess(["BlockPublicAcls"], of: $0.name) },
      parts: ["BlockPublicAcls now"], refuses: false),
    Case(
      testDescription: "versions were suspended", options: ["--strategy", "copy"], versioning: "Enabled",
      change: { try await $0.server.site.setVersioning("Suspended", of: $0.name) }, parts: ["no longer undo copies"]),
    Case(
      testDescription: "the reader was denied",
      change: { broken in
        try await broken.server.site.putPolicy(
          [#"{"Sid": "Out", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "@/*"}"#],
          of: broken.name)
      }, parts: ["statement Out of the bucket policy denies"]),
    Case(
      testDescription: "the repair was denied on a part",
      change: { broken in
        try await broken.server.site.putPolicy(
          [#"{"Sid": "Out", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "@/x/*"}"#],
          of: broken.name)
      }, parts: ["statement Out of the bucket policy denies profile tools s3:PutObjectAcl"], refuses: false),
  ]

  /// A setting that could be read for the plan, and cannot for its apply, is taken for what it was.
  @Test func aSettingThatCannotBeRead() async throws {
    try await OwnSandbox.with { server in
      let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3), headers: Self.publicRead)
      try await server.site.blockPublicAccess(["BlockPublicAcls"], of: broken.name)
      try await broken.plan()
      try await server.control?.set([SandboxControl.Fault("forbidden", "GetPublicAccessBlock")])
      let applied = try await broken.apply()
      #expect(applied.status == 0, "\(applied.err)")
      #expect(!applied.err.contains("BlockPublicAcls") && !applied.err.contains("hid before"), "\(applied.err)")
    }
  }

  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 }, cases)
  func whatHasChanged(server: S3TestServer, test: Case) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"], headers: test.headers)
    if !test.versioning.isEmpty { try await server.site.setVersioning(test.versioning, of: broken.name) }
    let plan = try await broken.place.start(broken.planArguments(["-o", "plan.json"] + test.options)).result()
    try #require(plan.status == 0, "\(plan.err)")
    try await test.change(broken)
    for options in [["--dry-run"], []] {
      let result = try await broken.place.start(
        ["apply", "plan.json", "--owner-profile", "tools"] + options
      ).result()
      #expect(result.status == (test.refuses ? 1 : 0), "\(result.err)")
      for part in test.parts + (test.refuses ? ["Make a new plan", "Nothing was changed"] : []) {
        #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
      }
    }
    #expect(broken.place.exists("plan.json.journal") != test.refuses)
  }

  /// Before its first write apply says who gets access to what, and which account grants it.
  @Test(arguments: S3TestServer.all)
  func whoGetsAccess(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a", "b"])
    try await broken.plan("--bucket-owner-full-control")
    let result = try await broken.apply()
    #expect(result.status == 0, "\(result.err)")
    let place = "on 2 objects of s3://\(broken.name), as profile tools (account \(short(server.tools.id)))"
    for part in [
      "READ to canonical ID \(server.oai.id) \(place)",
      "FULL_CONTROL to the bucket owner \(place)",
    ] {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
    }
    // Nothing is left to give access to.
    #expect(try await broken.apply().err.contains("READ to") == false)
  }
}
