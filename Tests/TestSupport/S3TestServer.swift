internal import Foundation
package import AWSKit

/// A running S3 server for the tests, as it or its start script describes it in a JSON file.
package struct S3TestServer: Sendable {
  package enum Kind: String, Sendable {
    /// Ceph RadosGW: a server that nobody here wrote.
    case radosGW = "RadosGW"
    /// `fixacl-sandbox`: does what AWS documents.
    case sandbox
    /// None at all.
    case nowhere
  }

  /// What gives keys, besides STS.
  package enum KeyService: String, Sendable {
    case sso = "AWS_ENDPOINT_URL_SSO"
    case ssoOIDC = "AWS_ENDPOINT_URL_SSO_OIDC"
    case signin = "AWS_ENDPOINT_URL_SIGNIN"
    case imds = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    /// Without the path that names account and role.
    case container = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  }

  private struct Info: Decodable {
    struct Account: Decodable {
      /// Twelve digits; RadosGW has none.
      let accountId: String?
      let canonicalId: String
      let accessKey: String
      let secretKey: String
    }

    let endpoint: String
    let region: String
    let accounts: [String: Account]
    var cloudfront: String?
    var viewer: String?
    var sts: String?
    var control: String?
    var sso: String?
    var ssoOIDC: String?
    var signin: String?
    var imds: String?
    var container: String?
    var certificate: String?
  }

  package let kind: Kind
  package let endpoint: String
  package let region: String
  /// Where the sandbox's other services are; empty where there are none.
  package let cloudFront: String
  package let viewer: String
  package let sts: String
  /// The addresses of the sandbox's other services that give keys.
  package let keyServices: [KeyService: String]
  /// Where the sandbox is told what should go wrong; nil of other servers.
  package let control: SandboxControl?
  /// What clients of HTTPS must trust, as PEM; nil of a server of plain HTTP. The tests' own clients do not trust it.
  package let certificate: String?
  private let accounts: [String: TestAccount]

  package init(_ kind: Kind, infoFile: String) throws {
    self.init(kind, try JSONDecoder().decode(Info.self, from: Data(contentsOf: URL(filePath: infoFile))))
  }

  private init(_ kind: Kind, _ info: Info) {
    self.kind = kind
    endpoint = info.endpoint
    region = info.region
    cloudFront = info.cloudfront ?? ""
    viewer = info.viewer ?? ""
    sts = info.sts ?? ""
    let services: [KeyService: String?] = [
      .sso: info.sso, .ssoOIDC: info.ssoOIDC, .signin: info.signin, .imds: info.imds, .container: info.container,
    ]
    keyServices = services.compactMapValues { $0 }
    certificate = info.certificate
    control = info.control.flatMap { SandboxControl(url: $0) }
    // One transport and one throttle for all: the tests run side by side.
    let transport = CurlTransport(concurrency: 64)
    let throttle = Throttle(concurrency: 64)
    accounts = info.accounts.reduce(into: [:]) { accounts, entry in
      let credentials = Credentials(accessKeyID: entry.value.accessKey, secretAccessKey: entry.value.secretKey)
      accounts[entry.key] = TestAccount(
        name: entry.key, id: CanonicalID(entry.value.canonicalId), accountID: entry.value.accountId,
        credentials: credentials,
        client: AWSClient(
          endpoint: AWSEndpoint(url: info.endpoint)!, region: Region(info.region)!,
          credentials: StaticCredentialsProvider(credentials), transport: transport, throttle: throttle))
    }
  }

  /// The server that `FIXACL_RGW_INFO` tells of: Ceph RadosGW, started by `make test` or `make rgw`.
  package static let radosGW: S3TestServer? = {
    guard let path = ProcessInfo.processInfo.environment["FIXACL_RGW_INFO"] else { return nil }
    return try? S3TestServer(.radosGW, infoFile: path)
  }()

  /// A server that behaves as AWS documents, shared by all tests and started with the first that asks for it.
  package static var sandbox: S3TestServer? { OwnSandbox.shared?.server }

  /// The servers that there are: a case that is to hold on S3 holds on each of them.
  package static let all = [radosGW, sandbox].compactMap { $0 }

  /// Nothing listens there: for what needs no server, and must not ask one.
  package static let nowhere = S3TestServer(
    .nowhere,
    Info(
      endpoint: "http://127.0.0.1:1", region: "us-east-1",
      accounts: [
        "site": Info.Account(
          accountId: nil, canonicalId: "nobody", accessKey: "AKIANOWHERE", secretKey: "secret-of-a-server-nowhere")
      ], cloudfront: nil, viewer: nil, sts: nil, control: nil))

  package subscript(name: String) -> TestAccount { accounts[name]! }

  package subscript(id: CanonicalID) -> TestAccount { accounts.values.first { $0.id == id }! }

  /// What no output and no file of fixacl's may hold.
  package var secrets: [String] { accounts.values.map(\.credentials.secretAccessKey) }

  /// Owns the buckets.
  package var site: TestAccount { self["site"] }
  /// Uploads into them.
  package var tools: TestAccount { self["tools"] }
  /// Should be able to read.
  package var oai: TestAccount { self["oai"] }
  /// Somebody else, who uploads too.
  package var other: TestAccount { self["other"] }

  /// Writes AWS's shared credentials file with a profile for each account.
  package func writeCredentials(to path: String) throws {
    let text = accounts.values.map {
      "[\($0.name)]\naws_access_key_id = \($0.credentials.accessKeyID)\n"
        + "aws_secret_access_key = \($0.credentials.secretAccessKey)\n"
    }.joined(separator: "\n")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Makes a bucket of `site`'s, with a name of its own, into which `tools` and `other` may upload.
  package func makeBucket() async throws -> String {
    let name = "b-" + UUID().uuidString.lowercased()
    try await site.createBucket(name)
    try await letUpload(into: name)
    return name
  }

  /// Lets `tools` and `other` upload into a bucket of `site`'s, also over what is there.
  package func letUpload(into bucket: String) async throws {
    try await site.putBucketACL(
      bucket: bucket,
      acl: AccessControlList(
        owner: site.id,
        grants: [
          Grant(.canonicalUser(site.id), .fullControl), Grant(.canonicalUser(tools.id), .write),
          Grant(.canonicalUser(other.id), .write),
        ]))
    // To RadosGW, WRITE on a bucket is enough to overwrite what others own; S3 wants a policy for that.
    if kind == .sandbox { try await site.allowUploads(by: [tools, other], into: bucket) }
  }
}

extension S3TestServer: CustomStringConvertible {
  package var description: String { kind.rawValue }
}
