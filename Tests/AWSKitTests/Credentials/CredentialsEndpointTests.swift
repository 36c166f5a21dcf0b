import TestSupport
import Testing

@testable import AWSKit

/// Where the services are that give credentials.
@Suite struct CredentialsEndpointTests {
  private static func bench(
    _ variables: [String: String], settings: String = "", services: String = "",
    answer: ScriptedAnswer = .error(403, "AccessDenied")
  ) -> CredentialsBench {
    CredentialsBench(
      variables: variables,
      files: [
        "config": """
        [profile role]
        region = eu-west-1
        role_arn = arn:aws:iam::111122223333:role/r
        source_profile = base
        \(settings)
        [profile base]
        aws_access_key_id = AKIA
        aws_secret_access_key = secret
        \(services)
        """
      ], answer: { _, _ in answer })
  }

  private static func hosts(_ bench: CredentialsBench) async -> [String] {
    _ = await bench.failure("role")
    return bench.transport.requests.map { $0.scheme + "://" + $0.authority }
  }

  /// What the profile says holds for its services, and a URL of S3's own says nothing of them.
  @Test(
    arguments: [
      ([:], "", "", "https://sts.eu-west-1.amazonaws.com"),
      (["AWS_ENDPOINT_URL": "http://127.0.0.1:9000"], "", "", "http://127.0.0.1:9000"),
      (["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000"], "", "", "https://sts.eu-west-1.amazonaws.com"),
      (
        ["AWS_ENDPOINT_URL": "http://127.0.0.1:9000", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9001"], "", "",
        "http://127.0.0.1:9001"
      ),
      (
        ["AWS_ENDPOINT_URL": "http://127.0.0.1:9000", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], "", "",
        "https://sts.eu-west-1.amazonaws.com"
      ),
      (
        ["AWS_ENDPOINT_URL": "https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com"], "", "",
        "https://sts.eu-west-1.amazonaws.com"
      ),
      (["AWS_ENDPOINT_URL": "https://s3.eu-west-1.amazonaws.com"], "", "", "https://sts.eu-west-1.amazonaws.com"),
      (
        ["AWS_ENDPOINT_URL": "https://vpce-1a2b.sts.eu-west-1.vpce.amazonaws.com"], "", "",
        "https://vpce-1a2b.sts.eu-west-1.vpce.amazonaws.com"
      ),
      (
        [:], "services = here", "[services here]\nsts =\n  endpoint_url = http://127.0.0.1:9002\n",
        "http://127.0.0.1:9002"
      ),
      (
        [:], "services = here", "[services here]\ns3 =\n  endpoint_url = http://127.0.0.1:9002\n",
        "https://sts.eu-west-1.amazonaws.com"
      ),
      (
        [:], "services = here\nignore_configured_endpoint_urls = true",
        "[services here]\nsts =\n  endpoint_url = http://127.0.0.1:9002\n", "https://sts.eu-west-1.amazonaws.com"
      ),
      ([:], "use_fips_endpoint = true", "", "https://sts-fips.eu-west-1.amazonaws.com"),
      ([:], "use_dualstack_endpoint = true", "", "https://sts.eu-west-1.api.aws"),
      (["AWS_USE_FIPS_ENDPOINT": "true"], "use_dualstack_endpoint = true", "", "https://sts-fips.eu-west-1.api.aws"),
    ] as [([String: String], String, String, String)])
  func stsIsWhereItIsSet(variables: [String: String], settings: String, services: String, host: String) async {
    #expect(await Self.hosts(Self.bench(variables, settings: settings, services: services)) == [host])
  }

  @Test func aVariantAndAnAddressContradictEachOther() async {
    let bench = Self.bench(["AWS_ENDPOINT_URL_STS": "http://user:PLANTED@127.0.0.1:9000"], settings: "")
    #expect(await bench.failure("role")?.message.contains("http://***@127.0.0.1:9000") == true)
    for variable in ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"] {
      let bench = Self.bench([variable: "true", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9000"])
      let error = await bench.failure("role")
      #expect(error?.message.contains(variable) == true && error?.message.contains("AWS_ENDPOINT_URL_STS") == true)
      #expect(bench.transport.requests.isEmpty)
    }
  }

  @Test(arguments: [TransportError.Kind.cannotConnect, .refusedByProxy, .interrupted])
  func aHostThatIsNotThereMayBeForWantOfFIPS(kind: TransportError.Kind) async {
    let fips = Self.bench(["AWS_USE_FIPS_ENDPOINT": "true"], answer: .broken(kind))
    #expect(await fips.failure("role")?.message.contains("FIPS endpoints are asked for") == true)
    let standard = Self.bench([:], answer: .broken(kind))
    #expect(await standard.failure("role")?.message.contains("FIPS") == false)
  }
}
