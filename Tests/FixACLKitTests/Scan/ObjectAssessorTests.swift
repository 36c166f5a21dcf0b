import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let guest = Sample.guest

@Suite struct ObjectAssessorTests {
  /// The change that a scan finds for one object: nil for none.
  private func change(
    _ object: InProcessS3.Object, strategy: Strategy = .auto, _ adjust: (inout SampleBucket) -> Void = { _ in }
  ) async throws -> (change: Change, from: AccessControlList?, to: AccessControlList?)? {
    var sample = SampleBucket()
    sample.desired.strategy = strategy
    sample.server["k"] = object
    adjust(&sample)
    return try await withTemporaryFolder { folder in
      let plan = try await sample.plan(in: folder)
      return try plan.allChanges().first.map { ($0, plan.acl($0.from), plan.acl($0.to)) }
    }
  }

  @Test(arguments: Strategy.allCases)
  func needsNothing(strategy: Strategy) async throws {
    for acl: AccessControlList in [
      .owned(by: tools, .user(oai)), .owned(by: tools, .user(oai, .fullControl)), .owned(by: site),
      .owned(by: site, .publicRead),
    ] {
      let found = try await change(InProcessS3.Object(acl), strategy: strategy)
      #expect(found == nil)
    }
  }

  /// Nobody speaks for its owner, and the bucket owner may see its ACL, though not the object: it is in order as it is.
  @Test(arguments: Strategy.allCases)
  func needsNothingAsTheBucketOwnerCanSee(strategy: Strategy) async throws {
    let acl = AccessControlList.owned(by: guest, .user(site, .readACP), .user(oai))
    #expect(try await change(InProcessS3.Object(acl), strategy: strategy) == nil)
    let closed = AccessControlList.owned(by: guest, .user(site, .readACP))
    let found = try #require(try await change(InProcessS3.Object(closed), strategy: strategy))
    #expect(found.change.reason == .ownerCredentialsMissing)
    #expect(found.from == closed)
  }

