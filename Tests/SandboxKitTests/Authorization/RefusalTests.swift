import AWSKit
import Testing

@testable import SandboxKit

@Suite("What S3 says when it refuses")
struct RefusalTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage(
      #"""
      {"accounts": {
        "site": {"users": {"lister": {"allows": ["s3:List*"]}, "denied": {"denies": ["s3:GetObject"]}}},
        "tools": {"organization": "o-1"}, "other": {}, "oai": {}}}
      """#)
  }

  private func user(_ name: String) throws -> Credentials {
    try #require(stage.site.users.first { $0.name == name }).credentials
  }

  private func sentence(_ arn: String, _ action: String, _ key: String, _ reason: String) -> String {
    "User: \(arn) is not authorized to perform: \(action) on resource: \"arn:aws:s3:::demo-site\(key)\" \(reason)"
  }

  @Test("names the kind of policy within the account, and nothing across accounts")
  func sentences() throws {
    let root = "arn:aws:iam::\(stage.site.accountID):"
    let lister = stage.s3(.get, "page.html", as: try user("lister"))
    #expect(lister.status == 403)
    #expect(
      lister.text("Message")
        == sentence(
          root + "user/lister", "s3:GetObject", "/page.html",
          "because no identity-based policy allows the s3:GetObject action"))
    #expect(
      stage.s3(.get, "page.html", as: try user("denied")).text("Message").hasSuffix(
        "with an explicit deny in an identity-based policy"))
    for account in ["tools", "other"] {
      let answer = stage.s3(.get, "page.html", as: try stage.sandbox.account(account).credentials)
      #expect(answer.text("Message") == "Access Denied" && answer.code == "AccessDenied")
    }
    #expect(stage.s3(.get, "page.html", isAnonymous: true).text("Message") == "Access Denied")
    stage.setPolicy(#"{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "BUCKET/*"}"#)
    #expect(
      stage.s3(.get, "page.html").text("Message")
        == sentence(
          root + "root", "s3:GetObject", "/page.html", "with an explicit deny in a resource-based policy"))
  }

  @Test("lets either side allow within the account")
  func eitherSide() throws {
    stage.setPolicy(
      """
      {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::\(stage.site.accountID):user/lister"},
       "Action": "s3:GetObject", "Resource": "BUCKET/*"}
      """)
    #expect(stage.s3(.get, "page.html", as: try user("lister")).status == 200)
  }

  @Test("says of a foreign object that no resource-based policy allows it, and of a missing one that it may not list")
  func foreignAndMissing() throws {
    stage.setPolicy(
      #"{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "BUCKET/*"}"#)
    stage.put("foreign", as: stage.tools)
    #expect(
      stage.s3(.get, "foreign").text("Message").hasSuffix(
        "because no resource-based policy allows the s3:GetObject action"))
    #expect(stage.s3(.get, "missing").code == "NoSuchKey")
    let denied = stage.s3(.get, "missing", as: try user("denied"))
    #expect(denied.code == "NoSuchKey", "the key is looked up before the right to read it")
    #expect(stage.s3(.get, "missing", as: stage.tools.credentials).text("Message") == "Access Denied")
  }

  @Test("names the setting of Block Public Access")
  func blockPublicAccess() {
    stage.s3(
      .put, "", query: [("publicAccessBlock", "")],
      body: "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>true"
        + "</BlockPublicPolicy></PublicAccessBlockConfiguration>")
    let acl = stage.s3(.put, "page.html", query: [("acl", "")], headers: [("x-amz-acl", "public-read")])
    #expect(acl.text("Message").contains("prevented by the BlockPublicAcls setting"))
    let policy = stage.s3(
      .put, "", query: [("policy", "")],
      body: #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "#
        + #""Resource": "arn:aws:s3:::demo-site/*"}}"#)
    #expect(policy.status == 403 && policy.text("Message").contains("BlockPublicPolicy"))
  }

  @Test("lets conditions ask for tags, addresses and referers, through CloudFront too")
  func conditions() throws {
    var config = CloudFrontStage.Config()
    config.origin = CloudFrontStage.Config.list(
      "CustomHeaders",
      [
        "<OriginCustomHeader><HeaderName>Referer</HeaderName><HeaderValue>secret</HeaderValue></OriginCustomHeader>"
      ])
    let distribution = try stage.makeDistribution(config)
    stage.put("tagged", headers: [("x-amz-tagging", "class=public")])
    func policy(_ condition: String) {
      stage.setPolicy(
        #"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "BUCKET/*", "Condition": \#(condition)}"#
      )
    }
    policy(#"{"StringEquals": {"s3:ExistingObjectTag/class": "public"}}"#)
    #expect(stage.s3(.get, "tagged", isAnonymous: true).status == 200)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 403)
    policy(#"{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}"#)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 200)
    #expect(stage.view(distribution, "/page.html").status == 403)
    policy(#"{"StringEquals": {"aws:Referer": "secret"}}"#)
    #expect(stage.view(distribution, "/index.html").status == 200)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 403)
  }

  @Test("keeps the unique ID of an identity that is gone")
  func deletedIdentity() throws {
    let id = stage.makeIdentity()
    let etag = stage.cloudFront(.get, "origin-access-identity/cloudfront/\(id)").header("etag")
    stage.setPolicy(
      #"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \#(id)"}, "#
        + #""Action": "s3:GetObject", "Resource": "BUCKET/*"}"#)
    let deleted = stage.cloudFront(
      .delete, "origin-access-identity/cloudfront/\(id)", headers: [("If-Match", etag)])
    #expect(deleted.status == 204, "\(deleted.text)")
    let policy = stage.s3(.get, "", query: [("policy", "")]).text
    #expect(policy.contains(#"{"AWS": "AIDA"#) && !policy.contains(id), "\(policy)")
  }

  @Test("knows CORS, logging, tags and attribute-based access control of a bucket")
  func settings() throws {
    #expect(stage.s3(.get, "", query: [("cors", "")]).code == "NoSuchCORSConfiguration")
    stage.s3(
      .put, "", query: [("cors", "")],
      body: "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.example.com"
        + "</AllowedOrigin></CORSRule></CORSConfiguration>")
    let allowed = stage.s3(.get, "page.html", headers: [("Origin", "https://www.example.com")])
    #expect(allowed.header("access-control-allow-origin") == "https://www.example.com")
    let other = stage.s3(.get, "page.html", headers: [("Origin", "https://www.example.net")])
    #expect(other.status == 200 && other.header("access-control-allow-origin").isEmpty)
    let logging =
      "<BucketLoggingStatus><LoggingEnabled><TargetBucket>demo-site</TargetBucket><TargetPrefix>logs/</TargetPrefix>"
      + "</LoggingEnabled></BucketLoggingStatus>"
    #expect(stage.s3(.put, "", query: [("logging", "")], body: logging).status == 200)
    #expect(stage.s3(.get, "", query: [("logging", "")]).text("LoggingEnabled", "TargetPrefix") == "logs/")
    #expect(stage.s3(.get, "", query: [("abac", "")]).text("Status") == "Disabled")
    stage.s3(.put, "", query: [("abac", "")], body: "<AbacStatus><Status>Enabled</Status></AbacStatus>")
    #expect(stage.s3(.get, "", query: [("abac", "")]).text("Status") == "Enabled")
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    #expect(stage.s3(.put, "", query: [("tagging", "")], body: tags).status == 204)
    stage.setPolicy(
      #"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "BUCKET/*", "#
        + #""Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}"#)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 200)
  }
}
