import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let other = Sample.other

@Suite struct ACLPolicyTests {
  @Test(
    arguments: [
      ([.user(oai)], true),
      ([.user(oai, .fullControl)], true),
      ([.user(oai), .publicRead], true),
      ([], false),
      ([.user(oai, .readACP)], false),
      ([.user(oai, .writeACP), .user(oai, .readACP)], false),
      ([.user(other)], false),
      // Public grants are what Block Public Access takes away.
      ([.publicRead], false),
      ([.authenticatedRead], false),
      ([Grant(.allUsers, .fullControl)], false),
    ] as [([Grant], Bool)])
  func isSatisfied(grants: [Grant], isSatisfied: Bool) {
    let acl = AccessControlList(owner: tools, grants: [.user(tools, .fullControl)] + grants)
    #expect(Sample.policy().isSatisfied(by: acl) == isSatisfied)
  }

  @Test func isSatisfiedByAllReadersOnly() {
    let policy = Sample.policy(desired: [.user(oai), .user(site, .fullControl)])
    #expect(!policy.isSatisfied(by: .owned(by: tools, .user(oai))))
    #expect(!policy.isSatisfied(by: .owned(by: tools, .user(oai), .user(site))))
    #expect(policy.isSatisfied(by: .owned(by: tools, .user(oai), .user(site, .fullControl))))
    // Spelled out, it is the same.
    let spelled = AccessControlList.owned(
      by: tools, .user(oai), .user(site), .user(site, .readACP), .user(site, .writeACP))
    #expect(policy.isSatisfied(by: spelled))
    #expect(Sample.policy(desired: []).isSatisfied(by: AccessControlList(owner: tools, grants: [])))
  }

  @Test(
    arguments: [
      // Everything is kept, and what is missing is added.
      (.owned(by: tools), false, .owned(by: tools, .user(oai))),
      (.owned(by: tools, .user(other)), false, .owned(by: tools, .user(other), .user(oai))),
      (.owned(by: tools, .logDelivery), true, .owned(by: tools, .logDelivery, .user(oai))),
      (.owned(by: tools, .user(oai, .readACP)), false, .owned(by: tools, .user(oai, .readACP), .user(oai))),
      // Nothing is added that is there in other words.
      (.owned(by: tools, .user(oai, .fullControl)), false, .owned(by: tools, .user(oai, .fullControl))),
      (.owned(by: tools, .user(oai)), false, .owned(by: tools, .user(oai))),
      // The owner may have taken its own grants away; it gets none that it did not have.
      (AccessControlList(owner: tools, grants: []), false, AccessControlList(owner: tools, grants: [.user(oai)])),
      // Public grants.
      (.owned(by: tools, .publicRead), false, .owned(by: tools, .publicRead, .user(oai))),
      (.owned(by: tools, .publicRead), true, .owned(by: tools, .user(oai))),
      (.owned(by: tools, .authenticatedRead, .user(other)), true, .owned(by: tools, .user(other), .user(oai))),
      (.owned(by: tools, Grant(.allUsers, .readACP)), true, .owned(by: tools, .user(oai))),
    ] as [(AccessControlList, Bool, AccessControlList)])
  func granted(before: AccessControlList, drops: Bool, after: AccessControlList) {
    #expect(Sample.policy(drops: drops).granted(before) == after)
  }

  @Test(
    arguments: [
      // The copier owns it, with full control; the previous owner's grant goes with its ownership.
      (.owned(by: tools), false, .owned(by: site, .user(oai))),
      (AccessControlList(owner: tools, grants: []), false, .owned(by: site, .user(oai))),
      (.owned(by: tools, .user(tools, .read)), false, .owned(by: site, .user(oai))),
      (.owned(by: tools, .user(other)), false, .owned(by: site, .user(other), .user(oai))),
      (.owned(by: tools, .user(site)), false, .owned(by: site, .user(oai))),
      (.owned(by: tools, .user(site, .readACP)), false, .owned(by: site, .user(oai))),
      (.owned(by: tools, .user(oai, .fullControl)), false, .owned(by: site, .user(oai, .fullControl))),
      (.owned(by: tools, .publicRead), false, .owned(by: site, .publicRead, .user(oai))),
      (.owned(by: tools, .publicRead), true, .owned(by: site, .user(oai))),
      // Where the ACL cannot be read, nothing of it can be kept.
      (nil, false, .owned(by: site, .user(oai))),
      (nil, true, .owned(by: site, .user(oai))),
    ] as [(AccessControlList?, Bool, AccessControlList)])
  func copied(before: AccessControlList?, drops: Bool, after: AccessControlList) {
    #expect(Sample.policy(drops: drops).copied(before, previousOwner: tools) == after)
  }

