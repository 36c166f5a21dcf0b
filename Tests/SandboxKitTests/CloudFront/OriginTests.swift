import AWSKit
import Testing

@testable import SandboxKit

@Suite("CloudFront's origins")
struct OriginTests {
  private typealias Config = CloudFrontStage.Config

  private func forwarding(_ policy: String) -> String {
    "<CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId>"
      + "<OriginRequestPolicyId>\(policy)</OriginRequestPolicyId>"
  }

  private let allViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"
  private let allButHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  @Test("makes S3 look for a bucket with the viewer's Host, or not take the signature")
  func host() throws {
    let stage = try CloudFrontStage()
    stage.setPolicy(CloudFrontStage.readByAll)
    var config = Config()
    config.behavior = forwarding(allViewer)
    let anonymous = stage.view(try stage.makeDistribution(config))
    #expect(anonymous.status == 404 && anonymous.code == "NoSuchBucket")
    config.reference = "signed"
    config.access = Config.identity(stage.makeIdentity())
    let signed = stage.view(try stage.makeDistribution(config))
    #expect(signed.status == 403 && signed.code == "SignatureDoesNotMatch")
    config.reference = "without"
    config.behavior = forwarding(allButHost)
    #expect(stage.view(try stage.makeDistribution(config)).status == 200)
    // An alias that is the bucket's name leads to it.
    config = Config(reference: "alias", behavior: forwarding(allViewer))
    config.more = Config.list("Aliases", ["<CNAME>\(CloudFrontStage.bucket)</CNAME>"])
    _ = try stage.makeDistribution(config)
    #expect(stage.view(CloudFrontStage.bucket).status == 200)
  }

  @Test(
    "signs in place of a viewer's Authorization only if it always signs",
    arguments: [("always", 200), ("no-override", 403), ("never", 403)])
  func authorization(behavior: String, status: Int) throws {
    let stage = try CloudFrontStage()
    var config = Config(access: Config.control(stage.makeControl(behavior)), behavior: forwarding(allButHost))
    let distribution = try stage.makeDistribution(config)
    stage.setPolicy(
      """
      {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
       "Resource": "BUCKET/*", "Condition": {"StringEquals": {"AWS:SourceArn": "\(distribution.arn)"}}}
      """)
    let signature =
      "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    #expect(
      stage.view(distribution.domainName, "/index.html", headers: [("Authorization", signature)]).status == status)
    #expect(stage.view(distribution).status == (behavior == "never" ? 403 : 200))
    config.reference = "not forwarded"
    config.behavior = ""
    #expect(stage.cloudFront(.post, "distribution", body: config.document).status == 201)
  }

  @Test("follows no redirect of the global endpoint, nor of a wrong Region's")
  func redirects() throws {
    let stage = try CloudFrontStage(region: "eu-west-1")
    stage.setPolicy(CloudFrontStage.readByAll)
    let global = stage.view(
      try stage.makeDistribution(Config(domainName: "demo-site.s3.amazonaws.com")))
    #expect(global.status == 307 && global.code == "TemporaryRedirect")
    #expect(global.header("location") == "https://demo-site.s3.eu-west-1.amazonaws.com/page.html")
    let wrong = stage.view(try stage.makeDistribution(Config(reference: "wrong")))
    #expect(wrong.status == 301 && wrong.code == "PermanentRedirect")
    let right = Config(reference: "right", domainName: "demo-site.s3.eu-west-1.amazonaws.com")
    #expect(stage.view(try stage.makeDistribution(right)).status == 200)
  }

  @Test("knows no identities in Regions of after 2022")
  func regionWithoutIdentities() throws {
    let stage = try CloudFrontStage(region: "il-central-1")
    stage.setPolicy(CloudFrontStage.readByAll)
    let config = Config(
      domainName: "demo-site.s3.il-central-1.amazonaws.com", access: Config.identity(stage.makeIdentity()))
    #expect(stage.view(try stage.makeDistribution(config)).status == 403)
  }

  @Test("reads a website endpoint as nobody, with its index, its redirects and its pages")
  func website() throws {
    let stage = try CloudFrontStage()
    let config = Config(domainName: "demo-site.s3-website-us-east-1.amazonaws.com", access: Config.custom)
    let distribution = try stage.makeDistribution(config)
    let none = stage.view(distribution)
    #expect(none.status == 404 && none.text.contains("<li>Code: NoSuchWebsiteConfiguration</li>"))
    let put = stage.s3(
      .put, "", query: [("website", "")],
      body: "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>")
    #expect(put.status == 200, "\(put.text)")
    #expect(stage.s3(.get, "", query: [("website", "")]).text("IndexDocument", "Suffix") == "index.html")
    _ = stage.cloudFront(
      .post, "distribution/\(distribution.id)/invalidation",
      body: "<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths>"
        + "<CallerReference>a</CallerReference></InvalidationBatch>")
    let refused = stage.view(distribution, "/")
    #expect(refused.status == 403 && refused.text.contains("<h1>403 Forbidden</h1>"))
    #expect(refused.header("server") == "AmazonS3")
    stage.setPolicy(CloudFrontStage.readByAll)
    stage.put("docs/index.html")
    stage.put("old", headers: [("x-amz-website-redirect-location", "/page.html")])
    #expect(stage.view(distribution, "/docs/").text == "docs/index.html")
    let folder = stage.view(distribution, "/docs")
    #expect(folder.status == 302 && folder.header("location") == "/docs/")
    #expect(stage.view(distribution, "/old").status == 301)
    #expect(stage.view(distribution, "/none").text.contains("<li>Code: AccessDenied</li>"))
  }

  @Test("asks the second origin of a group where the first fails")
  func groups() throws {
    let stage = try CloudFrontStage()
    stage.setPolicy(CloudFrontStage.readByAll)
    var config = Config(originPath: "/none")
    config.moreOrigins = [
      "<Origin><Id>second</Id><DomainName>\(config.domainName)</DomainName>\(config.access)</Origin>"
    ]
    config.more =
      Config.list(
        "OriginGroups",
        [
          "<OriginGroup><Id>g</Id><FailoverCriteria>"
            + Config.list("StatusCodes", ["<StatusCode>403</StatusCode>"]) + "</FailoverCriteria>"
            + Config.list(
              "Members",
              ["o", "second"].map { "<OriginGroupMember><OriginId>\($0)</OriginId></OriginGroupMember>" })
            + "</OriginGroup>"
        ])
      + Config.list(
        "CacheBehaviors",
        [
          "<CacheBehavior><PathPattern>/page*</PathPattern><TargetOriginId>g</TargetOriginId><ViewerProtocolPolicy>"
            + "allow-all</ViewerProtocolPolicy></CacheBehavior>"
        ])
    let distribution = try stage.makeDistribution(config)
    #expect(stage.view(distribution).text == "page.html")
    #expect(stage.view(distribution, "/index.html").status == 403)
  }
}
