import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools

@Suite struct ObjectObserverTests {
  private func observe(
    _ change: Change, in sample: SampleBucket
  ) async throws -> (observed: ObservedObject, calls: [String]) {
    let observer = ObjectObserver(bucket: "assets", accounts: sample.accounts())
    sample.server.forgetCalls()
    let observed = try await observer.observe(change)
    let names = [site: "site", tools: "tools"]
    // A refused HEAD is followed by a GET that asks whether the keys are good.
    let calls = sample.server.calls.filter { $0.operation != "GetObject" }
    return (observed, calls.map { "\($0.operation) \(names[$0.caller] ?? "")" }.sorted())
  }

  @Test func grantIsTheOwnersBusiness() async throws {
    let sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site, .fullControl)))
    let (observed, calls) = try await observe(Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools"])
    #expect(observed.acl == .owned(by: tools, .user(site, .fullControl)))
    #expect(!observed.isReadableByBucketOwner)
    guard case .found(ContentIdentity(etag: "e1", size: 10), .some) = observed.content else {
      Issue.record("\(observed.content)")
      return
    }
  }

  /// An owner may rewrite an ACL that does not let it read the object; a listing has the ETag too.
  @Test func grantOfAnObjectThatItsOwnerCannotRead() async throws {
    let sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(AccessControlList(owner: tools, grants: []))
    sample.server["k/1"] = InProcessS3.Object(.owned(by: tools))
    // As on Ceph RadosGW, or by a policy of its account.
    sample.server.intercept { call, carryOut in
      switch call.operation {
      case "HeadObject": HTTPResponse(status: 403, headers: HTTPHeaders([("x-amz-request-id", "1")]))
      case "GetObject": InProcessS3.error(403, "AccessDenied")
      default: carryOut()
      }
    }
    let (found, calls) = try await observe(Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools", "ListObjectsV2 site"])
    guard case .found(ContentIdentity(etag: "e1", size: 10), nil) = found.content else {
      Issue.record("\(found.content)")
      return
    }
    // A key that only begins with it is another object.
    sample.server["k"] = nil
    sample.server.intercept { call, carryOut in
      call.operation == "ListObjectsV2" ? carryOut() : InProcessS3.error(403, "AccessDenied")
    }
    let (gone, _) = try await observe(Sample.change("k"), in: sample)
    guard case .missing = gone.content else {
      Issue.record("\(gone.content)")
      return
    }
  }

  /// Nor can a HEAD be had of an object with a customer's key, which S3 wants to see.
  @Test func grantOfAnObjectWithACustomersKey() async throws {
    let sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(.owned(by: tools))
    sample.server.intercept { call, carryOut in
      call.operation == "HeadObject" ? InProcessS3.error(400, "BadRequest") : carryOut()
    }
    let (observed, calls) = try await observe(Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools", "ListObjectsV2 site"])
    guard case .found(ContentIdentity(etag: "e1", size: 10), nil) = observed.content else {
      Issue.record("\(observed.content)")
      return
    }
  }

  @Test func copyIsTheBucketOwnersBusiness() async throws {
    let sample = SampleBucket()
    sample.server["open"] = InProcessS3.Object(.owned(by: tools, .user(site)))
    let (open, calls) = try await observe(Sample.change("open", action: .copy), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject site"])
    #expect(open.isReadableByBucketOwner)
    #expect(open.acl == .owned(by: tools, .user(site)))
    // Where it may not read, the owner does: the ETag must be known before anything is granted.
    sample.server["closed"] = InProcessS3.Object(.owned(by: tools))
    let (closed, more) = try await observe(Sample.change("closed", action: .copy), in: sample)
    #expect(more == ["GetObjectAcl tools", "HeadObject site", "HeadObject tools"])
    #expect(!closed.isReadableByBucketOwner)
    guard case .found(ContentIdentity(etag: "e1", size: 10), .some) = closed.content else {
      Issue.record("\(closed.content)")
      return
    }
    // After the copy the previous owner may not even see the ACL.
    sample.server["copied"] = InProcessS3.Object(.owned(by: site))
    let (copied, most) = try await observe(Sample.change("copied", action: .copy), in: sample)
    #expect(most == ["GetObjectAcl site", "GetObjectAcl tools", "HeadObject site"])
    #expect(copied.acl == .owned(by: site))
    #expect(copied.isReadableByBucketOwner)
  }

  @Test func copyWithoutTheOwner() async throws {
    var sample = SampleBucket()
    sample.owners = []
    sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
    let (found, calls) = try await observe(Sample.change("k", action: .copy), in: sample)
    #expect(calls == ["GetObjectAcl site", "HeadObject site"])
    #expect(found.isReadableByBucketOwner)
    #expect(found.acl == nil)
    #expect(found.aclError?.operation == "GetObjectAcl")
    sample.server["k"] = InProcessS3.Object(.owned(by: tools))
    let (denied, _) = try await observe(Sample.change("k", action: .copy), in: sample)
    guard case .denied(let error) = denied.content else {
      Issue.record("\(denied.content)")
      return
    }
    #expect(error.operation == "HeadObject")
    // Nobody at all.
    sample.main = nil
    let (unseen, none) = try await observe(Sample.change("k", action: .copy), in: sample)
    #expect(none == ["ListObjectsV2 site"])
    guard case .denied(let error) = unseen.content else {
      Issue.record("\(unseen.content)")
      return
    }
    #expect(error.kind == .credentials)
  }

  /// Somebody else has put an object in its place, which is closed to those who could read what the plan saw.
  @Test(arguments: [ChangeAction.grant, .copy])
  func objectOfAnotherOwnerInItsPlace(action: ChangeAction) async throws {
    let sample = SampleBucket()
    var change = Sample.change("k", action: action, reason: action == .copy ? .grantFirst : .readerMissing)
    change.from = ACLName("known")
    sample.server["k"] = InProcessS3.Object(.owned(by: Sample.guest))
    let planned = action == .grant ? SampleCase.grant : .grantFirst
    let (same, calls) = try await observe(change, in: sample)
    #expect(calls.last == "ListObjectsV2 site")
    #expect(same.listedOwner == Sample.guest)
    #expect(try planned.status(of: same) == .stale(.ownerChanged(Sample.guest)))
    sample.server["k"]?.etag = "e2"
    let (other, _) = try await observe(change, in: sample)
    #expect(try planned.status(of: other) == .stale(.overwritten))
    sample.server["k"] = nil
    sample.server.intercept { call, carryOut in
      call.operation == "ListObjectsV2" ? carryOut() : InProcessS3.error(403, "AccessDenied")
    }
    let (gone, _) = try await observe(change, in: sample)
    #expect(try planned.status(of: gone) == .stale(.deleted))
  }

  /// The listing shows the same object: then it is the credentials that are not good enough any more.
  @Test func sameObjectThatIsClosedNow() async throws {
    var sample = SampleBucket()
    sample.owners = []
    var change = Sample.change("k", action: .copy)
    change.from = ACLName("known")
    sample.server["k"] = InProcessS3.Object(.owned(by: tools))
    let (closed, _) = try await observe(change, in: sample)
    guard case .denied = closed.content else {
      Issue.record("\(closed.content)")
      return
    }
    #expect(throws: AWSError.self) { try SampleCase.copy.status(of: closed) }
  }

  @Test(arguments: [ChangeAction.grant, .copy], ["HeadObject", "GetObjectAcl"])
  func missing(action: ChangeAction, operation: String) async throws {
    let sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
    sample.server.intercept { call, carryOut in
      call.operation == operation ? InProcessS3.error(404, "NoSuchKey") : carryOut()
    }
    let (observed, _) = try await observe(Sample.change("k", action: action), in: sample)
    guard case .missing = observed.content else {
      Issue.record("\(observed.content)")
      return
    }
  }

  @Test(arguments: [ChangeAction.grant, .copy], ["HeadObject", "GetObjectAcl"])
  func otherErrorsAreThrown(action: ChangeAction, operation: String) async throws {
    let sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
    sample.server.intercept { call, carryOut in
      call.operation == operation ? InProcessS3.error(403, "ExpiredToken") : carryOut()
    }
    let error = try await #require(throws: AWSError.self) {
      _ = try await observe(Sample.change("k", action: action), in: sample)
    }
    #expect(error.status == 403)
    #expect(error.operation == operation)
  }

  @Test(
    arguments: [
      ("v3", "v2"), ("v2", "v1"), ("v1", nil), ("v9", nil), ("null", nil),
    ] as [(String, String?)])
  func versionBehindAnother(id: String, behind: String?) async throws {
    let sample = SampleBucket()
    func version(_ id: String) -> InProcessS3.Object {
      var object = InProcessS3.Object(.owned(by: tools))
      (object.versionID, object.etag) = (id, "etag of \(id)")
      return object
    }
    // Keys that have the key for a prefix come in between pages, not in between versions.
    for key in ["j", "k", "k/1", "ka"] {
      sample.server[key] = version("v3")
      sample.server.older[ObjectKey(key)] = [version("v2"), version("v1")]
    }
    let observer = ObjectObserver(bucket: "assets", accounts: sample.accounts())
    sample.server.forgetCalls()
    let found = try await observer.versions(olderThan: id, of: ObjectKey("k")).first
    #expect(found?.version?.id == behind)
    #expect(found?.etag == behind.map { "etag of \($0)" })
    #expect(found.map { $0.key == ObjectKey("k") } ?? true)
    #expect(sample.server.counts == ["ListObjectVersions": 1])
  }

  /// Over all pages of the key's, and no further.
  @Test(arguments: [("v1", "v0"), ("v0", nil), ("v3", "v2")] as [(String, String?)])
  func versionBehindAnotherOnTheNextPage(id: String, behind: String?) async throws {
    let server = ScriptedS3 { request in
      func entry(_ key: String, _ id: String) -> String {
        "<Version><Key>\(key)</Key><VersionId>\(id)</VersionId><ETag>e</ETag><Size>1</Size></Version>"
      }
      let versions =
        switch request.parameter("version-id-marker") {
        case nil: ["v3", "v2", "v1"].map { entry("k", $0) }
        case "v1": [entry("k", "v0")]
        case "v0": [entry("k/1", "v0")]
        default: [String]()
        }
      return .xml(
        "<ListVersionsResult><IsTruncated>true</IsTruncated>\(versions.joined())</ListVersionsResult>")
    }
    let account = Account(label: "", client: server.client(), canonicalID: site)
    let observer = ObjectObserver(
      bucket: "assets", accounts: Accounts(main: account, owners: [], bucketOwner: site))
    #expect(try await observer.versions(olderThan: id, of: ObjectKey("k")).first?.version?.id == behind)
    #expect(server.requests.count == 3)
    #expect(server.requests.allSatisfy { $0.parameter("prefix") == "k" })
  }
}
