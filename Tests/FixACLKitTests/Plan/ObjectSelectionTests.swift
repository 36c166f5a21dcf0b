import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let guest = Sample.guest

/// What a plan remembers of the selection, and what follows from it for its changes.
@Suite struct ObjectSelectionTests {
  private static let keys = KeyListDigest(count: 3, sha256: String(repeating: "0a", count: 32))

  static let selections = [
    ObjectSelection(), ObjectSelection(includesOwn: true), ObjectSelection(owners: [tools, Sample.other, tools]),
    ObjectSelection(modifiedSince: Timestamp(seconds: 1_795_342_509)), ObjectSelection(keys: keys),
    ObjectSelection(
      owners: [guest], modifiedSince: Timestamp(seconds: 0), keys: KeyListDigest(count: 0, sha256: keys.sha256),
      includesOwn: true),
  ]

  @Test(arguments: selections)
  func isRemembered(selection: ObjectSelection) throws {
    var plan = SamplePlan()
    plan.desired.selection = selection
    try withTemporaryFolder { folder in
      #expect(try plan.open(in: folder).header.desired == plan.desired)
      let text = String(decoding: try readBytes(folder + "/plan.json"), as: UTF8.self)
      for (member, isThere) in [
        ("includeOwn", selection.includesOwn), ("objectOwners\"", !selection.owners.isEmpty),
        ("modifiedSince", selection.modifiedSince != nil), ("keysFrom", selection.keys != nil),
      ] {
        #expect(text.contains("\"\(member)") == isThere, "\(member)")
      }
    }
  }

  @Test func whatIsPartial() {
    #expect(Self.selections.map(\.isPartial) == [false, false, true, true, true, true])
    var desired = Sample.desired()
    #expect(!desired.isPartial)
    desired.filter.prefix = "a"
    #expect(desired.isPartial)
  }

  @Test(
    arguments: [
      ("\"modifiedSince\":\"1970-01-01T00:00:00Z\"", "\"modifiedSince\":\"1970-01-01\"", "modifiedSince"),
      ("\"modifiedSince\":\"1970-01-01T00:00:00Z\"", "\"modifiedSince\":\"now\"", "modifiedSince"),
      ("\"keysFrom\":{\"count\":0", "\"keysFrom\":{\"count\":-1", "keysFrom"),
    ])
  func oddOnesAreRefused(old: String, new: String, detail: String) throws {
    var plan = SamplePlan()
    plan.desired.selection = try #require(Self.selections.last)
    var doctored = try DoctoredPlan(plan)
    doctored.replace(old, with: new)
    #expect(try doctored.refusal().contains(detail))
  }

  // MARK: - The bucket owner's own objects

  private static func ownPlan(
    _ desired: Intent = Sample.desired(), action: ChangeAction = .grant, from: AccessControlList = .owned(by: site),
    to: AccessControlList? = .owned(by: site, .user(oai))
  ) -> SamplePlan {
    var plan = SamplePlan()
    plan.desired = desired
    plan.desired.selection.includesOwn = true
    plan.add(
      Sample.change("k", owner: site, action: action, reason: action == .blocked ? .kmsEncryption : .readerMissing),
      from: from, to: to)
    return plan
  }

  /// The sample's summary counts every change as one of a foreign object.
  private static func header(of plan: SamplePlan) -> PlanHeader {
    var header = plan.header
    header.summary.foreign -= header.summary.owners[site]?.objects ?? 0
    return header
  }

  @Test(arguments: Strategy.allCases)
  func grantsOfTheBucketOwnerAreChanges(strategy: Strategy) throws {
    for action in [ChangeAction.grant, .blocked] {
      let plan = Self.ownPlan(
        Sample.desired(strategy: strategy), action: action, to: action == .grant ? .owned(by: site, .user(oai)) : nil)
      let opened = try withTemporaryFolder { folder in
        try DoctoredPlan(plan, header: Self.header(of: plan)).open(in: folder)
      }
      #expect(opened.changeCount == 1)
      #expect(opened.ownersNeeded == (action == .grant ? [site] : []))
      // Not asked for, they are none.
      var other = plan
      other.desired.selection.includesOwn = false
      let refusal = try DoctoredPlan(other, header: Self.header(of: other)).refusal()
      #expect(refusal.contains("does not add up") || refusal.contains("the bucket owner's own"))
    }
  }

  @Test func theyAreGrantedEvenBesideAServiceThatNoGrantLetsIn() throws {
    var plan = Self.ownPlan()
    plan.desired = Intent(
      grants: [],
      readers: [
        Reader(.grantRead, .canonicalUser(oai, .read)),
        Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "1"),
      ], strategy: .auto, dropPublicGrants: .never, filter: KeyFilter(),
      selection: ObjectSelection(includesOwn: true))
    let count = try withTemporaryFolder {
      try DoctoredPlan(plan, header: Self.header(of: plan)).open(in: $0).changeCount
    }
    #expect(count == 1)
  }

  @Test func nothingElseIsMadeOfThem() throws {
    for (plan, text) in [
      (Self.ownPlan(to: .owned(by: site, .user(oai), .publicRead)), "is not what its 'desired' makes"),
      (Self.ownPlan(to: .owned(by: site, .user(guest))), "is not what its 'desired' makes"),
      (Self.ownPlan(action: .copy), "copies an object of the bucket owner's own"),
      (Self.ownPlan(from: .owned(by: site, .user(oai))), "already allows every reader"),
    ] {
      #expect(try DoctoredPlan(plan, header: Self.header(of: plan)).refusal().contains(text))
    }
  }

  @Test func ownersThatWereNotAskedFor() throws {
    var plan = SamplePlan()
    plan.addGrant("a")
    plan.addBlocked("b")
    plan.desired.selection.owners = [tools]
    // An owner that the listing does not name is told of, and left alone.
    #expect(try withTemporaryFolder { try plan.open(in: $0).changeCount } == 2)
    plan.desired.selection.owners = [guest]
    #expect(try DoctoredPlan(plan).refusal().contains("its owner is not one of those that were asked for"))
  }

  @Test func keysThatAreMissing() throws {
    var plan = SamplePlan()
    plan.addGrant("a")
    var header = plan.header
    header.summary.missing = 1
    #expect(try DoctoredPlan(plan, header: header).refusal().contains("there is no list of keys"))
    header.desired.selection.keys = Self.keys
    let summary = try withTemporaryFolder { try DoctoredPlan(plan, header: header).open(in: $0).header.summary }
    #expect(summary.missing == 1)
    header.summary.missing = 3
    #expect(try DoctoredPlan(plan, header: header).refusal().contains("more keys than the list has"))
    header.summary.missing = -1
    #expect(try DoctoredPlan(plan, header: header).refusal().contains("does not add up"))
  }
}