  @Test(
    arguments: [
      (.owned(by: tools), false, .owned(by: tools, .user(site))),
      (.owned(by: tools, .user(site, .readACP)), false, .owned(by: tools, .user(site, .readACP), .user(site))),
      (.owned(by: tools, .user(site)), false, .owned(by: tools, .user(site))),
      (.owned(by: tools, .publicRead), false, .owned(by: tools, .publicRead, .user(site))),
      (.owned(by: tools, .publicRead), true, .owned(by: tools, .user(site))),
    ] as [(AccessControlList, Bool, AccessControlList)])
  func opened(before: AccessControlList, drops: Bool, after: AccessControlList) {
    #expect(Sample.policy(drops: drops).grantingReadToBucketOwner(before) == after)
  }

  /// A reader that is the bucket owner: a copy makes it one anyway.
  @Test func copiedForTheBucketOwner() {
    let policy = Sample.policy(desired: [.user(site, .fullControl), .user(oai)])
    #expect(policy.copied(.owned(by: tools), previousOwner: tools) == .owned(by: site, .user(oai)))
    #expect(policy.granted(.owned(by: tools)) == .owned(by: tools, .user(site, .fullControl), .user(oai)))
  }

  /// The reader that owned the object stays a reader.
  @Test func copiedFromAReader() {
    let policy = Sample.policy(desired: [.user(tools)])
    #expect(policy.copied(.owned(by: tools), previousOwner: tools) == .owned(by: site, .user(tools)))
  }

  @Test(
    arguments: [
      (.always, block(), true), (.always, nil, true), (.always, block(acls: true), true),
      (.never, block(), false), (.never, nil, false), (.never, block(acls: true, ignore: true), false),
      (.whenBlocked, block(), false), (.whenBlocked, nil, false), (.whenBlocked, block(acls: true), true),
      (.whenBlocked, block(ignore: true), true), (.whenBlocked, block(acls: true, ignore: true), true),
      // Of policies, not of ACLs.
      (.whenBlocked, block(policies: true), false),
    ] as [(PublicGrantRule, PublicAccessBlock?, Bool)])
  func dropsPublicGrants(rule: PublicGrantRule, block: PublicAccessBlock?, drops: Bool) {
    let policy = ACLPolicy(bucket: Sample.bucket(block: block), desired: Sample.desired(rule: rule))
    #expect(policy.dropsPublicGrants == drops)
    #expect(policy.bucketOwner == site)
    #expect(policy.desired == Sample.readers)
    let acl = policy.granted(.owned(by: tools, .publicRead))
    #expect(acl.grants.contains(.publicRead) != drops)
  }

  private static func block(
    acls: Bool = false, ignore: Bool = false, policies: Bool = false
  ) -> PublicAccessBlock {
    var block = PublicAccessBlock()
    block.blockPublicAcls = acls
    block.ignorePublicAcls = ignore
    block.blockPublicPolicy = policies
    block.restrictPublicBuckets = policies
    return block
  }

