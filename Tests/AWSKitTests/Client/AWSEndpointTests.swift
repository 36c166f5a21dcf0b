import TestSupport
import Testing

@testable import AWSKit

@Suite struct AWSEndpointTests {
  @Test(arguments: [
    ("http://localhost", "http://localhost"),
    ("http://localhost/", "http://localhost"),
    ("http://localhost///", "http://localhost"),
    ("https://s3.example.com:9000", "https://s3.example.com:9000"),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ("http://[::1]:9000", "http://[::1]:9000"),
    ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
    ("HTTPS://S3.Example.COM/", "https://s3.example.com"),
    // As HTTP clients send the Host header: without the scheme's own port.
    ("http://h:80", "http://h"), ("https://h:443/", "https://h"), ("http://[::1]:80", "http://[::1]"),
    ("http://h:443", "http://h:443"), ("https://h:80", "https://h:80"), ("http://h:8080", "http://h:8080"),
    ("http://h:1", "http://h:1"), ("http://h:65535", "http://h:65535"),
    // A path, behind a proxy for one.
    ("http://h/s3", "http://h/s3"), ("http://h:9000/a/B//c/", "http://h:9000/a/B//c"),
    ("http://under_score:1", "http://under_score:1"),
  ])
  func urlsAreNormalized(url: String, normalized: String) {
    #expect(AWSEndpoint(url: url)?.url == normalized)
  }

  @Test(arguments: [
    "", "localhost", "localhost:9000", "//h", "http:/h", "http//h", "://h", "http://", "http:///",
    "http:///path",
    "ftp://h", "file:///etc", "s3://bucket", "httpss://h", " http://h", "http://h ", "http://h/a b",
    "http://user@h", "http://user:secret@h", "http://h?a=b", "http://h/?a", "http://h/p?x=1", "http://h#f",
    "http://h/#", "http://h\\x", "http://h\n", "http://h\r\nX: y", "http://h%00", "http://\u{fc}.de",
    // Where a port should be, or a host.
    "http://:9000", "http://h:", "http://h:x", "http://h:9000x", "http://h:65536", "http://h:0",
    "http://h:-1",
    "http://h:1:2", "http://::1", "http://[::1", "http://::1]", "http://[]", "http://[::1]x", "http://a[b]",
    "http://h:99999999999999999999",
    // What a request line cannot hold.
    "http://h/a\nb", "http://h/a\tb", "http://h/a\u{7f}b", "http://h/\u{e4}",
  ])
  func urlsOfAnotherFormAreRefused(url: String) {
    #expect(AWSEndpoint(url: url) == nil)
  }

  @Test func amazonsHasNoURL() {
    #expect(AWSEndpoint.aws.url == nil)
  }

  @Test(
    arguments: [
      // Virtual host, wherever the name can be one.
      ("bucket", "us-east-1", "https://bucket.s3.us-east-1.amazonaws.com"),
      ("my-bucket-1", "eu-central-1", "https://my-bucket-1.s3.eu-central-1.amazonaws.com"),
      ("abc", "us-east-1", "https://abc.s3.us-east-1.amazonaws.com"),
      ("bucket", "cn-north-1", "https://bucket.s3.cn-north-1.amazonaws.com.cn"),
      ("bucket", "us-gov-west-1", "https://bucket.s3.us-gov-west-1.amazonaws.com"),
      ("bucket", "us-iso-east-1", "https://bucket.s3.us-iso-east-1.c2s.ic.gov"),
      ("bucket", "us-isob-east-1", "https://bucket.s3.us-isob-east-1.sc2s.sgov.gov"),
      ("bucket", "eu-isoe-west-1", "https://bucket.s3.eu-isoe-west-1.cloud.adc-e.uk"),
      ("bucket", "us-isof-south-1", "https://bucket.s3.us-isof-south-1.csp.hci.ic.gov"),
      ("bucket", "eusc-de-east-1", "https://bucket.s3.eusc-de-east-1.amazonaws.eu"),
      // A dot: no certificate fits.
      ("my.bucket", "us-east-1", "https://s3.us-east-1.amazonaws.com/my.bucket"),
      // Names from before there were rules.
      ("Bucket", "us-east-1", "https://s3.us-east-1.amazonaws.com/Bucket"),
      ("my_bucket", "us-east-1", "https://s3.us-east-1.amazonaws.com/my_bucket"),
      ("ab", "us-east-1", "https://s3.us-east-1.amazonaws.com/ab"),
      ("-abc", "us-east-1", "https://s3.us-east-1.amazonaws.com/-abc"),
      ("abc-", "us-east-1", "https://s3.us-east-1.amazonaws.com/abc-"),
      // Names that no bucket has; none may become a part of the host, or leave its place in the path.
      ("evil.com/", "us-east-1", "https://s3.us-east-1.amazonaws.com/evil.com%2F"),
      ("a?b#c", "us-east-1", "https://s3.us-east-1.amazonaws.com/a%3Fb%23c"),
      ("", "us-east-1", "https://s3.us-east-1.amazonaws.com/"),
      ("b\u{fc}cket", "us-east-1", "https://s3.us-east-1.amazonaws.com/b%C3%BCcket"),
      (nil, "us-east-1", "https://s3.us-east-1.amazonaws.com"),
      (nil, "cn-northwest-1", "https://s3.cn-northwest-1.amazonaws.com.cn"),
    ] as [(String?, Region, String)])
  func amazonsAddresses(bucket: String?, region: Region, url: String) {
    let address = AWSEndpoint.aws.address(bucket: bucket, region: region)
    #expect(address.scheme + "://" + address.authority + address.path == url)
  }

  @Test func aNameAsLongAsALabelIsAHost() {
    let longest = String(repeating: "b", count: 63)
    #expect(
      AWSEndpoint.aws.address(bucket: longest, region: "us-east-1").authority
        == longest + ".s3.us-east-1.amazonaws.com")
    let address = AWSEndpoint.aws.address(bucket: longest + "b", region: "us-east-1")
    #expect(address.authority == "s3.us-east-1.amazonaws.com")
    #expect(address.path == "/" + longest + "b")
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:9000", "bucket", "http", "127.0.0.1:9000", "/bucket"),
      ("http://127.0.0.1:9000", nil, "http", "127.0.0.1:9000", ""),
      ("https://h/s3/", "my.Bucket_1", "https", "h", "/s3/my.Bucket_1"),
      ("https://h/s3/", nil, "https", "h", "/s3"),
      ("https://h", "a/../b c", "https", "h", "/a%2F..%2Fb%20c"),
    ] as [(String, String?, String, String, String)])
  func otherServersAddressesHaveTheBucketInThePath(
    url: String, bucket: String?, scheme: String, authority: String, path: String
  ) throws {
    let address = try #require(AWSEndpoint(url: url)).address(bucket: bucket, region: "eu-west-1")
    #expect(address.scheme == scheme)
    #expect(address.authority == authority)
    #expect(address.path == path)
  }
}
