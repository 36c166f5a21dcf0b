import Foundation
import AWSKit
import TestSupport
import Testing

/// Which objects a plan covers, by their owners and times, and what it then can tell.
struct SelectionTests {
  /// A bucket of site's with an object of each account's, and one of site's that its reader may read.
  private func bucketOfThree(_ server: S3TestServer) async throws -> String {
    let bucket = try await server.makeBucket()
    for account in [server.site, server.tools, server.other] {
      try await account.put(ObjectKey("of-\(account.name)"), in: bucket)
    }
    try await server.site.put(
      "readable", in: bucket, grants: [server.site.may(.fullControl), server.oai.may(.read)])
    return bucket
  }

  // MARK: - Own objects

  @Test(arguments: S3TestServer.all, ["auto", "grant", "copy"])
  func ownObjectsAreRepairedAndPutBack(server: S3TestServer, strategy: String) async throws {
    let place = try Workplace(server)
    let bucket = try await bucketOfThree(server)
    try await server.site.put(
      "public", in: bucket, grants: [server.site.may(.fullControl), Grant(.allUsers, .read)])
    let options = ["--include-own", "--owner", server.site.id.value, "--strategy", strategy]
    let plan = try await place.plan(server, bucket, options + ["--drop-public-grants", "always"], owners: [])
    #expect(plan.keys == ["of-site", "public"])
    #expect(plan.changes.allSatisfy { $0.action == "grant" && $0.owner == server.site.id.value })
    #expect(plan.summary.listed == 3 && plan.summary.foreign == 0 && plan.summary.changes == 2)
    #expect(plan.summary.byOwner[server.site.id.value]?.objects == 3)

    try await place.apply(owners: [])
    try await place.expectVerified(owners: [])
    let repaired = AccessControlList(
      owner: server.site.id, grants: [server.site.may(.fullControl), server.oai.may(.read)])
    for key: ObjectKey in ["of-site", "public"] {
      #expect(try await server.site.acl(of: key, in: bucket) == repaired)
      #expect(try await server.oai.statusOfGet(key, in: bucket) == 200)
    }
    #expect(try await server.tools.acl(of: "of-tools", in: bucket).owner == server.tools.id)

    let back = try await place.fixacl(["rollback", "plan.json.journal"])
    #expect(back.status == 0, "\(back.err)")
    #expect(
      try await server.site.acl(of: "of-site", in: bucket)
        == AccessControlList(owner: server.site.id, grants: [server.site.may(.fullControl)]))
    #expect(
      try await server.site.acl(of: "public", in: bucket).grants.contains(Grant(.allUsers, .read)))
  }

  @Test(arguments: S3TestServer.all)
  func ownObjectsBesideForeignOnes(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await bucketOfThree(server)
    let without = try await place.plan(server, bucket, owners: ["tools", "other"])
    #expect(without.keys == ["of-other", "of-tools"])
    #expect(try !place.read("plan.json").contains("includeOwn"))
    let plan = try await place.plan(server, bucket, ["--include-own"], owners: ["tools", "other"])
    #expect(plan.keys == ["of-other", "of-site", "of-tools"])
    #expect(plan.summary.listed == 4 && plan.summary.foreign == 2)
    let shown = try await place.fixacl(["show", "plan.json"])
    #expect(shown.out.contains("the bucket owner's too"), "\(shown.out)")
    let page = try await place.fixacl(["show", "plan.json", "--format", "html"])
    #expect(page.out.contains("Objects by owner"))
    try await place.apply(owners: ["tools", "other"])
    try await place.expectVerified(owners: ["tools", "other"])
    #expect(try await place.plan(server, bucket, ["--include-own"], owners: ["tools", "other"]).changes.isEmpty)
  }

  /// Who applies must be the bucket owner then, who may be known only by its credentials.
  @Test(arguments: S3TestServer.all)
  func ownObjectsNeedTheBucketOwner(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await bucketOfThree(server)
    try await place.plan(server, bucket, ["--include-own"], owners: ["tools", "other"])
    let before = try await server.site.acl(of: "of-site", in: bucket)
    let wrong = try await place.fixacl(
      ["apply", "plan.json", "--profile", "tools", "--owner-profile", "tools", "--owner-profile", "other"])
    #expect(wrong.status == 1, "\(wrong.err)")
    #expect(try await server.site.acl(of: "of-site", in: bucket) == before)
    #expect(!place.exists("plan.json.journal"))
  }

  @Test func anOACNeedsNothingOfOwnObjects() async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await server.site.put("own", in: bucket)
    try await server.tools.put(
      "foreign", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)])
    try await server.site.putPolicy(
      [
        #"{"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "@/*"}"#
      ], of: bucket)
    let result = try await place.fixacl(["plan", bucket, "-o", "plan.json", "--include-own"])
    #expect(result.status == 0, "\(result.err)")
    #expect(result.err.contains("--include-own changes nothing"), "\(result.err)")
    let plan = try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json"))))
    #expect(plan.changes.map(\.action) == ["copy"])
    #expect(plan.keys == ["foreign"])
  }

  // MARK: - Owners

  @Test(arguments: S3TestServer.all)
  func objectsOfSomeOwners(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await bucketOfThree(server)
    let one = try await place.plan(server, bucket, ["--owner", server.tools.id.value])
    #expect(one.keys == ["of-tools"])
    #expect(one.summary.listed == 1 && one.summary.foreign == 1)
    let two = try await place.plan(
      server, bucket, ["--owner", server.tools.id.value, "--owner", "id=\(server.other.id.value)"],
      owners: ["tools", "other"])
    #expect(two.keys == ["of-other", "of-tools"])
    let shown = try await place.fixacl(["show", "plan.json"])
    #expect(shown.out.contains("owner \(server.tools.id.value)"), "\(shown.out)")
    // What is known of a part is said of the part.
    if server.kind == .sandbox {
      #expect(shown.out.contains("are in the part that was scanned"), "\(shown.out)")
      #expect(try place.read("plan.json").contains("\"partial\":true"))
    }
    try await place.apply(owners: ["tools", "other"])
    try await place.expectVerified(owners: ["tools", "other"])
    #expect(try await server.site.acl(of: "of-site", in: bucket).grants == [server.site.may(.fullControl)])
  }

  @Test(arguments: S3TestServer.all)
  func ownersThatMakeNoSense(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await bucketOfThree(server)
    let arguments = ["plan", bucket, "-o", "plan.json", "--grant-read", server.oai.grantee]
    let own = try await place.fixacl(arguments + ["--owner", server.site.id.value])
    #expect(own.status == 64, "\(own.err)")
    #expect(own.err.contains("--include-own"), "\(own.err)")
    for (value, part) in [("E2QWRUHAPOMQZL", "owns no objects"), ("", "missing"), ("a,b", "several")] {
      let result = try await place.fixacl(arguments + ["--owner", value])
      #expect(result.status == 64, "\(result.err)")
      #expect(result.err.contains(part), "\(result.err)")
    }
    let nobody = try await place.fixacl(arguments + ["--owner", String(repeating: "0", count: 64)])
    #expect(nobody.status == 0, "\(nobody.err)")
    #expect(nobody.err.contains("no object matches --owner"), "\(nobody.err)")
  }

  // MARK: - Times

  @Test(arguments: S3TestServer.all)
  func objectsModifiedSince(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await server.tools.put("a-old", in: bucket)
    try await Task.sleep(for: .seconds(2))
    let moment = Timestamp.now().extended
    try await server.tools.put("b-new", in: bucket)
    try await server.site.put("c-own", in: bucket)
    let plan = try await place.plan(server, bucket, ["--modified-since", moment])
    #expect(plan.keys == ["b-new"])
    #expect(plan.summary.listed == 2 && plan.summary.foreign == 1)
    #expect(try place.read("plan.json").contains("\"modifiedSince\":\"\(moment)\""))
    let shown = try await place.fixacl(["show", "plan.json"])
    #expect(shown.out.contains("modified since \(moment)"), "\(shown.out)")
    try await place.apply()
    try await place.expectVerified()

    #expect(try await place.plan(server, bucket, ["--modified-since", "1h"]).summary.listed == 3)
    #expect(try await place.plan(server, bucket, ["--modified-since", "2020-01-01"]).summary.listed == 3)
    let future = try await place.fixacl(
      ["plan", bucket, "-o", "p.json", "--grant-read", server.oai.grantee, "--modified-since", "2099-01-01"])
    #expect(future.status == 0, "\(future.err)")
    #expect(future.err.contains("no object matches --modified-since"), "\(future.err)")
    let wrong = try await place.fixacl(["plan", bucket, "--modified-since", "last week"])
    #expect(wrong.status == 64)
    #expect(wrong.err.contains("24h"), "\(wrong.err)")
  }

  /// An age counts from the start of the run that is resumed.
  @Test func anAgeIsResumed() async throws {
    try await OwnSandbox.with(["--virtual", "bucket=big,count=5000,foreign=0.3", "--delay", "5"]) { server in
      let place = try Workplace(server)
      let arguments = [
        "plan", "big", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--concurrency", "32",
        "-o", "plan.json", "--modified-since",
      ]
      let run = try place.start(arguments + ["10000d"])
      let path = place.path("plan.json.checkpoint")
      let isThere = try await waitUntil(
        { (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0).map { $0 > 20_000 } ?? false },
        while: { run.isRunning })
      run.signal(SIGKILL)
      _ = try await run.result()
      try #require(isThere)
      let checkpoint = try String(contentsOfFile: path, encoding: .utf8)
      let moment = try #require(checkpoint.firstMatch(of: #/modifiedSince":"'([0-9TZ:-]+)'/#)?.1)
      try await Task.sleep(for: .seconds(1.1))
      let other = try await place.fixacl(arguments + ["9999d"])
      #expect(other.status == 1, "\(other.err)")
      #expect(other.err.contains("modifiedWithin was"), "\(other.err)")
      let rest = try await place.fixacl(arguments + ["10000d"])
      #expect(rest.status == 0, "\(rest.err)")
      #expect(rest.err.contains("resuming a scan"), "\(rest.err)")
      #expect(try place.read("plan.json").contains("\"modifiedSince\":\"\(moment)\""))
    }
  }
}
