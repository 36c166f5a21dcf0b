import TestSupport
import Testing

/// Which of Amazon's hosts fixacl speaks to, as a proxy sees it: in each partition, with each variant, exactly those that
/// AWS's endpoint rules give (botocore 1.44.8), and no other.
@Suite(.timeLimit(.minutes(5)), .enabled(if: OpenSSLServer.isInstalled, "there is no openssl to serve TLS with"))
struct AmazonHostsTests {
  /// A region, and its hosts.
  struct Row: Sendable, CustomTestStringConvertible {
    let partition: String
    let region: String
    /// Without a variant, FIPS, dual-stack, both: a bucket's host, S3's, STS's, S3 Control's, CloudFront's, the portal's of
    /// IAM Identity Center, its OIDC service's, AWS Sign-In's. Nil if S3 has no such hosts.
    let hosts: [[String]?]

    init(_ partition: String, _ region: String, _ hosts: [[String]?]) {
      (self.partition, self.region, self.hosts) = (partition, region, hosts)
    }

    var testDescription: String { region }
  }

  static let rows = [
    Row(
      "aws", "eu-west-1",
      [
        [
          "site-bucket.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com",
          "111122223333.s3-control.eu-west-1.amazonaws.com", "cloudfront.amazonaws.com",
          "portal.sso.eu-west-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com", "eu-west-1.signin.aws.amazon.com",
        ],
        [
          "site-bucket.s3-fips.eu-west-1.amazonaws.com", "s3-fips.eu-west-1.amazonaws.com",
          "sts-fips.eu-west-1.amazonaws.com", "111122223333.s3-control-fips.eu-west-1.amazonaws.com",
          "cloudfront-fips.amazonaws.com", "portal.sso-fips.eu-west-1.amazonaws.com",
          "oidc-fips.eu-west-1.amazonaws.com", "signin-fips.eu-west-1.amazonaws.com",
        ],
        [
          "site-bucket.s3.dualstack.eu-west-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com",
          "sts.eu-west-1.api.aws", "111122223333.s3-control.dualstack.eu-west-1.amazonaws.com",
          "cloudfront.global.api.aws", "portal.sso.eu-west-1.api.aws", "oidc.eu-west-1.api.aws",
          "signin.eu-west-1.api.aws",
        ],
        [
          "site-bucket.s3-fips.dualstack.eu-west-1.amazonaws.com", "s3-fips.dualstack.eu-west-1.amazonaws.com",
          "sts-fips.eu-west-1.api.aws", "111122223333.s3-control-fips.dualstack.eu-west-1.amazonaws.com",
          "cloudfront-fips.global.api.aws", "portal.sso-fips.eu-west-1.api.aws", "oidc-fips.eu-west-1.api.aws",
          "signin-fips.eu-west-1.api.aws",
        ],
      ]),
    Row(
      "aws-cn", "cn-north-1",
      [
        [
          "site-bucket.s3.cn-north-1.amazonaws.com.cn", "s3.cn-north-1.amazonaws.com.cn",
          "sts.cn-north-1.amazonaws.com.cn", "111122223333.s3-control.cn-north-1.amazonaws.com.cn",
          "cloudfront.cn-northwest-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn",
          "oidc.cn-north-1.amazonaws.com.cn", "cn-north-1.signin.amazonaws.cn",
        ],
        nil,
        [
          "site-bucket.s3.dualstack.cn-north-1.amazonaws.com.cn", "s3.dualstack.cn-north-1.amazonaws.com.cn",
          "sts.cn-north-1.api.amazonwebservices.com.cn",
          "111122223333.s3-control.dualstack.cn-north-1.amazonaws.com.cn", "cloudfront.api.amazonwebservices.com.cn",
          "portal.sso.cn-north-1.api.amazonwebservices.com.cn", "oidc.cn-north-1.api.amazonwebservices.com.cn",
          "signin.cn-north-1.api.amazonwebservices.com.cn",
        ],
        nil,
      ]),
    Row(
      "aws-us-gov", "us-gov-west-1",
      [
        [
          "site-bucket.s3.us-gov-west-1.amazonaws.com", "s3.us-gov-west-1.amazonaws.com",
          "sts.us-gov-west-1.amazonaws.com", "111122223333.s3-control.us-gov-west-1.amazonaws.com",
          "cloudfront.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com", "oidc.us-gov-west-1.amazonaws.com",
          "us-gov-west-1.signin.amazonaws-us-gov.com",
        ],
        [
          "site-bucket.s3-fips.us-gov-west-1.amazonaws.com", "s3-fips.us-gov-west-1.amazonaws.com",
          "sts.us-gov-west-1.amazonaws.com", "111122223333.s3-control-fips.us-gov-west-1.amazonaws.com",
          "cloudfront-fips.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com", "oidc.us-gov-west-1.amazonaws.com",
          "signin-fips.amazonaws-us-gov.com",
        ],
        [
          "site-bucket.s3.dualstack.us-gov-west-1.amazonaws.com", "s3.dualstack.us-gov-west-1.amazonaws.com",
          "sts.us-gov-west-1.api.aws", "111122223333.s3-control.dualstack.us-gov-west-1.amazonaws.com",
          "cloudfront.api.aws", "portal.sso.us-gov-west-1.api.aws", "oidc.us-gov-west-1.api.aws",
          "signin.us-gov-west-1.api.aws",
        ],
        [
          "site-bucket.s3-fips.dualstack.us-gov-west-1.amazonaws.com", "s3-fips.dualstack.us-gov-west-1.amazonaws.com",
          "sts-fips.us-gov-west-1.api.aws", "111122223333.s3-control-fips.dualstack.us-gov-west-1.amazonaws.com",
          "cloudfront-fips.api.aws", "portal.sso-fips.us-gov-west-1.api.aws", "oidc-fips.us-gov-west-1.api.aws",
          "signin-fips.us-gov-west-1.api.aws",
        ],
      ]),
    Row(
      "aws-us-gov", "us-gov-east-1",
      [
        [
          "site-bucket.s3.us-gov-east-1.amazonaws.com", "s3.us-gov-east-1.amazonaws.com",
          "sts.us-gov-east-1.amazonaws.com", "111122223333.s3-control.us-gov-east-1.amazonaws.com",
          "cloudfront.amazonaws.com", "portal.sso.us-gov-east-1.amazonaws.com", "oidc.us-gov-east-1.amazonaws.com",
          "us-gov-east-1.signin.amazonaws-us-gov.com",
        ],
        [
          "site-bucket.s3-fips.us-gov-east-1.amazonaws.com", "s3-fips.us-gov-east-1.amazonaws.com",
          "sts.us-gov-east-1.amazonaws.com", "111122223333.s3-control-fips.us-gov-east-1.amazonaws.com",
          "cloudfront-fips.amazonaws.com", "portal.sso.us-gov-east-1.amazonaws.com", "oidc.us-gov-east-1.amazonaws.com",
          "us-gov-east-1.signin-fips.amazonaws-us-gov.com",
        ],
        [
          "site-bucket.s3.dualstack.us-gov-east-1.amazonaws.com", "s3.dualstack.us-gov-east-1.amazonaws.com",
          "sts.us-gov-east-1.api.aws", "111122223333.s3-control.dualstack.us-gov-east-1.amazonaws.com",
          "cloudfront.api.aws", "portal.sso.us-gov-east-1.api.aws", "oidc.us-gov-east-1.api.aws",
          "signin.us-gov-east-1.api.aws",
        ],
        [
          "site-bucket.s3-fips.dualstack.us-gov-east-1.amazonaws.com", "s3-fips.dualstack.us-gov-east-1.amazonaws.com",
          "sts-fips.us-gov-east-1.api.aws", "111122223333.s3-control-fips.dualstack.us-gov-east-1.amazonaws.com",
          "cloudfront-fips.api.aws", "portal.sso-fips.us-gov-east-1.api.aws", "oidc-fips.us-gov-east-1.api.aws",
          "signin-fips.us-gov-east-1.api.aws",
        ],
      ]),
    Row(
      "aws-iso", "us-iso-east-1",
      [
        [
          "site-bucket.s3.us-iso-east-1.c2s.ic.gov", "s3.us-iso-east-1.c2s.ic.gov", "sts.us-iso-east-1.c2s.ic.gov",
          "111122223333.s3-control.us-iso-east-1.c2s.ic.gov", "cloudfront.c2s.ic.gov",
          "portal.sso.us-iso-east-1.c2s.ic.gov", "oidc.us-iso-east-1.c2s.ic.gov", "us-iso-east-1.signin.c2shome.ic.gov",
        ],
        [
          "site-bucket.s3-fips.us-iso-east-1.c2s.ic.gov", "s3-fips.us-iso-east-1.c2s.ic.gov",
          "sts-fips.us-iso-east-1.c2s.ic.gov", "111122223333.s3-control-fips.us-iso-east-1.c2s.ic.gov",
          "cloudfront-fips.c2s.ic.gov", "portal.sso-fips.us-iso-east-1.c2s.ic.gov",
          "oidc-fips.us-iso-east-1.c2s.ic.gov", "signin-fips.us-iso-east-1.c2s.ic.gov",
        ],
        [
          "site-bucket.s3.dualstack.us-iso-east-1.c2s.ic.gov", "s3.dualstack.us-iso-east-1.c2s.ic.gov",
          "sts.us-iso-east-1.api.aws.ic.gov", "111122223333.s3-control.dualstack.us-iso-east-1.c2s.ic.gov",
          "cloudfront.api.aws.ic.gov", "portal.sso.us-iso-east-1.api.aws.ic.gov", "oidc.us-iso-east-1.api.aws.ic.gov",
          "signin.us-iso-east-1.api.aws.ic.gov",
        ],
        [
          "site-bucket.s3-fips.dualstack.us-iso-east-1.c2s.ic.gov", "s3-fips.dualstack.us-iso-east-1.c2s.ic.gov",
          "sts-fips.us-iso-east-1.api.aws.ic.gov", "111122223333.s3-control-fips.dualstack.us-iso-east-1.c2s.ic.gov",
          "cloudfront-fips.api.aws.ic.gov", "portal.sso-fips.us-iso-east-1.api.aws.ic.gov",
          "oidc-fips.us-iso-east-1.api.aws.ic.gov", "signin-fips.us-iso-east-1.api.aws.ic.gov",
        ],
      ]),
    Row(
      "aws-iso-b", "us-isob-east-1",
      [
        [
          "site-bucket.s3.us-isob-east-1.sc2s.sgov.gov", "s3.us-isob-east-1.sc2s.sgov.gov",
          "sts.us-isob-east-1.sc2s.sgov.gov", "111122223333.s3-control.us-isob-east-1.sc2s.sgov.gov",
          "cloudfront.sc2s.sgov.gov", "portal.sso.us-isob-east-1.sc2s.sgov.gov", "oidc.us-isob-east-1.sc2s.sgov.gov",
          "us-isob-east-1.signin.sc2shome.sgov.gov",
        ],
        [
          "site-bucket.s3-fips.us-isob-east-1.sc2s.sgov.gov", "s3-fips.us-isob-east-1.sc2s.sgov.gov",
          "sts-fips.us-isob-east-1.sc2s.sgov.gov", "111122223333.s3-control-fips.us-isob-east-1.sc2s.sgov.gov",
          "cloudfront-fips.sc2s.sgov.gov", "portal.sso-fips.us-isob-east-1.sc2s.sgov.gov",
          "oidc-fips.us-isob-east-1.sc2s.sgov.gov", "signin-fips.us-isob-east-1.sc2s.sgov.gov",
        ],
        [
          "site-bucket.s3.dualstack.us-isob-east-1.sc2s.sgov.gov", "s3.dualstack.us-isob-east-1.sc2s.sgov.gov",
          "sts.us-isob-east-1.api.aws.scloud", "111122223333.s3-control.dualstack.us-isob-east-1.sc2s.sgov.gov",
          "cloudfront.api.aws.scloud", "portal.sso.us-isob-east-1.api.aws.scloud", "oidc.us-isob-east-1.api.aws.scloud",
          "signin.us-isob-east-1.api.aws.scloud",
        ],
        [
          "site-bucket.s3-fips.dualstack.us-isob-east-1.sc2s.sgov.gov",
          "s3-fips.dualstack.us-isob-east-1.sc2s.sgov.gov", "sts-fips.us-isob-east-1.api.aws.scloud",
          "111122223333.s3-control-fips.dualstack.us-isob-east-1.sc2s.sgov.gov", "cloudfront-fips.api.aws.scloud",
          "portal.sso-fips.us-isob-east-1.api.aws.scloud", "oidc-fips.us-isob-east-1.api.aws.scloud",
          "signin-fips.us-isob-east-1.api.aws.scloud",
        ],
      ]),
    Row(
      "aws-iso-e", "eu-isoe-west-1",
      [
        [
          "site-bucket.s3.eu-isoe-west-1.cloud.adc-e.uk", "s3.eu-isoe-west-1.cloud.adc-e.uk",
          "sts.eu-isoe-west-1.cloud.adc-e.uk", "111122223333.s3-control.eu-isoe-west-1.cloud.adc-e.uk",
          "cloudfront.cloud.adc-e.uk", "portal.sso.eu-isoe-west-1.cloud.adc-e.uk", "oidc.eu-isoe-west-1.cloud.adc-e.uk",
          "eu-isoe-west-1.signin.csphome.adc-e.uk",
        ],
        [
          "site-bucket.s3-fips.eu-isoe-west-1.cloud.adc-e.uk", "s3-fips.eu-isoe-west-1.cloud.adc-e.uk",
          "sts-fips.eu-isoe-west-1.cloud.adc-e.uk", "111122223333.s3-control-fips.eu-isoe-west-1.cloud.adc-e.uk",
          "cloudfront-fips.cloud.adc-e.uk", "portal.sso-fips.eu-isoe-west-1.cloud.adc-e.uk",
          "oidc-fips.eu-isoe-west-1.cloud.adc-e.uk", "signin-fips.eu-isoe-west-1.cloud.adc-e.uk",
        ],
        [
          "site-bucket.s3.dualstack.eu-isoe-west-1.cloud.adc-e.uk", "s3.dualstack.eu-isoe-west-1.cloud.adc-e.uk",
          "sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
          "111122223333.s3-control.dualstack.eu-isoe-west-1.cloud.adc-e.uk", "cloudfront.api.cloud-aws.adc-e.uk",
          "portal.sso.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "oidc.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
          "signin.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
        ],
        [
          "site-bucket.s3-fips.dualstack.eu-isoe-west-1.cloud.adc-e.uk",
          "s3-fips.dualstack.eu-isoe-west-1.cloud.adc-e.uk", "sts-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
          "111122223333.s3-control-fips.dualstack.eu-isoe-west-1.cloud.adc-e.uk",
          "cloudfront-fips.api.cloud-aws.adc-e.uk", "portal.sso-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
          "oidc-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "signin-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
        ],
      ]),
    Row(
      "aws-iso-f", "us-isof-south-1",
      [
        [
          "site-bucket.s3.us-isof-south-1.csp.hci.ic.gov", "s3.us-isof-south-1.csp.hci.ic.gov",
          "sts.us-isof-south-1.csp.hci.ic.gov", "111122223333.s3-control.us-isof-south-1.csp.hci.ic.gov",
          "cloudfront.csp.hci.ic.gov", "portal.sso.us-isof-south-1.csp.hci.ic.gov",
          "oidc.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1.signin.csphome.hci.ic.gov",
        ],
        [
          "site-bucket.s3-fips.us-isof-south-1.csp.hci.ic.gov", "s3-fips.us-isof-south-1.csp.hci.ic.gov",
          "sts-fips.us-isof-south-1.csp.hci.ic.gov", "111122223333.s3-control-fips.us-isof-south-1.csp.hci.ic.gov",
          "cloudfront-fips.csp.hci.ic.gov", "portal.sso-fips.us-isof-south-1.csp.hci.ic.gov",
          "oidc-fips.us-isof-south-1.csp.hci.ic.gov", "signin-fips.us-isof-south-1.csp.hci.ic.gov",
        ],
        [
          "site-bucket.s3.dualstack.us-isof-south-1.csp.hci.ic.gov", "s3.dualstack.us-isof-south-1.csp.hci.ic.gov",
          "sts.us-isof-south-1.api.aws.hci.ic.gov", "111122223333.s3-control.dualstack.us-isof-south-1.csp.hci.ic.gov",
          "cloudfront.api.aws.hci.ic.gov", "portal.sso.us-isof-south-1.api.aws.hci.ic.gov",
          "oidc.us-isof-south-1.api.aws.hci.ic.gov", "signin.us-isof-south-1.api.aws.hci.ic.gov",
        ],
        [
          "site-bucket.s3-fips.dualstack.us-isof-south-1.csp.hci.ic.gov",
          "s3-fips.dualstack.us-isof-south-1.csp.hci.ic.gov", "sts-fips.us-isof-south-1.api.aws.hci.ic.gov",
          "111122223333.s3-control-fips.dualstack.us-isof-south-1.csp.hci.ic.gov", "cloudfront-fips.api.aws.hci.ic.gov",
          "portal.sso-fips.us-isof-south-1.api.aws.hci.ic.gov", "oidc-fips.us-isof-south-1.api.aws.hci.ic.gov",
          "signin-fips.us-isof-south-1.api.aws.hci.ic.gov",
        ],
      ]),
    Row(
      "aws-eusc", "eusc-de-east-1",
      [
        [
          "site-bucket.s3.eusc-de-east-1.amazonaws.eu", "s3.eusc-de-east-1.amazonaws.eu",
          "sts.eusc-de-east-1.amazonaws.eu", "111122223333.s3-control.eusc-de-east-1.amazonaws.eu",
          "cloudfront.amazonaws.eu", "portal.sso.eusc-de-east-1.amazonaws.eu", "oidc.eusc-de-east-1.amazonaws.eu",
          "eusc-de-east-1.signin.amazonaws-eusc.eu",
        ],
        [
          "site-bucket.s3-fips.eusc-de-east-1.amazonaws.eu", "s3-fips.eusc-de-east-1.amazonaws.eu",
          "sts-fips.eusc-de-east-1.amazonaws.eu", "111122223333.s3-control-fips.eusc-de-east-1.amazonaws.eu",
          "cloudfront-fips.amazonaws.eu", "portal.sso-fips.eusc-de-east-1.amazonaws.eu",
          "oidc-fips.eusc-de-east-1.amazonaws.eu", "signin-fips.eusc-de-east-1.amazonaws.eu",
        ],
        [
          "site-bucket.s3.dualstack.eusc-de-east-1.amazonaws.eu", "s3.dualstack.eusc-de-east-1.amazonaws.eu",
          "sts.eusc-de-east-1.api.amazonwebservices.eu",
          "111122223333.s3-control.dualstack.eusc-de-east-1.amazonaws.eu", "cloudfront.api.amazonwebservices.eu",
          "portal.sso.eusc-de-east-1.api.amazonwebservices.eu", "oidc.eusc-de-east-1.api.amazonwebservices.eu",
          "signin.eusc-de-east-1.api.amazonwebservices.eu",
        ],
        [
          "site-bucket.s3-fips.dualstack.eusc-de-east-1.amazonaws.eu", "s3-fips.dualstack.eusc-de-east-1.amazonaws.eu",
          "sts-fips.eusc-de-east-1.api.amazonwebservices.eu",
          "111122223333.s3-control-fips.dualstack.eusc-de-east-1.amazonaws.eu",
          "cloudfront-fips.api.amazonwebservices.eu", "portal.sso-fips.eusc-de-east-1.api.amazonwebservices.eu",
          "oidc-fips.eusc-de-east-1.api.amazonwebservices.eu", "signin-fips.eusc-de-east-1.api.amazonwebservices.eu",
        ],
      ]),
  ]

