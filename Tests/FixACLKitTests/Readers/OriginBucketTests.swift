import FixACLKit
import Testing

/// The bucket behind an origin's domain name.
@Suite struct OriginBucketTests {
  static let domains: [(String, String?, String?, OriginDomain)] = [
    ("site.s3.amazonaws.com", "site", nil, .bucket), ("site.s3.eu-west-1.amazonaws.com", "site", "eu-west-1", .bucket),
    ("www.example.com.s3.eu-west-1.amazonaws.com", "www.example.com", "eu-west-1", .bucket),
    ("site.s3-eu-west-1.amazonaws.com", "site", "eu-west-1", .bucket),
    ("site.s3.dualstack.eu-west-1.amazonaws.com", "site", "eu-west-1", .bucket),
    ("site.s3-website-us-east-1.amazonaws.com", "site", "us-east-1", .website),
    ("site.s3-website.eu-central-1.amazonaws.com", "site", "eu-central-1", .website),
    ("Site.S3.CN-NORTH-1.amazonaws.com.cn", "site", "cn-north-1", .bucket),
    ("s3.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", .bucket),
    ("example.com", nil, nil, .other), ("d111.cloudfront.net", nil, nil, .other),
    ("s3.amazonaws.com", nil, nil, .other),
    ("", nil, nil, .other),
  ]

  @Test(arguments: domains) func leadsToIt(domain: String, bucket: String?, region: String?, kind: OriginDomain) {
    let found = OriginDomain.bucket(in: domain)
    #expect(found?.name == bucket)
    #expect(found?.region == region)
    #expect((found?.kind ?? .other) == kind)
  }
}
