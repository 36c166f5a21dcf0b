import Foundation
import TestSupport
import Testing

/// Where requests go when somebody sets endpoints, certificates or regions, as servers and a proxy on loopback see it.
@Suite(.timeLimit(.minutes(5))) struct EndpointSettingsTests {
  private static let oai = "id=" + StandInAmazon.oai
  private static let plan = [
    "plan", StandInAmazon.bucket, "--owner-profile", "tools", "--oai", "E2QWRUHEXAMPLE", "-o", "plan.json",
  ]

  /// A server of one service.
  private static func server() throws -> LoopbackServer {
    try LoopbackServer { StandInAmazon.answer($0, region: "eu-west-1").steps(for: $0) }
  }

  private static func targets(_ server: LoopbackServer) -> Set<String> {
    Set(server.requests.map { "\($0.method) \($0.target.prefix { $0 != "?" })" })
  }

  @Test func aServicesSectionHasAllServices() async throws {
    let proxy = try RecordingProxy()
    let names = ["s3", "sts", "s3_control", "cloudfront", "sso", "sso_oidc", "signin"]
    var servers: [String: LoopbackServer] = [:]
    for name in names { servers[name] = try Self.server() }
    let section = try names.map { "\($0) =\n  endpoint_url = http://\(try #require(servers[$0]).authority)\n" }.joined()
    let place = try Workplace.amazon(through: proxy)
    try StandInAmazon.writeSignIns(
      to: place, region: "eu-west-1", settings: "services = here", more: "[services here]\n\(section)")
    let arguments = Self.plan + ["--owner-role-arn", "arn:aws:iam::777788889999:role/uploader"]
    let result = try await place.start(arguments).result()
    #expect(result.status == 0, "\(result.err)")
    #expect(result.count("to grant") == 1)
    #expect(try Self.targets(#require(servers["sso_oidc"])) == ["POST /token"])
    #expect(try Self.targets(#require(servers["sso"])) == ["GET /federation/credentials"])
    #expect(try Self.targets(#require(servers["signin"])) == ["POST /v1/token"])
    #expect(try Self.targets(#require(servers["s3_control"])) == ["GET /v20180820/configuration/publicAccessBlock"])
    #expect(
      try Self.targets(#require(servers["cloudfront"]))
        == ["GET /2020-05-31/origin-access-identity/cloudfront/E2QWRUHEXAMPLE"])
    let sts = try #require(servers["sts"]).requests
    #expect(sts.map { $0.text.split(separator: "&").first } == ["Action=AssumeRole", "Action=GetCallerIdentity"])
    #expect(
      try Self.targets(#require(servers["s3"])).isSubset(of: [
        "GET /", "GET /site-bucket", "HEAD /site-bucket/index.html", "GET /site-bucket/index.html",
      ]))
    #expect(proxy.requests.isEmpty)
  }

  @Test func oneURLForAllServicesAndAnotherForS3() async throws {
    let (proxy, all, s3) = (try RecordingProxy(), try Self.server(), try Self.server())
    let place = try Workplace.amazon(
      through: proxy,
      environment: ["AWS_ENDPOINT_URL": "http://" + all.authority, "AWS_ENDPOINT_URL_S3": "http://" + s3.authority])
    try StandInAmazon.writeSignIns(to: place, region: "eu-west-1")
    let result = try await place.start(Self.plan).result()
    #expect(result.status == 0, "\(result.err)")
    #expect(
      Self.targets(all) == [
        "POST /token", "GET /federation/credentials", "POST /v1/token", "POST /",
        "GET /v20180820/configuration/publicAccessBlock",
        "GET /2020-05-31/origin-access-identity/cloudfront/E2QWRUHEXAMPLE",
      ])
    #expect(Self.targets(s3).isSuperset(of: ["GET /", "GET /site-bucket"]))
    #expect(Self.targets(s3).isDisjoint(with: Self.targets(all)))
    #expect(proxy.requests.isEmpty)
  }

  /// Whoever has S3 elsewhere does not expect that Amazon is asked.
  @Test func withS3ElsewhereNobodyElseIsAsked() async throws {
    let (proxy, s3) = (try RecordingProxy(), try Self.server())
    let place = try Workplace.amazon(through: proxy, environment: ["AWS_ENDPOINT_URL_S3": "http://" + s3.authority])
    try StandInAmazon.writeKeys(to: place)
    let result = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--owner-profile", "tools", "--grant-read", Self.oai, "-o", "plan.json")
    #expect(result.status == 0, "\(result.err)")
    #expect(proxy.requests.isEmpty)
  }

  @Test(arguments: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"])
  func configuredEndpointsAreIgnored(setting: String) async throws {
    let (proxy, elsewhere) = (try RecordingProxy(), try Self.server())
    let isVariable = setting.hasPrefix("AWS")
    let url = "http://" + elsewhere.authority
    let place = try Workplace.amazon(
      through: proxy,
      environment: [
        "AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_S3": url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": isVariable ? "true" : "",
      ])
    try StandInAmazon.writeKeys(
      to: place, region: "eu-west-1",
      settings: "endpoint_url = \(url)\n" + (isVariable ? "" : "\(setting) = true\n"))
    let result = try await place.fixacl("plan", StandInAmazon.bucket, "--grant-read", Self.oai)
    #expect(result.status == 1)
    #expect(proxy.hosts == ["site-bucket.s3.eu-west-1.amazonaws.com"])
    #expect(elsewhere.requests.isEmpty)
    // The option is not in a configuration.
    let explicit = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--grant-read", Self.oai, "--endpoint-url", url, "-o", "plan.json")
    #expect(explicit.status == 0, "\(explicit.err)")
    #expect(proxy.requests.count == 1)
  }

  // MARK: - Amazon's own addresses

  /// An address of Amazon's own, and the hosts that are asked: a region that it names wins over one that is set.
  @Test(arguments: [
    ("https://s3.eu-west-1.amazonaws.com", "us-east-1", "site-bucket.s3.eu-west-1.amazonaws.com"),
    ("https://s3-eu-west-1.amazonaws.com", "", "site-bucket.s3.eu-west-1.amazonaws.com"),
    ("https://s3.amazonaws.com", "eu-west-1", "site-bucket.s3.eu-west-1.amazonaws.com"),
    ("https://s3-external-1.amazonaws.com", "eu-west-1", "site-bucket.s3.us-east-1.amazonaws.com"),
    ("https://s3.cn-north-1.amazonaws.com.cn", "", "site-bucket.s3.cn-north-1.amazonaws.com.cn"),
    ("https://s3-fips.us-gov-west-1.amazonaws.com", "", "site-bucket.s3-fips.us-gov-west-1.amazonaws.com"),
    ("https://s3.us-iso-east-1.c2s.ic.gov", "", "site-bucket.s3.us-iso-east-1.c2s.ic.gov"),
    ("https://s3.dualstack.eu-west-1.amazonaws.com", "", "site-bucket.s3.dualstack.eu-west-1.amazonaws.com"),
    (
      "https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com", "",
      "bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com"
    ),
  ])
  func anAddressOfAmazons(url: String, region: String, host: String) async throws {
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", ""] {
      let proxy = try RecordingProxy()
      let place = try Workplace.amazon(
        through: proxy, environment: ["AWS_REGION": region, variable.isEmpty ? "UNUSED" : variable: url])
      try StandInAmazon.writeKeys(to: place)
      let result = try await place.start(
        ["plan", StandInAmazon.bucket, "--grant-read", Self.oai] + (variable.isEmpty ? ["--endpoint-url", url] : [])
      ).result()
      #expect(result.status == 1, "\(result.err)")
      #expect(proxy.hosts == [host] && proxy.requests.count == 1)
      // Only of Amazon's is known what canonical IDs look like.
      let refused = try await place.fixacl("plan", StandInAmazon.bucket, "--grant-read", "id=x", "--endpoint-url", url)
      #expect(refused.status == 64, "\(refused.err)")
      #expect(proxy.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("https://s3.cn-north-1.amazonaws.com.cn", "eu-west-1"), ("https://s3.amazonaws.com", "cn-north-1"),
    ("https://s3.us-gov-west-1.amazonaws.com", "us-east-1"),
    ("https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com", "eusc-de-east-1"),
  ])
  func aRegionOfAnotherPartition(url: String, region: String) async throws {
    let proxy = try RecordingProxy()
    let place = try Workplace.amazon(through: proxy)
    try StandInAmazon.writeKeys(to: place)
    let result = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--grant-read", Self.oai, "--endpoint-url", url, "--region", region)
    #expect(result.status == 64)
    for part in [region, "--region", url, "--endpoint-url", "partition"] {
      #expect(result.err.contains(part), "\(result.err)")
    }
    #expect(proxy.requests.isEmpty)
  }

  @Test func anOwnerOfAnotherPartition() async throws {
    let proxy = try RecordingProxy()
    let place = try Workplace.amazon(through: proxy)
    try StandInAmazon.writeKeys(
      to: place, more: "[profile tools]\nregion = cn-north-1\n[profile site]\nregion = eu-west-1\n")
    let result = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--grant-read", Self.oai, "--owner-profile", "tools")
    #expect(result.status == 64)
    for part in ["cn-north-1", "profile tools", "eu-west-1"] { #expect(result.err.contains(part), "\(result.err)") }
    #expect(proxy.requests.isEmpty)
  }

  // MARK: - Through TLS

  private static let vpcHost = "bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com"
  private static let regional = ["site-bucket.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"]
  private static let account = ["sts.eu-west-1.amazonaws.com", "111122223333.s3-control.eu-west-1.amazonaws.com"]

  /// A plan is for Amazon, by whatever address.
  @Test(.needsOpenSSL, arguments: [true, false])
  func aPlanThroughAVPCEndpointIsAppliedWithoutIt(isPlannedThroughIt: Bool) async throws {
    let server = try await TLSServer(hosts: Self.regional + Self.account + [Self.vpcHost]) {
      StandInAmazon.answer($0, region: "eu-west-1")
    }
    let proxy = try RecordingProxy(tunnelTo: server.socketPath)
    let place = try Workplace.amazon(through: proxy, trusting: server.certificatePath)
    try StandInAmazon.writeKeys(to: place)
    // Without the endpoint, the plan's region says where the bucket is.
    let through = ["--endpoint-url", "https://" + Self.vpcHost]
    let plain = ["--region", "eu-west-1"]
    let plan = try await place.start(
      ["plan", StandInAmazon.bucket, "--owner-profile", "tools", "--grant-read", Self.oai, "-o", "plan.json"]
        + (isPlannedThroughIt ? through : plain)
    ).result()
    #expect(plan.status == 0, "\(plan.err)")
    #expect(proxy.hosts == (Self.account + (isPlannedThroughIt ? [Self.vpcHost] : Self.regional)).sorted())
    let after = try RecordingProxy(tunnelTo: server.socketPath)
    let apply = try await place.start(
      ["apply", "plan.json"] + (isPlannedThroughIt ? [] : through), environment: ["HTTPS_PROXY": after.url]
    ).result()
    #expect(apply.status == 0, "\(apply.err)")
    #expect(apply.count("changed") == 1, "\(apply.err)")
    #expect(after.hosts == (Self.account + (isPlannedThroughIt ? Self.regional : [Self.vpcHost])).sorted())
    #expect(server.requests.filter { $0.method == "PUT" }.count == 1)
  }

  /// A region that accounts must opt in to: us-east-1 does not say which, and only HEAD of the bucket does.
  @Test(.needsOpenSSL, arguments: [("af-south-1", true), ("cn-north-1", false)])
  func onlyHeadTellsTheRegion(region: String, isFollowed: Bool) async throws {
    let hosts = ["us-east-1", region].flatMap { name in
      Self.regional.map { $0.replacing("eu-west-1", with: name) }
        + Self.account.map { $0.replacing("eu-west-1", with: name) }
    }
    let server = try await TLSServer(hosts: hosts) { request in
      guard request.header("Host") == "site-bucket.s3.us-east-1.amazonaws.com" else {
        return StandInAmazon.answer(request, region: region)
      }
      return request.method == "HEAD"
        ? .init(status: 403, headers: ["x-amz-bucket-region: \(region)"])
        : .init("<Error><Code>IllegalLocationConstraintException</Code></Error>", status: 400)
    }
    let proxy = try RecordingProxy(tunnelTo: server.socketPath)
    let place = try Workplace.amazon(through: proxy, trusting: server.certificatePath)
    try StandInAmazon.writeKeys(to: place)
    let result = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--owner-profile", "tools", "--grant-read", Self.oai, "-o", "plan.json")
    let asked = ["site-bucket.s3.us-east-1.amazonaws.com"]
    if isFollowed {
      #expect(result.status == 0, "\(result.err)")
      let others = [
        "s3.us-east-1.amazonaws.com", "site-bucket.s3.af-south-1.amazonaws.com", "s3.af-south-1.amazonaws.com",
        "sts.us-east-1.amazonaws.com", "111122223333.s3-control.us-east-1.amazonaws.com",
      ]
      #expect(proxy.hosts == (asked + others).sorted())
      #expect(try place.read("plan.json").contains(#""region":"af-south-1""#))
    } else {
      #expect(result.status == 1)
      #expect(result.err.contains("--region"), "\(result.err)")
      #expect(proxy.hosts == asked)
    }
  }

  /// GetBucketLocation's answer becomes the plan's region, where apply would send credentials.
  @Test(.needsOpenSSL) func aLocationInAnotherPartitionIsNotBelieved() async throws {
    let server = try await TLSServer(hosts: Self.regional + Self.account) {
      StandInAmazon.answer($0, region: "cn-north-1")
    }
    let proxy = try RecordingProxy(tunnelTo: server.socketPath)
    let place = try Workplace.amazon(through: proxy, trusting: server.certificatePath)
    try StandInAmazon.writeKeys(to: place, region: "eu-west-1")
    let result = try await place.fixacl("plan", StandInAmazon.bucket, "--grant-read", Self.oai, "-o", "plan.json")
    #expect(result.status == 0, "\(result.err)")
    #expect(try place.read("plan.json").contains(#""region":"eu-west-1""#))
  }

  /// - Parameters:
  ///   - variable: AWS_CA_BUNDLE; CERTIFICATE stands for the server's.
  ///   - site: `ca_bundle` of the bucket owner's profile.
  ///   - tools: the same of the object owner's.
  @Test(
    .needsOpenSSL,
    arguments: [
      ("CERTIFICATE", "", "", ""), ("", "CERTIFICATE", "", ""), ("", "CERTIFICATE", "CERTIFICATE", ""),
      ("CERTIFICATE", "/nowhere", "/nowhere", ""), ("", "", "", "AWS_CA_BUNDLE"),
      ("", "", "CERTIFICATE", "profile tools in"), ("", "CERTIFICATE", "/nowhere", "profile tools in"),
      ("/nowhere", "CERTIFICATE", "", "AWS_CA_BUNDLE names the certificates /nowhere"),
      ("", "/nowhere", "", "profile site in"), ("/dev/null", "", "", "AWS_CA_BUNDLE"),
    ])
  func certificates(variable: String, site: String, tools: String, message: String) async throws {
    let server = try await TLSServer(hosts: Self.regional + Self.account) {
      StandInAmazon.answer($0, region: "eu-west-1")
    }
    func path(_ text: String) -> String { text == "CERTIFICATE" ? server.certificatePath : text }
    let proxy = try RecordingProxy(tunnelTo: server.socketPath)
    let place = try Workplace.amazon(
      through: proxy, environment: ["AWS_CA_BUNDLE": path(variable), "AWS_REGION": "eu-west-1"])
    try StandInAmazon.writeKeys(
      to: place,
      more: [("site", site), ("tools", tools)].map { name, bundle in
        "[profile \(name)]\n" + (bundle.isEmpty ? "" : "ca_bundle = \(path(bundle))\n")
      }.joined())
    let result = try await place.fixacl(
      "plan", StandInAmazon.bucket, "--owner-profile", "tools", "--grant-read", Self.oai, "-o", "plan.json")
    #expect(result.status == (message.isEmpty ? 0 : 1), "\(result.err)")
    #expect(message.isEmpty || result.err.contains(message), "\(result.err)")
    #expect(server.requests.isEmpty != message.isEmpty)
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that serve TLS.
  static var needsOpenSSL: Self { .enabled(if: OpenSSLServer.isInstalled, "there is no openssl to serve TLS with") }
}
