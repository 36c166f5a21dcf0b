import AWSKit
import Testing

@testable import FixACLKit
@testable import fixacl

/// What people take for a canonical ID, and what they are told.
@Suite struct AmazonCanonicalIDTests {
  private static let id = String(repeating: "0a1b2c3d", count: 8)

  @Test(
    arguments: [
      (id, id), (id.uppercased(), id), (String(id.dropLast()), nil), (id + "0", nil), (id.dropLast() + "g", nil),
      ("", nil), (id.dropLast(2) + "é", nil), ("123456789012", nil),
    ] as [(String, String?)])
  func idsAreComparedInLowerCase(text: String, normalized: String?) {
    #expect(AmazonCanonicalID.normalized(CanonicalID(text))?.value == normalized)
  }

  @Test(
    arguments: [
      ("123456789012", ["account number", "list-buckets --query Owner.ID"]),
      ("1234-5678-9012", ["account number", "list-buckets"]),
      ("E2QWRUHEXAMPLE", ["--oai E2QWRUHEXAMPLE", "--distribution E2QWRUHEXAMPLE"]),
      ("origin-access-identity/cloudfront/E2QWRUHEXAMPLE", ["--oai E2QWRUHEXAMPLE"]),
      (
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE",
        ["an OAI's ARN", "--oai E2QWRUHEXAMPLE"]
      ),
      (
        "arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE", ["--oai E2QWRUHEXAMPLE"]
      ),
      ("arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE", ["--distribution EDFDVBD6EXAMPLE"]),
      ("arn:aws:iam::111122223333:root", ["the account 111122223333", "list-buckets"]),
      ("arn:aws:iam::111122223333:user/deploy", ["never a user or a role", "the account 111122223333"]),
      ("arn:aws:sts::111122223333:assumed-role/ci/x", ["the account 111122223333", "list-buckets"]),
      ("arn:aws:s3:::site", ["not an ARN of an account", "list-buckets"]),
      ("somebody@example.com", ["e-mail", "list-buckets"]), ("emailaddress=a@b.c", ["e-mail", "list-buckets"]),
      ("emailAddress=\"a@b.c\"", ["e-mail"]),
      ("AIDACKCEVSQ6C2EXAMPLE", ["user's unique ID", "list-buckets"]),
      ("AROACKCEVSQ6C2EXAMPLE", ["role's unique ID", "list-buckets"]),
      ("AKIAIOSFODNN7EXAMPLE", ["access key", "list-buckets"]),
      ("uri=http://acs.amazonaws.com/groups/global/AllUsers", ["no public grant"]),
      ("http://acs.amazonaws.com/groups/global/AllUsers", ["no public grant"]), ("*", ["no public grant"]),
      ("65a011a29cdf8ec533ec3d1ccaae921c", ["without credentials", "no public grant"]),
      (String(id.dropLast()), ["63 hexadecimal digits", "64", "list-buckets"]),
      (id + "0", ["65 hexadecimal digits", "64", "list-buckets"]),
      (id.dropLast() + "g", ["64 hexadecimal digits", "list-buckets"]),
      ("\"\(id)\"", ["quotation marks"]), ("\(id),id=\(id)", ["repeat the option"]),
      ("cloudfront.amazonaws.com", ["service", "--distribution"]),
      ("d111111abcdef8.cloudfront.net", ["domain name", "--distribution"]),
      ("somebody", ["not a canonical ID", "list-buckets", "--oai"]),
      ("a\u{1b}[2Jb", ["a\\u{1b}[2Jb", "not a canonical ID"]),
    ] as [(String, [String])])
  func whatIsTakenForOneIsTold(text: String, parts: [String]) {
    let advice = CanonicalIDAdvice.text(for: text)
    for part in parts { #expect(advice.contains(part), "no '\(part)' in: \(advice)") }
    #expect(!advice.contains("\u{1b}"))
  }

  @Test(arguments: [
    "E2QWRUHEXAMPLE", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ",
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity a b",
    "arn:aws:iam::111122223333:user/x", "origin-access-identity/cloudfront/", "",
  ])
  func whatNamesNoOAI(text: String) {
    #expect(AmazonCanonicalID.originAccessIdentity(in: text) == nil)
    #expect(AmazonCanonicalID.distribution(in: text) == nil)
  }

  /// The policy's IDs are those of ACLs, or the ACLs would never be as planned.
  @Test func principalsOfAPolicyAreNormalized() throws {
    let document = try BucketPolicyReadersTests.document(
      #""Sid": "A", "Effect": "Allow", "Principal": {"CanonicalUser": ["\#(Self.id.uppercased())", "0a1f"]},"#
        + #" "Action": "s3:GetObject", "Resource": "@/*""#)
    #expect(
      document.withAmazonCanonicalIDs.statements[0].principals
        == [.canonicalUser(CanonicalID(Self.id)), .other("0a1f")])
  }
}
