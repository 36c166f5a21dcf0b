import Foundation
import AWSKit
import TestSupport
import Testing

/// Which grants are added, which are kept, and what Block Public Access does to public ones.
struct PublicGrantTests {
  /// What is switched on, what is asked for, and what becomes of public grants.
  struct Situation: Sendable, CustomTestStringConvertible {
    enum Outcome: String, Sendable {
      case kept, dropped, refused
    }

    let flags: [String]
    let rule: String?
    let outcome: Outcome

    var testDescription: String {
      "\(flags.isEmpty ? "off" : flags.joined(separator: "+")), \(rule ?? "default") → \(outcome)"
    }

    init(_ flags: [String], _ rule: String?, _ outcome: Outcome) {
      self.flags = flags
      self.rule = rule
      self.outcome = outcome
    }
  }

  private static let publicGrants = [Grant(.allUsers, .read), Grant(.authenticatedUsers, .readACP)]

  static let situations = [
    Situation([], nil, .kept), Situation([], "when-blocked", .kept), Situation([], "never", .kept),
    Situation([], "always", .dropped),
    Situation(["BlockPublicPolicy", "RestrictPublicBuckets"], nil, .kept),
    Situation(["BlockPublicAcls"], nil, .dropped), Situation(["BlockPublicAcls"], "when-blocked", .dropped),
    Situation(["BlockPublicAcls"], "always", .dropped), Situation(["BlockPublicAcls"], "never", .refused),
    Situation(["IgnorePublicAcls"], nil, .dropped), Situation(["IgnorePublicAcls"], "never", .kept),
    Situation(["BlockPublicAcls", "IgnorePublicAcls"], nil, .dropped),
    Situation(["BlockPublicAcls", "IgnorePublicAcls"], "never", .refused),
  ]

