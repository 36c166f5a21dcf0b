import AWSKit
import Testing

@testable import SandboxKit

@Suite("CloudFront's viewer")
struct ViewerTests {
  private let stage: CloudFrontStage
  private typealias Config = CloudFrontStage.Config

  init() throws {
    stage = try CloudFrontStage()
    stage.setPolicy(CloudFrontStage.readByAll)
  }

  @Test("finds a distribution by its domain name, an alias, a wildcard, and by path")
  func hosts() throws {
    var config = Config()
    config.more = Config.list("Aliases", ["<CNAME>www.example.com</CNAME>", "<CNAME>*.example.org</CNAME>"])
    let distribution = try stage.makeDistribution(config)
    for host in [distribution.domainName, "www.example.com", "WWW.example.com", "a.b.example.org"] {
      let answer = stage.view(host)
      #expect(answer.status == 200 && answer.text == "page.html", "\(host): \(answer.text)")
    }
    #expect(stage.view("viewer.sandbox", "/\(distribution.id)/page.html").text == "page.html")
    let answer = stage.view("d0.cloudfront.net")
    #expect(answer.status == 403 && answer.text.contains("Bad request. We can't connect to the server"))
    config.reference = "second"
    #expect(stage.cloudFront(.post, "distribution", body: config.document).code == "CNAMEAlreadyExists")
  }

  @Test("has the headers and the pages of an edge, or the origin's")
  func headers() throws {
    let distribution = try stage.makeDistribution()
    let origin = stage.view(distribution)
    #expect(origin.header("server") == "AmazonS3" && origin.header("x-cache") == "Miss from cloudfront")
    #expect(!origin.header("x-amz-request-id").isEmpty)
    #expect(origin.header("x-amz-cf-id").hasSuffix("==") && origin.header("x-amz-cf-id").utf8.count == 56)
    #expect(origin.header("via").hasSuffix(".cloudfront.net (CloudFront)"))
    let missing = stage.view(distribution, "/missing")
    #expect(missing.status == 403 && missing.code == "AccessDenied" && missing.header("server") == "AmazonS3")
    #expect(missing.header("x-cache") == "Error from cloudfront" && missing.header("age").isEmpty)
    #expect(stage.view(distribution, "/missing").header("age") == "1")
    let edge = stage.view(distribution.domainName, method: .post)
    #expect(edge.status == 403 && edge.header("server") == "CloudFront" && edge.header("content-type") == "text/html")
    #expect(edge.text.contains("supports only cachable requests") && edge.text.contains(edge.header("x-amz-cf-id")))
  }

  @Test("chooses the behaviour by path, the origin by behaviour, and puts the origin path before")
  func behaviors() throws {
    stage.put("www/page.html")
    stage.put("www/img/a/b.png")
    stage.put("img/a/b.png")
    var config = Config()
    config.originPath = "/www"
    config.moreOrigins = [
      "<Origin><Id>second</Id><DomainName>demo-site.s3.us-east-1.amazonaws.com</DomainName>\(config.access)</Origin>"
    ]
    config.more =
      "<DefaultRootObject>page.html</DefaultRootObject>"
      + Config.list(
        "CacheBehaviors",
        ["/img/*", "img/a/*"].map {
          "<CacheBehavior><PathPattern>\($0)</PathPattern><TargetOriginId>\($0.hasPrefix("/") ? "second" : "o")"
            + "</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></CacheBehavior>"
        })
    let distribution = try stage.makeDistribution(config)
    #expect(stage.view(distribution, "/page.html").text == "www/page.html")
    #expect(stage.view(distribution, "/").text == "www/page.html")
    #expect(stage.view(distribution, "/img/a/b.png").text == "img/a/b.png")
    // A default root object is the distribution's only.
    #expect(stage.view(distribution, "/img/").status == 403)
  }

  @Test("puts a page of the bucket in an error's place, with another status")
  func customErrors() throws {
    stage.put("errors/404.html")
    func config(_ reference: String, page: String, code: String = "404") -> Config {
      var config = Config()
      config.reference = reference
      config.more = Config.list(
        "CustomErrorResponses",
        [
          "<CustomErrorResponse><ErrorCode>403</ErrorCode><ResponsePagePath>\(page)</ResponsePagePath>"
            + "<ResponseCode>\(code)</ResponseCode><ErrorCachingMinTTL>0</ErrorCachingMinTTL></CustomErrorResponse>"
        ])
      return config
    }
    let distribution = try stage.makeDistribution(config("a", page: "/errors/404.html"))
    let answer = stage.view(distribution, "/missing")
    #expect(answer.status == 404 && answer.text == "errors/404.html")
    #expect(answer.header("x-cache") == "Error from cloudfront")
    #expect(stage.view(distribution, "/missing").header("age").isEmpty, "it is cached for no second")
    let app = try stage.makeDistribution(config("b", page: "/index.html", code: "200"))
    #expect(stage.view(app, "/missing").status == 200)
    // The page is missing itself.
    let broken = try stage.makeDistribution(config("c", page: "/no-such-page"))
    #expect(stage.view(broken, "/missing").status == 403)
  }

