import AWSKit
import Testing

@testable import SandboxKit

@Suite("Access logs")
struct AccessLogTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
    stage.s3(
      .put, "", query: [("logging", "")],
      body: "<BucketLoggingStatus><LoggingEnabled><TargetBucket>demo-site</TargetBucket><TargetPrefix>logs/"
        + "</TargetPrefix></LoggingEnabled></BucketLoggingStatus>")
  }

  private func lines() -> [String] {
    stage.sandbox.send(.get, "control.sandbox", "/logs", query: [("bucket", CloudFrontStage.bucket)]).text
      .split(separator: "\n").map(String.init)
  }

  @Test("have S3's fields, with requester, error and whether an ACL was needed")
  func s3() throws {
    let refused = stage.s3(.get, "page.html", isAnonymous: true)
    stage.put("open", headers: [("x-amz-acl", "public-read")])
    stage.s3(.get, "open", isAnonymous: true)
    let logged = lines()
    let refusal = try #require(logged.first { $0.contains("REST.GET.OBJECT page.html") })
    #expect(refusal.hasPrefix("\(stage.site.canonicalID.value) demo-site ["), "\(refusal)")
    #expect(refusal.contains("] 127.0.0.1 - \(refused.header("x-amz-request-id")) REST.GET.OBJECT page.html "))
    #expect(refusal.contains("\"GET /demo-site/page.html HTTP/1.1\" 403 AccessDenied "))
    let allowed = try #require(logged.first { $0.contains("REST.GET.OBJECT open") })
    #expect(allowed.contains(" TLSv1.2 - Yes us-east-1"), "\(allowed)")
    #expect(logged.contains { $0.contains(" \(stage.site.canonicalID.value) ") && $0.contains("REST.PUT.OBJECT open") })
  }

  @Test("name the fields of CloudFront, and are delivered where the settings say")
  func cloudFront() throws {
    var config = CloudFrontStage.Config()
    config.more =
      "<Logging><Enabled>true</Enabled><IncludeCookies>false</IncludeCookies><Bucket>demo-site.s3.amazonaws.com</Bucket>"
      + "<Prefix>cf</Prefix></Logging><Restrictions><GeoRestriction><RestrictionType>blacklist</RestrictionType>"
      + "<Quantity>1</Quantity><Items><Location>DE</Location></Items></GeoRestriction></Restrictions>"
    let distribution = try stage.makeDistribution(config)
    _ = stage.view(distribution.domainName, headers: [("CloudFront-Viewer-Country", "DE"), ("User-Agent", "a b")])
    _ = stage.view(distribution)
    let text = stage.sandbox.transport.withState {
      String(decoding: $0.logs.cloudFrontFile(of: distribution.id), as: UTF8.self)
    }
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(rows[0] == ["#Version: 1.0"] && rows[1][0].hasPrefix("#Fields: date time x-edge-location"))
    let count = rows[1][0].split(separator: " ").count - 1
    #expect(rows.count == 4 && rows[2].count == count && count == 33)
    #expect(rows[2].contains("ClientGeoBlocked") && rows[2].contains("a%20b") && rows[2][8] == "403")
    let delivered = stage.sandbox.send(.post, "control.sandbox", "/logs/deliver").text
    #expect(delivered.contains("demo-site/cf/\(distribution.id).") && delivered.contains("demo-site/logs/20"))
    #expect(lines().isEmpty)
  }
}
