import AWSKit
import Foundation
import Testing

@testable import SandboxKit

@Suite("KMS")
struct KMSTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage(
      #"{"accounts": {"site": {"users": {"reader": {"allows": ["s3:*"]}}}, "tools": {"users": {"ann": {}}}}}"#)
  }

  private func kms(
    _ operation: String, _ input: [String: Any], as credentials: Credentials? = nil
  ) throws -> Answer {
    let body = String(decoding: try JSONSerialization.data(withJSONObject: input), as: UTF8.self)
    return stage.sandbox.send(
      .post, "kms.us-east-1.amazonaws.com", "/", headers: [("X-Amz-Target", "TrentService." + operation)], body: body,
      service: "kms", as: credentials ?? stage.site.credentials)
  }

  private func makeKey() throws -> String {
    try #require(kms("CreateKey", ["Description": "of a test"]).json()["KeyMetadata"]?["Arn"]?.text)
  }

  private func putEncrypted(_ name: String, _ key: String) {
    stage.put(
      name,
      headers: [
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", key),
      ])
  }

  /// A statement of a key's policy.
  private func policy(_ principal: String, _ action: String = "kms:Decrypt", condition: String = "") -> String {
    let root = #""Principal": {"AWS": "arn:aws:iam::\#(stage.site.accountID):root"}"#
    return #"{"Statement": [{"Effect": "Allow", \#(root), "Action": "kms:*", "Resource": "*"}, "#
      + #"{"Effect": "Allow", "Principal": \#(principal), "Action": "\#(action)", "Resource": "*"\#(condition)}]}"#
  }

  @Test("describes keys to their account, and to others that the policy lets")
  func describing() throws {
    let key = try makeKey()
    let described = try kms("DescribeKey", ["KeyId": key]).json()["KeyMetadata"]
    #expect(described?["KeyManager"]?.text == "CUSTOMER" && described?["KeyState"]?.text == "Enabled")
    let policy = try kms("GetKeyPolicy", ["KeyId": key, "PolicyName": "default"]).json()["Policy"]?.text ?? ""
    #expect(policy.contains("Enable IAM User Permissions"))
    #expect(try kms("DescribeKey", ["KeyId": "none"]).json()["__type"]?.text == "NotFoundException")
    let ann = try #require(stage.tools.users.first).credentials
    let refused = try kms("DescribeKey", ["KeyId": key], as: ann)
    #expect(try refused.status == 400 && refused.json()["__type"]?.text == "AccessDeniedException")
    let open = self.policy(#"{"AWS": "\#(stage.tools.accountID)"}"#, "kms:*")
    #expect(try kms("PutKeyPolicy", ["KeyId": key, "Policy": open]).status == 200)
    #expect(try kms("DescribeKey", ["KeyId": key], as: ann).status == 200)
    #expect(try kms("ListGrants", ["KeyId": key], as: ann).status == 200)
    #expect(try kms("GetKeyPolicy", ["KeyId": key], as: ann).status == 400, "of one's own keys only")
    let managed = try kms("DescribeKey", ["KeyId": "alias/aws/s3"]).json()["KeyMetadata"]
    #expect(managed?["KeyManager"]?.text == "AWS")
  }

  @Test("is obeyed by reads of S3: policies, grants, disabled keys")
  func reading() throws {
    let key = try makeKey()
    putEncrypted("secret", key)
    let reader = try #require(stage.site.users.first).credentials
    let ann = try #require(stage.tools.users.first)
    stage.setPolicy(
      #"{"Effect": "Allow", "Principal": {"AWS": "\#(stage.tools.accountID)"}, "Action": "s3:GetObject", "#
        + #""Resource": "BUCKET/*"}"#)
    #expect(stage.s3(.get, "secret").status == 200)
    let noDecrypt = stage.s3(.get, "secret", as: reader)
    #expect(
      noDecrypt.status == 403
        && noDecrypt.text("Message").contains("because no identity-based policy allows the kms:Decrypt action"))
    let foreign = stage.s3(.get, "secret", as: ann.credentials)
    #expect(foreign.status == 403 && foreign.text("Message").contains("associated with this ciphertext"))
    let arn = "arn:aws:iam::\(stage.tools.accountID):user/ann"
    #expect(
      try kms("CreateGrant", ["KeyId": key, "GranteePrincipal": arn, "Operations": ["Decrypt"]]).status == 200)
    #expect(try kms("ListGrants", ["KeyId": key]).text.contains(arn))
    #expect(stage.s3(.get, "secret", as: ann.credentials).status == 200)
    #expect(try kms("DisableKey", ["KeyId": key]).status == 200)
    let disabled = stage.s3(.get, "secret")
    #expect(disabled.status == 400 && disabled.code == "KMS.DisabledException")
  }

  @Test("lets CloudFront in by the source's ARN, and no identity ever")
  func cloudFront() throws {
    let key = try makeKey()
    putEncrypted("secret", key)
    stage.setPolicy(
      #"{"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "#
        + #""Resource": "BUCKET/*"}"#, CloudFrontStage.readByAll)
    let control = CloudFrontStage.Config.control(stage.makeControl("always"))
    let first = try stage.makeDistribution(CloudFrontStage.Config(reference: "1", access: control))
    let second = try stage.makeDistribution(CloudFrontStage.Config(reference: "2", access: control))
    #expect(stage.view(first, "/secret").status == 403)
    let source = #", "Condition": {"StringEquals": {"aws:SourceArn": "\#(second.arn)"}}"#
    let open = policy(#"{"Service": "cloudfront.amazonaws.com"}"#, condition: source)
    #expect(try kms("PutKeyPolicy", ["KeyId": key, "Policy": open]).status == 200)
    #expect(stage.view(second, "/secret").status == 200)
    let identity = CloudFrontStage.Config.identity(stage.makeIdentity())
    let third = try stage.makeDistribution(CloudFrontStage.Config(reference: "3", access: identity))
    #expect(stage.view(third, "/secret").status == 403 && stage.view(third, "/page.html").status == 200)
  }

  @Test("keeps the key that AWS manages to its own account")
  func managedKey() throws {
    stage.put("secret", headers: [("x-amz-server-side-encryption", "aws:kms")])
    stage.setPolicy(CloudFrontStage.readByAll)
    #expect(stage.s3(.get, "secret").status == 200)
    #expect(stage.s3(.get, "secret", as: stage.tools.credentials).status == 403)
  }
}