  private static let settings = [
    "", "use_fips_endpoint = true", "use_dualstack_endpoint = true",
    "use_fips_endpoint = true\nuse_dualstack_endpoint = true",
  ]

  /// A whole plan, with every service in it: the bucket owner signs in by IAM Identity Center, an object owner by
  /// `aws login`, another one is a role, and the reader is an OAI.
  @Test(arguments: rows) func everyService(row: Row) async throws {
    let server = try await TLSServer(hosts: row.hosts.flatMap { $0 ?? [] }) {
      StandInAmazon.answer($0, region: row.region)
    }
    for (settings, hosts) in zip(Self.settings, row.hosts) {
      let proxy = try RecordingProxy(tunnelTo: server.socketPath)
      let place = try Workplace.amazon(through: proxy, trusting: server.certificatePath)
      try StandInAmazon.writeSignIns(
        to: place, partition: row.partition, region: row.region, settings: settings)
      let result = try await place.fixacl(
        "plan", StandInAmazon.bucket, "--owner-profile", "tools", "--owner-role-arn",
        "arn:\(row.partition):iam::777788889999:role/uploader", "--oai", "E2QWRUHEXAMPLE", "-o", "plan.json")
      guard let hosts else {
        #expect(result.status == 64, "\(result.err)")
        #expect(result.err.contains("profile site in \(place.path("config")) asks for FIPS endpoints"), "\(result.err)")
        #expect(proxy.requests.isEmpty)
        continue
      }
      #expect(result.status == 0, "\(result.err)")
      #expect(result.count("to grant") == 1, "\(result.err)")
      #expect(proxy.hosts == hosts.sorted(), "\(settings)")
      expectNoSecret(in: result, place)
    }
  }

