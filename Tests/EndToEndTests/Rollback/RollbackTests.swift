import Foundation
import AWSKit
import TestSupport
import Testing

/// Putting back what an apply has rewritten.
struct RollbackTests {
  private static func rollback(_ place: Workplace, _ more: String...) async throws -> ProgramResult {
    try await place.fixacl(["rollback", "plan.json", "--owner-profile", "tools"] + more)
  }

  @Test(arguments: S3TestServer.all)
  func bringsEveryGrantBack(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let acls: [ObjectKey: [Grant]] = [
      "a": [server.tools.may(.fullControl)],
      "b": [server.tools.may(.fullControl), Grant(.allUsers, .read)],
      "c": [server.tools.may(.fullControl), server.other.may(.readACP), server.site.may(.read)],
      // As it should be: no change, and so nothing to put back.
      "d": [server.tools.may(.fullControl), server.oai.may(.read)],
    ]
    for (key, grants) in acls { try await server.tools.put(key, in: bucket, grants: grants) }
    try await place.plan(server, bucket, ["--drop-public-grants", "always"])
    try await place.apply()

    let first = try await Self.rollback(place, "--limit", "1")
    #expect(first.status == 0, "\(first.err)")
    #expect(first.count("put back") == 1)
    #expect(first.count("left for the next run") == 2)
    let second = try await Self.rollback(place)
    #expect(second.status == 0, "\(second.err)")
    #expect(second.count("put back") == 2)
    for (key, grants) in acls {
      #expect(
        try await server.tools.acl(of: key, in: bucket) == AccessControlList(owner: server.tools.id, grants: grants))
    }
    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(verify.out.split(separator: "\n").count == 3 && verify.out.contains("not changed yet: a"))
    // The plan holds again.
    #expect(try await place.apply().count("changed") == 3)
    try await place.expectVerified()
  }

  /// No option writes over a journal, whatever a user names by mistake.
  @Test(arguments: S3TestServer.all)
  func aJournalIsNotWrittenOver(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put("a", in: bucket)
    try await place.plan(server, bucket)
    try await place.apply()
    let journal = try place.read("plan.json.journal")
    try place.write("", to: "access.log")
    let reader = ["--grant-read", server.oai.grantee]
    for arguments in [
      ["plan", bucket, "-o", "plan.json.journal"] + reader,
      ["reconcile", bucket, "--state-dir", "state", "--metrics-file", "plan.json.journal"] + reader,
      ["explain", "s3://\(bucket)/a", "--access-logs", "access.log", "--refused-keys", "plan.json.journal"]
        + ["--id", server.oai.id.value],
    ] {
      let result = try await place.fixacl(arguments)
      #expect(result.err.onOneLine.contains("it is a journal, which is needed to undo changes"), "\(result.err)")
      #expect(try place.read("plan.json.journal") == journal)
    }
    #expect(try await Self.rollback(place).count("put back") == 1)
  }

  @Test(arguments: S3TestServer.all)
  func leavesAloneWhatIsNotAsApplyLeftIt(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    for key: ObjectKey in ["changed", "gone", "overwritten", "same"] { try await server.tools.put(key, in: bucket) }
    try await place.plan(server, bucket)
    try await place.apply()
    let changed = AccessControlList(
      owner: server.tools.id, grants: [server.tools.may(.fullControl), server.other.may(.read)])
    try await server.tools.putACL(changed, of: "changed", in: bucket)
    try await server.site.delete("gone", in: bucket)
    try await server.tools.put("overwritten", in: bucket, body: Array("new".utf8), grants: [server.oai.may(.read)])

    let result = try await Self.rollback(place)
    #expect(result.status == 3, "\(result.err)")
    #expect(result.count("put back") == 1)
    #expect(result.count("stale") == 3)
    for key in ["changed", "gone", "overwritten"] { #expect(result.err.contains("stale: \(key): ")) }
    #expect(try await server.tools.acl(of: "changed", in: bucket) == changed)
    #expect(try await server.oai.statusOfGet("overwritten", in: bucket) == 200)
    #expect(try await server.oai.statusOfGet("same", in: bucket) == 403)
  }

  /// What somebody else did before apply came is not apply's to undo.
  @Test(arguments: S3TestServer.all)
  func leavesAloneWhatApplyFoundDone(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    for key: ObjectKey in ["theirs", "ours"] { try await server.tools.put(key, in: bucket) }
    let plan = try await place.plan(server, bucket)
    try await server.tools.putACL(try #require(plan.target(of: "theirs")), of: "theirs", in: bucket)
    let apply = try await place.apply()
    #expect(apply.count("already as planned") == 1)
    let result = try await Self.rollback(place)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.count("put back") == 1)
    #expect(try await server.oai.statusOfGet("theirs", in: bucket) == 200)
    #expect(try await server.oai.statusOfGet("ours", in: bucket) == 403)
  }

  @Test(arguments: S3TestServer.all)
  func saysThatOwnershipCannotBeGivenBack(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put("o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.read)])
    try await place.plan(server, bucket, ["--strategy", "copy"])
    try await place.apply()
    let before = try await server.site.acl(of: "o", in: bucket)
    let result = try await Self.rollback(place)
    #expect(result.status == 3, "\(result.err)")
    #expect(result.count("cannot be undone") == 1)
    #expect(result.err.contains("ownership cannot be given back"), "\(result.err)")
    #expect(try await server.site.acl(of: "o", in: bucket) == before)
  }

  /// A PutObjectAcl with a public grant would be refused with a bare 403.
  @Test(arguments: S3TestServer.all)
  func saysThatPublicGrantsAreBlocked(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), Grant(.allUsers, .read)]
    try await server.tools.put("o", in: bucket, grants: grants)
    try await place.plan(server, bucket, ["--drop-public-grants", "always"])
    try await place.apply()
    try await server.site.blockPublicAccess(["BlockPublicAcls"], of: bucket)
    let refused = try await Self.rollback(place)
    #expect(refused.status == 3, "\(refused.err)")
    #expect(refused.err.contains("BlockPublicAcls"), "\(refused.err)")
    try await server.site.blockPublicAccess([], of: bucket)
    #expect(try await Self.rollback(place).status == 0)
    #expect(
      try await server.tools.acl(of: "o", in: bucket) == AccessControlList(owner: server.tools.id, grants: grants))
  }

  /// Killed between any two steps of apply and of rollback, as often as it takes: the bucket is as it was.
  @Test(arguments: S3TestServer.all)
  func killsLoseNothing(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let keys = (0..<120).map { ObjectKey("k\($0)") }
    _ = try await inParallel(keys) { try await server.tools.put($0, in: bucket) }
    try await place.plan(server, bucket)
    for (command, milliseconds) in [("apply", [60, 120, 200]), ("rollback", [60, 120, 200])] {
      for wait in milliseconds {
        let run = try place.start([command, "plan.json", "--owner-profile", "tools", "--concurrency", "4"])
        try await Task.sleep(for: .milliseconds(wait))
        run.signal(SIGKILL)
        _ = try await run.result()
      }
      if command == "apply" { try await place.apply() }
    }
    let last = try await Self.rollback(place)
    #expect(last.status == 0, "\(last.err)")
    for key in keys {
      #expect(
        try await server.tools.acl(of: key, in: bucket)
          == AccessControlList(owner: server.tools.id, grants: [server.tools.may(.fullControl)]))
    }
  }

  @Test(arguments: S3TestServer.all)
  func needsAJournal(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put("o", in: bucket)
    try await place.plan(server, bucket)
    let none = try await Self.rollback(place)
    #expect(none.status == 1)
    #expect(none.err.contains("no journal plan.json.journal"), "\(none.err)")
    #expect(!place.exists("plan.json.journal"))
    // A journal in which nothing was done.
    #expect(try await place.fixacl("apply", "plan.json", "--owner-profile", "tools", "--limit", "1").status == 0)
    #expect(try await Self.rollback(place).status == 0)
    let nothing = try await Self.rollback(place)
    #expect(nothing.status == 0)
    #expect(nothing.err.contains("nothing to put back"))
  }
}
