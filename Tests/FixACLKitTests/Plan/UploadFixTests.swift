import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct UploadFixTests {
  private static let identity = Reader(
    .bucketPolicy, .canonicalUser(Sample.oai, .read), statement: "1", originAccessIdentity: "E2")
  private static let service = Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "1")
  private static let owners: [CanonicalID: PlanSummary.Owner] = [
    Sample.site: PlanSummary.Owner(objects: 9, changes: 9), Sample.tools: PlanSummary.Owner(objects: 5, changes: 2),
    Sample.guest: PlanSummary.Owner(objects: 3, changes: 3), Sample.oai: PlanSummary.Owner(objects: 8),
  ]

  private static func make(
    ownership: ObjectOwnership? = .objectWriter, readers: [Reader] = [identity], prefix: String? = nil,
    policy: BucketPolicyState = .none, allowsReaders: Bool? = true,
    owners: [CanonicalID: PlanSummary.Owner] = owners, options: [String] = [], endpoint: String? = "http://127.0.0.1:1"
  ) -> UploadFix? {
    UploadFix(
      bucket: Sample.bucket(endpoint: endpoint, ownership: ownership),
      desired: Intent(
        grants: [], readers: readers, strategy: .auto, dropPublicGrants: .never, filter: KeyFilter(prefix: prefix)),
      policy: policy, allowsReaders: allowsReaders, owners: owners, cliOptions: options)
  }

  private static func document(_ statement: String) throws -> BucketPolicyState {
    .document(try PolicyDocument(parsing: Array(#"{"Statement": \#(statement)}"#.utf8)))
  }

  @Test func nothingIsDue() throws {
    #expect(Self.make(ownership: .bucketOwnerEnforced) == nil)
    #expect(Self.make(owners: [Sample.site: PlanSummary.Owner(objects: 1, changes: 1)]) == nil)
    #expect(Self.make(owners: [Sample.tools: PlanSummary.Owner(objects: 1)]) == nil)
    let fix = try #require(Self.make(ownership: .bucketOwnerPreferred))
    let policy = try Self.document("[\(fix.statement)]")
    #expect(Self.make(ownership: .bucketOwnerPreferred, policy: policy) == nil, "it is done")
    #expect(Self.make(policy: policy)?.ownershipCommand != nil, "the setting is missing")
    let everybody = try Self.document(
      #"{"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "arn:aws:s3:::assets/*", "#
        + #""Condition": {"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}"#)
    #expect(Self.make(ownership: .bucketOwnerPreferred, policy: everybody) == nil)
    let part = try Self.document(fix.statement.replacing("assets/*", with: "assets/img/*"))
    #expect(Self.make(ownership: .bucketOwnerPreferred, policy: part) != nil)
  }

  @Test func theBucketOwnerGetsWhatIsUploaded() throws {
    let fix = try #require(Self.make(options: ["--profile", "the site's"]))
    #expect(fix.means == .ownership && fix.uploaders == [Sample.guest, Sample.tools])
    #expect(fix.options == ["--acl", "bucket-owner-full-control"])
    #expect(fix.headers == ["x-amz-acl: bucket-owner-full-control"])
    #expect(
      fix.ownershipCommand == "aws s3api put-bucket-ownership-controls --bucket assets --profile 'the site'\\''s'"
        + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'")
    #expect(
      fix.statement
        == #"{"Sid":"UploadsThatReadersCanRead","Effect":"Deny","Principal":{"CanonicalUser":["\#(Sample.guest)","#
        + #""\#(Sample.tools)"]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::assets/*","#
        + #""Condition":{"StringNotEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}"#)
    #expect(
      fix.policyCommand == "aws s3api put-bucket-policy --bucket assets --profile 'the site'\\''s' --policy "
        + #"'{"Version":"2012-10-17","Statement":[\#(fix.statement)]}'"#)
    #expect(Self.make(ownership: .bucketOwnerPreferred)?.ownershipCommand == nil)
    #expect(Self.make(readers: [Self.service], allowsReaders: false)?.means == .ownership)
    #expect(Self.make(allowsReaders: nil)?.means == .ownership)
  }

  @Test func uploadersGrantRead() throws {
    let other = Reader(.grantRead, .canonicalUser(CanonicalID("0b"), .read))
    let fix = try #require(Self.make(readers: [Self.identity, other], allowsReaders: false))
    #expect(fix.means == .grants && fix.ownershipCommand == nil)
    #expect(
      Set(fix.options) == [
        "--grant-read", "id=0a1f,id=0b", "--grant-full-control", "id=\(Sample.guest),id=\(Sample.site)",
      ])
    #expect(fix.statement.contains(#"{"StringNotEquals":{"s3:x-amz-grant-read":"id=0a1f,id=0b"}}"#))
    let full = Reader(.grantFullControl, .canonicalUser(Sample.oai, .fullControl))
    #expect(Self.make(readers: [full], allowsReaders: false)?.means == .ownership)
  }

  @Test func whatThePolicyIs() throws {
    let present = try Self.document(
      #"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*"}"#)
    let fix = try #require(Self.make(policy: present, options: ["--endpoint-url", "http://127.0.0.1:1"]))
    #expect(
      fix.policyCommand == "aws s3api put-bucket-policy --bucket assets --endpoint-url http://127.0.0.1:1 --policy "
        + "\"$(aws s3api get-bucket-policy --bucket assets --endpoint-url http://127.0.0.1:1 --query Policy"
        + " --output text | jq -c '.Statement = ([.Statement] | flatten | map(select(.Sid !="
        + " \"UploadsThatReadersCanRead\"))) + [\(fix.statement)]')\"")
    #expect(Self.make(policy: .malformed("x"))?.policyCommand == nil)
  }

  /// S3 refuses a policy that names a principal it does not know.
  @Test(arguments: [nil, "http://127.0.0.1:1"] as [String?], [true, false])
  func whoCannotBeNamedIsLeftOut(endpoint: String?, allowsReaders: Bool) throws {
    let changes = PlanSummary.Owner(objects: 9, changes: 9)
    let few = PlanSummary.Owner(objects: 1, changes: 1)
    let strangers: [CanonicalID: PlanSummary.Owner] = [
      .unknownOwner: changes, CanonicalID("65a011a29cdf8ec533ec3d1ccaae921c"): changes,
      CanonicalID("anonymous"): changes,
      Sample.guest: changes,
    ]
    let fix = try #require(
      Self.make(
        allowsReaders: allowsReaders, owners: strangers.merging([Sample.tools: few]) { $1 }, endpoint: endpoint))
    // Other servers' IDs are opaque.
    #expect(fix.uploaders == (endpoint == nil ? [Sample.tools] : [Sample.guest, Sample.tools]))
    #expect(!fix.statement.contains("65a011a29cdf8ec533ec3d1ccaae921c") && !fix.statement.contains("\"unknown\""))
    #expect(fix.options.last?.contains("id=\(fix.uploaders[0])") == !allowsReaders)
    let alone = Self.make(owners: strangers.filter { $0.key != Sample.guest }, endpoint: endpoint)
    #expect(alone == nil)
  }

  @Test func onlyThePartThatWasScanned() throws {
    let fix = try #require(Self.make(prefix: "img/"))
    #expect(fix.statement.contains(#""Resource":"arn:aws:s3:::assets/img/*""#))
    #expect(Self.make(prefix: "a*b/")?.statement.contains(#""arn:aws:s3:::assets/*""#) == true)
  }
}