  @Test(arguments: S3TestServer.all, pairs(situations, ["grant", "copy"]))
  func whatBecomesOfPublicGrants(
    server: S3TestServer, kind: (situation: Situation, strategy: String)
  ) async throws {
    let (situation, strategy) = kind
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let own = [server.tools.may(.fullControl)]
    let done = own + [server.oai.may(.read)] + Self.publicGrants
    try await server.tools.put("private", in: bucket, grants: own)
    try await server.tools.put("public", in: bucket, grants: own + Self.publicGrants)
    try await server.tools.put("done", in: bucket, grants: done)
    try await server.site.blockPublicAccess(situation.flags, of: bucket)

    let arguments =
      ["plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee]
      + ["--strategy", strategy] + (situation.rule.map { ["--drop-public-grants", $0] } ?? [])
    let run = try await place.fixacl(arguments)
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("IgnorePublicAcls is on") == situation.flags.contains("IgnorePublicAcls"))
    let plan = try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json"))))
    let block = try #require(plan.bucket.publicAccessBlock)
    #expect(block.blockPublicAcls == situation.flags.contains("BlockPublicAcls"))
    #expect(block.ignorePublicAcls == situation.flags.contains("IgnorePublicAcls"))
    #expect(block.blockPublicPolicy == situation.flags.contains("BlockPublicPolicy"))
    #expect(block.restrictPublicBuckets == situation.flags.contains("RestrictPublicBuckets"))
    #expect(plan.desired.dropPublicGrants == situation.rule ?? "when-blocked")

    // What is not shown is not known to be lost.
    let isHidden = server.hidesIgnoredGrants && situation.flags.contains("IgnorePublicAcls")
    let outcome = isHidden ? .dropped : situation.outcome
    // Its ACL lets the reader in, so it is left alone, public or not.
    #expect(plan.keys == ["private", "public"])
    let owner = strategy == "copy" ? server.site : server.tools
    let closed = AccessControlList(owner: owner.id, grants: [owner.may(.fullControl), server.oai.may(.read)])
    let open = AccessControlList(owner: owner.id, grants: closed.grants + Self.publicGrants)
    #expect(plan.target(of: "private") == closed)
    #expect(plan.target(of: "public") == (outcome == .dropped ? closed : open))

    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    let status = try await server.oai.statusOfGet("public", in: bucket)
    // Lifted, so that no grant is hidden any more.
    try await server.site.blockPublicAccess([], of: bucket)
    #expect(try await owner.acl(of: "private", in: bucket) == closed)
    #expect(
      try await server.tools.acl(of: "done", in: bucket) == AccessControlList(owner: server.tools.id, grants: done))
    // Where a copy may have public grants, an ACL may not: the one that lets the bucket owner read it first.
    let isLetPass =
      strategy == "copy" && !server.blocksPublicGrantsInCopies && !situation.flags.contains("IgnorePublicAcls")
    if outcome == .refused, !isLetPass {
      #expect(apply.status == 3, "\(apply.err)")
      #expect(apply.err.contains("error: failed: ") && apply.err.contains("/public: 403"), "\(apply.err)")
      #expect(apply.err.contains("--drop-public-grants"), "\(apply.err)")
      #expect(
        try await server.tools.acl(of: "public", in: bucket)
          == AccessControlList(owner: server.tools.id, grants: own + Self.publicGrants))
    } else {
      #expect(apply.status == 0, "\(apply.err)")
      #expect(verify.status == 0 && verify.out.isEmpty, "\(verify.err)")
      #expect(status == 200)
      #expect(try await owner.acl(of: "public", in: bucket) == (outcome == .dropped ? closed : open))
    }
  }

  @Test(arguments: S3TestServer.all)
  func aBlockThatCameAfterThePlanIsSaid(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl)] + Self.publicGrants
    try await server.tools.put("o", in: bucket, grants: grants)
    _ = try await place.plan(server, bucket)
    try await server.site.blockPublicAccess(["BlockPublicAcls"], of: bucket)

    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 1)
    #expect(apply.err.contains("Block Public Access was off and is BlockPublicAcls now"), "\(apply.err)")
    #expect(apply.err.contains("make a new plan") || apply.err.contains("Make a new plan"), "\(apply.err)")
    #expect(
      try await server.tools.acl(of: "o", in: bucket) == AccessControlList(owner: server.tools.id, grants: grants))

    #expect(!place.exists("plan.json.journal"))
    _ = try await place.plan(server, bucket)
    try await place.apply()
    #expect(
      try await server.tools.acl(of: "o", in: bucket)
        == AccessControlList(owner: server.tools.id, grants: [server.tools.may(.fullControl), server.oai.may(.read)]))
  }

  /// What is asked for on the command line, and what it adds to an ACL.
  struct Wish: Sendable, CustomTestStringConvertible {
    let options: @Sendable (S3TestServer) -> [String]
    let grants: @Sendable (S3TestServer) -> Set<Grant>
    let testDescription: String
  }

  static let wishes = [
    Wish(
      options: { ["--grant-read", $0.oai.grantee] }, grants: { [$0.oai.may(.read)] }, testDescription: "a reader"),
    Wish(
      options: { ["--grant-read", $0.oai.grantee, "--grant-read", $0.other.grantee] },
      grants: { [$0.oai.may(.read), $0.other.may(.read)] }, testDescription: "two readers"),
    Wish(
      options: { ["--grant-read", $0.oai.grantee, "--grant-read", $0.oai.grantee] },
      grants: { [$0.oai.may(.read)] }, testDescription: "a reader twice"),
    Wish(
      options: { ["--grant-full-control", $0.oai.grantee] }, grants: { [$0.oai.may(.fullControl)] },
      testDescription: "full control"),
    Wish(
      options: { _ in ["--bucket-owner-full-control"] }, grants: { [$0.site.may(.fullControl)] },
      testDescription: "the bucket owner"),
    Wish(
      options: {
        ["--bucket-owner-full-control", "--grant-read", $0.oai.grantee, "--grant-full-control", $0.other.grantee]
      },
      grants: { [$0.site.may(.fullControl), $0.oai.may(.read), $0.other.may(.fullControl)] },
      testDescription: "all of it"),
  ]

  @Test(arguments: S3TestServer.all, wishes)
  func whatIsAskedForIsAdded(server: S3TestServer, wish: Wish) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let wanted = wish.grants(server)
    let own = server.tools.may(.fullControl)
    // One lacks everything, one has less than is wanted of everybody, one has it, one has more.
    let less: Set = [own, server.oai.may(.readACP), server.other.may(.writeACP), server.site.may(.read)]
    let exact = wanted.union([own])
    let more = Set(wanted.map { Grant($0.grantee, .fullControl) } + [own, Grant(.allUsers, .read)])
    try await server.tools.put("a-nothing", in: bucket, grants: [own])
    try await server.tools.put("b-less", in: bucket, grants: less)
    try await server.tools.put("c-exact", in: bucket, grants: exact)
    try await server.tools.put("d-more", in: bucket, grants: more)
    let before = try await server.site.list(bucket)

    let plan = try await place.plan(server, bucket, wish.options(server))
    #expect(plan.keys == ["a-nothing", "b-less"])
    #expect(Set(plan.desired.grants.map(\.grant)) == wanted)
    try await place.apply()
    try await place.expectVerified()
    for (key, grants) in [("a-nothing", wanted.union([own])), ("b-less", less.union(wanted)), ("c-exact", exact)] {
      let acl = try await server.tools.acl(of: ObjectKey(key), in: bucket)
      #expect(acl == AccessControlList(owner: server.tools.id, grants: grants), "\(key)")
    }
    let after = try await server.site.list(bucket)
    #expect(after.suffix(2) == before.suffix(2))
    for account in [server.oai, server.other, server.site] {
      let isReader = wanted.contains { $0.grantee == .canonicalUser(account.id) }
      #expect(try await account.statusOfGet("a-nothing", in: bucket) == (isReader ? 200 : 403), "\(account.name)")
      // FULL_CONTROL lets an account see the ACL too.
      guard wanted.contains(account.may(.fullControl)) else { continue }
      #expect(try await account.acl(of: "a-nothing", in: bucket).grants.contains(account.may(.fullControl)))
    }
  }
}
