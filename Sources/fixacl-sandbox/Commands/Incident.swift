internal import AWSKit
internal import SandboxKit

/// The incident that fixacl is for, on a sandbox: a site's bucket behind CloudFront, filled by another account.
struct Incident: Sendable {
  static let bucket = "demo-site"

  let distributionID: String
  let originAccessIdentity: String
  private let sandbox: Sandbox
  private let client: SignedClient
  private let site: SandboxAccount

  /// Makes the bucket of `site`, the distribution that reads it, and the objects that `tools` uploads, public.
  static func stage(
    on sandbox: Sandbox, objectCount: Int, certificateBundle: String? = nil
  ) async throws -> Incident {
    let client = SignedClient(certificateBundle: certificateBundle)
    guard let site = sandbox.configuration.accounts["site"], let tools = sandbox.configuration.accounts["tools"] else {
      throw SandboxFailure("the incident needs the accounts 'site' and 'tools'")
    }
    let identity = try await client.send(
      .post, sandbox.addresses.cloudFront, path: "/2020-05-31/origin-access-identity/cloudfront",
      body: """
        <CloudFrontOriginAccessIdentityConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
        <CallerReference>\(bucket)</CallerReference><Comment>\(bucket)</Comment></CloudFrontOriginAccessIdentityConfig>
        """, as: site, service: "cloudfront")
    let document = try XMLElement(parsing: identity.body, root: "CloudFrontOriginAccessIdentity")
    let id = document["Id"]?.text ?? ""
    try await client.send(.put, sandbox.addresses.endpoint, path: "/\(bucket)", as: site)
    try await client.send(
      .put, sandbox.addresses.endpoint, path: "/\(bucket)", query: "policy=",
      body: policy(letting: id, read: true, uploadedBy: tools), as: site)
    let distribution = try await client.send(
      .post, sandbox.addresses.cloudFront, path: "/2020-05-31/distribution",
      body: distributionConfig(originAccessIdentity: id, region: sandbox.configuration.settings.region), as: site,
      service: "cloudfront")
    let incident = Incident(
      distributionID: try XMLElement(parsing: distribution.body, root: "Distribution")["Id"]?.text ?? "",
      originAccessIdentity: id, sandbox: sandbox, client: client, site: site)
    try await incident.upload(objectCount, as: tools)
    return incident
  }

  private init(
    distributionID: String, originAccessIdentity: String, sandbox: Sandbox, client: SignedClient, site: SandboxAccount
  ) {
    self.distributionID = distributionID
    self.originAccessIdentity = originAccessIdentity
    self.sandbox = sandbox
    self.client = client
    self.site = site
  }

  private static func policy(letting identity: String, read: Bool, uploadedBy tools: SandboxAccount) -> String {
    """
    {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::\(bucket)/*",
       "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(identity)"}},
      {"Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": "arn:aws:s3:::\(bucket)/*",
       "Principal": {"AWS": "arn:aws:iam::\(tools.accountID):root"}}
    ]}
    """
  }

  private static func distributionConfig(originAccessIdentity id: String, region: String) -> String {
    """
    <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
    <CallerReference>\(bucket)</CallerReference><DefaultRootObject>index.html</DefaultRootObject>\
    <Origins><Quantity>1</Quantity><Items><Origin><Id>site</Id>\
    <DomainName>\(bucket).s3.\(region).amazonaws.com</DomainName><OriginPath></OriginPath>\
    <S3OriginConfig><OriginAccessIdentity>origin-access-identity/cloudfront/\(id)</OriginAccessIdentity></S3OriginConfig>\
    </Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>site</TargetOriginId>\
    <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></DefaultCacheBehavior>\
    <Comment>\(bucket)</Comment><Enabled>true</Enabled></DistributionConfig>
    """
  }

  private func upload(_ count: Int, as tools: SandboxAccount) async throws {
    let pages =
      ["index.html", "about.html", "css/main.css"] + (0..<max(0, count - 3)).map { "posts/\(1000 + $0).html" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, page) in pages.enumerated() {
        if index >= 16 { try await group.next() }
        group.addTask { [client, sandbox] in
          try await client.send(
            .put, sandbox.addresses.endpoint, path: "/\(Self.bucket)/\(page)",
            headers: [
              ("Content-Type", page.hasSuffix(".css") ? "text/css" : "text/html"), ("x-amz-acl", "public-read"),
            ],
            body: "<h1>\(page)</h1>\n", as: tools)
        }
      }
      try await group.waitForAll()
    }
  }

  /// All four settings, as the console's one switch does it.
  func blockPublicAccess() async throws {
    let settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
      .map { "<\($0)>true</\($0)>" }.joined()
    try await client.send(
      .put, sandbox.addresses.endpoint, path: "/\(Self.bucket)", query: "publicAccessBlock=",
      body: """
        <PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\(settings)\
        </PublicAccessBlockConfiguration>
        """, as: site)
  }

  /// Makes CloudFront forget what it has cached.
  func invalidate() async throws {
    try await client.send(
      .post, sandbox.addresses.cloudFront, path: "/2020-05-31/distribution/\(distributionID)/invalidation",
      body: """
        <InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>1</Quantity>\
        <Items><Path>/*</Path></Items></Paths><CallerReference>after the repair</CallerReference></InvalidationBatch>
        """, as: site, service: "cloudfront")
  }

  func url(of page: String) -> String { "\(sandbox.addresses.viewer)/\(distributionID)/\(page)" }

  /// What a browser would get.
  func view(_ page: String) async throws -> HTTPResponse {
    try await client.send(.get, sandbox.addresses.viewer, path: "/\(distributionID)/\(page)", takesErrors: true)
  }

  /// How to continue by hand.
  var instructions: String {
    """
    The bucket \(Self.bucket) is behind CloudFront, and its objects, which the account tools has uploaded, were public
    until somebody switched on Block Public Access:

      curl -i \(url(of: "index.html"))
      fixacl plan \(Self.bucket) --owner-profile tools > plan.json
      fixacl apply plan.json
    """
  }
}
