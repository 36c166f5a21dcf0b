import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct PlanWriterTests {
  /// A whole plan, byte for byte. The digest is that of `sha256sum` over all lines before its own.
  private static let literal = #"""
    {
    "format":"fixacl-plan/1",
    "tool":"fixacl 0.1.0",
    "createdAt":"2026-11-23T10:15:00Z",
    "bucket":{"name":"assets","region":"eu-west-1","endpoint":"http://127.0.0.1:8000","owner":"5173000000000000000000000000000000000000000000000000000000005173","versioning":"Unversioned","objectOwnership":"ObjectWriter","publicAccessBlock":{"blockPublicAcls":false,"ignorePublicAcls":true,"blockPublicPolicy":false,"restrictPublicBuckets":false},"accountPublicAccessBlock":null,"encryption":null,"objectLock":null,"policyDigest":null},
    "desired":{"grants":[{"id":"0a1f","permission":"READ"},{"id":"5173000000000000000000000000000000000000000000000000000000005173","permission":"FULL_CONTROL"}],"readers":[{"source":"grant-read","statement":null,"distribution":null,"oai":null,"id":"0a1f","permission":"READ"}],"strategy":"grant","dropPublicGrants":"when-blocked","keepPreviousOwner":false,"allVersions":false,"prefix":"a/","include":["*.html","*.css"],"exclude":["*/old/*"]},
    "summary":{"listed":5,"foreign":2,"changes":2,"byOwner":{"7001000000000000000000000000000000000000000000000000000000007001":{"objects":1,"bytes":1234,"changes":1},"other, with \"quotes\"":{"objects":1,"bytes":10,"changes":1}},"byAction":{"grant":1,"copy":0,"blocked":1},"blockedBy":{"owner-credentials-missing":1},"bytesToCopy":0,"requests":2},
    "alternative":null,
    "owners":{"iyFdf1M082IyvmBpfPt5yQ":"other, with \"quotes\"","uio2r_eECNK5Ykpu63iJGg":"7001000000000000000000000000000000000000000000000000000000007001"},
    "acls":{
    "4tMMsFLAKPIdnRqqKq9mzg":{"owner":"7001000000000000000000000000000000000000000000000000000000007001","grants":[{"id":"0a1f","permission":"READ"},{"id":"5173000000000000000000000000000000000000000000000000000000005173","permission":"FULL_CONTROL"},{"id":"7001000000000000000000000000000000000000000000000000000000007001","permission":"FULL_CONTROL"}]},
    "hOshX15bDtIHT10i6nFJ5A":{"owner":"7001000000000000000000000000000000000000000000000000000000007001","grants":[{"id":"7001000000000000000000000000000000000000000000000000000000007001","permission":"FULL_CONTROL"},{"uri":"http://acs.amazonaws.com/groups/global/AllUsers","permission":"READ"}]}
    },
    "changes":[
    {"key":"a/x\u0001.css","etag":"e1","size":10,"lastModified":"2026-11-20T10:00:00.000Z","owner":"iyFdf1M082IyvmBpfPt5yQ","action":"blocked","reason":"owner-credentials-missing"},
    {"key":"a/é.html","etag":"d41d8cd98f00b204e9800998ecf8427e","size":1234,"lastModified":"2026-11-20T10:00:00.000Z","action":"grant","from":"hOshX15bDtIHT10i6nFJ5A","to":"4tMMsFLAKPIdnRqqKq9mzg"}
    ],
    "digest":"sha256:6c0302a474b84a66c96784fbbd85dbfb8133f624b509941034e3a9a4b14c2344"
    }

    """#

  @Test func writesTheWholePlan() throws {
    var plan = SamplePlan()
    plan.bucket.publicAccessBlock?.ignorePublicAcls = true
    plan.desired = Sample.desired(
      grants: [.user(Sample.oai), .user(Sample.site, .fullControl)], strategy: .grant,
      filter: KeyFilter(prefix: "a/", include: [Glob("*.html"), Glob("*.css")], exclude: [Glob("*/old/*")]))
    plan.listed = 5
    let target = AccessControlList.owned(by: Sample.tools, .user(Sample.site, .fullControl), .user(Sample.oai))
    plan.add(
      Sample.change("a/\u{e9}.html", etag: "d41d8cd98f00b204e9800998ecf8427e", size: 1234),
      from: .owned(by: Sample.tools, .publicRead), to: target)
    plan.addBlocked("a/x\u{1}.css")
    try withTemporaryFolder { folder in
      try plan.write(to: folder + "/plan.json")
      let text = String(decoding: try readBytes(folder + "/plan.json"), as: UTF8.self)
      #expect(text == Self.literal)
      #expect(try entries(of: folder) == ["plan.json"])
      // And it reads what it wrote.
      let read = try Plan(path: folder + "/plan.json")
      #expect(read.header == plan.header)
      #expect(read.acls == plan.acls)
      #expect(try read.allChanges() == plan.changes.reversed())
      #expect(Self.literal.hasSuffix("\"digest\":\"\(read.digest)\"\n}\n"))
    }
  }

  @Test func knowsWhatIsNotKnown() throws {
    var plan = SamplePlan.mixed
    plan.bucket = Sample.bucket(endpoint: nil, versioning: nil, ownership: nil, block: nil)
    try withTemporaryFolder { folder in
      let read = try plan.open(in: folder)
      #expect(read.header == plan.header)
      let text = String(decoding: try readBytes(read.path), as: UTF8.self)
      #expect(
        text.contains(
          #""region":"eu-west-1","endpoint":null,"owner":"\#(Sample.site.value)","versioning":null,"#
            + #""objectOwnership":null,"publicAccessBlock":null,"accountPublicAccessBlock":null,"#
            + #""encryption":null,"objectLock":null,"policyDigest":null},"#))
    }
  }

  @Test func knowsEverySettingOfABucket() throws {
    var plan = SamplePlan.mixed
    plan.bucket.accountPublicAccessBlock = PublicAccessBlock()
    plan.bucket.accountPublicAccessBlock?.blockPublicAcls = true
    plan.bucket.encryption = ObjectEncryption(
      algorithm: "aws:kms", kmsKeyID: "arn:aws:kms:eu-west-1:111122223333:key/k", usesBucketKey: true)
    plan.bucket.objectLock = ObjectLockConfiguration(
      isEnabled: true, defaultMode: "GOVERNANCE", defaultYears: 2)
    plan.bucket.policyDigest = "none"
    #expect(plan.bucket.effectivePublicAccessBlock.blockPublicAcls)
    #expect(!plan.bucket.effectivePublicAccessBlock.ignorePublicAcls)
    #expect(ACLPolicy(bucket: plan.bucket, desired: plan.desired).dropsPublicGrants)
    try withTemporaryFolder { folder in
      let read = try plan.open(in: folder)
      #expect(read.header == plan.header)
      let text = String(decoding: try readBytes(read.path), as: UTF8.self)
      #expect(
        text.contains(
          #""encryption":{"algorithm":"aws:kms","kmsKeyId":"arn:aws:kms:eu-west-1:111122223333:key/k","bucketKey":true},"#
            + #""objectLock":{"enabled":true,"defaultMode":"GOVERNANCE","defaultDays":null,"defaultYears":2},"#
            + #""policyDigest":"none"},"#))
    }
  }

  @Test func twoPlansOfTheSameStateDifferInTimeAndDigestOnly() throws {
    try withTemporaryFolder { folder in
      var plan = SamplePlan.mixed
      try plan.write(to: folder + "/1")
      plan.createdAt = "2026-11-24T00:00:00Z"
      try plan.write(to: folder + "/2")
      let lines = try ["/1", "/2"].map {
        try readBytes(folder + $0).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      }
      #expect(lines[0].count == lines[1].count)
      let different = lines[0].indices.filter { lines[0][$0] != lines[1][$0] }.map { lines[1][$0] }
      #expect(different.count == 2)
      #expect(different.first == #""createdAt":"2026-11-24T00:00:00Z","#)
      #expect(different.last?.hasPrefix(#""digest":"sha256:"#) == true)
    }
  }

  @Test func replacesAFileAsAWhole() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      try writeBytes("something else".utf8, to: path)
      try SamplePlan.mixed.write(to: path)
      #expect(try Plan(path: path).changeCount == 6)
      #expect(try entries(of: folder) == ["plan.json"])
    }
  }

  @Test func failureLeavesNothing() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError.self) { try SamplePlan.mixed.write(to: folder + "/no/plan.json") }
      // A folder of that name cannot be replaced.
      try withTemporaryFolder { other in
        let error = try #require(throws: FileError.self) { try SamplePlan.mixed.write(to: other) }
        #expect(error.description.contains(other))
        #expect(try entries(of: other).isEmpty)
      }
      #expect(try entries(of: folder).isEmpty)
    }
  }

  @Test func fullDiskIsAnError() throws {
    let plan = SamplePlan.mixed
    let spool = try PlanSpool(folder: "/tmp")
    let full = try OpenFile("/dev/full", .journal)
    let error = try #require(throws: FileError.self) {
      try PlanWriter.write(header: plan.header, acls: plan.acls, spool: spool, to: .descriptor(full))
    }
    #expect(error.description.contains("/dev/full: No space left on device"))
  }

  @Test func emptyPlan() throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan().open(in: folder)
      #expect(plan.changeCount == 0)
      #expect(plan.acls == ACLTable())
      #expect(plan.ownersNeeded.isEmpty)
      #expect(try plan.allChanges().isEmpty)
      #expect(try SamplePlan().transitions(maximumKeys: 1, in: folder).groups.isEmpty)
    }
  }

  @Test func planWithoutACLs() throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      sample.addBlocked("a")
      sample.addBlocked("b", reason: .noncurrentVersion)
      let plan = try sample.open(in: folder)
      #expect(plan.acls == ACLTable())
      #expect(try plan.allChanges() == sample.changes)
      #expect(plan.header.summary.blockedReasons == [.ownerCredentialsMissing: 1, .noncurrentVersion: 1])
    }
  }

  @Test func oddKeysInOrder() throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      for key in Sample.oddKeys.map({ ObjectKey($0) }).sorted() { sample.addGrant(key.text) }
      let plan = try sample.open(in: folder)
      #expect(try plan.allChanges().map(\.key) == Sample.oddKeys.map { ObjectKey($0) }.sorted())
      #expect(plan.changeCount == Sample.oddKeys.count)
    }
  }
}
