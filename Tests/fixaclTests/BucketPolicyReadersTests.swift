import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// Whom a bucket policy lets read (IAM User Guide: "IAM JSON policy elements reference"; CloudFront Developer Guide:
/// "Restrict access to an Amazon S3 origin").
@Suite struct BucketPolicyReadersTests {
  struct Row: Sendable, CustomTestStringConvertible {
    /// JSON without its braces: the members of one statement, in which `@` stands for the bucket's ARN.
    let statement: String
    var prefix: String?
    /// The principals that are taken.
    var readers: [PolicyPrincipal] = []
    /// Words of what is said instead.
    var remark: String?
    /// Words of what is said where there is nobody.
    var other: String?

    var testDescription: String { "\(statement), prefix \(prefix ?? "none")" }
  }

  private static let identity =
    #""AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE""#
  private static let oai = PolicyPrincipal.originAccessIdentity("E2QWRUHEXAMPLE")

  private static func allow(
    _ principal: String, action: String = #""s3:GetObject""#, resource: String = #""@/*""#, condition: String? = nil
  ) -> String {
    #""Effect": "Allow", "Principal": \#(principal), "Action": \#(action), "Resource": \#(resource)"#
      + (condition.map { ", \"Condition\": \($0)" } ?? "")
  }

  static let rows: [Row] = [
    // Principals.
    Row(statement: allow("{\(identity)}"), readers: [oai]),
    Row(
      statement: allow(#"{"AWS": "arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE"}"#),
      readers: [oai]),
    Row(
      statement: allow(#"{"CanonicalUser": ["0a1f", "9e57"]}"#),
      readers: [.canonicalUser(Sample.oai), .canonicalUser(Sample.guest)]),
    Row(statement: allow(#"{"Service": "cloudfront.amazonaws.com"}"#), readers: [.cloudFront]),
    Row(statement: allow(#"{"Service": "logging.s3.amazonaws.com"}"#), other: "logging.s3.amazonaws.com (statement 1)"),
    Row(
      statement: allow(#"{"AWS": "AIDAIOSFODNN7EXAMPLE"}"#),
      remark: "AIDAIOSFODNN7EXAMPLE, a principal that no longer"),
    Row(statement: allow(#""*""#), other: "everybody (statement 1)"),
    Row(statement: allow(#"{"AWS": "*"}"#), other: "everybody"),
    Row(statement: allow(#"{"AWS": ["arn:aws:iam::111122223333:root", "444455556666"]}"#), other: "444455556666"),
    Row(statement: allow(#"{"AWS": "arn:aws:iam::111122223333:user/AIDA"}"#), other: "user/AIDA"),
    Row(statement: allow(#"{"Federated": "cognito-identity.amazonaws.com"}"#), other: "cognito-identity"),
    Row(
      statement: #""Sid": "X", "# + allow("{\(identity), \"CanonicalUser\": \"0a1f\"}"),
      readers: [
        oai, .canonicalUser(Sample.oai),
      ]),
    // Actions.
    Row(statement: allow("{\(identity)}", action: #""s3:*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", action: #""*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", action: #"["s3:ListBucket", "S3:getobject"]"#), readers: [oai]),
    Row(statement: allow("{\(identity)}", action: #""s3:Get*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", action: #""s3:GetObjec?""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", action: #""s3:GetObjectVersion""#)),
    Row(statement: allow("{\(identity)}", action: #"["s3:PutObject", "s3:GetObjectAcl"]"#)),
    Row(
      statement: #""Effect": "Allow", "Principal": {\#(identity)}, "NotAction": "s3:PutObject", "Resource": "@/*""#,
      remark: "NotAction"),
    // Resources.
    Row(statement: allow("{\(identity)}", resource: #""*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""arn:aws:s3:::*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""arn:aws:s3:::asset?/*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""arn:aws-us-gov:s3:::assets/*""#), readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #"["@", "@/*"]"#), readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""@""#)),
    Row(statement: allow("{\(identity)}", resource: #""arn:aws:s3:::others/*""#)),
    Row(statement: allow("{\(identity)}", resource: #""@/img/*""#), remark: "--prefix img/ for that part"),
    Row(statement: allow("{\(identity)}", resource: #""@/img/*""#), prefix: "img/", readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""@/img/*""#), prefix: "img/2026/", readers: [oai]),
    Row(statement: allow("{\(identity)}", resource: #""@/img/*""#), prefix: "im", remark: "--prefix img/"),
    Row(statement: allow("{\(identity)}", resource: #""@/img/*""#), prefix: "css/"),
    Row(statement: allow("{\(identity)}", resource: #""@/*.html""#), remark: "not every object of this scan"),
    Row(statement: allow("{\(identity)}", resource: #""@/index.html""#), remark: "--prefix index.html"),
    Row(statement: allow("{\(identity)}", resource: #""@/caf\u00e9/*""#), prefix: "cafe\u{301}/"),
    Row(
      statement:
        #""Effect": "Allow", "Principal": {\#(identity)}, "Action": "s3:GetObject", "NotResource": "@/private/*""#,
      remark: "NotResource"),
    Row(
      statement: #""Effect": "Allow", "NotPrincipal": {\#(identity)}, "Action": "s3:GetObject", "Resource": "@/*""#,
      remark: "NotPrincipal"),
    // Conditions.
    Row(
      statement: allow("{\(identity)}", condition: #"{"StringEquals": {"aws:Referer": "x"}}"#),
      remark: "under a Condition (aws:referer)"),
    Row(
      statement: allow("{\(identity)}", condition: #"{"Bool": {"aws:SecureTransport": true}}"#),
      remark: "(aws:securetransport)"),
    Row(
      statement: allow(
        #"{"Service": "cloudfront.amazonaws.com"}"#,
        condition: #"{"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1"}}"#),
      readers: [.cloudFront]),
    Row(
      statement: allow(
        #"{"Service": "cloudfront.amazonaws.com"}"#,
        condition: #"{"ArnLike": {"aws:SourceArn": ["a", "b"]}, "StringEquals": {"aws:SourceAccount": "111122223333"}}"#
      ), readers: [.cloudFront]),
    Row(
      statement: allow(
        #"{"Service": "cloudfront.amazonaws.com"}"#, condition: #"{"StringNotEquals": {"aws:SourceAccount": "1"}}"#),
      remark: "(aws:sourceaccount)"),
    Row(
      statement: allow(
        #"{"Service": "cloudfront.amazonaws.com"}"#, condition: #"{"NumericEquals": {"s3:TlsVersion": 1.3}}"#),
      remark: "(s3:tlsversion)"),
    // Not an Allow.
    Row(statement: #""Effect": "Deny", "Principal": {\#(identity)}, "Action": "s3:GetObject", "Resource": "@/*""#),
  ]

  static func document(_ statements: String...) throws -> PolicyDocument {
    let list = statements.map { "{\($0)}" }.joined(separator: ",").replacing("@", with: "arn:aws:s3:::assets")
    return try PolicyDocument(
      parsing: Array(#"{"Version": "2012-10-17", "Id": "x", "Statement": [\#(list)]}"#.utf8))
  }

  @Test(arguments: rows)
  func whoIsTaken(row: Row) throws {
    let reading = try Self.document(row.statement).readers(of: PolicyScope(bucket: "assets", prefix: row.prefix))
    #expect(reading.readers.map(\.principal) == row.readers)
    #expect(reading.remarks.count == (row.remark == nil ? 0 : 1))
    if let remark = row.remark { #expect(reading.remarks.first?.text.contains(remark) == true, "\(reading.remarks)") }
    #expect(reading.others.isEmpty == (row.other == nil))
    if let other = row.other {
      #expect(
        reading.others.map { "\($0.principal) (statement \($0.statement))" }.joined(separator: " ").contains(other))
    }
  }

  /// What another statement lets in altogether is not complained of; the first statement that does is named.
  @Test func oneStatementIsEnough() throws {
    let document = try Self.document(
      #""Sid": "Narrow", "# + Self.allow("{\(Self.identity)}", resource: #""@/img/*""#),
      #""Sid": "", "# + Self.allow("{\(Self.identity)}"), #""Sid": "Third", "# + Self.allow("{\(Self.identity)}"))
    let reading = document.readers(of: PolicyScope(bucket: "assets"))
    #expect(
      reading
        == PolicyDocument.Reading(
          readers: [PolicyDocument.AllowedReader(principal: Self.oai, statement: "2", sources: [])]))
  }

  @Test func theSourcesOfAServiceAreKept() throws {
    let statement = Self.allow(
      #"{"Service": "cloudfront.amazonaws.com"}"#,
      condition: #"{"ArnLike": {"aws:SourceArn": "arn:x"}, "StringEquals": {"aws:SourceAccount": ["1", "2"]}}"#)
    let reading = try Self.document(statement).readers(of: PolicyScope(bucket: "assets"))
    #expect(reading.readers.first?.sources == ["arn:x", "1", "2"])
  }

  @Test func oneStatementMayStandAlone() throws {
    let text = #"{"Statement": {"# + Self.allow("{\(Self.identity)}").replacing("@", with: "arn:aws:s3:::b") + "}}"
    let document = try PolicyDocument(parsing: Array(text.utf8))
    #expect(document.readers(of: PolicyScope(bucket: "b")).readers.map(\.principal) == [Self.oai])
  }

  @Test(arguments: [
    "", "[]", "{}", "null", "\u{feff}", #"{"Statement": 1}"#, #"{"Statement": [1]}"#,
    #"{"Statement": [{"Effect": "Maybe", "Principal": "*", "Action": "*", "Resource": "*"}]}"#,
    #"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    #"{"Statement": [{"Effect": "Allow", "Principal": 5, "Action": "*", "Resource": "*"}]}"#,
    #"{"Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "*"}]}"#,
  ])
  func whatIsNoPolicy(text: String) {
    #expect(throws: PolicyDocument.Malformed.self) { try PolicyDocument(parsing: Array(text.utf8)) }
  }

  /// Conditions that a request of CloudFront's meets, or that say on whose behalf it asks, and others.
  @Test(
    arguments: [
      (#"{"StringEquals": {"AWS:SourceArn": "a"}}"#, ["a"]),
      (#"{"ForAnyValue:StringEquals": {"aws:SourceArn": "a"}}"#, ["a"]),
      (#"{"ForAllValues:ArnLike": {"aws:SourceArn": ["a", "b"]}}"#, ["a", "b"]),
      (#"{"StringEqualsIfExists": {"aws:SourceAccount": "1"}}"#, ["1"]),
      (#"{"ForAnyValue:StringLikeIfExists": {"aws:SourceArn": "a*"}}"#, ["a*"]),
      (#"{"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceArn": "a"}}"#, ["a"]),
      (#"{"BoolIfExists": {"aws:SecureTransport": true}}"#, []),
      (#"{"StringEquals": {"aws:SourceOrgID": "o-1"}}"#, []),
      (#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-1/*"}}"#, []),
      (#"{"StringEquals": {"aws:PrincipalServiceName": "cloudfront.amazonaws.com"}}"#, []),
      (#"{"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": ["x", "cloudfront.amazonaws.com"]}}"#, []),
      (#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, []), (#"{"Null": {"aws:SourceArn": "false"}}"#, []),
      (#"{"StringEquals": {"s3:authType": "REST-HEADER"}}"#, []),
      (#"{"Bool": {"aws:SecureTransport": "false"}}"#, nil), (#"{"Null": {"aws:SourceArn": "true"}}"#, nil),
      (#"{"StringEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}}"#, nil),
      (#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, nil), (#"{"StringEquals": {"aws:Referer": "x"}}"#, nil),
      (#"{"StringNotEquals": {"aws:SourceArn": "a"}}"#, nil),
      (#"{"StringEquals": {"aws:SourceArn": "a", "aws:SourceVpce": "v"}}"#, nil),
    ] as [(String, [String]?)])
  func conditionsOfCloudFront(condition: String, sources: [String]?) throws {
    let statement = Self.allow(#"{"Service": "cloudfront.amazonaws.com"}"#, condition: condition)
    let reading = try Self.document(statement).readers(of: PolicyScope(bucket: "assets"))
    #expect(reading.readers.first?.sources == sources)
    #expect(reading.remarks.count == (sources == nil ? 1 : 0))
    // No ACL can name a service.
    #expect(!reading.remarks.contains { $0.text.contains("--grant-read") })
    #expect(reading.remarks.allSatisfy { $0.text.contains("--distribution") })
  }
}
