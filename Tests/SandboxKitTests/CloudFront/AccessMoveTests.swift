import AWSKit
import Testing

@testable import SandboxKit

@Suite("A move from an OAI to an OAC")
struct AccessMoveTests {
  private typealias Config = CloudFrontStage.Config

  private func ifMatch(_ etag: String) -> [(name: String, value: String)] { [("If-Match", etag)] }

  @Test("is made by updates of the distribution, after which the identity can go")
  func move() throws {
    let stage = try CloudFrontStage()
    let (identity, control) = (stage.makeIdentity(), stage.makeControl("always"))
    var config = Config()
    config.access = Config.identity(identity)
    let distribution = try stage.makeDistribution(config)
    let identityPath = "origin-access-identity/cloudfront/\(identity)"
    let controlPath = "origin-access-control/\(control)"
    let identityTag = stage.cloudFront(.get, identityPath).header("ETag")
    stage.setPolicy(
      """
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "BUCKET/*",
       "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(identity)"}}
      """,
      """
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "BUCKET/*",
       "Principal": {"Service": "cloudfront.amazonaws.com"},
       "Condition": {"StringEquals": {"AWS:SourceArn": "\(distribution.arn)"}}}
      """)
    #expect(stage.view(distribution).status == 200)
    let inUse = stage.cloudFront(.delete, identityPath, headers: ifMatch(identityTag))
    #expect(inUse.status == 409 && inUse.code == "CloudFrontOriginAccessIdentityInUse")

    config.access = Config.control(control)
    let path = "distribution/\(distribution.id)/config"
    #expect(stage.cloudFront(.put, path, body: config.document).code == "InvalidIfMatchVersion")
    #expect(stage.cloudFront(.put, path, headers: ifMatch("E0"), body: config.document).code == "PreconditionFailed")
    let updated = stage.cloudFront(.put, path, headers: ifMatch(distribution.etag), body: config.document)
    #expect(updated.status == 200 && !updated.header("ETag").isEmpty)
    #expect(stage.view(distribution).status == 200)
    #expect(stage.cloudFront(.delete, identityPath, headers: ifMatch(identityTag)).status == 204)
    #expect(stage.view(distribution).status == 200)

    // And what is in use, or enabled, stays.
    let controlTag = stage.cloudFront(.get, controlPath).header("ETag")
    let refusal = stage.cloudFront(.delete, controlPath, headers: ifMatch(controlTag))
    #expect(refusal.status == 409 && refusal.code == "OriginAccessControlInUse")
    let whole = "distribution/\(distribution.id)"
    #expect(
      stage.cloudFront(.delete, whole, headers: ifMatch(updated.header("ETag"))).code == "DistributionNotDisabled")
    config.isEnabled = false
    let disabled = stage.cloudFront(.put, path, headers: ifMatch(updated.header("ETag")), body: config.document)
    #expect(stage.cloudFront(.delete, whole, headers: ifMatch(disabled.header("ETag"))).status == 204)
    #expect(stage.cloudFront(.delete, controlPath, headers: ifMatch("E0")).code == "PreconditionFailed")
    #expect(stage.cloudFront(.delete, controlPath, headers: ifMatch(controlTag)).status == 204)
    #expect(stage.cloudFront(.get, controlPath).code == "NoSuchOriginAccessControl")
  }

  @Test("identities and access controls take updates, of the version that is there")
  func updates() throws {
    let stage = try CloudFrontStage()
    let (identity, control) = (stage.makeIdentity(), stage.makeControl("always"))
    let path = "origin-access-identity/cloudfront/\(identity)/config"
    let tag = stage.cloudFront(.get, path).header("ETag")
    func config(_ reference: String) -> String {
      "<CloudFrontOriginAccessIdentityConfig><CallerReference>\(reference)</CallerReference><Comment>new</Comment>"
        + "</CloudFrontOriginAccessIdentityConfig>"
    }
    #expect(stage.cloudFront(.put, path, headers: ifMatch(tag), body: config("other")).code == "IllegalUpdate")
    #expect(stage.cloudFront(.put, path, headers: ifMatch(tag), body: config("stage")).status == 200)
    #expect(stage.cloudFront(.put, path, headers: ifMatch(tag), body: config("stage")).code == "PreconditionFailed")
    #expect(stage.cloudFront(.get, path).text("Comment") == "new")

    let controlPath = "origin-access-control/\(control)/config"
    let controlTag = stage.cloudFront(.get, controlPath).header("ETag")
    let changed =
      "<OriginAccessControlConfig><Name>always</Name><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>never"
      + "</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>"
    #expect(stage.cloudFront(.put, controlPath, headers: ifMatch(controlTag), body: changed).status == 200)
    #expect(stage.cloudFront(.get, controlPath).text("SigningBehavior") == "never")
  }

  @Test("a distribution is made with tags, which can be asked for and changed")
  func tags() throws {
    let stage = try CloudFrontStage()
    func tag(_ name: String) -> String { "<Tags><Items><Tag><Key>\(name)</Key><Value>v</Value></Tag></Items></Tags>" }
    func send(_ method: HTTPMethod, _ path: String, _ query: [(String, String)], _ body: String = "") -> Answer {
      stage.sandbox.send(
        method, "cloudfront.amazonaws.com", "/2020-05-31/" + path, query: query, body: body, service: "cloudfront",
        as: stage.site.credentials)
    }
    let made = send(
      .post, "distribution", [("WithTags", "")],
      "<DistributionConfigWithTags>\(Config().document)\(tag("a"))</DistributionConfigWithTags>")
    #expect(made.status == 201)
    let arn = made.text("ARN")
    #expect(send(.get, "tagging", [("Resource", arn)]).text.contains("<Key>a</Key>"))
    #expect(send(.post, "tagging", [("Operation", "Tag"), ("Resource", arn)], tag("b")).status == 204)
    let untag = "<TagKeys><Items><Key>a</Key></Items></TagKeys>"
    #expect(send(.post, "tagging", [("Operation", "Untag"), ("Resource", arn)], untag).status == 204)
    let left = send(.get, "tagging", [("Resource", arn)]).text
    #expect(left.contains("<Key>b</Key>") && !left.contains("<Key>a</Key>"))
    #expect(send(.get, "tagging", [("Resource", arn + "0")]).code == "NoSuchResource")
  }
}
