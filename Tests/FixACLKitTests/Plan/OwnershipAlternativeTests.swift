import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct OwnershipAlternativeTests {
  private static let ownACL = AccessControlList.owned(by: Sample.site)
  private static let switching =
    "aws s3api put-bucket-ownership-controls --bucket assets"
    + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'"

  private static func desired(_ readers: Reader...) -> Intent {
    Intent(grants: [], readers: readers, strategy: .auto, dropPublicGrants: .never, filter: KeyFilter())
  }

  private static let identity = Reader(
    .bucketPolicy, .canonicalUser(Sample.oai, .read), statement: "1", originAccessIdentity: "E2")

  private static func make(
    bucket: BucketSettings = Sample.bucket(), acl: AccessControlList = ownACL, policy: Set<PolicyPrincipal>? = [],
    desired: Intent = desired(identity), foreign: Int = 3, grantees: [Grantee: Int] = [:],
    options: [String] = []
  ) -> OwnershipAlternative? {
    OwnershipAlternative(
      bucket: bucket, bucketACL: acl, policyReaders: policy, desired: desired, foreign: foreign, grantees: grantees,
      cliOptions: options)
  }

  @Test func whereThereIsNothingToSwitch() {
    #expect(Self.make(foreign: 0) == nil)
    #expect(Self.make(bucket: Sample.bucket(ownership: .bucketOwnerEnforced)) == nil)
    #expect(Self.make(bucket: Sample.bucket(ownership: .bucketOwnerPreferred)) != nil)
  }

  @Test func theBucketsOwnACLComesFirst() throws {
    let possible = try #require(Self.make())
    #expect(possible.isPossibleNow)
    #expect(possible.fixes == 3)
    #expect(possible.commands == [Self.switching])
    let acl = AccessControlList.owned(by: Sample.site, .logDelivery)
    let refused = try #require(Self.make(acl: acl))
    #expect(!refused.isPossibleNow)
    #expect(refused.commands == ["aws s3api put-bucket-acl --bucket assets --acl private", Self.switching])
    let empty = try #require(Self.make(acl: AccessControlList(owner: Sample.site, grants: [])))
    #expect(empty.isPossibleNow)
  }

  @Test func optionsAreForAShell() throws {
    var bucket = Sample.bucket()
    bucket.name = "my.bucket_1"
    let options = ["--profile", "the site's", "--endpoint-url", "http://127.0.0.1:9000/x"]
    let command = try #require(Self.make(bucket: bucket, options: options)?.commands.last)
    #expect(
      command.hasPrefix(
        "aws s3api put-bucket-ownership-controls --bucket my.bucket_1 --profile 'the site'\\''s' --endpoint-url"
          + " http://127.0.0.1:9000/x --ownership-controls '"))
  }

  /// What the policy says of each reader; nil where it cannot be read.
  @Test(
    arguments: [
      (identity, nil, nil), (identity, [], false), (identity, [.originAccessIdentity("E2")], true),
      (identity, [.canonicalUser(Sample.oai)], true), (identity, [.originAccessIdentity("E3"), .cloudFront], false),
      (Reader(.grantRead, .canonicalUser(Sample.oai, .read)), [.canonicalUser(Sample.oai)], true),
      (Reader(.grantRead, .canonicalUser(Sample.oai, .read)), [.originAccessIdentity("E2")], false),
      (Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "1"), [.cloudFront], true),
      (Reader(.distribution, .service("cloudfront.amazonaws.com", sources: [])), [.cloudFront], false),
      (Reader(.grantFullControl, .canonicalUser(Sample.site, .fullControl)), [], true),
    ] as [(Reader, Set<PolicyPrincipal>?, Bool?)])
  func whetherTheReadersAreAllowed(reader: Reader, policy: Set<PolicyPrincipal>?, isAllowed: Bool?) throws {
    let alternative = try #require(Self.make(policy: policy, desired: Self.desired(reader)))
    #expect(alternative.allowsReaders == isAllowed)
  }

  @Test func whoWouldLoseAccess() throws {
    let grantees: [Grantee: Int] = [
      .canonicalUser(Sample.site): 9, .canonicalUser(Sample.tools): 5, .canonicalUser(Sample.oai): 4,
      .canonicalUser(Sample.guest): 5, .allUsers: 7, .canonicalUser(Sample.other): 0,
    ]
    let alternative = try #require(Self.make(policy: [.originAccessIdentity("E2")], grantees: grantees))
    #expect(
      alternative.affected == [
        .init(.allUsers, objects: 7), .init(.canonicalUser(Sample.tools), objects: 5),
        .init(.canonicalUser(Sample.guest), objects: 5),
      ])
    #expect(alternative.affectedCount == 3)
    // Ignored grants let nobody in; without a policy, readers lose too.
    var bucket = Sample.bucket()
    bucket.accountPublicAccessBlock = PublicAccessBlock()
    bucket.accountPublicAccessBlock?.ignorePublicAcls = true
    let ignored = try #require(Self.make(bucket: bucket, grantees: grantees))
    #expect(
      ignored.affected.map(\.grantee)
        == [.canonicalUser(Sample.tools), .canonicalUser(Sample.guest), .canonicalUser(Sample.oai)])
  }

  @Test func manyGranteesAreCounted() throws {
    let grantees = Dictionary(
      uniqueKeysWithValues: (0..<50).map { (Grantee.canonicalUser(CanonicalID("c\($0)")), $0 + 1) })
    let alternative = try #require(Self.make(grantees: grantees))
    #expect(alternative.affectedCount == 50)
    #expect(alternative.affected.count == 20)
    #expect(alternative.affected.first == .init(.canonicalUser(CanonicalID("c49")), objects: 50))
  }

  @Test func isWrittenAndReadAgain() throws {
    var plan = SamplePlan.mixed
    for (policy, grantees) in [
      (nil, [:]), ([.originAccessIdentity("E2")], [.allUsers: 1, .canonicalUser(Sample.other): 2]),
    ] as [(Set<PolicyPrincipal>?, [Grantee: Int])] {
      plan.alternative = Self.make(policy: policy, grantees: grantees)
      let foreign = plan.summary.foreign
      plan.alternative?.fixes = foreign
      try withTemporaryFolder { folder in
        let read = try plan.open(in: folder)
        // But what is to be typed: that is made anew, whatever the file says.
        var expected = plan.header
        expected.alternative?.makeCommands(for: plan.bucket, profile: nil)
        #expect(read.header == expected)
        #expect(
          read.header.alternative?.commands.allSatisfy { $0.contains("--endpoint-url http://127.0.0.1:8000") } == true)
      }
    }
    var json = JSONWriter()
    plan.header.writeAlternative(to: &json)
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"{"objectOwnership":"BucketOwnerEnforced","fixes":6,"possibleNow":true,"readersAllowed":true,"affectedCount":2,"#
        + #""affected":[{"id":"other, with \"quotes\"","objects":2},"#
        + #"{"uri":"http://acs.amazonaws.com/groups/global/AllUsers","objects":1}],"commands":["\#(Self.switching)"]}"#)
  }

  /// After a scan of a part, counts and readers are of that part, and it says so.
  @Test(
    arguments: [
      (KeyFilter(), false), (KeyFilter(prefix: "img/"), true), (KeyFilter(include: [Glob("*.png")]), true),
      (KeyFilter(exclude: [Glob("*.png")]), true),
    ])
  func aPartOfTheBucketTellsOfThatPart(filter: KeyFilter, isPartial: Bool) throws {
    var desired = Self.desired(Self.identity)
    desired.filter = filter
    let alternative = try #require(Self.make(desired: desired))
    #expect(alternative.isPartial == isPartial)
    var json = JSONWriter()
    alternative.write(to: &json)
    #expect(String(decoding: json.bytes, as: UTF8.self).contains("\"partial\":true") == isPartial)
    #expect(try JSONDecoder().decode(OwnershipAlternative.self, from: Data(json.bytes)) == alternative)
  }
}
