import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

/// A bucket behind three distributions in a sandbox in this process, and everybody who may read it.
struct ExplainStage {
  static let bucket = "stage"
  private static func accounts(_ reader: String) -> String {
    """
    {"accounts": {
      "site": {"accountId": "111122223333", "accessKey": "AKIASITE", "secretKey": "site", "organization": "o-ours",
        "users": {"reader": {"accessKey": "AKIAREADER", "secretKey": "reader", \(reader)},
                  "nobody": {"accessKey": "AKIANOBODY", "secretKey": "nobody", "allows": ["ec2:*"]},
                  "barred": {"accessKey": "AKIABARRED", "secretKey": "barred", "denies": ["s3:GetObject"]}}},
      "tools": {"accountId": "444455556666", "accessKey": "AKIATOOLS", "secretKey": "tools"},
      "other": {"accountId": "777788889999", "accessKey": "AKIAOTHER", "secretKey": "other",
        "users": {"guest": {"accessKey": "AKIAGUEST", "secretKey": "guest"}}}}}
    """
  }

  let transport: SandboxTransport
  let ids: [String: CanonicalID]
  /// The canonical ID of the origin access identity, and its ID.
  private(set) var oai = (id: "", canonicalID: CanonicalID(""))
  /// The distributions that read with the identity, with an access control, and with neither.
  private(set) var distributions: [String: String] = [:]
  private(set) var keyARN = ""

  static func credentials(_ name: String) -> Credentials {
    Credentials(accessKeyID: "AKIA" + name.uppercased(), secretAccessKey: name)
  }

  /// - Parameters:
  ///   - rights: what the account's user `reader` may do.
  ///   - conditions: the condition keys that its policies look at.
  init(readerMay rights: [String] = ["s3:Get*"], conditions: [String] = []) throws {
    var configuration = Sandbox.Configuration()
    let accounts = Self.accounts("\"allows\": \(rights), \"conditionKeys\": \(conditions)")
    configuration.accounts = try AccountDirectory(parsing: Array(accounts.utf8))
    transport = SandboxTransport(configuration)
    var ids: [String: CanonicalID] = [:]
    for name in ["site", "tools", "other"] {
      ids[name] = transport.withState { $0.accounts[name]?.canonicalID }
    }
    self.ids = ids
    expect(send(.put, "/\(Self.bucket)", as: "site"))
    oai = try makeIdentity("stage")
    distributions["oai"] = try distribute("oai", StageDistribution(identity: oai.id))
    let control = try makeControl("stage", signing: "always")
    distributions["oac"] = try distribute("oac", StageDistribution(control: control))
    distributions["none"] = try distribute("none", StageDistribution())
    let key = json("kms", "TrentService.CreateKey", "{}")
    keyARN = String(key.firstMatch(of: /"Arn"\s*:\s*"([^"]+)"/)?.1 ?? "").replacing("\\/", with: "/")
  }

  // MARK: - CloudFront

  private static let namespace = "xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\""

  func makeIdentity(_ name: String) throws -> (id: String, canonicalID: CanonicalID) {
    let identity = try create(
      "origin-access-identity/cloudfront", "CloudFrontOriginAccessIdentity",
      "<CloudFrontOriginAccessIdentityConfig \(Self.namespace)><CallerReference>\(name)</CallerReference><Comment/>"
        + "</CloudFrontOriginAccessIdentityConfig>")
    return (identity["Id"]?.text ?? "", CanonicalID(identity["S3CanonicalUserId"]?.text ?? ""))
  }

  func deleteIdentity(_ id: String) {
    let path = "/2020-05-31/origin-access-identity/cloudfront/\(id)"
    let found = send(.get, path, as: "site", host: "cloudfront.test", service: "cloudfront")
    expect(
      send(
        .delete, path, headers: [("If-Match", found.headers["etag"] ?? "")], as: "site", host: "cloudfront.test",
        service: "cloudfront"))
  }

