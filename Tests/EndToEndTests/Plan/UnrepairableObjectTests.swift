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
      #expect(found.retention?.mode == (hasRetention ? "GOVERNANCE" : nil), "\(key)")
      #expect(found.retention.map { $0.until.prefix(19) } == (hasRetention ? Self.lockUntil.prefix(19) : nil))
      #expect(try await client.hasLegalHold(bucket: bucket, key: key) == hasHold, "\(key)")
      #expect(try await server.site.acl(of: key, in: bucket).owner == server.site.id)
    }
  }

  /// Ceph RadosGW knows no event hold.
  @Test func eventHoldsAreKept() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    let (mode, hold) = (("x-amz-object-lock-mode", "COMPLIANCE"), ("x-amz-object-lock-event-hold", "ON"))
    let days = ("x-amz-object-lock-event-hold-duration-days", "30")
    let large = [UInt8](repeating: 7, count: 6 << 20)
    let cases: [(key: ObjectKey, headers: [(String, String)], hold: ObjectLockState.EventHold?)] = [
      ("bare", [hold], .init()), ("days", [mode, hold, days], .init(mode: "COMPLIANCE", duration: .days(30))),
      ("none", [], nil),
      (
        "years", [hold, ("x-amz-object-lock-event-hold-duration-years", "7")], .init(duration: .years(7))
      ),
    ]
    for (key, headers, _) in cases {
      for (key, body) in [(key, Array("content".utf8)), (ObjectKey("\(key)-large"), large)] {
        try await server.tools.put(key, in: bucket, body: body, grants: grants, headers: headers)
      }
    }
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.action) == Array(repeating: "copy", count: 8))
    try await place.apply(["--multipart-threshold", "\(5 << 20)"])
    try await place.expectVerified()
    for (key, _, hold) in cases {
      for key in [key, ObjectKey("\(key)-large")] {
        #expect(try await server.site.acl(of: key, in: bucket).owner == server.site.id)
        #expect(try await server.site.client.objectRetention(bucket: bucket, key: key).eventHold == hold, "\(key)")
        #expect(try await server.site.head(key, in: bucket).etag.hasSuffix("-2") == "\(key)".hasSuffix("-large"))
      }
    }
  }

  /// A copy that is released between apply and verify is no longer as planned.
  @Test func anEventHoldThatIsReleasedIsTold() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    try await server.tools.put(
      "o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)],
      headers: [("x-amz-object-lock-event-hold", "ON")])
    try await place.plan(server, bucket, ["--strategy", "copy"])
    try await place.apply()
    try await place.expectVerified()
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutObjectRetention", .put, bucket: bucket, key: "o", query: [("retention", "")],
        body: Array("<Retention><EventHold>OFF</EventHold></Retention>".utf8), parse: { _ in }))
    let result = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(result.status == 2, "\(result.err)")
    #expect(
      result.out.contains("lock are not what the plan saw") || result.err.contains("lock are not what the plan saw"))
  }

  @Test func aDefaultEventHoldIsInTheWay() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await Self.makeLockedBucket(server)
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    try await server.tools.put("free", in: bucket, grants: grants)
    try await server.tools.put("held", in: bucket, grants: grants, headers: [("x-amz-object-lock-event-hold", "ON")])
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutObjectLockConfiguration", .put, bucket: bucket, query: [("object-lock", "")],
        body: Array(
          ("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
            + "<DefaultEventHold><Days>90</Days></DefaultEventHold></DefaultRetention></Rule></ObjectLockConfiguration>")
            .utf8), parse: { _ in }))
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.reason) == ["default-retention", "reader-missing"])
    #expect(try await place.fixacl("show", "plan.json").out.contains("default event hold"))
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3 && apply.count("changed") == 1, "\(apply.err)")
    #expect(
      try await server.site.client.objectRetention(bucket: bucket, key: "held").eventHold
        == ObjectLockState.EventHold())
  }

  /// A copy in parts loses annotations, and nobody sees it afterwards.
  @Test func annotationsAreInTheWayOfACopyInParts() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.fullControl)]
    let content = [UInt8](repeating: 7, count: 6 << 20)
    try await server.tools.put("annotated", in: bucket, body: content, grants: grants)
    try await server.tools.put("plain", in: bucket, body: content, grants: grants)
    try await server.tools.client.run(
      AWSOperation<Void>(
        "PutObjectAnnotation", .put, bucket: bucket, key: "annotated",
        query: [("annotation", ""), ("annotationName", "labels")], body: Array("cats".utf8), parse: { _ in }))
    let threshold = ["--multipart-threshold", "\(5 << 20)"]
    // No account that is given may list them.
    try await place.plan(server, bucket, ["--strategy", "copy"], owners: [])
    let hidden = try await place.fixacl(["apply", "plan.json"] + threshold)
    #expect(hidden.status == 3 && hidden.count("changed") == 0, "\(hidden.err)")
    #expect(hidden.err.contains("s3:ListObjectAnnotations"), "\(hidden.err)")
    try await place.plan(server, bucket, ["--strategy", "copy"])
    let apply = try await place.fixacl(["apply", "plan.json", "--owner-profile", "tools"] + threshold)
    #expect(apply.status == 3 && apply.count("changed") == 1, "\(apply.err)")
    #expect(apply.err.contains("it has annotations"), "\(apply.err)")
    #expect(try await server.site.acl(of: "plain", in: bucket).owner == server.site.id)
    #expect(try await server.tools.acl(of: "annotated", in: bucket).owner == server.tools.id)
    let head = try await server.tools.head("annotated", in: bucket)
    #expect(try await server.tools.client.hasAnnotations(bucket: bucket, key: "annotated", head))
    // A grant is what is advised, and leaves them alone.
    #expect(try await place.plan(server, bucket).changes.map(\.action) == ["grant"])
    try await place.apply()
    try await place.expectVerified()
    #expect(try await server.tools.client.hasAnnotations(bucket: bucket, key: "annotated", head))
  }

  /// A copy in one request takes annotations along, or is refused: no ACL lets the bucket owner read them.
  @Test func aCopyInOneRequestLosesNoAnnotations() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put(
      "o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)])
    try await server.tools.client.run(
      AWSOperation<Void>(
        "PutObjectAnnotation", .put, bucket: bucket, key: "o",
        query: [("annotation", ""), ("annotationName", "labels")], body: Array("cats".utf8), parse: { _ in }))
    try await place.plan(server, bucket, ["--strategy", "copy"])
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3 && apply.count("failed") == 1, "\(apply.err)")
    #expect(apply.err.contains("s3:GetObjectAnnotation"), "\(apply.err)")
    #expect(try await server.tools.acl(of: "o", in: bucket).owner == server.tools.id)
    let head = try await server.tools.head("o", in: bucket)
    #expect(try await server.tools.client.hasAnnotations(bucket: bucket, key: "o", head))
  }

  /// A server that does not know annotations answers with the object itself, or refuses.
  @Test(arguments: S3TestServer.all)
  func noAnnotationsAreNone(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    try await server.site.put("o", in: bucket, body: [UInt8](repeating: 7, count: 6 << 20))
    let head = try await server.site.head("o", in: bucket)
    #expect(try await server.site.client.hasAnnotations(bucket: bucket, key: "o", head) == false)
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