  /// Over 5 GiB a copy is made in parts, which take no tags along: somebody must be able to read them.
  @Test(arguments: [(5 << 30, true), (5 << 30 + 1, false)])
  func hiddenTagsOfALargeObject(size: Int, isCopied: Bool) async throws {
    var object = InProcessS3.Object(.owned(by: guest, .user(site)))
    object.size = size
    let found = try #require(
      try await change(object) { sample in
        sample.server.intercept { call, answer in
          call.operation == "GetObjectTagging" ? InProcessS3.error(403, "AccessDenied") : answer()
        }
      })
    #expect(found.change.action == (isCopied ? .copy : .blocked))
    #expect(found.change.reason == (isCopied ? .aclUnknown : .tagsHidden))
    let seen = try #require(try await change(object))
    #expect(seen.change.action == .copy)
  }

  private static let limit = AWSClient.maximumCopySize

  /// Nor annotations, which are asked for where the copy would lose them only.
  @Test(
    arguments: [
      (limit, "1", .aclUnknown), (limit + 1, "0", .aclUnknown), (limit + 1, "1", .annotations),
      (limit + 1, nil, .annotationsHidden),
    ] as [(Int, String?, ChangeReason)])
  func annotationsOfALargeObject(size: Int, count: String?, reason: ChangeReason) async throws {
    var object = InProcessS3.Object(.owned(by: guest, .user(site)))
    object.size = size
    let found = try #require(
      try await change(object) { sample in
        sample.server.intercept { call, answer in
          guard call.operation == "ListObjectAnnotations" else { return answer() }
          guard let count else { return InProcessS3.error(403, "AccessDenied") }
          return .xml(
            "<ListObjectAnnotationsResult><AnnotationCount>\(count)</AnnotationCount></ListObjectAnnotationsResult>")
        }
      })
    #expect(found.change.reason == reason)
    #expect(found.change.action == (reason == .aclUnknown ? .copy : .blocked))
  }

  @Test func isGrantedWithTheOwnersCredentials() async throws {
    for strategy in [Strategy.auto, .grant] {
      let found = try #require(
        try await change(InProcessS3.Object(.owned(by: tools, .publicRead)), strategy: strategy) {
          $0.bucket.publicAccessBlock?.blockPublicAcls = true
        })
      #expect(found.change.action == .grant)
      #expect(found.change.reason == .readerMissing)
      #expect(found.change.etag == "e1")
      #expect(found.change.size == 10)
      #expect(found.change.owner == tools)
      #expect(found.change.lastModified == "2026-11-20T10:00:00.000Z")
      #expect(found.from == .owned(by: tools, .publicRead))
      #expect(found.to == .owned(by: tools, .user(oai)))
    }
  }

  @Test(
    arguments: [
      // Nobody speaks for its owner: the bucket owner copies what it can read.
      (.owned(by: guest), .auto, .blocked, .ownerCredentialsMissing),
      (.owned(by: guest), .grant, .blocked, .ownerCredentialsMissing),
      (.owned(by: guest), .copy, .blocked, .ownerCredentialsMissing),
      (.owned(by: guest, .user(site)), .auto, .copy, .aclUnknown),
      (.owned(by: guest, .user(site)), .copy, .copy, .aclUnknown),
      (.owned(by: guest, .user(site)), .grant, .blocked, .ownerCredentialsMissing),
      (.owned(by: guest, .user(site, .fullControl)), .auto, .copy, .readerMissing),
      (.owned(by: guest, .publicRead), .auto, .copy, .aclUnknown),
      // Somebody does, and it is to be copied all the same.
      (.owned(by: tools, .user(site)), .copy, .copy, .readerMissing),
      (.owned(by: tools), .copy, .copy, .grantFirst),
    ] as [(AccessControlList, Strategy, ChangeAction, ChangeReason)])
  func isCopiedOrBlocked(acl: AccessControlList, strategy: Strategy, action: ChangeAction, reason: ChangeReason)
    async throws
  {
    let found = try #require(try await change(InProcessS3.Object(acl), strategy: strategy))
    #expect(found.change.action == action)
    #expect(found.change.reason == reason)
    let isKnown = reason == .readerMissing || reason == .grantFirst
    #expect(found.from == (isKnown ? acl : nil))
    if action == .copy {
      #expect(found.to == Sample.policy().copied(found.from, previousOwner: found.change.owner))
    } else {
      #expect(found.to == nil)
    }
  }

  @Test(
    arguments: [
      (["x-amz-storage-class": "GLACIER"], .archived), (["x-amz-missing-meta": "1"], .metadata),
      (["x-amz-server-side-encryption-customer-algorithm": "AES256"], .customerKey),
    ] as [([String: String], ChangeReason)])
  func obstacles(headers: [String: String], reason: ChangeReason) async throws {
    for acl: AccessControlList in [.owned(by: tools, .user(site)), .owned(by: tools), .owned(by: guest, .user(site))] {
      var object = InProcessS3.Object(acl)
      object.headers = headers
      let found = try #require(try await change(object, strategy: .copy))
      #expect(found.change.action == .blocked)
      #expect(found.change.reason == reason)
    }
    // They are none for a grant.
    var object = InProcessS3.Object(.owned(by: tools))
    object.headers = headers
    #expect(try await change(object)?.change.action == .grant)
  }

  /// An OAI reads nothing that is under KMS, whatever the ACL says; others may, with a right in KMS.
  @Test(arguments: Strategy.allCases, [true, false])
  func kmsEncryption(strategy: Strategy, isOAI: Bool) async throws {
    let reader = Reader(
      .oai, .canonicalUser(oai, .read), originAccessIdentity: isOAI ? "E2EXAMPLE" : nil)
    for acl: AccessControlList in [.owned(by: tools), .owned(by: tools, .user(site))] {
      var object = InProcessS3.Object(acl)
      object.headers = ["x-amz-server-side-encryption": "aws:kms"]
      let found = try #require(
        try await change(object, strategy: strategy) {
          $0.desired = Intent(
            grants: [], readers: [reader], strategy: strategy, dropPublicGrants: .whenBlocked, filter: KeyFilter())
        })
      #expect((found.change.action == .blocked) == isOAI)
      #expect((found.change.reason == .kmsEncryption) == isOAI)
    }
    // It need not be asked where the reader is let in already.
    var object = InProcessS3.Object(.owned(by: tools, .user(oai)))
    object.headers = ["x-amz-server-side-encryption": "aws:kms"]
    #expect(try await change(object, strategy: strategy) { $0.desired.readers = [reader] } == nil)
  }

  /// No ACL can let a service in.
  @Test(arguments: Strategy.allCases)
  func originAccessControl(strategy: Strategy) async throws {
    let service = Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []))
    for acl: AccessControlList in [.owned(by: tools, .user(oai)), .owned(by: tools, .user(site)), .owned(by: tools)] {
      let found = try #require(
        try await change(InProcessS3.Object(acl), strategy: strategy) {
          $0.desired = Intent(
            grants: [], readers: [service], strategy: strategy, dropPublicGrants: .whenBlocked, filter: KeyFilter())
        })
      #expect(found.change.action == .copy)
      #expect(found.to?.owner == site)
    }
  }

  @Test(arguments: [VersioningState.enabled, .suspended, nil])
  func versionedBucket(versioning: VersioningState?) async throws {
    for acl: AccessControlList in [.owned(by: tools), .owned(by: guest, .user(site))] {
      let found = try await change(InProcessS3.Object(acl), strategy: .copy) { $0.bucket.versioning = versioning }
      #expect(found?.change.action == .copy)
    }
    let found = try await change(InProcessS3.Object(.owned(by: tools))) { $0.bucket.versioning = versioning }
    #expect(found?.change.action == .grant)
  }

  @Test func whatACopyHasToKeepIsInThePlan() async throws {
    var object = InProcessS3.Object(.owned(by: tools, .user(site)))
    object.headers = ["Content-Type": "text/html", "x-amz-meta-a": "b"]
    object.tags = [ObjectTag(key: "k", value: "v")]
    let found = try #require(try await change(object, strategy: .copy))
    #expect(found.change.preserved == AttributesDigest(try .sample(object.headers), lock: nil))
    #expect(found.change.tags == AttributesDigest(object.tags))
    #expect(try await change(object, strategy: .grant)?.change.preserved == nil)
    object.headers["x-amz-meta-a"] = "c"
    #expect(try await change(object, strategy: .copy)?.change.preserved != found.change.preserved)
  }

  /// Whoever copies becomes the owner, so it must be known to be the bucket's.
  @Test(arguments: [nil, oai])
  func bucketOwnersCredentialsMissing(main: CanonicalID?) async throws {
    for acl: AccessControlList in [.owned(by: tools, .user(site)), .owned(by: guest, .user(site))] {
      let found = try await change(InProcessS3.Object(acl), strategy: .copy) { $0.main = main }
      #expect(found?.change.action == .blocked)
      #expect(found?.change.reason == .bucketOwnerCredentialsMissing)
    }
  }

  @Test func tooManyGrants() async throws {
    func object(_ count: Int) -> InProcessS3.Object {
      let grants = (0..<count - 1).map { Grant.user(CanonicalID("\($0)")) }
      return InProcessS3.Object(AccessControlList(owner: tools, grants: grants + [.user(tools, .fullControl)]))
    }
    #expect(try await change(object(99))?.change.action == .grant)
    #expect(try await change(object(100))?.change.reason == .tooManyGrants)
    #expect(try await change(object(100))?.change.action == .blocked)
    // For a copy the object owner's own grant makes room, but not while the bucket owner is let in.
    #expect(try await change(object(99), strategy: .copy)?.change.reason == .grantFirst)
    #expect(try await change(object(100), strategy: .copy)?.change.reason == .tooManyGrants)
  }

  @Test(arguments: ["GetObjectAcl", "HeadObject"])
  func goneInBetween(operation: String) async throws {
    for acl: AccessControlList in [.owned(by: tools), .owned(by: guest, .user(site))] {
      let found = try await change(InProcessS3.Object(acl), strategy: .copy) {
        $0.server.intercept { call, carryOut in
          call.operation == operation ? InProcessS3.error(404, "NoSuchKey") : carryOut()
        }
      }
      // Without the ACL it is as good as one that cannot be read.
      let isSeen = operation == "GetObjectAcl" && acl.owner == guest
      #expect(found?.change.reason == (isSeen ? .aclUnknown : nil))
    }
  }

  @Test func ownerIsRefused() async throws {
    let found = try await change(InProcessS3.Object(.owned(by: tools))) {
      $0.server.intercept { call, carryOut in
        call.operation == "GetObjectAcl" ? InProcessS3.error(403, "AccessDenied") : carryOut()
      }
    }
    #expect(found?.change.action == .blocked)
    #expect(found?.change.reason == .ownerAccessDenied)
    let unreadable = try await change(InProcessS3.Object(.owned(by: tools)), strategy: .copy) {
      $0.server.intercept { call, carryOut in
        call.operation == "HeadObject" ? InProcessS3.error(403, "AccessDenied") : carryOut()
      }
    }
    #expect(unreadable?.change.action == .blocked)
    #expect(unreadable?.change.reason == .ownerAccessDenied)
  }

  /// Other refusals say nothing of the object.
  @Test(arguments: ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])
  func badCredentialsEndTheScan(code: String) async throws {
    await #expect(throws: BucketScanner.Failure.self) {
      _ = try await change(InProcessS3.Object(.owned(by: tools))) {
        $0.server.intercept { call, carryOut in
          call.operation == "GetObjectAcl" ? InProcessS3.error(403, code) : carryOut()
        }
      }
    }
  }
}
