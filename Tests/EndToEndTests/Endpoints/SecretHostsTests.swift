import Foundation
import TestSupport
import Testing

/// Where secrets go, and where they do not.
@Suite(.timeLimit(.minutes(2))) struct SecretHostsTests {
  private static let arguments = ["plan", StandInAmazon.bucket, "--grant-read", "id=" + StandInAmazon.oai, "-v"]

  private static func proxies(_ url: String) -> [String: String] {
    let names = ["http_proxy", "https_proxy", "all_proxy"]
    return Dictionary(uniqueKeysWithValues: (names + names.map { $0.uppercased() }).map { ($0, url) })
  }

  private static let keys =
    #"{"Code":"Success","AccessKeyId":"ASIASITE","SecretAccessKey":"stand-in-secret","Token":"stand-in-secret-token","#
    + #""Expiration":"2099-01-01T00:00:00Z"}"#

  private func expectNoSecret(_ result: ProgramResult, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!(result.out + result.err).contains(StandInAmazon.secret), sourceLocation: sourceLocation)
  }

  /// Containers and instances are asked directly, whatever the environment says; Amazon is asked through its proxy.
  @Test(arguments: ["container", "instance", "profile"]) func machinesAreAskedWithoutProxies(kind: String) async throws
  {
    let machine = try LoopbackServer { request in
      switch request.target {
      case "/latest/api/token": [.answer("imds-secret-token")]
      case "/latest/meta-data/iam/security-credentials/": [.answer("uploader")]
      default: [.answer(Self.keys)]
      }
    }
    let address = "http://" + machine.authority
    let proxy = try RecordingProxy()
    let place = try Workplace.amazon(
      through: proxy,
      environment: Self.proxies(proxy.url).merging([
        "AWS_PROFILE": kind == "profile" ? "role" : "",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": kind == "instance" ? "" : address + "/role",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer container-secret-token",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": address,
      ]) { $1 })
    try StandInAmazon.writeKeys(
      to: place,
      more: "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/r\ncredential_source = Ec2InstanceMetadata\n")
    let result = try await place.start(Self.arguments).result()
    #expect(result.status == 1, "\(result.err)")
    #expect(
      proxy.hosts == [kind == "profile" ? "sts.us-east-1.amazonaws.com" : "site-bucket.s3.us-east-1.amazonaws.com"])
    #expect(proxy.requests.count == 1)
    #expect(
      machine.requests.map(\.target)
        == (kind == "container"
          ? ["/role"]
          : [
            "/latest/api/token", "/latest/meta-data/iam/security-credentials/",
            "/latest/meta-data/iam/security-credentials/uploader",
          ]))
    expectNoSecret(result)
    for secret in ["imds-secret-token", "container-secret-token"] { #expect(!result.err.contains(secret)) }
    let asked = proxy.requests.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    #expect(!asked.contains("secret") && !asked.contains("Authorization: AWS4"), "the tunnel is for TLS only")
  }

  /// A proxy gets its password, and nobody else sees it.
  @Test(arguments: ["407 Proxy Authentication Required", "403 Forbidden"])
  func aProxysPasswordIsNotShown(status: String) async throws {
    let proxy = try RecordingProxy(refusing: status)
    let place = try Workplace.amazon(
      through: proxy, environment: ["HTTPS_PROXY": "http://user:proxy-secret@" + proxy.authority])
    let result = try await place.start(Self.arguments).result()
    #expect(result.status == 1)
    #expect(proxy.requests.count == 1)
    let password = Data("user:proxy-secret".utf8).base64EncodedString()
    #expect(proxy.requests.first?.header("Proxy-Authorization") == "Basic " + password)
    for part in ["proxy", String(status.prefix(3)), "HTTPS_PROXY"] {
      #expect(result.err.contains(part), "\(result.err)")
    }
    for part in ["proxy-secret", password] { #expect(!result.err.contains(part), "\(result.err)") }
  }

  /// The proxy may be away for a moment.
  @Test func aProxyThatCannotConnectIsAskedAgain() async throws {
    let proxy = try RecordingProxy(refusing: "502 Bad Gateway")
    let result = try await Workplace.amazon(through: proxy).start(Self.arguments).result()
    #expect(result.status == 1 && result.err.contains("502"), "\(result.err)")
    #expect((2...4).contains(proxy.requests.count))
  }

  @Test(arguments: [
    "http://user:proxy-secret@127.0.0.1:99999", "http://user:proxy-secret/more-secret@127.0.0.1:1",
    "proxy9://user:proxy-secret@127.0.0.1:1", "http://user:proxy-secret@",
    "http://user:proxy-secret@no-such-host.invalid:1",
  ])
  func aProxyThatIsNoneIsNotShownWhole(url: String) async throws {
    let place = try Workplace.amazon(through: RecordingProxy(), environment: ["HTTPS_PROXY": url])
    let result = try await place.start(Self.arguments).result()
    #expect(result.status == 1)
    #expect(!result.err.contains("secret"), "\(result.err)")
  }

  // MARK: - Redirects

  /// Credentials go to the server that is set, and not to where it points.
  @Test(arguments: [301, 302, 303, 307, 308]) func redirectsAreNotFollowed(status: Int) async throws {
    let elsewhere = try LoopbackServer { _ in [.answer(Self.keys)] }
    let server = try LoopbackServer { _ in
      [
        .send(
          "HTTP/1.1 \(status) Moved\r\nLocation: http://\(elsewhere.authority)/\r\nx-amz-bucket-region: eu-west-1\r\n"
            + "Content-Length: 0\r\n\r\n")
      ]
    }
    let address = "http://" + server.authority
    let signIns = try Workplace.amazon(through: RecordingProxy(), environment: ["AWS_ENDPOINT_URL": address])
    try StandInAmazon.writeSignIns(
      to: signIns, region: "eu-west-1",
      more: "[profile keys]\naws_access_key_id = A\naws_secret_access_key = \(StandInAmazon.secret)\n"
        + "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = keys\n")
    for profile in ["keys", "site", "tools", "role"] {
      let result = try await signIns.start(Self.arguments + ["--profile", profile]).result()
      #expect(result.status == 1, "\(result.err)")
      #expect(result.err.contains("\(status)") || profile == "site", "\(result.err)")
      expectNoSecret(result)
    }
    for (container, instance) in [(address + "/c", ""), ("", address)] {
      let machine = try Workplace.amazon(
        through: RecordingProxy(),
        environment: [
          "AWS_PROFILE": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": container,
          "AWS_CONTAINER_AUTHORIZATION_TOKEN": StandInAmazon.secret, "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance,
        ])
      let result = try await machine.start(Self.arguments).result()
      #expect(result.status == 1 && result.err.contains("\(status)"), "\(result.err)")
      expectNoSecret(result)
    }
    #expect(server.requests.count >= 6)
    #expect(elsewhere.connections == 0)
  }

  // MARK: - Passwords in addresses

  @Test(arguments: [
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3_CONTROL",
    "AWS_ENDPOINT_URL_CLOUDFRONT", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  ])
  func anAddressWithAPasswordIsRefused(variable: String) async throws {
    let server = try LoopbackServer { StandInAmazon.answer($0, region: "eu-west-1").steps(for: $0) }
    let url = "http://user:stand-in-secret@" + server.authority
    let proxy = try RecordingProxy()
    var environment = [variable: url]
    if !variable.hasSuffix("_URL") && !variable.hasSuffix("_S3") {
      environment["AWS_ENDPOINT_URL_S3"] = "http://" + server.authority
    }
    // The one before the other, so that the other is asked.
    if variable == "AWS_ENDPOINT_URL_SSO" { environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://" + server.authority }
    let isMachine = !variable.contains("ENDPOINT_URL")
    if isMachine { environment["AWS_PROFILE"] = "" }
    let place = try Workplace.amazon(through: proxy, environment: environment)
    try StandInAmazon.writeSignIns(to: place, region: "eu-west-1")
    let profile = isMachine ? [] : ["--profile", variable.hasSuffix("SIGNIN") ? "tools" : "site"]
    let result = try await place.start(Self.arguments + profile).result()
    #expect(result.status == 1 || result.status == 64)
    #expect(result.err.contains(variable), "\(result.err)")
    #expect(result.err.contains("***@"), "\(result.err)")
    expectNoSecret(result)
    #expect(proxy.requests.isEmpty)
    let asked = server.requests.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    #expect(!asked.contains("Authorization"), "nothing is signed before the address is known to be good")
  }
}
