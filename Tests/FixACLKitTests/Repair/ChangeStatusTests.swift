import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let other = Sample.other

@Suite struct ChangeStatusTests {
  @Test(
    arguments: [
      (.owned(by: tools), .asSeen),
      (.owned(by: tools, .user(oai)), .asPlanned),
      // The same rights in other words.
      (AccessControlList(owner: tools, grants: Permission.allCases.map { .user(tools, $0) }), .stale(.aclChanged)),
      (.owned(by: tools, .user(tools, .read)), .asSeen),
      (.owned(by: tools, .user(oai), .user(tools, .readACP)), .asPlanned),
      (
        AccessControlList(
          owner: tools, grants: [.user(tools, .read), .user(tools, .readACP), .user(tools, .writeACP)]),
        .asSeen
      ),
      // Any other right, more or less, of anybody.
      (.owned(by: tools, .user(oai), .user(other)), .stale(.aclChanged)),
      (.owned(by: tools, .user(oai, .fullControl)), .stale(.aclChanged)),
      (.owned(by: tools, .publicRead), .stale(.aclChanged)),
      (AccessControlList(owner: tools, grants: []), .stale(.aclChanged)),
      (AccessControlList(owner: tools, grants: [.user(oai)]), .stale(.aclChanged)),
      // Only a copy knows this state.
      (.owned(by: tools, .user(site)), .stale(.aclChanged)),
      (.owned(by: other), .stale(.ownerChanged(other))),
      (.owned(by: site, .user(oai)), .stale(.ownerChanged(site))),
    ] as [(AccessControlList, ChangeStatus)])
  func ofAGrant(acl: AccessControlList, status: ChangeStatus) throws {
    #expect(try SampleCase.grant.status(of: .found(acl)) == status)
    // Where only a listing could be had.
    let listed = ObservedObject(
      content: .found(ContentIdentity(etag: "e1", size: 10), nil), isReadableByBucketOwner: false, acl: acl)
    #expect(try SampleCase.grant.status(of: listed) == status)
    // Other content comes before all of it.
    #expect(try SampleCase.grant.status(of: .found(acl, etag: "e2")) == .stale(.overwritten))
    #expect(try SampleCase.grant.status(of: .found(acl, size: 11)) == .stale(.overwritten))
  }

  @Test(
    arguments: [
      (.owned(by: tools, .user(site)), .asSeen, .bucketOwnerGranted),
      (.owned(by: tools), .stale(.aclChanged), .asSeen),
      (.owned(by: tools, .user(site), .user(tools, .read)), .asSeen, .bucketOwnerGranted),
      (.owned(by: site, .user(oai)), .asPlanned, .asPlanned),
      (.owned(by: site), .stale(.ownerChanged(site)), .stale(.ownerChanged(site))),
      (.owned(by: site, .user(oai), .publicRead), .stale(.ownerChanged(site)), .stale(.ownerChanged(site))),
      (.owned(by: other, .user(oai)), .stale(.ownerChanged(other)), .stale(.ownerChanged(other))),
      (.owned(by: tools, .user(site), .publicRead), .stale(.aclChanged), .stale(.aclChanged)),
      // The wanted grants, and still the old owner: a copy is what was planned.
      (.owned(by: tools, .user(oai)), .stale(.aclChanged), .stale(.aclChanged)),
    ] as [(AccessControlList, ChangeStatus, ChangeStatus)])
  func ofACopy(acl: AccessControlList, status: ChangeStatus, statusWithGrantFirst: ChangeStatus) throws {
    #expect(try SampleCase.copy.status(of: .found(acl)) == status)
    #expect(try SampleCase.grantFirst.status(of: .found(acl)) == statusWithGrantFirst)
  }

  @Test func ofACopyOfWhichTheACLIsUnknown() throws {
    let unknown = SampleCase.unknown
    #expect(try unknown.status(of: .found(nil)) == .asSeen)
    #expect(try unknown.status(of: .found(nil, etag: "e2")) == .stale(.overwritten))
    #expect(try unknown.status(of: .found(nil, size: 0)) == .stale(.overwritten))
    #expect(try unknown.status(of: .found(.owned(by: site, .user(oai)))) == .asPlanned)
    #expect(try unknown.status(of: .found(.owned(by: site))) == .stale(.ownerChanged(site)))
    // Now that it can be seen, it could be merged: a new plan will.
    #expect(try unknown.status(of: .found(.owned(by: tools, .user(site)))) == .stale(.aclChanged))
    #expect(try unknown.status(of: .found(.owned(by: other))) == .stale(.ownerChanged(other)))
  }

