import S3Kit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools

@Suite struct ObjectObserverTests {
  private func look(
    at change: Change, in sample: SampleBucket
  ) async throws -> (look: ObjectLook, calls: [String]) {
    let observer = ObjectObserver(bucket: "assets", accounts: sample.accounts())
    sample.server.forgetCalls()
    let look = try await observer.look(at: change)
    let names = [site: "site", tools: "tools"]
    return (look, sample.server.calls.map { "\($0.operation) \(names[$0.caller] ?? "")" }.sorted())
  }

  @Test func grantIsTheOwnersBusiness() async throws {
    let sample = SampleBucket()
    sample.server["k"] = FakeS3.Object(.owned(by: tools, .user(site, .fullControl)))
    let (look, calls) = try await look(at: Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools"])
    #expect(look.acl == .owned(by: tools, .user(site, .fullControl)))
    #expect(!look.isReadableByBucketOwner)
    guard case .found("e1", 10, .some) = look.object else {
      Issue.record("\(look.object)")
      return
    }
  }

  /// An owner may rewrite an ACL that does not let it read the object; a listing has the ETag too.
  @Test func grantOfAnObjectThatItsOwnerCannotRead() async throws {
    let sample = SampleBucket()
    sample.server["k"] = FakeS3.Object(AccessControlList(owner: tools, grants: []))
    sample.server["k/1"] = FakeS3.Object(.owned(by: tools))
    let (found, calls) = try await look(at: Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools", "ListObjectsV2 site"])
    guard case .found("e1", 10, nil) = found.object else {
      Issue.record("\(found.object)")
      return
    }
    // A key that only begins with it is another object.
    sample.server["k"] = nil
    sample.server.intercept { call, carryOut in
      call.operation == "ListObjectsV2" ? carryOut() : FakeS3.error(403, "AccessDenied")
    }
    let (gone, _) = try await look(at: Sample.change("k"), in: sample)
    guard case .missing = gone.object else {
      Issue.record("\(gone.object)")
      return
    }
  }

  /// Nor can a HEAD be had of an object with a customer's key, which S3 wants to see.
  @Test func grantOfAnObjectWithACustomersKey() async throws {
    let sample = SampleBucket()
    sample.server["k"] = FakeS3.Object(.owned(by: tools))
    sample.server.intercept { call, carryOut in
      call.operation == "HeadObject" ? FakeS3.error(400, "BadRequest") : carryOut()
    }
    let (look, calls) = try await look(at: Sample.change("k"), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject tools", "ListObjectsV2 site"])
    guard case .found("e1", 10, nil) = look.object else {
      Issue.record("\(look.object)")
      return
    }
  }

  @Test func copyIsTheBucketOwnersBusiness() async throws {
    let sample = SampleBucket()
    sample.server["open"] = FakeS3.Object(.owned(by: tools, .user(site)))
    let (open, calls) = try await look(at: Sample.change("open", action: .copy), in: sample)
    #expect(calls == ["GetObjectAcl tools", "HeadObject site"])
    #expect(open.isReadableByBucketOwner)
    #expect(open.acl == .owned(by: tools, .user(site)))
    // Where it may not read, the owner does: the ETag must be known before anything is granted.
    sample.server["closed"] = FakeS3.Object(.owned(by: tools))
    let (closed, more) = try await look(at: Sample.change("closed", action: .copy), in: sample)
    #expect(more == ["GetObjectAcl tools", "HeadObject site", "HeadObject tools"])
    #expect(!closed.isReadableByBucketOwner)
    guard case .found("e1", 10, .some) = closed.object else {
      Issue.record("\(closed.object)")
      return
    }
    // After the copy the previous owner may not even see the ACL.
    sample.server["copied"] = FakeS3.Object(.owned(by: site))
    let (copied, most) = try await look(at: Sample.change("copied", action: .copy), in: sample)
    #expect(most == ["GetObjectAcl site", "GetObjectAcl tools", "HeadObject site"])
    #expect(copied.acl == .owned(by: site))
    #expect(copied.isReadableByBucketOwner)
  }

  @Test func copyWithoutTheOwner() async throws {
    var sample = SampleBucket()
    sample.owners = []
    sample.server["k"] = FakeS3.Object(.owned(by: tools, .user(site)))
    let (found, calls) = try await look(at: Sample.change("k", action: .copy), in: sample)
    #expect(calls == ["GetObjectAcl site", "HeadObject site"])
    #expect(found.isReadableByBucketOwner)
    #expect(found.acl == nil)
    #expect(found.aclError?.operation == "GetObjectAcl")
    sample.server["k"] = FakeS3.Object(.owned(by: tools))
    let (denied, _) = try await look(at: Sample.change("k", action: .copy), in: sample)
    guard case .denied(let error) = denied.object else {
      Issue.record("\(denied.object)")
      return
    }
    #expect(error.operation == "HeadObject")
    // Nobody at all.
    sample.main = nil
    let (unseen, none) = try await look(at: Sample.change("k", action: .copy), in: sample)
    #expect(none == ["ListObjectsV2 site"])
    guard case .denied(let error) = unseen.object else {
      Issue.record("\(unseen.object)")
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
    sample.server["k"] = FakeS3.Object(.owned(by: Sample.guest))
    let planned = action == .grant ? SampleCase.grant : .grantFirst
    let (same, calls) = try await look(at: change, in: sample)
    #expect(calls.last == "ListObjectsV2 site")
    #expect(same.listedOwner == Sample.guest)
    #expect(try planned.status(of: same) == .stale(.ownerChanged(Sample.guest)))
    sample.server["k"]?.etag = "e2"
    let (other, _) = try await look(at: change, in: sample)
    #expect(try planned.status(of: other) == .stale(.overwritten))
    sample.server["k"] = nil
    sample.server.intercept { call, carryOut in
      call.operation == "ListObjectsV2" ? carryOut() : FakeS3.error(403, "AccessDenied")
    }
    let (gone, _) = try await look(at: change, in: sample)
    #expect(try planned.status(of: gone) == .stale(.deleted))
  }

  /// The listing shows the same object: then it is the credentials that are not good enough any more.
  @Test func sameObjectThatIsClosedNow() async throws {
    var sample = SampleBucket()
    sample.owners = []
    var change = Sample.change("k", action: .copy)
    change.from = ACLName("known")
    sample.server["k"] = FakeS3.Object(.owned(by: tools))
    let (closed, _) = try await look(at: change, in: sample)
    guard case .denied = closed.object else {
      Issue.record("\(closed.object)")
      return
    }
    #expect(throws: S3Error.self) { try SampleCase.copy.status(of: closed) }
  }

  @Test(arguments: [ChangeAction.grant, .copy], ["HeadObject", "GetObjectAcl"])
  func missing(action: ChangeAction, operation: String) async throws {
    let sample = SampleBucket()
    sample.server["k"] = FakeS3.Object(.owned(by: tools, .user(site)))
    sample.server.intercept { call, carryOut in
      call.operation == operation ? FakeS3.error(404, "NoSuchKey") : carryOut()
    }
    let (look, _) = try await look(at: Sample.change("k", action: action), in: sample)
    guard case .missing = look.object else {
      Issue.record("\(look.object)")
      return
    }
  }

  @Test(arguments: [ChangeAction.grant, .copy], ["HeadObject", "GetObjectAcl"])
  func otherErrorsAreThrown(action: ChangeAction, operation: String) async throws {
    let sample = SampleBucket()
    sample.server["k"] = FakeS3.Object(.owned(by: tools, .user(site)))
    sample.server.intercept { call, carryOut in
      call.operation == operation ? FakeS3.error(403, "ExpiredToken") : carryOut()
    }
    let error = try await #require(throws: S3Error.self) {
      _ = try await look(at: Sample.change("k", action: action), in: sample)
    }
    #expect(error.status == 403)
    #expect(error.operation == operation)
  }
}