  @Test(
    "restricts countries", arguments: [("whitelist", "DE", 200), ("whitelist", "FR", 403), ("blacklist", "DE", 403)])
  func countries(type: String, country: String, status: Int) throws {
    var config = Config()
    config.more =
      "<Restrictions><GeoRestriction><RestrictionType>\(type)</RestrictionType><Quantity>1</Quantity><Items>"
      + "<Location>DE</Location></Items></GeoRestriction></Restrictions>"
    let distribution = try stage.makeDistribution(config)
    let answer = stage.view(distribution.domainName, headers: [("CloudFront-Viewer-Country", country)])
    #expect(answer.status == status)
    if status == 403 { #expect(answer.text.contains("configured to block access from your country")) }
    stage.setEdge(#"{"country": "\#(country)"}"#)
    #expect(stage.view(distribution).status == status)
  }

  @Test("wants a signed URL where a behaviour trusts key groups")
  func signedURLs() throws {
    var config = Config()
    config.behavior =
      "<TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup>g</KeyGroup></Items></TrustedKeyGroups>"
    let distribution = try stage.makeDistribution(config)
    let answer = stage.view(distribution)
    #expect(answer.status == 403 && answer.code == "MissingKey" && answer.header("server") == "CloudFront")
    #expect(stage.view(distribution.domainName, query: [("Key-Pair-Id", "K1")]).code == "InvalidKey")
    #expect(
      stage.view(distribution.domainName, headers: [("Cookie", "a=b; CloudFront-Key-Pair-Id=K1")]).code == "InvalidKey")
  }

  @Test(
    "redirects or refuses plain HTTP", arguments: [("redirect-to-https", 301), ("https-only", 403), ("allow-all", 200)])
  func protocols(policy: String, status: Int) throws {
    var config = Config()
    config.protocolPolicy = policy
    let distribution = try stage.makeDistribution(config)
    #expect(stage.view(distribution).status == 200)
    let answer = stage.view(distribution.domainName, headers: [("CloudFront-Forwarded-Proto", "http")])
    #expect(answer.status == status)
    if status == 301 { #expect(answer.header("location") == "https://\(distribution.domainName)/page.html") }
  }

  @Test("lets web ACLs and functions block")
  func blockers() throws {
    var config = Config()
    config.more = "<WebACLId>arn:aws:wafv2:us-east-1:1:global/webacl/a/1</WebACLId>"
    config.behavior =
      Config.list(
        "FunctionAssociations",
        [
          "<FunctionAssociation><FunctionARN>arn:f</FunctionARN><EventType>viewer-request</EventType></FunctionAssociation>"
        ])
      + Config.list(
        "LambdaFunctionAssociations",
        [
          "<LambdaFunctionAssociation><LambdaFunctionARN>arn:l</LambdaFunctionARN><EventType>origin-request</EventType>"
            + "</LambdaFunctionAssociation>"
        ])
    let distribution = try stage.makeDistribution(config)
    #expect(stage.view(distribution).status == 200)
    stage.setEdge(#"{"blockingWebACLs": ["arn:aws:wafv2:us-east-1:1:global/webacl/a/1"]}"#)
    let blocked = stage.view(distribution)
    #expect(blocked.status == 403 && blocked.text.contains("Request blocked."))
    stage.setEdge(#"{"refusingFunctions": ["arn:f"]}"#)
    #expect(stage.view(distribution).header("x-cache") == "FunctionGeneratedResponse from cloudfront")
    stage.setEdge(#"{"refusingFunctions": ["arn:l"]}"#)
    #expect(stage.view(distribution).header("x-cache") == "LambdaGeneratedResponse from cloudfront")
  }

  @Test("refuses with a distribution that is disabled, or whose tenants alone have names")
  func disabled() throws {
    var config = Config()
    config.isEnabled = false
    #expect(stage.view(try stage.makeDistribution(config)).status == 403)
    config = Config(reference: "tenants")
    config.more = "<ConnectionMode>tenant-only</ConnectionMode>"
    #expect(stage.view(try stage.makeDistribution(config)).text.contains("Bad request."))
  }
}