  func makeControl(_ name: String, signing: String) throws -> String {
    try create(
      "origin-access-control", "OriginAccessControl",
      "<OriginAccessControlConfig \(Self.namespace)><Name>\(name)</Name><SigningProtocol>sigv4</SigningProtocol>"
        + "<SigningBehavior>\(signing)</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType>"
        + "</OriginAccessControlConfig>")["Id"]?.text ?? ""
  }

  /// - Returns: the distribution's ID.
  func distribute(_ name: String, _ distribution: StageDistribution) throws -> String {
    try create("distribution", "Distribution", distribution.document(name, namespace: Self.namespace))["Id"]?.text ?? ""
  }

  // MARK: - Requests

  @discardableResult func send(
    _ method: HTTPMethod, _ path: String, _ query: String = "", headers: [(name: String, value: String)] = [],
    body: String = "", as name: String?, host: String = "s3.test", service: String = "s3",
    region: String = "us-east-1"
  ) -> HTTPResponse {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: host, path: path, query: query, headers: headers,
      body: Array(body.utf8))
    if let name {
      SigV4Signer(region: region, service: service).sign(
        &request, credentials: Self.credentials(name), at: .now())
    }
    return transport.answer(request)
  }

  func expect(_ response: HTTPResponse, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      response.isSuccess, "\(response.status) \(String(decoding: response.body, as: UTF8.self))",
      sourceLocation: sourceLocation)
  }

  private func create(_ path: String, _ root: StaticString, _ document: String) throws -> XMLElement {
    let response = send(
      .post, "/2020-05-31/" + path, body: document, as: "site", host: "cloudfront.test", service: "cloudfront")
    expect(response)
    return try XMLElement(parsing: response.body, root: root)
  }

  func json(_ service: String, _ target: String, _ body: String) -> String {
    let response = send(
      .post, "/", headers: [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", target)], body: body,
      as: "site", host: "\(service).test", service: service)
    expect(response)
    return String(decoding: response.body, as: UTF8.self)
  }

  /// Has the edge forget what it was refused.
  func forget(_ others: [String] = []) throws {
    for id in Array(distributions.values) + others {
      _ = try create(
        "distribution/\(id)/invalidation", "Invalidation",
        "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>1</Quantity>"
          + "<Items><Path>/*</Path></Items></Paths><CallerReference>\(UUID().uuidString)</CallerReference>"
          + "</InvalidationBatch>")
    }
  }

  // MARK: - Explaining

  /// - Parameter profiles: whose credentials are at hand, the first as the bucket owner's.
  func clients(_ profiles: [String]) -> ExplainClients {
    let throttle = Throttle(concurrency: 64)
    func client(_ service: AWSService, _ host: String, _ name: String?) -> AWSClient {
      AWSClient(
        service: service, endpoint: AWSEndpoint(url: "http://\(host).test")!, region: "us-east-1",
        credentials: name.map { StaticCredentialsProvider(Self.credentials($0)) }, transport: transport,
        throttle: throttle, account: name.map { "profile \($0)" })
    }
    let accounts = profiles.map { name in
      Account(
        label: "profile \(name)", client: client(.s3, "s3", name), sts: client(.sts, "sts", name),
        canonicalID: ids[name])
    }
    let kms = client(.kms, "kms", profiles[0])
    var services: [AWSService: AWSClient] = [:]
    for (service, host) in [
      (AWSService.cloudFront, "cloudfront"), (.sts, "sts"), (.s3Control, "s3"), (.iam, "iam"),
      (.organizations, "organizations"),
    ] { services[service] = client(service, host, profiles[0]) }
    return ExplainClients(
      main: accounts[0].client, anonymous: client(.s3, "s3", nil),
      viewer: Viewer(transport: transport, address: AWSEndpoint(url: "http://viewer.test")), services: services,
      kms: { _ in kms },
      accounts: { owner in
        var identities: [CallerIdentity?] = []
        for account in accounts { identities.append(await account.identity()) }
        return (
          Accounts(
            main: accounts[0], owners: Array(accounts.dropFirst()), bucketOwner: owner ?? CanonicalID("")), identities
        )
      })
  }

  /// What explain says of everybody, in the order of `readers`.
  func explain(
    _ key: String, _ readers: [StageReader], profiles: [String], asksForProof: Bool = false
  ) async throws -> [ReaderExplanation] {
    var request = ExplainRequest(target: .object(bucket: Self.bucket, key: ObjectKey(key)))
    request.distributions = readers.compactMap {
      if case .distribution(let name) = $0 { distributions[name] } else { nil }
    }
    request.canonicalIDs = readers.compactMap { if case .account(let name) = $0 { ids[name] } else { nil } }
    request.principals = readers.compactMap { reader in
      guard case .user(let account, let name) = reader else { return nil }
      let number = transport.withState { $0.accounts[account]?.accountID } ?? ""
      return PrincipalARN("arn:aws:iam::\(number):user/\(name)")
    }
    request.asksAnonymous = readers.contains(.anonymous)
    return try await Explainer(request, clients(profiles), asksForProof: asksForProof).run().readers
  }

  /// What the servers answer a reader.
  func status(_ key: String, for reader: StageReader) -> Int {
    switch reader {
    case .distribution(let name):
      send(.get, "/\(distributions[name] ?? "")/\(key)", as: nil, host: "viewer.test").status
    case .account(let name), .user(_, let name): send(.get, "/\(Self.bucket)/\(key)", as: name).status
    case .anonymous: send(.get, "/\(Self.bucket)/\(key)", as: nil).status
    }
  }
}

