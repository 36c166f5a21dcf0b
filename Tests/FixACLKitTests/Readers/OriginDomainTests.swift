import Testing

@testable import FixACLKit

/// The names that origins have (S3 User Guide: "Virtual hosting of buckets", "Website endpoints").
@Suite struct OriginDomainTests {
  @Test(arguments: [
    ("assets.s3.amazonaws.com", OriginDomain.bucket), ("assets.s3.eu-west-1.amazonaws.com", .bucket),
    ("Assets.S3.EU-West-1.amazonaws.com", .bucket), ("assets.s3-eu-west-1.amazonaws.com", .bucket),
    ("assets.s3.dualstack.eu-west-1.amazonaws.com", .bucket), ("assets.s3.cn-north-1.amazonaws.com.cn", .bucket),
    ("assets.s3-website-eu-west-1.amazonaws.com", .website), ("assets.s3-website.eu-central-1.amazonaws.com", .website),
    ("assets.s3-website.cn-north-1.amazonaws.com.cn", .website), ("my.assets.s3.amazonaws.com", .other),
    ("other.s3.amazonaws.com", .other), ("assets.example.com", .other), ("s3.amazonaws.com", .other),
    ("assets.amazonaws.com", .other), ("assets.s3.amazonaws.com.evil.example", .other),
    ("assets.s3.eu-west-1.x.amazonaws.com", .other), ("assets.s3-accesspoint.eu-west-1.amazonaws.com", .other),
    ("assets.s3.us-iso-east-1.c2s.ic.gov", .bucket), ("assets.s3.us-isob-east-1.sc2s.sgov.gov", .bucket),
    ("assets.s3.eu-isoe-west-1.cloud.adc-e.uk", .bucket), ("assets.s3.us-isof-south-1.csp.hci.ic.gov", .bucket),
    ("assets.s3.eusc-de-east-1.amazonaws.eu", .bucket), ("assets.", .other), ("", .other),
  ])
  func whatItIs(domainName: String, kind: OriginDomain) {
    #expect(OriginDomain(domainName, bucket: "assets") == kind)
  }

  @Test func bucketsWithDots() {
    #expect(OriginDomain("my.assets.s3.amazonaws.com", bucket: "my.assets") == .bucket)
    #expect(OriginDomain("s3.s3.amazonaws.com", bucket: "s3") == .bucket)
  }
}
