import TestSupport
import Testing

@testable import AWSKit

/// Words from files and servers that become parts of host names.
@Suite struct HostPartsTests {
  private static let noLabels = [
    "", ".", "x.evil.com", "x.evil.com/", "evil.com#", "evil.com?", "a@b", "user:password@b", "a:80", "a/b", "a\\b",
    "%2e", "a%00", "eu west", " us-east-1", "us-east-1 ", "us-east-1.", ".us-east-1", "-x", "x-", "us_east",
    "a\n", "a\r\nHost: b", "a\u{0}", "\u{e4}", "\u{430}ws", "us\u{2010}east", "us\u{3002}east", "\u{ff0e}",
    String(repeating: "a", count: 64), String(repeating: "a", count: 100_000),
  ]

  @Test(arguments: noLabels)
  func whatIsNoLabelIsNoRegion(text: String) {
    #expect(Region(text) == nil)
  }

  @Test(arguments: ["us-east-1", "ap-southeast-12", "default", "RegionOne", "x", String(repeating: "a", count: 63)])
  func labelsAreRegions(text: String) {
    #expect(Region(text)?.name == text)
  }

  @Test func onlyAmazonKnowsItsRegionsInLowerCaseAlone() throws {
    #expect(!AWSEndpoint.aws.accepts("EU-WEST-1"))
    #expect(AWSEndpoint.aws.accepts("eu-west-1"))
    #expect(try #require(AWSEndpoint(url: "http://ceph")).accepts("RegionOne"))
  }

  @Test(arguments: noLabels + ["11112222333", "1111222233334", "11112222333a", "111122223333\n", "\u{661}11122223333"])
  func onlyTwelveDigitsAreAnAccount(text: String) {
    #expect(AccountID(text) == nil)
  }

  @Test(
    arguments: noLabels.filter {
      !["x.evil.com", "us_east", "-x", "x-", "us-east-1.", ".us-east-1", "a:80"].contains($0) && $0.utf8.count != 64
    })
  func noBucketIsCalledSo(text: String) {
    #expect(!BucketName.isPlausible(text))
  }

  @Test(arguments: [
    "abc", "my.bucket", "My_Old.Bucket", "tenant:bucket", "tenant$user:bucket", "site-s3alias", "a--x-s3",
    String(repeating: "b", count: 255),
  ])
  func bucketsAreCalledSo(text: String) {
    #expect(BucketName.isPlausible(text))
  }

  @Test(arguments: noLabels)
  func aServersAnswerBecomesNoHost(text: String) async {
    let location = ClientBench(.status(200, "<LocationConstraint>\(text.escapedForXML)</LocationConstraint>"))
    if !text.isEmpty {
      let error = await #expect(throws: AWSError.self) { _ = try await location.client.bucketLocation(bucket: "site") }
      #expect(error?.kind == .malformedAnswer)
    }
    let moved = ClientBench(.error(301, "PermanentRedirect", more: "<Region>\(text.escapedForXML)</Region>"), .thing)
    await #expect(throws: AWSError.self) { try await moved.client.run(.getThing()) }
    #expect(Set(moved.requests.map(\.authority)).count == 1)
  }

  @Test func theTableOfPartitionsDecidesOnHosts() {
    #expect(
      Partition.all.map(\.name).sorted() == [
        "aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov",
      ])
    #expect(Partition.of("us-east-1").name == "aws")
    #expect(Partition.of("mx-central-1").name == "aws")
    #expect(Partition.of("us-isob-east-1").name == "aws-iso-b")
    #expect(Partition.of("us-iso-east-1").name == "aws-iso")
    #expect(AWSService.cloudFront.host(region: "cn-north-1") == "cloudfront.cn-northwest-1.amazonaws.com.cn")
    #expect(AWSService.cloudFront.signingRegion("cn-north-1").name == "cn-northwest-1")
    #expect(AWSService.cloudFront.host(region: "us-gov-west-1") == "cloudfront.amazonaws.com")
    #expect(AWSService.sts.host(region: "eusc-de-east-1") == "sts.eusc-de-east-1.amazonaws.eu")
  }
}

extension String {
  /// As the text of an element; what XML cannot hold makes the document malformed, as it should.
  fileprivate var escapedForXML: String {
    unicodeScalars.map { "<&>\r".unicodeScalars.contains($0) ? "&#\($0.value);" : String($0) }.joined()
  }
}