  @Test func missing() throws {
    for sample in [SampleCase.grant, .copy, .grantFirst, .unknown] {
      #expect(try sample.status(of: .missing) == .stale(.deleted))
    }
  }

  /// What cannot be seen is neither stale nor as planned.
  @Test func denied() throws {
    for sample in [SampleCase.grant, .copy, .grantFirst, .unknown] {
      for observed in [ObservedObject.denied(nil), .denied(sample.to), .denied(sample.from)] {
        let error = try #require(throws: AWSError.self) { try sample.status(of: observed) }
        #expect(error.operation == "HeadObject")
      }
    }
    for sample in [SampleCase.grant, .copy, .grantFirst] {
      let error = try #require(throws: AWSError.self) { try sample.status(of: .found(nil)) }
      #expect(error.operation == "GetObjectAcl")
    }
  }

  /// A copy of what came in parts, or one that was made in parts, may have another ETag; nothing else may.
  @Test(
    arguments: [
      ("abc-2", "def", 10, true), ("abc-2", "abc-2", 10, true), ("abc-2", "def", 11, false),
      ("abc", "def", 10, false), ("abc", "def-2", 10, true), ("abc", "def-2", 11, false),
    ])
  func etagOfACopy(planned: String, found: String, size: Int, isTheSame: Bool) throws {
    for var sample in [SampleCase.copy, .grantFirst, .unknown] {
      sample.change.etag = planned
      #expect(
        try sample.status(of: .found(sample.to, etag: found, size: size))
          == (isTheSame ? .asPlanned : .stale(.overwritten)))
      // Before the copy the ETag is that of the plan.
      let before = try sample.status(of: .found(sample.from, etag: found, size: size))
      #expect(before == (planned == found ? .asSeen : .stale(.overwritten)))
    }
    var grant = SampleCase.grant
    grant.change.etag = planned
    #expect(
      try grant.status(of: .found(grant.to, etag: found, size: size))
        == (planned == found && size == 10 ? .asPlanned : .stale(.overwritten)))
  }

  /// With public grants that a PUT could not hold, the state between the steps is without them.
  @Test func openedWithoutPublicGrants() throws {
    var sample = SampleCase.grantFirst
    sample.from = .owned(by: tools, .publicRead)
    sample.policy = Sample.policy(drops: true)
    #expect(try sample.status(of: .found(.owned(by: tools, .user(site)))) == .bucketOwnerGranted)
    #expect(try sample.status(of: .found(.owned(by: tools, .publicRead))) == .asSeen)
    #expect(try sample.status(of: .found(.owned(by: tools, .publicRead, .user(site)))) == .stale(.aclChanged))
    sample.policy = Sample.policy(drops: false)
    #expect(try sample.status(of: .found(.owned(by: tools, .publicRead, .user(site)))) == .bucketOwnerGranted)
    #expect(try sample.status(of: .found(.owned(by: tools, .user(site)))) == .stale(.aclChanged))
  }

  /// `lastModified` is no evidence, and is not even looked at.
  @Test func lastModifiedDoesNotMatter() throws {
    var sample = SampleCase.grant
    sample.change.lastModified = "1970-01-01T00:00:00Z"
    #expect(try sample.status(of: .found(sample.from)) == .asSeen)
  }

  /// KMS encrypts every copy anew, and the ETag is of what is stored.
  @Test func aCopyUnderKMSHasAnETagOfItsOwn() throws {
    let copied = AccessControlList.owned(by: site, .user(oai))
    let kms = ["x-amz-server-side-encryption": "aws:kms"]
    #expect(try SampleCase.copy.status(of: .found(copied, etag: "e2", headers: kms)) == .asPlanned)
    #expect(try SampleCase.copy.status(of: .found(copied, etag: "e2")) == .stale(.overwritten))
    #expect(try SampleCase.copy.status(of: .found(copied, etag: "e2", size: 11, headers: kms)) == .stale(.overwritten))
    // The object that is to be copied is still the one that the plan saw, or not.
    let source = AccessControlList.owned(by: tools, .user(site))
    #expect(try SampleCase.copy.status(of: .found(source, etag: "e2", headers: kms)) == .stale(.overwritten))
  }
}
