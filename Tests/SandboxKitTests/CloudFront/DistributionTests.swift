import AWSKit
import Testing

@testable import SandboxKit

@Suite("Distributions")
struct DistributionTests {
  private let stage: CloudFrontStage
  private typealias Config = CloudFrontStage.Config

  init() throws { stage = try CloudFrontStage() }

  @Test("takes a new configuration, whole, of the version that it names")
  func update() throws {
    stage.setPolicy(CloudFrontStage.readByAll)
    let distribution = try stage.makeDistribution()
    let path = "distribution/\(distribution.id)/config"
    var config = Config()
    config.isEnabled = false
    let body = config.document
    #expect(stage.cloudFront(.put, path, body: body).code == "InvalidIfMatchVersion")
    #expect(stage.cloudFront(.put, path, headers: [("If-Match", "E0")], body: body).code == "PreconditionFailed")
    let answer = stage.cloudFront(.put, path, headers: [("If-Match", distribution.etag)], body: body)
    #expect(answer.status == 200 && answer.text("DistributionConfig", "Enabled") == "false")
    let etag = answer.header("etag")
    #expect(etag != distribution.etag && stage.view(distribution).status == 403)
    // What came back can be sent again as it is.
    let got = stage.cloudFront(.get, path)
    #expect(got.header("etag") == etag)
    let again = stage.cloudFront(.put, path, headers: [("If-Match", etag)], body: got.text)
    #expect(again.status == 200, "\(again.text)")
    config.reference = "another"
    #expect(
      stage.cloudFront(.put, path, headers: [("If-Match", again.header("etag"))], body: config.document).code
        == "IllegalUpdate")
    let delete = stage.cloudFront(
      .delete, "distribution/\(distribution.id)", headers: [("If-Match", again.header("etag"))])
    #expect(delete.status == 204)
  }

  @Test("adds what a configuration leaves out")
  func defaults() throws {
    let distribution = try stage.makeDistribution()
    let config = stage.cloudFront(.get, "distribution/\(distribution.id)/config")
    #expect(config.text("DefaultCacheBehavior", "TrustedKeyGroups", "Enabled") == "false")
    #expect(config.text("DefaultCacheBehavior", "AllowedMethods", "Quantity") == "2")
    #expect(config.text("Origins", "Items", "Origin", "CustomHeaders", "Quantity") == "0")
    #expect(config.text("Restrictions", "GeoRestriction", "RestrictionType") == "none")
  }

  @Test("has AWS's policies, and those that accounts make")
  func policies() throws {
    let managed = stage.cloudFront(.get, "origin-request-policy/216adef6-5c7f-47e4-b989-5492eafa07d3")
    #expect(managed.text("OriginRequestPolicyConfig", "HeadersConfig", "HeaderBehavior") == "allViewer")
    let cache = stage.cloudFront(.get, "cache-policy/4135ea2d-6df8-44a3-9df3-4b5a84be39ad/config")
    #expect(cache.status == 200 && cache.text("Name") == "Managed-CachingDisabled")
    #expect(stage.cloudFront(.get, "cache-policy/216adef6-5c7f-47e4-b989-5492eafa07d3").code == "NoSuchCachePolicy")
    let created = stage.cloudFront(
      .post, "origin-request-policy",
      body: "<OriginRequestPolicyConfig><Name>mine</Name><HeadersConfig><HeaderBehavior>whitelist</HeaderBehavior>"
        + Config.list("Headers", ["<Name>Host</Name>"]) + "</HeadersConfig></OriginRequestPolicyConfig>")
    #expect(created.status == 201, "\(created.text)")
    let id = created.text("Id")
    #expect(stage.cloudFront(.get, "origin-request-policy/\(id)").text("Id") == id)
    #expect(stage.cloudFront(.get, "origin-request-policy/\(id)", as: stage.tools).code == "NoSuchOriginRequestPolicy")
    let config = Config(behavior: "<OriginRequestPolicyId>none</OriginRequestPolicyId>")
    #expect(stage.cloudFront(.post, "distribution", body: config.document).code == "NoSuchOriginRequestPolicy")
  }
}
