import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct ReaderTests {
  private static let readers: [(Reader, String)] = [
    (
      Reader(
        .bucketPolicy, .canonicalUser(Sample.oai, .read), statement: "AllowOAI", originAccessIdentity: "E2QWRUHEXAMPLE"),
      #"{"source":"bucket-policy","statement":"AllowOAI","distribution":null,"oai":"E2QWRUHEXAMPLE","id":"0a1f","permission":"READ"}"#
    ),
    (
      Reader(.grantFullControl, .canonicalUser(Sample.other, .fullControl)),
      #"{"source":"grant-full-control","statement":null,"distribution":null,"oai":null,"id":"other, with \"quotes\"","permission":"FULL_CONTROL"}"#
    ),
    (
      Reader(
        .distribution,
        .service("cloudfront.amazonaws.com", sources: ["arn:aws:cloudfront::111122223333:distribution/E1"]),
        statement: "2", distribution: "E1"),
      #"{"source":"distribution","statement":"2","distribution":"E1","oai":null,"service":"cloudfront.amazonaws.com","#
        + #""sources":["arn:aws:cloudfront::111122223333:distribution/E1"]}"#
    ),
    (
      Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: [])),
      #"{"source":"bucket-policy","statement":null,"distribution":null,"oai":null,"service":"cloudfront.amazonaws.com","#
        + #""sources":[]}"#
    ),
  ]

  @Test(arguments: readers.indices)
  func isWrittenAndReadAgain(index: Int) throws {
    let (reader, text) = Self.readers[index]
    var json = JSONWriter()
    reader.write(to: &json)
    #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(Reader.self, from: Data(json.bytes)) == reader)
  }

  @Test func makesGrants() {
    let desired = Intent(
      grants: [.user(Sample.site, .fullControl)], readers: Self.readers.map(\.0) + [Self.readers[0].0],
      strategy: .auto, dropPublicGrants: .never, filter: KeyFilter())
    #expect(desired.readers.count == 4)
    #expect(desired.readers == desired.readers.sorted())
    #expect(
      desired.grants
        == [.user(Sample.oai), .user(Sample.site, .fullControl), .user(Sample.other, .fullControl)].sorted())
    #expect(desired.needsBucketOwnership)
    #expect(desired.originAccessIdentities == [Sample.oai])
    #expect(!Sample.desired().needsBucketOwnership)
    #expect(Sample.desired().originAccessIdentities.isEmpty)
  }
}
