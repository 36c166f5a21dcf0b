import Foundation
import AWSKit
import TestSupport
import Testing

/// Whom each kind of principal of a bucket policy means (IAM User Guide, "AWS JSON policy elements: Principal";
/// S3 User Guide, "Principals for bucket policies"; CloudFront Developer Guide, "Restrict access to an Amazon S3
/// origin"). RadosGW stores most of these and matches nobody by them, so only the sandbox is asked.
struct PolicyPrincipalTests {
  /// Who asks.
  enum Caller: String, CaseIterable, Sendable {
    case root, alice, bob, deploy
    /// Another account altogether.
    case tools
    /// A view through a distribution with an origin access identity, with an origin access control, with neither.
    case viewerOfOAI, viewerOfOAC, viewerOfNeither

    static let ofOther: Set<Caller> = [.root, .alice, .bob, .deploy]
  }

  struct Row: Sendable, CustomTestStringConvertible {
    /// JSON, in which `$NAME` stands for an ID of the cast's.
    let principal: String
    var condition = ""
    var denied = ""
    let may: Set<Caller>

    var testDescription: String {
      principal + (condition.isEmpty ? "" : " if \(condition)") + (denied.isEmpty ? "" : " but not \(denied)")
    }
  }

  static let rows = [
    Row(principal: #"{"AWS": "$OTHER"}"#, may: Caller.ofOther),
    Row(principal: #"{"AWS": "arn:aws:iam::$OTHER:root"}"#, may: Caller.ofOther),
    Row(principal: #"{"AWS": ["arn:aws:iam::$OTHER:user/alice"]}"#, may: [.alice]),
    Row(
      principal: #"{"AWS": ["arn:aws:iam::$OTHER:user/alice", "arn:aws:iam::$OTHER:user/bob"]}"#, may: [.alice, .bob]),
    Row(principal: #"{"AWS": "arn:aws:iam::$OTHER:role/deploy"}"#, may: [.deploy]),
    Row(principal: #"{"AWS": "arn:aws:sts::$OTHER:assumed-role/deploy/night"}"#, may: [.deploy]),
    Row(principal: #"{"AWS": "arn:aws:sts::$OTHER:assumed-role/deploy/day"}"#, may: []),
    Row(principal: #"{"AWS": "AIDAIOSFODNN7EXAMPLE"}"#, may: []),
    Row(principal: #"{"CanonicalUser": "$CANONICAL"}"#, may: Caller.ofOther),
    Row(principal: #"{"CanonicalUser": "$READER"}"#, may: [.viewerOfOAI]),
    Row(
      principal: #"{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity $OAI"}"#,
      may: [.viewerOfOAI]),
    Row(principal: #"{"Service": "cloudfront.amazonaws.com"}"#, may: [.viewerOfOAC]),
    Row(principal: #"{"Service": "logging.s3.amazonaws.com"}"#, may: []),
    Row(
      principal: #"{"Service": "cloudfront.amazonaws.com"}"#,
      condition: #"{"StringEquals": {"AWS:SourceArn": "$DISTRIBUTION"}}"#, may: [.viewerOfOAC]),
    Row(
      principal: #"{"Service": "cloudfront.amazonaws.com"}"#,
      condition: #"{"StringEquals": {"AWS:SourceArn": "$DISTRIBUTION-NOT"}}"#, may: []),
    Row(
      principal: #"{"Service": "cloudfront.amazonaws.com"}"#,
      condition: #"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::$SITE:distribution/*"}}"#, may: [.viewerOfOAC]),
    Row(
      principal: #"{"Service": "cloudfront.amazonaws.com"}"#,
      condition: #"{"StringEquals": {"aws:SourceAccount": "$OTHER"}}"#, may: []),
    Row(principal: #""*""#, may: Set(Caller.allCases)),
    Row(principal: #"{"AWS": "*"}"#, may: Set(Caller.allCases)),
    Row(
      principal: #""*""#, condition: #"{"StringEquals": {"aws:PrincipalAccount": "$OTHER"}}"#, may: Caller.ofOther),
    Row(
      principal: #"{"AWS": "$OTHER"}"#, denied: #"{"AWS": "arn:aws:iam::$OTHER:user/alice"}"#,
      may: [.root, .bob, .deploy]),
    Row(
      principal: #""*""#, denied: #"{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity $OAI"}"#,
      may: Set(Caller.allCases).subtracting([.viewerOfOAI])),
    Row(principal: #""*""#, denied: #""*""#, may: []),
  ]

  @Test func everyPrincipal() async throws {
    let accounts = FileManager.default.temporaryDirectory.path + "/fixacl-accounts-\(UUID().uuidString).json"
    try #"""
    {"accounts": {"site": {}, "tools": {}, "oai": {},
      "other": {"accountId": "444455556666", "roles": {"deploy": {"trusts": ["other"]}, "closed": {"trusts": ["oai"]}},
        "users": {"alice": {"accessKey": "AKIAALICE", "secretKey": "alice's"},
                  "bob": {"accessKey": "AKIABOB", "secretKey": "bob's"}}}}}
    """#.write(toFile: accounts, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: accounts) }
    try await OwnSandbox.with(["--accounts", accounts]) { server in
      let cast = try await Cast(server)
      for row in Self.rows {
        try await cast.setPolicy(row)
        for caller in Caller.allCases {
          let isLetIn = try await cast.reads("own", as: caller)
          #expect(isLetIn == row.may.contains(caller), "\(row.testDescription): \(caller)")
          // No Allow reaches the objects of another account, but its own may do all with them.
          let isLetInToForeign = try await cast.reads("foreign", as: caller)
          let denials = row.denied == #""*""#
          #expect(isLetInToForeign == (caller == .tools && !denials), "\(row.testDescription): \(caller), foreign")
        }
      }
    }
  }
}

/// The bucket, the distributions and the callers' credentials.
private struct Cast {
  private let server: S3TestServer
  private let bucket: String
  private let session: Credentials
  private var names: [String: String] = [:]
  private var distributions: [PolicyPrincipalTests.Caller: String] = [:]

  init(_ server: S3TestServer) async throws {
    self.server = server
    bucket = try await server.makeBucket()
    try await server.site.put("own", in: bucket)
    try await server.tools.put("foreign", in: bucket)
    let role = "arn:aws:iam::\(server.other.accountID!):role/deploy"
    let answer = try await RawClient.send(
      .post, server.sts, path: "/", headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: "Action=AssumeRole&Version=2011-06-15&RoleSessionName=night&RoleArn="
        + PercentEncoding.encode(role), as: server.other.credentials, service: "sts")
    let keys = try XMLElement(parsing: answer.body, root: "AssumeRoleResponse")["AssumeRoleResult"]?["Credentials"]
    session = Credentials(
      accessKeyID: keys?["AccessKeyId"]?.text ?? "", secretAccessKey: keys?["SecretAccessKey"]?.text ?? "",
      sessionToken: keys?["SessionToken"]?.text)
    names = ["OTHER": server.other.accountID!, "CANONICAL": server.other.id.value, "SITE": server.site.accountID!]
    try await makeDistributions()
  }

  private mutating func makeDistributions() async throws {
    let namespace = "xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\""
    let identity = try await create(
      "origin-access-identity/cloudfront", "CloudFrontOriginAccessIdentity",
      "<CloudFrontOriginAccessIdentityConfig \(namespace)><CallerReference>cast</CallerReference><Comment/>"
        + "</CloudFrontOriginAccessIdentityConfig>")
    let control = try await create(
      "origin-access-control", "OriginAccessControl",
      "<OriginAccessControlConfig \(namespace)><Name>cast</Name><SigningProtocol>sigv4</SigningProtocol>"
        + "<SigningBehavior>always</SigningBehavior>"
        + "<OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>")
    let oai = identity["Id"]?.text ?? ""
    names["OAI"] = oai
    names["READER"] = identity["S3CanonicalUserId"]?.text ?? ""
    let origins: [(caller: PolicyPrincipalTests.Caller, identity: String, control: String)] = [
      (.viewerOfOAI, "origin-access-identity/cloudfront/\(oai)", ""),
      (.viewerOfOAC, "", "<OriginAccessControlId>\(control["Id"]?.text ?? "")</OriginAccessControlId>"),
      (.viewerOfNeither, "", ""),
    ]
    for origin in origins {
      let distribution = try await create(
        "distribution", "Distribution",
        "<DistributionConfig \(namespace)><CallerReference>\(origin.caller)</CallerReference><Origins>"
          + "<Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>\(bucket).s3.us-east-1.amazonaws.com</DomainName>"
          + "<S3OriginConfig><OriginAccessIdentity>\(origin.identity)</OriginAccessIdentity></S3OriginConfig>"
          + "\(origin.control)</Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId>"
          + "<ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></DefaultCacheBehavior><Comment/>"
          + "<Enabled>true</Enabled></DistributionConfig>")
      distributions[origin.caller] = distribution["Id"]?.text ?? ""
      if origin.caller == .viewerOfOAC { names["DISTRIBUTION"] = distribution["ARN"]?.text ?? "" }
    }
  }

  private func create(_ path: String, _ root: StaticString, _ document: String) async throws -> XMLElement {
    let response = try await RawClient.send(
      .post, server.cloudFront, path: "/2020-05-31/" + path, body: document, as: server.site.credentials,
      service: "cloudfront")
    return try XMLElement(parsing: response.body, root: root)
  }

  func setPolicy(_ row: PolicyPrincipalTests.Row) async throws {
    let what = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::\#(bucket)/*""#
    let condition = row.condition.isEmpty ? "" : #", "Condition": \#(row.condition)"#
    var statements = [#"{"Effect": "Allow", "Principal": \#(row.principal), \#(what)\#(condition)}"#]
    if !row.denied.isEmpty { statements.append(#"{"Effect": "Deny", "Principal": \#(row.denied), \#(what)}"#) }
    var policy = #"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ", "))]}"#
    for (name, value) in names { policy = policy.replacing("$" + name, with: value) }
    let response = try await RawClient.send(
      .put, server.endpoint, path: "/\(bucket)", query: "policy=", body: policy, as: server.site.credentials)
    try #require(response.isSuccess, "\(response.text)")
    // CloudFront keeps what it was refused.
    for id in distributions.values {
      _ = try await create(
        "distribution/\(id)/invalidation", "Invalidation",
        "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>1</Quantity>"
          + "<Items><Path>/*</Path></Items></Paths><CallerReference>\(UUID().uuidString)</CallerReference>"
          + "</InvalidationBatch>")
    }
  }

  /// Whether that caller gets the object.
  func reads(_ key: String, as caller: PolicyPrincipalTests.Caller) async throws -> Bool {
    let status: Int
    if let distribution = distributions[caller] {
      status = try await RawClient.send(.get, server.viewer, path: "/\(distribution)/\(key)").status
    } else {
      let credentials: Credentials =
        switch caller {
        case .alice: Credentials(accessKeyID: "AKIAALICE", secretAccessKey: "alice's")
        case .bob: Credentials(accessKeyID: "AKIABOB", secretAccessKey: "bob's")
        case .deploy: session
        case .tools: server.tools.credentials
        default: server.other.credentials
        }
      status = try await RawClient.send(.get, server.endpoint, path: "/\(bucket)/\(key)", as: credentials).status
    }
    #expect(status == 200 || status == 403, "\(caller) \(key)")
    return status == 200
  }
}
