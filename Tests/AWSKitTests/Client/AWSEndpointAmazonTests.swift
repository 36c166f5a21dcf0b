import Testing

@testable import AWSKit

@Suite struct AWSEndpointAmazonTests {
  @Test(
    arguments: [
      ("https://s3.eu-west-1.amazonaws.com", true), ("https://s3.dualstack.eu-west-1.amazonaws.com/", true),
      ("https://s3-fips.us-east-1.amazonaws.com:443", true), ("https://s3.cn-north-1.amazonaws.com.cn", true),
      ("https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com", true),
      ("https://S3.US-EAST-1.AMAZONAWS.COM", true), ("https://amazonaws.com.example.com", false),
      ("https://notamazonaws.com", false), ("http://127.0.0.1:9000/amazonaws.com", false),
      ("http://[::1]:9000", false), ("https://s3.example.com/.amazonaws.com", false),
    ])
  func amazonsByURL(url: String, isAmazons: Bool) throws {
    #expect(try #require(AWSEndpoint(url: url)).isAmazons == isAmazons)
  }

  @Test func amazonsByRegion() {
    #expect(AWSEndpoint.aws.isAmazons)
  }
}
