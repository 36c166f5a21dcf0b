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
    ("assets.", .other), ("", .other),
  ])
  func whatItIs(domainName: String, kind: OriginDomain) {
    #expect(OriginDomain(domainName, bucket: "assets") == kind)
  }

  @Test func bucketsWithDots() {
    #expect(OriginDomain("my.assets.s3.amazonaws.com", bucket: "my.assets") == .bucket)
    #expect(OriginDomain("s3.s3.amazonaws.com", bucket: "s3") == .bucket)
  }
}
