import Foundation
import AWSKit
import TestSupport
import Testing

/// What plan says before its scan, and what apply says before its first write.
struct PlanWarningsTests {
  private static let sandbox = [S3TestServer.sandbox].compactMap { $0 }

  /// S3 knows the account of a grant no more, so that no ACL with it can be written.
  @Test func aGranteeThatIsGone() async throws {
    try await OwnSandbox.with { server in
      let broken = try await BrokenBucket(server, keys: ["a", "b"])
      // Whose grants the server took while it knew the ID.
      let gone = server.other.id
      try await server.tools.put(
        "gone", in: broken.name, grants: [server.tools.may(.fullControl), Grant(.canonicalUser(gone), .read)])
      let again = try await broken.place.start(
        broken.planArguments(["-o", "plan.json", "--drop-grantee", gone.value])
      ).result()
      #expect(again.status == 0, "\(again.err)")
      #expect(again.err.contains("drops grants to \(gone)"))
      let apply = try await broken.apply()
      #expect(apply.status == 0, "\(apply.err)")
      let acl = try await server.tools.client.objectACL(bucket: broken.name, key: ObjectKey("gone"))
      #expect(acl.rights(of: .canonicalUser(gone)).isEmpty)
      #expect(!acl.rights(of: .canonicalUser(server.tools.id)).isEmpty)
    }
  }

  @Test(arguments: sandbox)
  func aReaderIsNotDropped(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    let result = try await broken.place.start(
      broken.planArguments(["-o", "plan.json", "--drop-grantee", server.oai.id.value])
    ).result()
    #expect(result.status == 64, "\(result.err)")
    #expect(result.err.contains("is a reader"))
    #expect(!broken.place.exists("plan.json"))
  }

  /// The error names the grantee, and what leaves it out.
  @Test(arguments: sandbox)
  func aGranteeThatTheServerDoesNotKnow(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    let unknown = String(repeating: "0f", count: 32)
    let plan = try await broken.place.fixacl(
      "plan", broken.name, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", "id=" + unknown)
    #expect(plan.status == 0, "\(plan.err)")
    let apply = try await broken.apply()
    #expect(apply.status == 3, "\(apply.err)")
    for part in ["400 InvalidArgument", "as profile tools", unknown, "--drop-grantee \(unknown)"] {
      #expect(apply.err.contains(part), "no '\(part)' in: \(apply.err)")
    }
    #expect(!apply.err.contains("Run the same command again. If"))
  }

  @Test(arguments: S3TestServer.all)
  func profilesThatAreSwapped(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    let result = try await broken.place.fixacl(
      "plan", broken.name, "--profile", "tools", "--owner-profile", "site", "--grant-read",
      "id=\(server.oai.id.value)")
    #expect(result.status == 1, "\(result.err)")
    for part in ["as profile tools", "Profile site (--owner-profile) belongs to the bucket owner"] {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)")
    }
  }

  @Test(arguments: S3TestServer.all)
  func aProfileThatOwnsNothing(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    let result = try await broken.place.start(
      broken.planArguments(["-o", "plan.json", "--owner-profile", "other"])
    ).result()
    #expect(result.status == 0, "\(result.err)")
    #expect(result.err.contains("profile other (account \(short(server.other.id))) owns none"))
    #expect(!result.err.contains("profile tools (account"))
  }

  @Test(arguments: sandbox)
  func theRepairIsDenied(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    try await server.site.putPolicy(
      [#"{"Sid": "NoACLs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "@/*"}"#],
      of: broken.name)
    let result = try await broken.place.start(broken.planArguments(["-o", "plan.json"])).result()
    #expect(result.status == 0, "\(result.err)")
    let text = "statement NoACLs of the bucket policy denies profile tools and profile site s3:PutObjectAcl"
    #expect(result.err.contains(text), "\(result.err)")
  }

  /// S3 refuses other accounts without the header; with it, which the plan remembers, all goes well.
  @Test(arguments: sandbox)
  func requesterPays(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a", "b"])
    try await server.site.setRequesterPays(broken.name)
    let without = try await broken.place.start(broken.planArguments(["-o", "plan.json"])).result()
    #expect(without.status == 1, "\(without.err)")
    for part in ["Requester Pays", "--request-payer requester"] { #expect(without.err.contains(part)) }
    #expect(!broken.place.exists("plan.json"))
    let plan = try await broken.place.start(
      broken.planArguments(["-o", "plan.json", "--request-payer", "requester"])
    ).result()
    #expect(plan.status == 0, "\(plan.err)")
    #expect(plan.count("to grant") == 2, "\(plan.err)")
    for command in [["apply"], ["verify"], ["rollback"]] {
      let result = try await broken.place.start(
        command + ["plan.json", "--owner-profile", "tools"]
      ).result()
      #expect(result.status == 0, "\(command): \(result.err)")
    }
  }

  /// What only the whole bucket can tell is not said of a part.
  @Test(arguments: sandbox)
  func aPartTellsOfThatPart(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["img/a", "b", "c"])
    let cases: [(options: [String], isPartial: Bool)] = [
      ([], false), (["--prefix", "img/"], true), (["--include", "img/*"], true),
    ]
    for (options, isPartial) in cases {
      let plan = try await broken.place.start(broken.planArguments(["-o", "plan.json"] + options)).result()
      #expect(plan.status == 0, "\(plan.err)")
      let show = try await broken.place.fixacl("show", "plan.json")
      for text in [plan.err, show.out.onOneLine] {
        #expect(text.contains("in the part that was scanned") == isPartial, "\(text)")
        #expect(text.contains("to the rest of the bucket") == isPartial)
        #expect(text.contains("all 3 objects of other accounts") != isPartial)
      }
      let json = try JSONValue(parsing: try await broken.place.fixacl("show", "plan.json", "--format", "json").stdout)
      #expect(json["alternative"]["partial"] == (isPartial ? .flag(true) : .null))
    }
  }

  /// A copy that cannot be undone is said to be one before it is made.
  @Test(arguments: sandbox, ["", "Enabled", "Suspended"])
  func copiesThatCannotBeUndone(server: S3TestServer, versioning: String) async throws {
    let broken = try await BrokenBucket(server, keys: ["a", "b"])
    if !versioning.isEmpty { try await server.site.setVersioning(versioning, of: broken.name) }
    let plan = try await broken.place.start(broken.planArguments(["-o", "plan.json", "--strategy", "copy"])).result()
    #expect(plan.status == 0, "\(plan.err)")
    let show = try await broken.place.fixacl("show", "plan.json")
    let page = try await broken.place.fixacl("show", "plan.json", "--format", "html")
    let json = try await broken.place.fixacl("show", "plan.json", "--format", "json")
    let copies = plan.count("to copy") ?? 0
    for text in [plan.err, show.out.onOneLine, page.out, json.out] {
      #expect(text.contains("cannot be undone") == (versioning != "Enabled"), "\(text)")
      #expect(text.contains("new Last-Modified"), "\(text)")
    }
    let document = try JSONValue(parsing: json.stdout)
    #expect(document["irreversibleCopies"] == .number(versioning == "Enabled" ? 0 : Double(copies)))
  }
}