/// Somebody who reads, in the order in which explain answers.
enum StageReader: Hashable, Sendable {
  case distribution(String)
  case account(String)
  case user(String, String)
  case anonymous

  static let all: [StageReader] = [
    .distribution("oai"), .distribution("oac"), .distribution("none"), .account("site"), .account("tools"),
    .account("other"), .user("site", "reader"), .user("site", "nobody"), .user("site", "barred"),
    .user("other", "guest"), .anonymous,
  ]
}

/// What is unusual about a distribution.
struct StageDistribution {
  var identity = ""
  var control = ""
  var domain = "\(ExplainStage.bucket).s3.us-east-1.amazonaws.com"
  var isCustomOrigin = false
  var originPath = ""
  var rootObject = ""
  var isEnabled = true
  var aliases: [String] = []
  var viewerProtocol = "allow-all"
  /// Elements of the behaviour, and of the distribution.
  var behavior = ""
  var config = ""

  func document(_ name: String, namespace: String) -> String {
    let access = identity.isEmpty ? "" : "origin-access-identity/cloudfront/\(identity)"
    let origin =
      isCustomOrigin
      ? "<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>"
        + "<OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig>"
      : "<S3OriginConfig><OriginAccessIdentity>\(access)</OriginAccessIdentity></S3OriginConfig>"
    let items = aliases.map { "<CNAME>\($0)</CNAME>" }.joined()
    return "<DistributionConfig \(namespace)><CallerReference>\(name)</CallerReference>"
      + (aliases.isEmpty ? "" : "<Aliases><Quantity>\(aliases.count)</Quantity><Items>\(items)</Items></Aliases>")
      + "<DefaultRootObject>\(rootObject)</DefaultRootObject><Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id>"
      + "<DomainName>\(domain)</DomainName><OriginPath>\(originPath)</OriginPath>\(origin)"
      + (control.isEmpty ? "" : "<OriginAccessControlId>\(control)</OriginAccessControlId>")
      + "</Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId>"
      + "<ViewerProtocolPolicy>\(viewerProtocol)</ViewerProtocolPolicy>\(behavior)</DefaultCacheBehavior><Comment/>"
      + "\(config)<Enabled>\(isEnabled)</Enabled></DistributionConfig>"
  }
}
