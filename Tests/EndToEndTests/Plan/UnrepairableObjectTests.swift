import Foundation
import AWSKit
import TestSupport
import Testing

/// What a copy carries over only where it can, and what cannot be repaired: said when it is planned.
struct UnrepairableObjectTests {
  private static let lockUntil = "2041-01-01T00:00:00Z"

  private static func makeLockedBucket(_ server: S3TestServer) async throws -> String {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(bucket, headers: [("x-amz-bucket-object-lock-enabled", "true")])
    try await server.letUpload(into: bucket)
    return bucket
  }

  /// A lock is carried over by who may see it: the bucket owner may not see that of another account's object.
  @Test(arguments: S3TestServer.all)
  func locksAreKept(server: S3TestServer) async throws {
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    let retention = [
      ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", Self.lockUntil),
    ]
    let hold = [("x-amz-object-lock-legal-hold", "ON")]
    try await server.tools.put("both", in: bucket, grants: grants, headers: retention + hold)
    try await server.tools.put("hold", in: bucket, grants: grants, headers: hold)
    try await server.tools.put("none", in: bucket, grants: grants)
    try await server.tools.put("retention", in: bucket, grants: grants, headers: retention)
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.action) == ["copy", "copy", "copy", "copy"])
    try await place.apply()
    try await place.expectVerified()
    for (key, hasRetention, hasHold) in [
      ("both", true, true), ("hold", false, true), ("none", false, false), ("retention", true, false),
    ] as [(ObjectKey, Bool, Bool)] {
      let client = server.site.client
      let found = try await client.objectRetention(bucket: bucket, key: key)
      #expect(found?.mode == (hasRetention ? "GOVERNANCE" : nil), "\(key)")
      #expect(found.map { $0.until.prefix(19) } == (hasRetention ? Self.lockUntil.prefix(19) : nil))
      #expect(try await client.hasLegalHold(bucket: bucket, key: key) == hasHold, "\(key)")
      #expect(try await server.site.acl(of: key, in: bucket).owner == server.site.id)
    }
  }

  /// The bucket's default would lock a copy of what is not locked, and nothing could be sent to prevent it.
  @Test(arguments: S3TestServer.all)
  func aDefaultRetentionIsInTheWay(server: S3TestServer) async throws {
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    try await server.tools.put("o", in: bucket, grants: grants)
    let before = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(before.changes.map(\.action) == ["copy"])
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutObjectLockConfiguration", .put, bucket: bucket, query: [("object-lock", "")],
        body: Array(
          ("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
            + "<Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>").utf8),
        parse: { _ in }))
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.reason) == ["default-retention"])
    let shown = try await place.fixacl("show", "plan.json")
    #expect(shown.out.contains("default retention would lock a copy"))
    // A grant locks nothing.
    #expect(try await place.plan(server, bucket).changes.map(\.action) == ["grant"])
    try await place.apply()
    try await place.expectVerified()
  }

  /// Nobody at hand may see whether the object is locked.
  @Test func aLockThatCannotBeSeenIsInTheWay() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    try await server.other.put(
      "o", in: bucket, grants: [server.other.may(.fullControl), server.site.may(.fullControl)])
    let plan = try await place.plan(server, bucket)
    #expect(plan.changes.map(\.reason) == ["object-lock"])
    let result = try await place.fixacl("show", "plan.json")
    #expect(result.out.contains("s3:GetObjectRetention"), "\(result.out)")
    // Its owner may.
    #expect(
      try await place.plan(server, bucket, ["--strategy", "copy"], owners: ["other"]).changes.map(\.action) == ["copy"])
  }

  @Test func encryptionIsKept() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    let key = server.kmsKey
    let kms = [
      ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", key),
      ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
    ]
    try await server.tools.put("kms", in: bucket, grants: grants, headers: kms)
    try await server.tools.put("s3", in: bucket, grants: grants, headers: [kms[0]].map { ($0.0, "AES256") })
    try await place.plan(server, bucket, ["--strategy", "copy"])
    // What is put now without another word comes under KMS; what is copied does not.
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutBucketEncryption", .put, bucket: bucket, query: [("encryption", "")],
        body: Array(
          ("<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms"
            + "</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>").utf8),
        parse: { _ in }))
    try await place.apply()
    try await place.expectVerified()
    #expect(
      try await server.site.head("kms", in: bucket).encryption
        == ObjectEncryption(algorithm: "aws:kms", kmsKeyID: key, usesBucketKey: true))
    #expect(try await server.site.head("s3", in: bucket).encryption == .s3Managed)
  }

  /// CloudFront's OAI cannot read what is under KMS, whatever an ACL says; other readers may.
  @Test(arguments: S3TestServer.all)
  func kmsAndAnOAI(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      let server = stage.server
      let kms = [
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", server.kmsKey),
      ]
      try await server.tools.put("kms", in: stage.bucket, grants: [server.tools.may(.fullControl)], headers: kms)
      for strategy in ["auto", "copy"] {
        let result = try await stage.plan("--oai", stage.oai, "--strategy", strategy)
        #expect(result.status == 0, "\(result.err)")
        #expect(result.err.contains("origin access control (OAC)"), "\(result.err)")
        let plan = try PlanDocument(Data(contentsOf: URL(filePath: stage.place.path("plan.json"))))
        #expect(plan.change("kms")?.reason == "kms-encryption")
        #expect(plan.change("index.html")?.action == (strategy == "auto" ? "grant" : "copy"))
      }
      // Of a canonical ID that is not known to be an OAI's, nothing can be said.
      #expect(try await stage.place.plan(server, stage.bucket).change("kms")?.action == "grant")
    }
  }

  /// The key of SSE-C is the uploader's own.
  @Test(arguments: S3TestServer.all)
  func customerKeys(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put(
      "o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)],
      headers: [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-server-side-encryption-customer-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
        ("x-amz-server-side-encryption-customer-key-MD5", "hRasmdxgYDKV3nvbahU1MA=="),
      ])
    for owners in [["tools"], []] {
      let plan = try await place.plan(server, bucket, ["--strategy", "copy"], owners: owners)
      #expect(plan.changes.map(\.reason) == ["customer-key"])
    }
    #expect(try await place.plan(server, bucket).changes.map(\.action) == ["grant"])
  }

  @Test func archives() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    for (key, storageClass) in [("deep", "DEEP_ARCHIVE"), ("glacier", "GLACIER"), ("instant", "GLACIER_IR")] {
      try await server.tools.put(
        ObjectKey(key), in: bucket, grants: grants, headers: [("x-amz-storage-class", storageClass)])
    }
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.action) == ["blocked", "blocked", "copy"])
    #expect(plan.changes.map(\.reason) == ["archived", "archived", "reader-missing"])
    #expect(try await place.fixacl("show", "plan.json").out.contains("restore-object"))
    try await server.tools.client.run(
      AWSOperation<Void>(
        "RestoreObject", .post, bucket: bucket, key: "glacier", query: [("restore", "")],
        body: Array("<RestoreRequest><Days>1</Days></RestoreRequest>".utf8), parse: { _ in }))
    let restored = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(restored.changes.map(\.action) == ["blocked", "copy", "copy"])
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3 && apply.count("changed") == 2, "\(apply.err)")
    #expect(try await server.site.head("glacier", in: bucket).storageClass == "GLACIER")
    #expect(try await server.site.head("instant", in: bucket).storageClass == "GLACIER_IR")
  }

  /// The plan names the account whose credentials would help, and the option.
  @Test(arguments: S3TestServer.all)
  func missingCredentialsAreNamed(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.other.put("o", in: bucket)
    let result = try await place.fixacl(
      "plan", bucket, "-o", "plan.json", "--grant-read", server.oai.grantee, "--owner-profile", "tools")
    #expect(result.status == 0)
    #expect(
      result.err.contains(
        "no credentials of object owner \(server.other.id) are given (1 object to change). Add --owner-profile"),
      "\(result.err)")
  }

  @Test(arguments: S3TestServer.all, [true, false])
  func thePreviousOwner(server: S3TestServer, isKept: Bool) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put("o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.read)])
    try await place.plan(server, bucket, ["--strategy", "copy"] + (isKept ? ["--keep-previous-owner"] : []))
    let shown = try await place.fixacl("show", "plan.json")
    #expect(shown.out.contains("- FULL_CONTROL  object owner \(short(server.tools.id))"), "\(shown.out)")
    #expect(shown.out.contains("+ READ          object owner \(short(server.tools.id))") == isKept)
    try await place.apply()
    try await place.expectVerified()
    #expect(try await server.tools.statusOfGet("o", in: bucket) == (isKept ? 200 : 403))
  }
}
