import Foundation
import AWSKit
import TestSupport
import Testing

/// Buckets with versions: copies beside what was there, old versions' ACLs, and the way back.
struct VersionedBucketTests {
  /// The versions of a bucket, delete markers too, as its listing shows them.
  private static func versions(_ server: S3TestServer, _ bucket: String) async throws -> [ListedObject] {
    Array(try await server.site.client.listObjectVersions(bucket: bucket, prefix: nil, after: nil).objects)
  }

  private static func makeBucket(_ server: S3TestServer, versioning: String) async throws -> String {
    let bucket: String
    if versioning == "locked" {
      bucket = "b-" + UUID().uuidString.lowercased()
      try await server.site.createBucket(bucket, headers: [("x-amz-bucket-object-lock-enabled", "true")])
      try await server.letUpload(into: bucket)
    } else {
      bucket = try await server.makeBucket()
      try await server.site.setVersioning("Enabled", of: bucket)
      try await server.site.setVersioning(versioning, of: bucket)
    }
    return bucket
  }

  @Test(arguments: S3TestServer.all, ["Enabled", "Suspended", "locked"])
  func copiesBesideTheVersionThatWasThere(server: S3TestServer, versioning: String) async throws {
    let bucket = try await Self.makeBucket(server, versioning: versioning)
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    try await server.tools.put("o", in: bucket, grants: grants, headers: [("x-amz-meta-a", "b")])
    try await server.tools.put("closed", in: bucket)
    let before = try await Self.versions(server, bucket)

    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.bucket.versioning == (versioning == "Suspended" ? "Suspended" : "Enabled"))
    #expect(plan.changes.map(\.action) == ["copy", "copy"])
    #expect(plan.changes.map(\.reason) == ["grant-first", "reader-missing"])
    let shown = try await place.fixacl("show", "plan.json")
    #expect(shown.out.onOneLine.contains("2 copies make new current versions"), "\(shown.out)")
    try await place.apply()
    try await place.expectVerified()

