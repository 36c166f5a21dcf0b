import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// What has changed since a plan was made, and whether it makes the plan wrong.
@Suite struct SurroundingsChangeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var planned = Sample.bucket()
    var now = Sample.bucket()
    var policy = ""
    var rule = PublicGrantRule.whenBlocked
    var readers: [Reader] = []
    var work = SurroundingsChange.Work(hasCopies: true)
    var undertaking = SurroundingsChange.Undertaking.apply
    /// Words of each change that is found, and whether it refuses.
    let changes: [(text: String, refuses: Bool)]
  }

  private static func block(acls: Bool = false, ignore: Bool = false) -> PublicAccessBlock {
    var block = PublicAccessBlock()
    (block.blockPublicAcls, block.ignorePublicAcls) = (acls, ignore)
    return block
  }

  private static func bucket(_ change: (inout BucketSettings) -> Void) -> BucketSettings {
    var bucket = Sample.bucket()
    change(&bucket)
    return bucket
  }

  private static let identity = Reader(
    .bucketPolicy, .canonicalUser(Sample.oai, .read), statement: "1", originAccessIdentity: "E2")
  private static let service = Reader(
    .bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "1")
  private static let allowsOAI =
    #""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2"},"#
    + #" "Action": "s3:GetObject", "Resource": "@/*""#
  private static func deny(_ action: String, resource: String = "@/*") -> String {
    #""Sid": "D", "Effect": "Deny", "Principal": "*", "Action": "\#(action)", "Resource": "\#(resource)""#
  }

  private static let newPolicy = bucket { $0.policyDigest = "sha256:2" }
  private static let oldPolicy = bucket { $0.policyDigest = "sha256:1" }

  static let rows: [Row] = [
    Row(testDescription: "nothing", changes: []),
    // Object Ownership.
    Row(
      testDescription: "ACLs are off", now: Sample.bucket(ownership: .bucketOwnerEnforced),
      changes: [("nothing to do", true)]),
    Row(
      testDescription: "ACLs are off, and none can be put back", now: Sample.bucket(ownership: .bucketOwnerEnforced),
      undertaking: .rollback, changes: [("none can be put back", true)]),
    Row(
      testDescription: "the bucket owner is preferred", now: Sample.bucket(ownership: .bucketOwnerPreferred),
      changes: [("BucketOwnerPreferred", false)]),
    Row(testDescription: "ownership cannot be read now", now: Sample.bucket(ownership: nil), changes: []),
    // Block Public Access.
    Row(
      testDescription: "BlockPublicAcls, and nothing is public", now: Sample.bucket(block: block(acls: true)),
      changes: [("BlockPublicAcls", false)]),
    Row(
      testDescription: "BlockPublicAcls under public grants", now: Sample.bucket(block: block(acls: true)),
      work: .init(hasCopies: false, writesPublicGrants: true), changes: [("S3 refuses", true)]),
    Row(
      testDescription: "BlockPublicAcls under public grants that were to stay",
      now: Sample.bucket(block: block(acls: true)), rule: .never,
      work: .init(hasCopies: false, writesPublicGrants: true), changes: [("S3 refuses", true)]),
    Row(
      testDescription: "the account's BlockPublicAcls",
      now: bucket { $0.accountPublicAccessBlock = block(acls: true) },
      work: .init(hasCopies: false, writesPublicGrants: true), changes: [("S3 refuses", true)]),
    Row(
      testDescription: "IgnorePublicAcls, so public grants would be dropped",
      now: Sample.bucket(block: block(ignore: true)), work: .init(hasCopies: false, writesPublicGrants: true),
      changes: [("drops now", true)]),
    Row(
      testDescription: "IgnorePublicAcls, and public grants stay by rule",
      now: Sample.bucket(block: block(ignore: true)), rule: .never,
      work: .init(hasCopies: false, writesPublicGrants: true), changes: [("IgnorePublicAcls", false)]),
    Row(
      testDescription: "off again, so public grants would be kept", planned: Sample.bucket(block: block(acls: true)),
      work: .init(hasCopies: false, dropsPublicGrants: true), changes: [("keeps now", true)]),
    Row(
      testDescription: "off again, and public grants go by rule", planned: Sample.bucket(block: block(acls: true)),
      rule: .always, work: .init(hasCopies: false, dropsPublicGrants: true), changes: [("off now", false)]),
    Row(
      testDescription: "public grants show again", planned: Sample.bucket(block: block(ignore: true)),
      changes: [("count as stale", false)]),
    Row(
      testDescription: "it cannot be read now", planned: Sample.bucket(block: block(acls: true)),
      now: Sample.bucket(block: nil), changes: []),
    Row(
      testDescription: "public grants cannot be put back", now: Sample.bucket(block: block(acls: true)),
      undertaking: .rollback, changes: [("put public grants back", false)]),
    // Versions.
    Row(
      testDescription: "versions are suspended", planned: Sample.bucket(versioning: .enabled),
      now: Sample.bucket(versioning: .suspended), changes: [("no longer undo copies", true)]),
    Row(
      testDescription: "versions are suspended, and nothing is copied", planned: Sample.bucket(versioning: .enabled),
      now: Sample.bucket(versioning: .suspended), work: .init(hasCopies: false), changes: [("Suspended", false)]),
    Row(
      testDescription: "versions are on", now: Sample.bucket(versioning: .enabled), changes: [("stay behind", false)]),
    Row(testDescription: "versions cannot be read now", now: Sample.bucket(versioning: nil), changes: []),
    // What copies depend on.
    Row(
      testDescription: "encryption", planned: bucket { $0.encryption = .s3Managed },
      now: bucket { $0.encryption = ObjectEncryption(algorithm: "aws:kms") }, changes: [("aws:kms now", false)]),
    Row(
      testDescription: "Object Lock", planned: bucket { $0.objectLock = ObjectLockConfiguration(isEnabled: false) },
      now: bucket { $0.objectLock = ObjectLockConfiguration(isEnabled: true) }, changes: [("Object Lock", false)]),
    Row(
      testDescription: "encryption, and nothing is copied", planned: bucket { $0.encryption = .s3Managed },
      now: bucket { $0.encryption = .off }, work: .init(hasCopies: false), changes: []),
    Row(
      testDescription: "Requester Pays", now: bucket { $0.payer = .requester },
      changes: [("--request-payer requester", false)]),
    // The policy.
    Row(
      testDescription: "the same policy", planned: oldPolicy, now: oldPolicy,
      policy: allowsOAI + "}, {" + deny("s3:*"), readers: [identity], changes: []),
    // Anybody can write down the digest of a policy, and say that it allows somebody.
    Row(
      testDescription: "the same digest, and a reader who was never allowed", planned: oldPolicy, now: oldPolicy,
      policy: deny("s3:*"), readers: [identity], changes: [("does not allow OAI E2", true)]),
    Row(
      testDescription: "another policy that allows the reader", planned: oldPolicy, now: newPolicy, policy: allowsOAI,
      readers: [identity], changes: [("fixacl read it again", false)]),
    Row(
      testDescription: "the reader is no longer allowed", planned: oldPolicy, now: newPolicy,
      readers: [identity, service],
      changes: [
        ("fixacl read it again", false), ("does not allow OAI E2", true),
        ("does not allow CloudFront's origin access control", true),
      ]),
    Row(
      testDescription: "the reader is denied", planned: oldPolicy, now: newPolicy,
      policy: allowsOAI + "}, {" + deny("s3:GetObject"), readers: [identity],
      changes: [("fixacl read it again", false), ("denies OAI E2 access", true), ("denies", false)]),
    Row(
      testDescription: "a reader by an option needs no policy", planned: oldPolicy, now: newPolicy,
      readers: [Reader(.oai, .canonicalUser(Sample.oai, .read), originAccessIdentity: "E2")],
      changes: [("fixacl read it again", false)]),
    Row(
      testDescription: "the repair is denied", planned: oldPolicy, now: newPolicy,
      policy: allowsOAI + "}, {" + deny("s3:PutObjectAcl"), readers: [identity],
      changes: [("fixacl read it again", false), ("denies profile tools s3:PutObjectAcl", false)]),
    Row(
      testDescription: "the repair is denied, when undone", planned: oldPolicy, now: newPolicy,
      policy: deny("s3:PutObjectAcl"), readers: [identity], undertaking: .rollback,
      changes: [("fixacl read it again", false), ("denies profile tools s3:PutObjectAcl", false)]),
  ]

  @Test(arguments: rows)
  func whatHasChanged(row: Row) throws {
    var desired = Sample.desired(rule: row.rule)
    desired.readers = row.readers
    let policy: BucketPolicyState =
      row.policy.isEmpty ? .none : .document(try BucketPolicyReadersTests.document(row.policy))
    let changes = SurroundingsChange.differences(
      planned: row.planned, now: row.now, policy: policy, desired: desired, work: row.work,
      actors: [
        RepairActor(name: "profile tools", id: Sample.tools, actions: ["s3:GetObjectAcl", "s3:PutObjectAcl"]),
        RepairActor(name: "profile site", id: Sample.site, actions: ["s3:GetObject"]),
      ], usesTLS: true, for: row.undertaking)
    #expect(changes.count == row.changes.count, "\(changes.map(\.text))")
    for (change, expected) in zip(changes, row.changes) {
      #expect(change.text.contains(expected.text), "no '\(expected.text)' in: \(change.text)")
      #expect(change.refuses == expected.refuses, "\(change.text)")
    }
  }

  @Test func aPolicyThatCannotBeReadNow() {
    let error = AWSError(kind: .service, operation: "GetBucketPolicy", status: 403, code: "AccessDenied", message: "")
    let changes = SurroundingsChange.differences(
      planned: Self.oldPolicy, now: Sample.bucket(), policy: .unreadable(error), desired: Sample.desired(),
      work: .init(hasCopies: false), actors: [], usesTLS: true, for: .apply)
    #expect(changes.map(\.refuses) == [false])
    #expect(changes.first?.text.contains("cannot read the bucket policy now") == true)
  }
}
