import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// The Denies that keep a reader out whatever its grants say.
@Suite struct BucketPolicyDenialsTests {
  enum Outcome: Sendable {
    case none
    case certain
    case possible
  }

  private static let identity = #"{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2"}"#
  private static let account = #"{"AWS": "arn:aws:iam::111122223333:root"}"#

  private static func deny(
    _ principal: String, _ member: String = "Principal", action: String = #""Action": "s3:GetObject""#,
    resource: String = #""Resource": "@/*""#, condition: String? = nil
  ) -> String {
    #""Sid": "D", "Effect": "Deny", "\#(member)": \#(principal), \#(action), \#(resource)"#
      + (condition.map { ", \"Condition\": \($0)" } ?? "")
  }

  /// What happens to an origin access identity, and to a canonical ID that may be an account's.
  static let rows: [(String, oai: Outcome, other: Outcome)] = [
    (deny(#""*""#), .certain, .certain),
    (deny(#"{"AWS": "*"}"#), .certain, .certain),
    (deny(identity), .certain, .none),
    (deny(#"{"CanonicalUser": "0a1f"}"#), .certain, .none),
    (deny(#"{"CanonicalUser": "9e57"}"#), .none, .certain),
    (deny(account), .none, .none),
    (deny(identity, "NotPrincipal"), .none, .possible),
    (deny(account, "NotPrincipal"), .certain, .possible),
    (deny(#"{"CanonicalUser": "9e57"}"#, "NotPrincipal"), .certain, .none),
    (deny(#""*""#, action: #""Action": "s3:PutObject""#), .none, .none),
    (deny(#""*""#, action: #""Action": ["s3:Put*", "s3:Get*"]"#), .certain, .certain),
    (deny(#""*""#, action: #""NotAction": "s3:PutObject""#), .certain, .certain),
    (deny(#""*""#, action: #""NotAction": ["s3:GetObject", "s3:ListBucket"]"#), .none, .none),
    (deny(#""*""#, resource: #""Resource": "@/private/*""#), .certain, .certain),
    (deny(#""*""#, resource: #""Resource": "@""#), .none, .none),
    (deny(#""*""#, resource: #""Resource": "arn:aws:s3:::other/*""#), .none, .none),
    (deny(#""*""#, resource: #""NotResource": "@/public/*""#), .certain, .certain),
    (deny(#""*""#, resource: #""NotResource": "@/*""#), .none, .none),
    (deny(#""*""#, condition: #"{"Bool": {"aws:SecureTransport": "false"}}"#), .none, .none),
    (deny(#""*""#, condition: #"{"Bool": {"aws:SecureTransport": false}}"#), .none, .none),
    (deny(#""*""#, condition: #"{"Bool": {"aws:SecureTransport": "true"}}"#), .possible, .possible),
    (deny(#""*""#, condition: #"{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#), .possible, .possible),
    (
      deny(#""*""#, condition: #"{"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:Referer": "x"}}"#),
      .none, .none
    ),
  ]

  @Test(arguments: rows)
  func whoIsKeptOut(statement: String, oai: Outcome, other: Outcome) throws {
    let document = try BucketPolicyReadersTests.document(statement)
    let scope = PolicyScope(bucket: "assets")
    func outcome(_ principals: Set<PolicyPrincipal>, isAnonymous: Bool) -> Outcome {
      let denials = document.denials(of: principals, withUnknownARN: isAnonymous, in: scope)
      return denials.isEmpty ? .none : denials[0].isCertain ? .certain : .possible
    }
    #expect(outcome([.canonicalUser(Sample.oai), .originAccessIdentity("E2")], isAnonymous: false) == oai)
    #expect(outcome([.canonicalUser(Sample.guest)], isAnonymous: true) == other)
  }

  @Test func onlyWhatIsScannedMatters() throws {
    let document = try BucketPolicyReadersTests.document(Self.deny(#""*""#, resource: #""Resource": "@/private/*""#))
    func denials(_ prefix: String?) -> [PolicyDocument.Denial] {
      document.denials(
        of: [.originAccessIdentity("E2")], withUnknownARN: false, in: PolicyScope(bucket: "assets", prefix: prefix))
    }
    #expect(denials("public/").isEmpty)
    #expect(denials("private/x").map(\.resources) == [[]])
    #expect(denials("priv").map(\.resources) == [["arn:aws:s3:::assets/private/*"]])
    #expect(
      denials(nil)[0].text(reader: "OAI E2")
        == "statement D of the bucket policy denies OAI E2 access to arn:aws:s3:::assets/private/*: a Deny overrides"
        + " every ACL, also after the repair. Change the policy")
  }

  @Test(arguments: Partition.all.map(\.name))
  func aDenyOfEachPartitionIsSeen(partition: String) throws {
    let document = try BucketPolicyReadersTests.document(
      Self.deny(#""*""#, resource: #""Resource": "arn:\#(partition):s3:::assets/*""#))
    let denials = document.denials(of: [.cloudFront], withUnknownARN: false, in: PolicyScope(bucket: "assets"))
    #expect(denials.map(\.isCertain) == [true])
  }

  @Test func aServiceIsKeptOutToo() throws {
    for (principal, count) in [
      (#"{"Service": "cloudfront.amazonaws.com"}"#, 1), (#""*""#, 1), (Self.account, 0), (Self.identity, 0),
    ] {
      let document = try BucketPolicyReadersTests.document(Self.deny(principal))
      let denials = document.denials(of: [.cloudFront], withUnknownARN: false, in: PolicyScope(bucket: "assets"))
      #expect(denials.count == count)
    }
  }
}
