import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai

/// The bucket owner's own objects, if they are selected.
@Suite struct OwnObjectsTests {
  private struct Found {
    let change: Change
    let from: AccessControlList?
    let to: AccessControlList?
  }

  private func find(
    _ object: InProcessS3.Object, strategy: Strategy = .auto, _ adjust: (inout SampleBucket) -> Void = { _ in }
  ) async throws -> Found? {
    var sample = SampleBucket()
    sample.desired.strategy = strategy
    sample.desired.selection.includesOwn = true
    sample.server["k"] = object
    adjust(&sample)
    return try await withTemporaryFolder { folder in
      let plan = try await sample.plan(in: folder)
      #expect(plan.header.summary.foreign == 0)
      #expect(plan.header.summary.listed == 1)
      return try plan.allChanges().first.map { Found(change: $0, from: plan.acl($0.from), to: plan.acl($0.to)) }
    }
  }

  @Test(arguments: Strategy.allCases)
  func areGrantedWhateverTheStrategy(strategy: Strategy) async throws {
    let found = try #require(try await find(InProcessS3.Object(.owned(by: site, .publicRead)), strategy: strategy))
    #expect(found.change.action == .grant)
    #expect(found.change.reason == .readerMissing)
    #expect(found.change.owner == site)
    #expect(found.from == .owned(by: site, .publicRead))
    #expect(found.to == .owned(by: site, .publicRead, .user(oai)))
    for acl: AccessControlList in [.owned(by: site, .user(oai)), .owned(by: site, .user(oai, .fullControl))] {
      #expect(try await find(InProcessS3.Object(acl), strategy: strategy) == nil)
    }
  }

  @Test func publicGrantsGoWithARewrite() async throws {
    let drop: (inout SampleBucket) -> Void = { $0.bucket.publicAccessBlock?.blockPublicAcls = true }
    let found = try #require(try await find(InProcessS3.Object(.owned(by: site, .publicRead)), drop))
    #expect(found.to == .owned(by: site, .user(oai)))
    // Dropping them alone is no change, as for foreign objects.
    #expect(try await find(InProcessS3.Object(.owned(by: site, .publicRead, .user(oai))), drop) == nil)
  }

  /// An owner may have taken its own grant away.
  @Test func fullControlOfTheBucketOwner() async throws {
    let wanted: (inout SampleBucket) -> Void = {
      $0.desired.grants = [.user(Sample.site, .fullControl)] + Sample.readers
    }
    let bare = AccessControlList(owner: site, grants: [.user(oai)])
    let found = try #require(try await find(InProcessS3.Object(bare), wanted))
    #expect(found.to == AccessControlList(owner: site, grants: [.user(oai), .user(site, .fullControl)]))
    #expect(try await find(InProcessS3.Object(.owned(by: site, .user(oai))), wanted) == nil)
  }

  @Test func needNothingFromAServiceThatThePolicyLetsIn() async throws {
    let service = Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "1")
    func desired(_ readers: [Reader]) -> Intent {
      Intent(
        grants: [], readers: readers, strategy: .auto, dropPublicGrants: .never, filter: KeyFilter(),
        selection: ObjectSelection(includesOwn: true))
    }
    #expect(try await find(InProcessS3.Object(.owned(by: site))) { $0.desired = desired([service]) } == nil)
    // Beside an OAI they need its grant, and no copy.
    let reader = Reader(.oai, .canonicalUser(oai, .read), originAccessIdentity: "E2EXAMPLE")
    let found = try #require(
      try await find(InProcessS3.Object(.owned(by: site))) { $0.desired = desired([service, reader]) })
    #expect(found.change.action == .grant)
    // Which helps it nothing under KMS.
    var encrypted = InProcessS3.Object(.owned(by: site))
    encrypted.headers = ["x-amz-server-side-encryption": "aws:kms"]
    let blocked = try #require(try await find(encrypted) { $0.desired = desired([service, reader]) })
    #expect(blocked.change.reason == .kmsEncryption)
  }

  @Test(arguments: Strategy.allCases)
  func areBlockedWithoutTheBucketOwnersCredentials(strategy: Strategy) async throws {
    let found = try #require(
      try await find(InProcessS3.Object(.owned(by: site)), strategy: strategy) { $0.main = nil })
    #expect(found.change.action == .blocked)
    #expect(found.change.reason == .bucketOwnerCredentialsMissing)
    #expect(found.change.owner == site)
  }

  @Test func areCountedBesideForeignOnes() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 10)
      sample.fill(90)
      let without = try await sample.scan().result.summary
      sample.desired.selection.includesOwn = true
      let plan = try await sample.plan(in: folder)
      let summary = plan.header.summary
      #expect(summary.listed == 90)
      #expect(summary.foreign == 80)
      #expect(summary.owners[site]?.objects == 10)
      #expect(summary.owners[site]?.changes == 10)
      #expect(summary.actions[.grant] == (without.actions[.grant] ?? 0) + 10)
      #expect(summary.actions[.copy] == without.actions[.copy])
      #expect(plan.ownersNeeded.contains(site))
      let owners = Set(try plan.allChanges().map(\.owner))
      #expect(owners.contains(site))
      // Only those of one owner.
      sample.desired.selection.owners = [site]
      let own = try await sample.scan().result.summary
      #expect(own.listed == 10 && own.foreign == 0 && own.changes == 10)
      sample.desired.selection = ObjectSelection(owners: [tools])
      let ofTools = try await sample.scan().result.summary
      #expect(ofTools.listed == 40 && ofTools.foreign == 40)
      #expect(ofTools.owners == without.owners.filter { $0.key == tools })
    }
  }
}