    for key: ObjectKey in ["o", "closed"] {
      #expect(
        try await server.site.acl(of: key, in: bucket)
          == AccessControlList(
            owner: server.site.id, grants: [server.site.may(.fullControl), server.oai.may(.read)]))
      #expect(try await server.oai.statusOfGet(key, in: bucket) == 200)
    }
    #expect(try await server.site.head("o", in: bucket).userMetadata.map(\.value) == ["b"])
    let after = try await Self.versions(server, bucket)
    // A copy on a bucket whose versions are suspended takes the place of the version "null".
    if versioning == "Suspended" {
      #expect(after.count == 2)
    } else {
      #expect(after.count == 4)
      for old in before {
        let now = try #require(after.first { $0.version?.id == old.version?.id })
        #expect(now.isNoncurrent && now.owner == server.tools.id)
      }
    }
  }

  @Test(arguments: S3TestServer.all)
  func copiesAreUndoneByRemovingTheirVersions(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.other.may(.readACP)]
    try await server.tools.put("o", in: bucket, grants: grants)
    try await server.tools.put("closed", in: bucket)
    let before = try await Self.versions(server, bucket)
    try await place.plan(server, bucket, ["--strategy", "copy"])
    try await place.apply()

    let dry = try await place.fixacl("rollback", "plan.json", "--owner-profile", "tools", "--dry-run")
    #expect(dry.status == 0, "\(dry.err)")
    #expect(
      dry.out == "would put back: closed\nwould put back: o\n"
        || dry.out == "would put back: o\nwould put back: closed\n")
    #expect(try await Self.versions(server, bucket).count == 4)

    let rollback = try await place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(rollback.status == 0, "\(rollback.err)")
    #expect(rollback.count("put back") == 2)
    let after = try await Self.versions(server, bucket)
    #expect(after.map(\.version?.id) == before.map(\.version?.id))
    #expect(
      try await server.tools.acl(of: "o", in: bucket) == AccessControlList(owner: server.tools.id, grants: grants))
    // The grant that let the bucket owner copy is gone too.
    #expect(
      try await server.tools.acl(of: "closed", in: bucket)
        == AccessControlList(owner: server.tools.id, grants: [server.tools.may(.fullControl)]))
    // There is nothing left to undo, and the plan can be applied anew.
    let again = try await place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(again.status == 0)
    #expect(again.err.contains("nothing to put back"), "\(again.err)")
    #expect(try await place.apply().count("changed") == 2)
    try await place.expectVerified()
  }

  /// Somebody has put something new on top: it is theirs.
  @Test(arguments: S3TestServer.all)
  func anUploadOnTopOfACopyIsLeftAlone(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    try await server.tools.put("o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.read)])
    try await place.plan(server, bucket, ["--strategy", "copy"])
    try await place.apply()
    try await server.site.put("o", in: bucket, body: Array("new".utf8))
    let before = try await Self.versions(server, bucket)
    let rollback = try await place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(rollback.status == 3, "\(rollback.err)")
    #expect(rollback.count("stale") == 1)
    #expect(try await Self.versions(server, bucket) == before)
  }

  @Test(arguments: S3TestServer.all)
  func oldVersionsAreGranted(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    // Three versions, of which the bucket owner has one; and a key that is deleted.
    try await server.tools.put("a", in: bucket, body: Array("1".utf8))
    try await server.site.put("a", in: bucket, body: Array("2".utf8))
    try await server.tools.put("a", in: bucket, body: Array("3".utf8))
    try await server.tools.put("gone", in: bucket)
    try await server.site.delete("gone", in: bucket)
    try await server.other.put("other", in: bucket, body: Array("1".utf8))
    try await server.tools.put("other", in: bucket, body: Array("2".utf8))
    let versions = try await Self.versions(server, bucket)

    let plain = try await place.plan(server, bucket)
    #expect(plain.changes.map(\.key) == ["a", "other"])
    #expect(plain.changes.allSatisfy { $0.versionId == nil })

    let plan = try await place.plan(server, bucket, ["--all-versions"])
    #expect(plan.summary.listed == 6)
    #expect(plan.changes.map(\.key) == ["a", "a", "gone", "other", "other"])
    #expect(plan.changes.map(\.action) == ["grant", "grant", "grant", "grant", "blocked"])
    #expect(plan.changes.last?.reason == "owner-credentials-missing")
    #expect(
      plan.changes.map(\.versionId) == [
        nil, versions.filter { $0.key == "a" }[2].version?.id,
        versions.first { $0.key == "gone" && $0.version?.isDeleteMarker == false }?.version?.id, nil,
        versions.filter { $0.key == "other" }[1].version?.id,
      ])
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3, "\(apply.err)")
    #expect(apply.count("changed") == 4)
    // Nothing but ACLs has changed, and only those of tools' versions.
    #expect(try await Self.versions(server, bucket).map(\.version) == versions.map(\.version))
    for version in versions where version.version?.isDeleteMarker == false {
      let owner = server[try #require(version.owner)]
      let acl = try await owner.client.objectACL(bucket: bucket, key: version.key, versionID: version.version?.id)
      #expect(acl.includes(server.oai.may(.read)) == (owner.id == server.tools.id), "\(version)")
    }
    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(verify.status == 2)
    #expect(verify.count("as planned") == 4)
    let empty = try await place.plan(server, bucket, ["--all-versions"])
    #expect(empty.changes.map(\.action) == ["blocked"])
  }

  /// A copy can only make a new current version.
  @Test(arguments: S3TestServer.all)
  func oldVersionsAreNeverCopied(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    for body in ["1", "2"] {
      try await server.tools.put(
        "a", in: bucket, body: Array(body.utf8), grants: [server.tools.may(.fullControl), server.site.may(.read)])
    }
    let plan = try await place.plan(server, bucket, ["--all-versions", "--strategy", "copy"])
    #expect(plan.changes.map(\.action) == ["copy", "blocked"])
    #expect(plan.changes.map(\.reason) == ["reader-missing", "noncurrent-version"])
    let shown = try await place.fixacl("show", "plan.json")
    #expect(shown.out.contains("! blocked: 1 old version,"), "\(shown.out)")
    #expect(shown.out.contains("a (version "), "\(shown.out)")
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3)
    #expect(try await Self.versions(server, bucket).count == 3)
    #expect(String(decoding: try await server.site.get("a", in: bucket).body, as: UTF8.self) == "2")
  }

  /// An old version's ACL is put back by its ID.
  @Test(arguments: S3TestServer.all)
  func grantsOfOldVersionsAreUndone(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    let before = [server.tools.may(.fullControl), server.other.may(.read)]
    for body in ["1", "2"] {
      try await server.tools.put("a", in: bucket, body: Array(body.utf8), grants: before)
    }
    try await place.plan(server, bucket, ["--all-versions"])
    try await place.apply()
    let rollback = try await place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(rollback.status == 0, "\(rollback.err)")
    for version in try await Self.versions(server, bucket) {
      #expect(
        try await server.tools.client.objectACL(bucket: bucket, key: "a", versionID: version.version?.id)
          == AccessControlList(owner: server.tools.id, grants: before))
    }
  }

  /// More versions of one key than fit into a page, and keys on both sides of it.
  @Test(arguments: S3TestServer.all)
  func aKeyWithManyVersions(server: S3TestServer) async throws {
    let bucket = try await Self.makeBucket(server, versioning: "Enabled")
    let place = try Workplace(server)
    try await inParallel(0..<1_050) { _ in try await server.tools.put("m", in: bucket) }
    for key: ObjectKey in ["a", "z"] { try await server.tools.put(key, in: bucket) }
    let plan = try await place.plan(server, bucket, ["--all-versions"])
    #expect(plan.summary.listed == 1_052)
    #expect(plan.changes.count == 1_052)
    #expect(Set(plan.changes.map(\.versionId)).count == 1_050)
    #expect(plan.changes.map(\.key) == ["a"] + [String](repeating: "m", count: 1_050) + ["z"])
    #expect(try await place.fixacl("show", "plan.json", "--format", "csv").status == 0)
  }

  /// While versions are suspended, whatever is put takes the place of the version "null": here that is an old one.
  @Test(arguments: S3TestServer.all)
  func anOldNullVersionIsNotOverwritten(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read)]
    try await server.tools.put("both", in: bucket, grants: grants)
    try await server.site.setVersioning("Enabled", of: bucket)
    for key: ObjectKey in ["both", "new"] { try await server.tools.put(key, in: bucket, grants: grants) }
    // Planned while a copy would have been a version of its own, and applied when it would not.
    let early = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(early.changes.map(\.action) == ["copy", "copy"])
    try await server.site.setVersioning("Suspended", of: bucket)
    let before = try await Self.versions(server, bucket)
    let late = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools", "--limit", "1")
    #expect(late.status == 1 && late.err.contains("versioning was Enabled and is Suspended now"), "\(late.err)")
    #expect(try await Self.versions(server, bucket) == before)
    #expect(!place.exists("plan.json.journal"))

    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.change("both")?.reason == "null-version")
    #expect(plan.change("new")?.action == "copy")
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3 && apply.count("changed") == 1, "\(apply.err)")
    let after = try await Self.versions(server, bucket)
    #expect(after.filter { $0.key == "both" } == before.filter { $0.key == "both" })
    #expect(after.count == 4)
  }
}