  /// Of a bucket with dots in its name, no certificate would fit the host. One refusal of the proxy ends the run.
  @Test(arguments: rows) func aBucketWithDots(row: Row) async throws {
    let variables = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]
    for (number, hosts) in row.hosts.enumerated() {
      guard let hosts else { continue }
      let proxy = try RecordingProxy()
      let place = try Workplace.amazon(
        through: proxy,
        environment: [variables[0]: "\(number & 1 != 0)", variables[1]: "\(number & 2 != 0)", "AWS_REGION": row.region])
      let result = try await place.fixacl("plan", "www.site.example", "--grant-read", "id=" + StandInAmazon.oai)
      #expect(result.status == 1, "\(result.err)")
      #expect(proxy.hosts == [hosts[1]])
      #expect(proxy.requests.count == 1, "a refusal is not asked for again")
      #expect(result.err.contains("https://\(hosts[1])"), "\(result.err)")
      #expect(result.err.contains("FIPS") == (number & 1 != 0), "\(result.err)")
    }
  }

  /// The partition of a role's ARN decides where STS is asked, whatever the region.
  @Test(arguments: [
    ("aws", "eu-west-1", "sts.eu-west-1.amazonaws.com"), ("aws", "", "sts.us-east-1.amazonaws.com"),
    ("aws", "cn-north-1", "sts.us-east-1.amazonaws.com"),
    ("aws-cn", "eu-west-1", "sts.cn-northwest-1.amazonaws.com.cn"),
    ("aws-cn", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"), ("aws-cn", "", "sts.cn-northwest-1.amazonaws.com.cn"),
    ("aws-us-gov", "us-east-1", "sts.us-gov-west-1.amazonaws.com"),
    ("aws-us-gov", "us-gov-east-1", "sts.us-gov-east-1.amazonaws.com"),
    ("aws-iso", "", "sts.us-iso-east-1.c2s.ic.gov"), ("aws-iso-b", "", "sts.us-isob-east-1.sc2s.sgov.gov"),
    ("aws-iso-e", "", "sts.eu-isoe-west-1.cloud.adc-e.uk"), ("aws-iso-f", "", "sts.us-isof-south-1.csp.hci.ic.gov"),
    ("aws-eusc", "", "sts.eusc-de-east-1.amazonaws.eu"),
  ])
  func aRoleIsAssumedInItsPartition(partition: String, region: String, host: String) async throws {
    let proxy = try RecordingProxy()
    let role = "arn:\(partition):iam::444455556666:role/uploader"
    let place = try Workplace.amazon(through: proxy, environment: ["AWS_REGION": region])
    try StandInAmazon.writeKeys(
      to: place,
      more: "[profile role]\nrole_arn = \(role)\nsource_profile = site\n"
        + "[profile web]\nrole_arn = \(role)\nweb_identity_token_file = \(place.path("token"))\n")
    try place.write(StandInAmazon.secret, to: "token")
    for profile in ["role", "web"] {
      let result = try await place.fixacl("plan", StandInAmazon.bucket, "--profile", profile)
      #expect(result.status == 1, "\(result.err)")
      #expect(proxy.hosts == [host])
      #expect(result.err.contains("profile \(profile)") && result.err.contains(host), "\(result.err)")
      expectNoSecret(in: result, place)
    }
    #expect(proxy.requests.count == 2)
  }

  private func expectNoSecret(
    in result: ProgramResult, _ place: Workplace, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let plan = place.exists("plan.json") ? (try? place.read("plan.json")) ?? "" : ""
    #expect(!(result.out + result.err + plan).contains(StandInAmazon.secret), sourceLocation: sourceLocation)
  }
}
