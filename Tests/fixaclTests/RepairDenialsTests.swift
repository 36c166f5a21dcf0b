import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// The statements of a bucket policy that refuse what a repair does.
@Suite struct RepairDenialsTests {
  enum Outcome: Sendable {
    case none
    case certain
    case possible
  }

  private static let granter = RepairActor(
    name: "profile tools", id: Sample.tools, actions: ["s3:GetObjectAcl", "s3:PutObjectAcl"])
  private static let copier = RepairActor(
    name: "profile site", id: Sample.site, actions: ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"])

  private static func deny(
    _ principal: String, _ action: String, _ member: String = "Principal", resource: String = "@/*",
    condition: String = "{}"
  ) -> String {
    #""Sid": "D", "Effect": "Deny", "\#(member)": \#(principal), "Action": \#(action), "Resource": "\#(resource)","#
      + #" "Condition": \#(condition)"#
  }

  private static let tools = #"{"CanonicalUser": "\#(Sample.tools.value)"}"#
  private static let arn = #"{"AWS": "arn:aws:iam::111122223333:root"}"#

  /// What happens to the grants of one account, and to the copies of another.
  static let rows: [(String, grant: Outcome, copy: Outcome)] = [
    (deny(#""*""#, #""s3:PutObjectAcl""#), .certain, .certain), (deny(#""*""#, #""s3:*""#), .certain, .certain),
    (deny(#""*""#, #""s3:PutObject*""#), .certain, .certain), (deny(#""*""#, #""s3:PutObject""#), .none, .certain),
    (deny(#""*""#, #"["s3:GetObjectAcl"]"#), .certain, .none), (deny(#""*""#, #""s3:DeleteObject""#), .none, .none),
    (deny(tools, #""s3:PutObjectAcl""#), .certain, .none), (deny(arn, #""s3:PutObjectAcl""#), .possible, .possible),
    (deny(tools, #""s3:PutObjectAcl""#, "NotPrincipal"), .none, .certain),
    (deny(arn, #""s3:PutObjectAcl""#, "NotPrincipal"), .possible, .possible),
    (deny(#""*""#, #""s3:*""#, resource: "arn:aws:s3:::other/*"), .none, .none),
    (deny(#""*""#, #""s3:*""#, resource: "@/private/*"), .certain, .certain),
    // TLS.
    (deny(#""*""#, #""s3:*""#, condition: #"{"Bool": {"aws:SecureTransport": "false"}}"#), .none, .none),
    (deny(#""*""#, #""s3:*""#, condition: #"{"Bool": {"aws:SecureTransport": "true"}}"#), .certain, .certain),
    (deny(#""*""#, #""s3:*""#, condition: #"{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#), .possible, .possible),
    // A certain ACL is demanded of uploads, and fixacl sends grants.
    (
      deny(
        #""*""#, #""s3:PutObject""#,
        condition: #"{"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#), .none, .certain
    ),
    (
      deny(
        #""*""#, #"["s3:PutObject", "s3:PutObjectAcl"]"#,
        condition: #"{"StringNotEqualsIfExists": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#), .certain, .certain
    ),
    (deny(#""*""#, #""s3:PutObject""#, condition: #"{"Null": {"s3:x-amz-acl": "true"}}"#), .none, .certain),
    (deny(#""*""#, #""s3:Put*""#, condition: #"{"StringEquals": {"s3:x-amz-acl": "public-read"}}"#), .none, .none),
    (
      deny(#""*""#, #""s3:Put*""#, condition: #"{"StringNotEquals": {"s3:x-amz-grant-full-control": "id=1"}}"#),
      .certain, .certain
    ),
    (
      deny(#""*""#, #""s3:PutObject""#, condition: #"{"StringNotEquals": {"s3:x-amz-grant-full-control": "id=1"}}"#),
      .none, .possible
    ),
    (deny(#""*""#, #""s3:PutObject""#, condition: #"{"Null": {"s3:x-amz-grant-full-control": true}}"#), .none, .none),
    (
      deny(
        #""*""#, #""s3:PutObject""#, condition: #"{"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}"#),
      .none, .possible
    ),
  ]

  @Test(arguments: rows)
  func whatIsRefused(statement: String, grant: Outcome, copy: Outcome) throws {
    let document = try BucketPolicyReadersTests.document(statement)
    let scope = PolicyScope(bucket: "assets")
    for (actor, expected) in [(Self.granter, grant), (Self.copier, copy)] {
      let denials = document.repairDenials(of: [actor], in: scope, usesTLS: true)
      let outcome: Outcome = denials.first.map { $0.isCertain ? .certain : .possible } ?? .none
      #expect(outcome == expected, "\(actor.name)")
      for denial in denials {
        #expect(denial.text.contains("statement D of the bucket policy"))
        #expect(denial.text.contains(actor.name))
      }
    }
  }

  /// Where the server is spoken to without TLS, what denies that is sure to apply.
  @Test func plainHTTPIsRefused() throws {
    let document = try BucketPolicyReadersTests.document(
      Self.deny(#""*""#, #""s3:*""#, condition: #"{"Bool": {"aws:SecureTransport": "false"}}"#))
    let denials = document.repairDenials(of: [Self.granter], in: PolicyScope(bucket: "assets"), usesTLS: false)
    #expect(denials.map(\.isCertain) == [true])
  }

  @Test func whoDoesWhat() {
    let server = InProcessS3(owner: Sample.site)
    func account(_ id: CanonicalID) -> Account {
      Account(
        label: id.value, client: server.client(of: id, throttle: Throttle(concurrency: 1)), canonicalID: id)
    }
    let accounts = Accounts(
      main: account(Sample.site), owners: [account(Sample.tools), account(Sample.tools)], bucketOwner: Sample.site)
    let auto = accounts.repairActors(strategy: .auto, allVersions: true, hasObjectLock: true)
    #expect(auto.map(\.id) == [Sample.tools, Sample.site])
    #expect(auto[0].actions.contains("s3:PutObjectVersionAcl"))
    #expect(auto[1].actions.contains("s3:PutObjectRetention"))
    #expect(
      accounts.repairActors(strategy: .grant, allVersions: false, hasObjectLock: false).map(\.id) == [Sample.tools])
  }
}