  /// The promises, on ACLs of all sorts: no public grant is added, nothing else is lost or widened.
  @Test func addsWhatIsDesiredAndNothingElse() {
    var generator = SeededGenerator(seed: 11)
    let grantees: [Grantee] = [
      .canonicalUser(site), .canonicalUser(tools), .canonicalUser(oai), .canonicalUser(other), .allUsers,
      .authenticatedUsers, Grant.logDelivery.grantee,
    ]
    func randomGrants(_ grantees: [Grantee]) -> [Grant] {
      (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Grant(
          grantees.randomElement(using: &generator)!, Permission.allCases.randomElement(using: &generator)!)
      }
    }
    for _ in 0..<2000 {
      let acl = AccessControlList(owner: tools, grants: randomGrants(grantees))
      let desired = randomGrants(Array(grantees.prefix(4)))
      let policy = Sample.policy(drops: Bool.random(using: &generator), desired: desired)
      let kept = acl.grants.filter { !(policy.dropsPublicGrants && $0.grantee.isPublic) }
      let before = Set(kept)

      let granted = policy.granted(acl)
      #expect(granted.owner == tools)
      #expect(before.isSubset(of: granted.grants))
      #expect(Set(granted.grants).subtracting(before).isSubset(of: desired))
      #expect(policy.isSatisfied(by: granted))
      #expect(policy.granted(granted) == granted)

      let copied = policy.copied(acl, previousOwner: acl.owner)
      #expect(copied.owner == site)
      #expect(copied.rights(of: .canonicalUser(site)).isSuperset(of: .all))
      let foreign = kept.filter { ![.canonicalUser(tools), .canonicalUser(site)].contains($0.grantee) }
      #expect(Set(foreign).isSubset(of: copied.grants))
      #expect(
        Set(copied.grants).subtracting(foreign).subtracting(desired).isSubset(of: [.user(site, .fullControl)]))
      #expect(policy.isSatisfied(by: copied))

      let opened = policy.grantingReadToBucketOwner(acl)
      #expect(opened.owner == tools)
      #expect(Set(opened.grants) == before.union([.user(site)]))

      for result in [granted, copied, opened] {
        let added = Set(result.grants).subtracting(acl.grants)
        #expect(!added.contains { $0.grantee.isPublic })
        if policy.dropsPublicGrants { #expect(!result.grants.contains { $0.grantee.isPublic }) }
      }
    }
  }

