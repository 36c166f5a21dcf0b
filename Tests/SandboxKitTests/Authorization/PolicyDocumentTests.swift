import AWSKit
import Testing

@testable import SandboxKit

/// What S3 takes for a bucket policy, and from whom (API Reference: PutBucketPolicy, GetBucketPolicy,
/// DeleteBucketPolicy; IAM User Guide: "Grammar of the IAM JSON policy language").
@Suite("Documents of bucket policies")
struct PolicyDocumentTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  private func put(_ document: String, as credentials: Credentials? = nil) -> Answer {
    stage.s3(
      .put, "", query: [("policy", "")],
      body: document.replacing("BUCKET", with: "arn:aws:s3:::" + CloudFrontStage.bucket), as: credentials)
  }

  private static func statement(
    action: String = #""s3:GetObject""#, resource: String = #""BUCKET/*""#, principal: String = #""Principal": "*""#,
    effect: String = "Allow", more: String = ""
  ) -> String {
    #"{"Effect": "\#(effect)", \#(principal), "Action": \#(action), "Resource": \#(resource)\#(more)}"#
  }

  private static func policy(_ statements: String..., more: String = "") -> String {
    #"{\#(more)"Statement": [\#(statements.joined(separator: ", "))]}"#
  }

  @Test(arguments: [
    (policy(statement(action: #""s3:GetObjects""#)), "Policy has invalid action"),
    (policy(statement(action: #""ec2:*""#)), "Policy has invalid action"),
    (policy(statement(action: #""s3:ListBucket""#)), "Action does not apply to any resource(s) in statement"),
    (policy(statement(resource: #""BUCKET""#)), "Action does not apply to any resource(s) in statement"),
    (
      policy(statement(action: #"["s3:GetObject", "s3:ListBucket"]"#)),
      "Action does not apply to any resource(s) in statement"
    ),
    (policy(statement(resource: #""arn:aws:s3:::another/*""#)), "Policy has invalid resource"),
    (policy(statement(more: #", "Conditions": {}"#)), "Unknown field Conditions"),
    (policy(statement(), more: #""Comment": "x", "#), "Unknown field Comment"),
    (policy(statement(), more: #""Version": "2020-01-01", "#), "The policy must contain a valid version string"),
    (policy(statement(more: #", "Condition": []"#)), "Policy has invalid condition"),
    (
      policy(statement(more: #", "Sid": "a""#), statement(more: #", "Sid": "a""#)),
      "Statement IDs (SID) in a single policy must be unique."
    ),
    (policy(statement(principal: #""NotPrincipal": "*""#)), "Allow with NotPrincipal is not allowed."),
    (
      policy(statement(principal: #""Principal": {"AWS": "arn:aws:iam::$SITE:group/a"}"#)),
      "Invalid principal in policy"
    ),
    (policy(statement(principal: #""Principal": {"Service": "cloudfront"}"#)), "Invalid principal in policy"),
    (policy(statement(principal: #""Principal": {"AWS": []}"#)), "Invalid principal in policy"),
    ("[]", "Policies must be valid JSON and the first byte must be '{'"),
    ("{}", "Missing required field Statement"),
    (
      policy(statement(more: #", "Sid": "\#(String(repeating: "a", count: 20_480))""#)),
      "Policy exceeds the maximum allowed document size."
    ),
  ])
  func malformed(document: String, message: String) {
    let answer = put(document.replacing("$SITE", with: stage.site.accountID))
    #expect(answer.status == 400 && answer.code == "MalformedPolicy", "\(answer.text)")
    #expect(answer.text("Message") == message)
    #expect(stage.s3(.get, "", query: [("policy", "")]).code == "NoSuchBucketPolicy")
  }

  @Test(arguments: [
    statement(action: #""S3:getobject""#), statement(action: #""s3:Get*""#, resource: #"["BUCKET", "BUCKET/*"]"#),
    statement(action: #""*""#, resource: #""BUCKET""#),
    statement(action: #""s3:ListBucket*""#, resource: #""BUCKET*""#),
    statement(principal: #""NotPrincipal": {"AWS": "*"}"#, effect: "Deny"),
  ])
  func valid(statement: String) {
    let answer = put(Self.policy(statement, more: #""Version": "2008-10-17", "Id": "a", "#))
    #expect(answer.status == 204, "\(answer.text)")
  }

  @Test("keep other accounts from the policy, whatever it allows")
  func otherAccounts() {
    let principal = #""Principal": {"AWS": "\#(stage.tools.accountID)"}"#
    let document = Self.policy(
      Self.statement(
        action: #"["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]"#, resource: #""BUCKET""#,
        principal: principal))
    #expect(put(document, as: stage.tools.credentials).status == 403, "nothing allows it yet")
    #expect(put(document).status == 204)
    for method in [HTTPMethod.get, .put, .delete] {
      let body = method == .put ? document : ""
      let answer = stage.s3(method, "", query: [("policy", "")], body: body, as: stage.tools.credentials)
      #expect(answer.status == 405 && answer.code == "MethodNotAllowed", "\(method) \(answer.text)")
    }
  }

  @Test("never lock the root of the bucket's owner out of the policy")
  func root() {
    stage.setPolicy(
      #"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["BUCKET", "BUCKET/*"]}"#)
    #expect(stage.s3(.get, "page.html").status == 403)
    #expect(stage.s3(.get, "", query: [("policy", "")]).status == 200)
    stage.setPolicy(CloudFrontStage.readByAll)
    #expect(stage.s3(.delete, "", query: [("policy", "")]).status == 204)
  }
}
