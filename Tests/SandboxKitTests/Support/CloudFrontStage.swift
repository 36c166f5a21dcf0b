import AWSKit
import Testing

@testable import SandboxKit

/// A bucket of the account `site` behind CloudFront, in a sandbox in this process.
struct CloudFrontStage {
  let sandbox: InProcessSandbox
  let site: SandboxAccount
  let tools: SandboxAccount
  static let bucket = "demo-site"

  /// - Parameter region: the bucket's.
  init(_ accounts: String = #"{"accounts": {"site": {}, "tools": {}}}"#, region: String? = nil) throws {
    sandbox = try InProcessSandbox(accounts)
    site = try sandbox.account("site")
    tools = try sandbox.account("tools")
    let location = region.map {
      "<CreateBucketConfiguration><LocationConstraint>\($0)</LocationConstraint></CreateBucketConfiguration>"
    }
    s3(.put, "", body: location ?? "")
    put("index.html")
    put("page.html")
  }

  /// The region of requests: the bucket's, where it is known.
  private var region: String {
    sandbox.transport.withState { $0.buckets[Self.bucket]?.region ?? "us-east-1" }
  }

  /// A request to S3 of an account, or of nobody.
  @discardableResult
  func s3(
    _ method: HTTPMethod, _ key: String, query: [(String, String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "", as credentials: Credentials? = nil,
    isAnonymous: Bool = false
  ) -> Answer {
    sandbox.send(
      method, "s3.\(region).amazonaws.com", "/\(Self.bucket)" + (key.isEmpty ? "" : "/" + key), query: query,
      headers: headers, body: body, service: "s3", as: isAnonymous ? nil : credentials ?? site.credentials,
      region: region)
  }

  /// Puts an object, whose content is its key.
  func put(_ key: String, headers: [(name: String, value: String)] = [], as account: SandboxAccount? = nil) {
    let answer = s3(
      .put, key, headers: [("Content-Type", "text/html")] + headers, body: key, as: (account ?? site).credentials)
    #expect(answer.status == 200, "\(answer.text)")
  }

  /// Sets the bucket policy, in which `BUCKET` stands for the bucket's ARN.
  func setPolicy(_ statements: String...) {
    let text = statements.joined(separator: ", ").replacing("BUCKET", with: "arn:aws:s3:::" + Self.bucket)
    let answer = s3(
      .put, "", query: [("policy", "")], body: #"{"Version": "2012-10-17", "Statement": [\#(text)]}"#)
    #expect(answer.status == 204, "\(answer.text)")
  }

  /// A statement that lets everybody read.
  static let readByAll =
    #"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "BUCKET/*"}"#

  func cloudFront(
    _ method: HTTPMethod, _ path: String, headers: [(name: String, value: String)] = [], body: String = "",
    as account: SandboxAccount? = nil
  ) -> Answer {
    sandbox.send(
      method, "cloudfront.amazonaws.com", "/2020-05-31/" + path, headers: headers, body: body, service: "cloudfront",
      as: (account ?? site).credentials)
  }

  /// An OAI's ID.
  func makeIdentity() -> String {
    cloudFront(
      .post, "origin-access-identity/cloudfront",
      body: "<CloudFrontOriginAccessIdentityConfig><CallerReference>stage</CallerReference><Comment/>"
        + "</CloudFrontOriginAccessIdentityConfig>"
    ).text("Id")
  }

  /// An OAC's ID.
  func makeControl(_ behavior: String) -> String {
    cloudFront(
      .post, "origin-access-control",
      body: "<OriginAccessControlConfig><Name>\(behavior)</Name><SigningProtocol>sigv4</SigningProtocol>"
        + "<SigningBehavior>\(behavior)</SigningBehavior>"
        + "<OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>"
    ).text("Id")
  }

  /// The configuration of a distribution.
  struct Config {
    var reference = "stage"
    var domainName = CloudFrontStage.bucket + ".s3.us-east-1.amazonaws.com"
    var originPath = ""
    /// Elements of the origin that say how it is read.
    var access = "<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>"
    /// More elements of the origin.
    var origin = ""
    /// More origins, whole.
    var moreOrigins: [String] = []
    var protocolPolicy = "allow-all"
    /// More elements of the default cache behaviour.
    var behavior = ""
    /// More elements of the configuration.
    var more = ""
    var isEnabled = true

    static func identity(_ id: String) -> String {
      "<S3OriginConfig><OriginAccessIdentity>origin-access-identity/cloudfront/\(id)</OriginAccessIdentity></S3OriginConfig>"
    }

    static func control(_ id: String) -> String {
      "<S3OriginConfig><OriginAccessIdentity/></S3OriginConfig><OriginAccessControlId>\(id)</OriginAccessControlId>"
    }

    static let custom =
      "<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only"
      + "</OriginProtocolPolicy></CustomOriginConfig>"

    /// A list of CloudFront's.
    static func list(_ name: String, _ items: [String]) -> String {
      "<\(name)><Quantity>\(items.count)</Quantity><Items>\(items.joined())</Items></\(name)>"
    }

    var document: String {
      let origins =
        [
          "<Origin><Id>o</Id><DomainName>\(domainName)</DomainName><OriginPath>\(originPath)</OriginPath>\(access)"
            + "\(origin)</Origin>"
        ] + moreOrigins
      return "<DistributionConfig><CallerReference>\(reference)</CallerReference>\(Self.list("Origins", origins))"
        + "<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>\(protocolPolicy)"
        + "</ViewerProtocolPolicy>\(behavior)</DefaultCacheBehavior><Comment/><Enabled>\(isEnabled)</Enabled>\(more)"
        + "</DistributionConfig>"
    }
  }

  /// A distribution that is deployed.
  struct Distribution {
    let id: String
    let domainName: String
    let arn: String
    let etag: String
  }

  func makeDistribution(_ config: Config = Config()) throws -> Distribution {
    let answer = cloudFront(.post, "distribution", body: config.document)
    try #require(answer.status == 201, "\(answer.text)")
    return Distribution(
      id: answer.text("Id"), domainName: answer.text("DomainName"), arn: answer.text("ARN"),
      etag: answer.response.headers["etag"] ?? "")
  }

  /// What a viewer gets at a Host.
  func view(
    _ host: String, _ path: String = "/page.html", query: [(String, String)] = [],
    headers: [(name: String, value: String)] = [], method: HTTPMethod = .get
  ) -> Answer {
    sandbox.send(method, host, path, query: query, headers: headers)
  }

  func view(_ distribution: Distribution, _ path: String = "/page.html") -> Answer {
    view(distribution.domainName, path)
  }

  func setEdge(_ settings: String) {
    #expect(sandbox.send(.put, "control.sandbox", "/edge", body: settings).status == 204)
  }
}
