import Foundation
import AWSKit
import TestSupport
import Testing

/// An S3 server and a CloudFront that has an OAI with the canonical ID of the server's account `oai`: a bucket of `site`'s
/// with objects of `tools`', and a folder to run fixacl in.
struct ReaderStage: Sendable {
  let server: S3TestServer
  /// Where CloudFront is: RadosGW has none, and gets a sandbox's.
  let cloud: S3TestServer
  let bucket: String
  let place: Workplace
  /// Its ID, of the OAI that is there from the start.
  let oai: String

  static func with(_ server: S3TestServer, _ body: (ReaderStage) async throws -> Void) async throws {
    guard server.kind == .radosGW else {
      // Of its own, since accounts' settings and faults are for all of its tests.
      try await OwnSandbox.with { try await body(try await ReaderStage($0, cloud: $0)) }
      return
    }
    let file = FileManager.default.temporaryDirectory.path + "/fixacl-accounts-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let site = server.site
    try """
    {"accounts": {"tools": {}, "oai": {"canonicalId": "\(server.oai.id.value)"},
      "site": {"canonicalId": "\(site.id.value)", "accessKey": "\(site.credentials.accessKeyID)",
        "secretKey": "\(site.credentials.secretAccessKey)"}}}
    """.write(toFile: file, atomically: true, encoding: .utf8)
    try await OwnSandbox.with(["--accounts", file]) { try await body(try await ReaderStage(server, cloud: $0)) }
  }

  private init(_ server: S3TestServer, cloud: S3TestServer) async throws {
    self.server = server
    self.cloud = cloud
    bucket = try await server.makeBucket()
    place = try Workplace(server, environment: ["AWS_ENDPOINT_URL_CLOUDFRONT": cloud.cloudFront])
    let list = try await Self.cloudFront(.get, "origin-access-identity/cloudfront", at: cloud)
    oai =
      try XMLElement(parsing: list.body, root: "CloudFrontOriginAccessIdentityList")["Items"]?
      .children.first?["Id"]?.text ?? ""
    for key in ["index.html", "img/a.png", "img/b.png"] {
      try await server.tools.put(ObjectKey(key), in: bucket, grants: [server.tools.may(.fullControl)])
    }
  }

  /// The ARN of an OAI, as policies have it.
  static func arn(_ id: String) -> String {
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(id)"
  }

  /// A statement that allows reading, as JSON.
  func allow(
    _ principal: String, sid: String = "AllowReader", resource: String = "*", condition: String? = nil
  ) -> String {
    #"{"Sid": "\#(sid)", "Effect": "Allow", "Principal": \#(principal), "Action": "s3:GetObject","#
      + #" "Resource": "arn:aws:s3:::\#(bucket)/\#(resource)"\#(condition.map { ", \"Condition\": \($0)" } ?? "")}"#
  }

  /// The OAI as a principal.
  var identity: String { #"{"AWS": "\#(Self.arn(oai))"}"# }

  func putPolicy(_ statements: String...) async throws {
    let text = #"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ", "))]}"#
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutBucketPolicy", .put, bucket: bucket, query: [("policy", "")], body: Array(text.utf8), parse: { _ in }))
  }

  /// Runs `plan` into `plan.json`.
  func plan(_ options: String..., environment: [String: String] = [:]) async throws -> ProgramResult {
    try await place.start(
      ["plan", bucket, "-o", "plan.json", "--owner-profile", "tools"] + options, environment: environment
    ).result()
  }

  /// What was written.
  func document() throws -> JSONValue { try JSONValue(parsing: Data(place.read("plan.json").utf8)) }

  /// The readers in the plan, each as its members that are not null.
  func readers() throws -> [[String: JSONValue]] {
    try document()["desired"]["readers"].elements.map { reader in
      guard case .object(let members) = reader else { return [:] }
      return members.filter { $0.value != .null }
    }
  }

  // MARK: - CloudFront

  static func cloudFront(
    _ method: HTTPMethod, _ path: String, headers: [(name: String, value: String)] = [], body: String = "",
    at cloud: S3TestServer
  ) async throws -> HTTPResponse {
    let response = try await RawClient.send(
      method, cloud.cloudFront, path: "/2020-05-31/" + path, headers: headers, body: body, as: cloud.site.credentials,
      service: "cloudfront")
    try #require(response.isSuccess, "\(response.text)")
    return response
  }

  /// Makes an OAI; returns its ID, and its version, by which it can be deleted.
  func makeIdentity() async throws -> (id: String, version: String) {
    let response = try await Self.cloudFront(
      .post, "origin-access-identity/cloudfront",
      body: """
        <CloudFrontOriginAccessIdentityConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
        <CallerReference>\(UUID().uuidString)</CallerReference><Comment/></CloudFrontOriginAccessIdentityConfig>
        """, at: cloud)
    let identity = try XMLElement(parsing: response.body, root: "CloudFrontOriginAccessIdentity")
    return (identity["Id"]?.text ?? "", response.headers["etag"] ?? "")
  }

  func delete(_ identity: (id: String, version: String)) async throws {
    _ = try await Self.cloudFront(
      .delete, "origin-access-identity/cloudfront/\(identity.id)", headers: [("If-Match", identity.version)], at: cloud)
  }

  /// Makes a distribution with these origins: domain names and what else is in them.
  ///
  /// - Parameter more: elements of its configuration.
  func makeDistribution(_ origins: [(domainName: String, access: String)], more: String = "") async throws -> String {
    let items = origins.enumerated().map { index, origin in
      "<Origin><Id>\(index)</Id><DomainName>\(origin.domainName)</DomainName>\(origin.access)</Origin>"
    }.joined()
    let response = try await Self.cloudFront(
      .post, "distribution",
      body: """
        <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
        <CallerReference>\(UUID().uuidString)</CallerReference><Origins><Quantity>\(origins.count)</Quantity>\
        <Items>\(items)</Items></Origins><DefaultCacheBehavior><TargetOriginId>0</TargetOriginId>\
        <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></DefaultCacheBehavior><Comment/><Enabled>true</Enabled>\
        \(more)</DistributionConfig>
        """, at: cloud)
    return try XMLElement(parsing: response.body, root: "Distribution")["Id"]?.text ?? ""
  }

  var domainName: String { "\(bucket).s3.us-east-1.amazonaws.com" }

  /// An origin's element for an OAI; an empty ID for none.
  static func access(oai id: String) -> String {
    let name = id.isEmpty ? "" : "origin-access-identity/cloudfront/\(id)"
    return "<S3OriginConfig><OriginAccessIdentity>\(name)</OriginAccessIdentity></S3OriginConfig>"
  }

  /// An origin's element for a new origin access control.
  func accessByControl() async throws -> String {
    let response = try await Self.cloudFront(
      .post, "origin-access-control",
      body: """
        <OriginAccessControlConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Name>\(UUID().uuidString)\
        </Name><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior>\
        <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>
        """, at: cloud)
    let id = try XMLElement(parsing: response.body, root: "OriginAccessControl")["Id"]?.text ?? ""
    return Self.access(oai: "") + "<OriginAccessControlId>\(id)</OriginAccessControlId>"
  }
}