  @Test(
    arguments: [
      (.owned(by: tools), .owned(by: site, .user(tools), .user(oai))),
      (.owned(by: tools, .user(other)), .owned(by: site, .user(other), .user(tools), .user(oai))),
      // Reading is all that stays of what it could do.
      (.owned(by: tools, .user(tools, .writeACP)), .owned(by: site, .user(tools), .user(oai))),
      (AccessControlList(owner: tools, grants: []), .owned(by: site, .user(tools), .user(oai))),
      (nil, .owned(by: site, .user(tools), .user(oai))),
    ] as [(AccessControlList?, AccessControlList)])
  func previousOwnersMayGoOnReading(before: AccessControlList?, after: AccessControlList) {
    var policy = Sample.policy()
    policy.keepsPreviousOwner = true
    #expect(policy.copied(before, previousOwner: tools) == after)
    // A grant leaves the owner what it has.
    if let before { #expect(policy.granted(before) == Sample.policy().granted(before)) }
  }

  /// A reader that owned the object needs no grant besides its own.
  @Test func previousOwnersThatAreReaders() {
    var policy = Sample.policy(desired: [.user(tools)])
    policy.keepsPreviousOwner = true
    #expect(policy.copied(.owned(by: tools), previousOwner: tools) == .owned(by: site, .user(tools)))
    policy = Sample.policy(desired: [.user(tools, .fullControl)])
    policy.keepsPreviousOwner = true
    #expect(policy.copied(nil, previousOwner: tools).includes(.user(tools, .fullControl)))
  }

  @Test(
    arguments: [
      (tools, [.user(oai)], false, true), (tools, [.user(oai)], true, false), (site, [.user(oai)], true, true),
      (site, [], true, false), (tools, [], true, false), (site, [], false, false),
    ] as [(CanonicalID, [Grant], Bool, Bool)])
  func servicesNeedTheBucketOwnersObjects(owner: CanonicalID, grants: [Grant], isNeeded: Bool, isSatisfied: Bool) {
    var policy = Sample.policy()
    policy.needsBucketOwnership = isNeeded
    let acl = AccessControlList(owner: owner, grants: grants)
    #expect(policy.isSatisfied(by: acl) == isSatisfied)
  }

  @Test(
    arguments: [
      // Everybody who is missing is an OAI.
      ([.user(oai)], [oai], [], true), ([.user(oai), .user(other)], [oai], [.user(other)], true),
      ([.user(oai), .user(other)], [oai, other], nil, true), ([.user(oai)], [oai], nil, true),
      ([.user(oai)], [oai], [.user(oai)], true), ([], [oai], [], true),
      // Somebody else is missing too, or cannot be known not to be.
      ([.user(oai), .user(other)], [oai], [], false), ([.user(oai), .user(other)], [oai], nil, false),
      ([.user(oai), .user(other, .fullControl)], [oai], [.user(other)], false),
      // Nobody is known to be one.
      ([.user(oai)], [], [], false), ([.user(oai)], [other], [], false),
    ] as [([Grant], Set<CanonicalID>, [Grant]?, Bool)])
  func whetherOnlyOriginAccessIdentitiesAreMissing(
    desired: [Grant], identities: Set<CanonicalID>, grants: [Grant]?, isOnly: Bool
  ) {
    var policy = Sample.policy(desired: desired)
    policy.originAccessIdentities = identities
    let acl = grants.map { AccessControlList(owner: tools, grants: $0) }
    #expect(policy.onlyMissesOriginAccessIdentities(acl) == isOnly)
    // A service can read what is under KMS.
    policy.needsBucketOwnership = true
    #expect(!policy.onlyMissesOriginAccessIdentities(acl))
  }

  @Test func takesOverWhatIsDesired() {
    var desired = Sample.desired()
    #expect(!ACLPolicy(bucket: Sample.bucket(), desired: desired).keepsPreviousOwner)
    desired.keepsPreviousOwner = true
    desired.readers = [
      Reader(.oai, .canonicalUser(oai, .read), originAccessIdentity: "E1"),
      Reader(.grantRead, .canonicalUser(other, .read)),
    ]
    var policy = ACLPolicy(bucket: Sample.bucket(), desired: desired)
    #expect(policy.keepsPreviousOwner && !policy.needsBucketOwnership)
    #expect(policy.originAccessIdentities == [oai])
    desired.readers.append(Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: [])))
    policy = ACLPolicy(bucket: Sample.bucket(), desired: desired)
    #expect(policy.needsBucketOwnership)
  }

  /// A grantee whose account is gone, which S3 takes in no ACL any more.
  @Test(
    arguments: [
      ([.user(other)], [], false), ([.user(other), .user(other, .readACP)], [], false),
      ([.user(other), .logDelivery], [.logDelivery], false), ([.user(other), .publicRead], [.publicRead], false),
      ([.user(other), .publicRead], [], true), ([.user(site)], [.user(site)], false),
    ] as [([Grant], [Grant], Bool)])
  func droppedGranteesAreLeftOut(before: [Grant], kept: [Grant], drops: Bool) {
    var policy = Sample.policy(drops: drops)
    policy.droppedGrantees = [other]
    let acl = AccessControlList(owner: tools, grants: [.user(tools, .fullControl)] + before)
    let owned = [Grant.user(tools, .fullControl)] + kept
    #expect(policy.granted(acl) == AccessControlList(owner: tools, grants: owned + [.user(oai)]))
    #expect(policy.grantingReadToBucketOwner(acl) == AccessControlList(owner: tools, grants: owned + [.user(site)]))
    let copied = kept.filter { $0.grantee != .canonicalUser(site) } + [.user(site, .fullControl), .user(oai)]
    #expect(policy.copied(acl, previousOwner: tools) == AccessControlList(owner: site, grants: copied))
  }

  /// Neither owner is left out, nor a reader, whatever a plan says.
  @Test(arguments: [site, tools, oai])
  func whoIsNeverDropped(id: CanonicalID) {
    var desired = Sample.desired()
    desired.droppedGrantees = [id]
    let policy = ACLPolicy(bucket: Sample.bucket(), desired: desired)
    let acl = AccessControlList.owned(by: tools, .user(site), .user(oai, .readACP))
    #expect(policy.granted(acl) == .owned(by: tools, .user(site), .user(oai, .readACP), .user(oai)))
    desired.droppedGrantees.append(other)
    #expect(ACLPolicy(bucket: Sample.bucket(), desired: desired).droppedGrantees.contains(other))
  }
}
