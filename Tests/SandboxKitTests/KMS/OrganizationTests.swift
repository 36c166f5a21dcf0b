import AWSKit
import Foundation
import Testing

@testable import SandboxKit

@Suite("Organizations and IAM")
struct OrganizationTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage(
      #"""
      {"accounts": {
        "site": {"organization": "o-1", "users": {"ann": {"allows": ["s3:Get*"], "denies": ["s3:GetObjectAcl"]}}},
        "tools": {}}}
      """#)
  }

  private func effectivePolicy(as account: SandboxAccount) -> Answer {
    stage.sandbox.send(
      .post, "organizations.us-east-1.amazonaws.com", "/",
      headers: [("X-Amz-Target", "AWSOrganizationsV20161128.DescribeEffectivePolicy")],
      body: #"{"PolicyType": "S3_POLICY"}"#, service: "organizations", as: account.credentials)
  }

  private func accountBlock(_ method: HTTPMethod, body: String = "") -> Answer {
    stage.sandbox.send(
      method, "s3-control.us-east-1.amazonaws.com", "/v20180820/configuration/publicAccessBlock",
      headers: [("x-amz-account-id", stage.site.accountID)], body: body, service: "s3", as: stage.site.credentials)
  }

  @Test("blocks public access of an account, which cannot change it")
  func policy() throws {
    #expect(try effectivePolicy(as: stage.tools).json()["__type"]?.text == "AWSOrganizationsNotInUseException")
    #expect(try effectivePolicy(as: stage.site).json()["__type"]?.text == "EffectivePolicyNotFoundException")
    #expect(accountBlock(.get).code == "NoSuchPublicAccessBlockConfiguration")
    stage.setPolicy(CloudFrontStage.readByAll)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 200)
    let content = #"{"s3_attributes":{"public_access_block_configuration":"all"}}"#
    let put = stage.sandbox.send(
      .put, "control.sandbox", "/organization", query: [("account", "site")], body: content)
    #expect(put.status == 204, "\(put.text)")
    #expect(try effectivePolicy(as: stage.site).json()["EffectivePolicy"]?["PolicyContent"]?.text == content)
    #expect(accountBlock(.get).text("RestrictPublicBuckets") == "true")
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 403)
    #expect(accountBlock(.put, body: "<PublicAccessBlockConfiguration/>").status == 403)
    #expect(accountBlock(.delete).status == 403)
    #expect(
      stage.sandbox.send(.put, "control.sandbox", "/organization", query: [("account", "site")], body: "{}").status
        == 400)
  }

  @Test("tells what an identity's own policies allow")
  func simulation() throws {
    func decisions(_ arn: String, as account: SandboxAccount) -> Answer {
      stage.sandbox.send(
        .post, "iam.amazonaws.com", "/",
        body: "Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn=\(PercentCoding.encode(arn.utf8))"
          + "&ActionNames.member.1=s3%3AGetObject&ActionNames.member.2=s3%3AGetObjectAcl&ActionNames.member.3=s3%3APutObject"
          + "&ResourceArns.member.1=arn%3Aaws%3As3%3A%3A%3Ademo-site%2Fk",
        service: "iam", as: account.credentials)
    }
    let ann = "arn:aws:iam::\(stage.site.accountID):user/ann"
    let answer = decisions(ann, as: stage.site)
    let found = answer.text.matches(of: /<EvalDecision>(\w+)</).map { String($0.1) }
    #expect(found == ["allowed", "explicitDeny", "implicitDeny"], "\(answer.text)")
    #expect(decisions(ann, as: stage.tools).code == "AccessDenied")
    #expect(decisions("arn:aws:iam::\(stage.site.accountID):user/bob", as: stage.site).code == "NoSuchEntity")
    #expect(decisions("arn:aws:iam::\(stage.site.accountID):root", as: stage.site).code == "InvalidInput")
  }
}
