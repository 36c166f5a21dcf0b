import TestSupport
import Testing

@testable import AWSKit

/// Amazon's own addresses, by whatever name they are called; expected hosts are those of botocore's rule sets.
@Suite struct AmazonEndpointTests {
  @Test(
    arguments: [
      ("https://s3.amazonaws.com", EndpointVariant()), ("https://s3.eu-west-1.amazonaws.com/", []),
      ("HTTPS://S3.EU-West-1.amazonaws.com:443", []), ("https://s3-eu-west-1.amazonaws.com", []),
      ("https://s3-external-1.amazonaws.com", []), ("https://s3.cn-north-1.amazonaws.com.cn", []),
      ("https://s3.dualstack.eu-west-1.amazonaws.com", .dualStack), ("https://s3-fips.us-east-2.amazonaws.com", .fips),
      ("https://s3-fips.dualstack.us-east-2.amazonaws.com", [.fips, .dualStack]),
      ("https://s3-fips-us-gov-west-1.amazonaws.com", .fips), ("https://assets.s3.eu-west-1.amazonaws.com", []),
      ("https://s3.us-isob-east-1.sc2s.sgov.gov", []), ("https://s3.eusc-de-east-1.amazonaws.eu", []),
      ("https://s3.us-iso-east-1.c2s.ic.gov", []), ("https://s3.eu-isoe-west-1.cloud.adc-e.uk", []),
      ("https://s3.us-isof-south-1.csp.hci.ic.gov", []), ("https://s3.amazonaws.com.cn", []),
      ("https://s3-us-gov-west-1.amazonaws.com", []), ("https://s3-fips-us-gov-east-1.amazonaws.com", .fips),
      ("https://s3.dualstack.cn-northwest-1.amazonaws.com.cn", .dualStack),
      ("https://s3-fips.us-iso-east-1.c2s.ic.gov", .fips),
    ] as [(String, EndpointVariant)])
  func itsRegionalAddressesAreAmazons(url: String, variant: EndpointVariant) throws {
    let endpoint = try #require(AWSEndpoint(url: url))
    #expect(endpoint.url == nil && !endpoint.isFixed)
    for region: Region in ["eu-west-1", "cn-north-1"] {
      #expect(
        endpoint.address(bucket: "assets", region: region)
          == AWSEndpoint.amazons(variant).address(bucket: "assets", region: region))
    }
  }

  @Test(arguments: [
    "https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com",
    "https://vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com",
    "https://bucket.vpce-1a2b.s3.cn-north-1.vpce.amazonaws.com.cn", "http://s3.eu-west-1.amazonaws.com",
    "https://s3.eu-west-1.amazonaws.com:8443", "https://s3.eu-west-1.amazonaws.com/proxied",
  ])
  func itsOtherAddressesStayAsTheyAre(url: String) throws {
    let endpoint = try #require(AWSEndpoint(url: url))
    #expect(endpoint.url == nil && endpoint.isFixed)
    let address = endpoint.address(bucket: "assets", region: "eu-west-1")
    #expect(address.scheme + "://" + address.authority + address.path == url + "/assets")
    #expect(!endpoint.accepts("EU-WEST-1"))
  }

  /// Customers' servers have names below Amazon's domains too.
  @Test(arguments: [
    "https://ec2-203-0-113-1.compute-1.amazonaws.com", "https://minio.elb.eu-west-1.amazonaws.com",
    "https://s3.amazonaws.com.evil.example", "https://s3.eu-west-1.amazonaws.com.evil", "https://xs3.amazonaws.com",
    "https://evilamazonaws.com", "https://s3.evilamazonaws.com", "https://s3.a.b.amazonaws.com",
    "https://s3.eu-west-1.elb.amazonaws.com", "https://s3-website-x.amazonaws.com", "https://s3.example.com",
    "https://a.s3.us-east-1.vpce.amazonaws.com", "https://s3-control.eu-west-1.amazonaws.com",
    "https://s3-website-eu-west-1.amazonaws.com", "https://s3-accelerate.amazonaws.com",
    "https://s3-control-eu-west-1.amazonaws.com", "https://s3-external-2.amazonaws.com",
    // A region of another domain's.
    "https://s3.eu-west-1.amazonaws.com.cn", "https://s3.cn-north-1.amazonaws.com", "https://s3-eu-west-1.amazonaws.eu",
    "https://s3.us-iso-east-1.sc2s.sgov.gov", "https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com.cn",
  ])
  func otherServersAreNot(url: String) throws {
    #expect(try #require(AWSEndpoint(url: url)).url == url)
  }

  @Test(
    arguments: [
      ("https://s3.amazonaws.com", nil), ("https://s3-external-1.amazonaws.com", "us-east-1"),
      ("https://s3.eu-west-1.amazonaws.com", "eu-west-1"), ("https://s3-eu-west-1.amazonaws.com", "eu-west-1"),
      ("https://s3-fips-us-gov-west-1.amazonaws.com", "us-gov-west-1"),
      ("https://assets.s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"),
      ("https://s3.amazonaws.com.cn", "cn-northwest-1"),
      ("https://bucket.vpce-1a2b-us-east-1a.s3.us-east-1.vpce.amazonaws.com", "us-east-1"),
      ("http://s3.eu-west-1.amazonaws.com:8080/x", "eu-west-1"), ("https://s3.example.com", nil),
    ] as [(String, Region?)])
  func anAddressNamesItsRegion(url: String, region: Region?) throws {
    #expect(try #require(AWSEndpoint(url: url)).region == region)
  }

  @Test(
    arguments: [
      ("https://s3.amazonaws.com", "eu-west-1", true), ("https://s3.amazonaws.com", "cn-north-1", false),
      ("https://s3.eu-west-1.amazonaws.com", "us-east-1", true),
      ("https://s3.eu-west-1.amazonaws.com", "us-gov-west-1", false),
      ("https://s3.cn-north-1.amazonaws.com.cn", "cn-northwest-1", true),
      ("https://s3.cn-north-1.amazonaws.com.cn", "eu-west-1", false),
      ("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "cn-north-1", false),
      ("https://s3.example.com", "cn-north-1", true),
    ] as [(String, Region, Bool)])
  func anAddressHasAPartition(url: String, region: Region, has: Bool) throws {
    #expect(try #require(AWSEndpoint(url: url)).hasPartition(of: region) == has)
  }

  /// One URL for all services says nothing of the others, if it is S3's own.
  @Test(
    arguments: [
      (AWSService.sts, "https://s3.eu-west-1.amazonaws.com", "https://sts.eu-west-1.amazonaws.com"),
      (.sso, "https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com", "https://portal.sso.eu-west-1.amazonaws.com"),
      (.sts, "https://control.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com", "https://sts.eu-west-1.amazonaws.com"),
      (.cloudFront, "http://s3.eu-west-1.amazonaws.com:8080/x", "https://cloudfront.amazonaws.com"),
      (
        .s3Control, "https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com",
        "https://111122223333.s3-control.eu-west-1.amazonaws.com"
      ),
      (
        .s3Control, "https://control.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com",
        "https://111122223333.control.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com"
      ),
      (
        .sts, "https://vpce-1a2b.sts.eu-west-1.vpce.amazonaws.com", "https://vpce-1a2b.sts.eu-west-1.vpce.amazonaws.com"
      ),
      (.s3Control, "http://127.0.0.1:9000/c", "http://127.0.0.1:9000/c"),
    ] as [(AWSService, String, String)])
  func otherServicesAreElsewhere(service: AWSService, url: String, address: String) throws {
    let endpoint = try #require(AWSEndpoint(url: url, of: service))
    let parts = endpoint.address(
      of: service, bucket: nil, region: "eu-west-1", account: service == .s3Control ? AccountID("111122223333") : nil)
    #expect(parts.scheme + "://" + parts.authority + parts.path == address)
  }

  @Test(
    arguments: [
      (AWSService.s3, "us-east-1", .fips, "s3-fips.us-east-1.amazonaws.com"),
      (.s3, "eu-west-1", .dualStack, "s3.dualstack.eu-west-1.amazonaws.com"),
      (.s3, "us-gov-west-1", [.fips, .dualStack], "s3-fips.dualstack.us-gov-west-1.amazonaws.com"),
      (.s3, "cn-north-1", .dualStack, "s3.dualstack.cn-north-1.amazonaws.com.cn"),
      (.s3Control, "us-east-1", .fips, "s3-control-fips.us-east-1.amazonaws.com"),
      (.s3Control, "us-east-1", [.fips, .dualStack], "s3-control-fips.dualstack.us-east-1.amazonaws.com"),
      (.sts, "us-east-1", .fips, "sts-fips.us-east-1.amazonaws.com"),
      (.sts, "us-gov-west-1", .fips, "sts.us-gov-west-1.amazonaws.com"),
      (.sts, "us-east-1", .dualStack, "sts.us-east-1.api.aws"),
      (.sts, "cn-north-1", .dualStack, "sts.cn-north-1.api.amazonwebservices.com.cn"),
      (.sts, "us-east-1", [.fips, .dualStack], "sts-fips.us-east-1.api.aws"),
      (.cloudFront, "eu-west-1", .fips, "cloudfront-fips.amazonaws.com"),
      (.cloudFront, "eu-west-1", .dualStack, "cloudfront.global.api.aws"),
    ] as [(AWSService, Region, EndpointVariant, String)])
  func variantsHaveHostsOfTheirOwn(service: AWSService, region: Region, variant: EndpointVariant, host: String) {
    #expect(AWSEndpoint.amazons(variant).address(of: service, bucket: nil, region: region).authority == host)
  }

  // MARK: - Where they are set

  private static func settings(_ variables: [String: String], config: String = "") throws -> AWSSettings {
    try AWSEnvironment.testing(
      variables, config: "[default]\naws_access_key_id = A\naws_secret_access_key = s\n" + config
    ).settings()
  }

  @Test(
    arguments: [
      ([:], "", EndpointVariant()), (["AWS_USE_FIPS_ENDPOINT": "true"], "", .fips),
      (["AWS_USE_DUALSTACK_ENDPOINT": "True"], "", .dualStack), ([:], "use_fips_endpoint = true\n", .fips),
      ([:], "use_dualstack_endpoint = true\n", .dualStack),
      ([:], "s3 =\n  use_dualstack_endpoint = true\n", .dualStack),
      (["AWS_USE_FIPS_ENDPOINT": "false"], "use_fips_endpoint = true\n", []),
      (
        ["AWS_USE_FIPS_ENDPOINT": ""], "use_fips_endpoint = true\nuse_dualstack_endpoint = true\n", [.fips, .dualStack]
      ),
      ([:], "s3 =\n  use_dualstack_endpoint = false\nuse_dualstack_endpoint = true\n", []),
    ] as [([String: String], String, EndpointVariant)])
  func variantsAreFound(variables: [String: String], config: String, variant: EndpointVariant) throws {
    #expect(try Self.settings(variables, config: config).variant == variant)
  }

  @Test func aVariantIsTrueOrFalse() {
    let error = #expect(throws: CredentialsError.self) { try Self.settings(["AWS_USE_FIPS_ENDPOINT": "yes"]) }
    #expect(error?.message.contains("AWS_USE_FIPS_ENDPOINT") == true)
  }

  @Test(
    arguments: [
      ([:], "", nil), (["AWS_CA_BUNDLE": ""], "", nil), (["AWS_CA_BUNDLE": "/a"], "ca_bundle = /b\n", "/a"),
      (["AWS_CA_BUNDLE": ""], "ca_bundle = /b\n", "/b"),
    ] as [([String: String], String, String?)])
  func certificatesAreFound(variables: [String: String], config: String, path: String?) throws {
    #expect(try Self.settings(variables, config: config).certificateBundle?.value == path)
  }

  @Test(arguments: [
    ("http://user:secret@h", "http://***@h"), ("user:secret@h", "***@h"), ("http://h?token=secret", "http://h…"),
    ("http://h/#secret", "http://h/…"), ("http://a@b:secret@h/x", "http://***@h/x"), ("ftp://h", "ftp://h"), ("", ""),
    ("secret@http://h", "***"),
  ])
  func noPasswordInAURLIsShown(url: String, shown: String) {
    #expect(!AWSEndpoint.shown(url: url).contains("secret"))
    #expect(AWSEndpoint.shown(url: url) == shown)
  }
}
