import AWSKit
import Testing

@testable import SandboxKit

@Suite("Conditions of bucket policies")
struct PolicyConditionTests {
  /// An operator, a key, the values of the policy, those of the request, and whether it holds.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let key: String
    let values: [String]
    let holds: Bool

    init(_ name: String, _ key: String, _ values: String..., holds: Bool) {
      (self.name, self.key, self.values, self.holds) = (name, key, values, holds)
    }

    var testDescription: String { "\(name) \(key) \(values) \(holds)" }
  }

  private static var context: RequestContext {
    var context = RequestContext(.anonymous)
    context.now = Timestamp(seconds: 1_790_000_000)
    context.sourceIP = "203.0.113.7"
    context.referer = "https://www.example.com/page"
    context.objectTags = [ObjectTag(key: "Class", value: "public")]
    context.requestTags = [ObjectTag(key: "Team", value: "web")]
    context.s3Values = ["s3:max-keys": "10"]
    return context
  }

  @Test(arguments: [
    Row("IpAddress", "aws:SourceIp", "203.0.113.0/24", holds: true),
    Row("IpAddress", "aws:SourceIp", "198.51.100.0/24", "203.0.113.7", holds: true),
    Row("IpAddress", "aws:SourceIp", "203.0.113.8/30", holds: false),
    Row("IpAddress", "aws:SourceIp", "2001:db8::/32", holds: false),
    Row("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", holds: false),
    Row("StringLike", "aws:Referer", "https://www.example.com/*", holds: true),
    Row("StringEquals", "aws:Referer", "https://www.example.com/*", holds: false),
    Row("StringNotLike", "aws:Referer", "http://*", holds: true),
    Row("StringEquals", "s3:ExistingObjectTag/class", "public", holds: true),
    Row("StringEqualsIgnoreCase", "s3:ExistingObjectTag/Class", "PUBLIC", holds: true),
    Row("StringEquals", "s3:ExistingObjectTag/other", "public", holds: false),
    Row("StringEqualsIfExists", "s3:ExistingObjectTag/other", "public", holds: true),
    Row("StringNotEquals", "aws:SourceVpce", "vpce-1", holds: true),
    Row("StringEquals", "aws:SourceVpce", "vpce-1", holds: false),
    Row("Bool", "aws:SecureTransport", "false", holds: false),
    Row("Bool", "aws:PrincipalIsAWSService", "false", holds: false),
    Row("BoolIfExists", "aws:PrincipalIsAWSService", "false", holds: true),
    Row("Null", "aws:PrincipalOrgID", "true", holds: true),
    Row("Null", "aws:Referer", "true", holds: false),
    Row("NumericLessThanEquals", "s3:max-keys", "10", holds: true),
    Row("NumericGreaterThan", "s3:max-keys", "10", holds: false),
    Row("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z", holds: true),
    Row("DateGreaterThan", "aws:EpochTime", "1790000001", holds: false),
    Row("ForAnyValue:StringEquals", "aws:Referer", "x", "https://www.example.com/page", holds: true),
    Row("ForAllValues:StringEquals", "aws:SourceVpc", "x", holds: true),
    Row("ForAnyValue:StringEquals", "aws:SourceVpc", "x", holds: false),
    Row("StringEquals", "s3:RequestObjectTag/Team", "web", holds: true),
    Row("StringNotEquals", "s3:RequestObjectTag/Team", "web", holds: false),
    Row("Null", "s3:RequestObjectTag/Other", "true", holds: true),
    Row("ForAllValues:StringEquals", "s3:RequestObjectTagKeys", "Team", "Class", holds: true),
    Row("ForAllValues:StringEquals", "s3:RequestObjectTagKeys", "Class", holds: false),
    Row("ForAnyValue:StringNotEquals", "s3:RequestObjectTagKeys", "Team", holds: false),
    Row("StringLike", "aws:Referer", "*${s3:ExistingObjectTag/Missing, 'page'}", holds: true),
    Row("StringLike", "aws:Referer", "*${aws:PrincipalTag/Team}", holds: false),
  ])
  func everyOperator(row: Row) throws {
    let condition = try PolicyCondition(row.name, key: row.key, values: row.values)
    #expect(condition.holds(for: Self.context) == row.holds)
  }

  @Test("decides nothing that it does not know")
  func unknown() {
    for (name, key) in [
      ("StringEquals", "aws:Unheard"), ("BinaryEquals", "aws:Referer"), ("StringEqual", "aws:Referer"),
    ] {
      #expect { try PolicyCondition(name, key: key, values: ["a"]) } throws: { ($0 as? ServiceError)?.status == 501 }
    }
    #expect { try PolicyCondition("IpAddress", key: "aws:SourceIp", values: ["all"]) } throws: {
      ($0 as? ServiceError)?.code == "MalformedPolicy"
    }
  }

  @Test("keep a statement from being public only with a fixed value of who asks")
  func publicness() throws {
    for (name, key, value, narrows) in [
      ("IpAddress", "aws:SourceIp", "203.0.113.0/24", true), ("IpAddress", "aws:SourceIp", "0.0.0.0/1", false),
      ("StringEquals", "aws:PrincipalOrgID", "o-1", true), ("StringLike", "aws:SourceArn", "arn:aws:*", false),
      ("StringLike", "aws:Referer", "https://www.example.com/", false), ("Bool", "aws:SecureTransport", "true", false),
      ("StringNotEquals", "aws:SourceVpce", "vpce-1", false),
    ] {
      #expect(try PolicyCondition(name, key: key, values: [value]).narrowsCallers == narrows, "\(name) \(key) \(value)")
    }
  }
}
