import Testing

@testable import AWSKit

/// Amazon's own examples: S3 API Reference, "Signature Calculations for the Authorization Header:
/// Transferring Payload in a Single Chunk".
@Suite struct SigV4SignerTests {
  /// One of the examples, and what Amazon's documentation says of each of its stages.
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var request: HTTPRequest
    var canonicalRequest: String
    var canonicalRequestHash: String
    var signedHeaders: String
    var signature: String

    var testDescription: String { name }
  }

  private static let host = "examplebucket.s3.amazonaws.com"

  private static let getObject = Example(
    name: "GET object",
    request: HTTPRequest(
      method: .get, scheme: "https", authority: host, path: "/test.txt", headers: [("Range", "bytes=0-9")]),
    canonicalRequest: """
      GET
      /test.txt

      host:examplebucket.s3.amazonaws.com
      range:bytes=0-9
      x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      x-amz-date:20130524T000000Z

      host;range;x-amz-content-sha256;x-amz-date
      e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      """,
    canonicalRequestHash: "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
    signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")

  private static let putObject = Example(
    name: "PUT object",
    request: HTTPRequest(
      method: .put, scheme: "https", authority: host, path: "/test%24file.text",
      headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
      body: Array("Welcome to Amazon S3.".utf8)),
    canonicalRequest: """
      PUT
      /test%24file.text

      date:Fri, 24 May 2013 00:00:00 GMT
      host:examplebucket.s3.amazonaws.com
      x-amz-content-sha256:44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072
      x-amz-date:20130524T000000Z
      x-amz-storage-class:REDUCED_REDUNDANCY

      date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class
      44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072
      """,
    canonicalRequestHash: "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
    signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")

  private static let getLifecycle = Example(
    name: "GET bucket lifecycle",
    request: HTTPRequest(method: .get, scheme: "https", authority: host, path: "/", query: "lifecycle="),
    canonicalRequest: """
      GET
      /
      lifecycle=
      host:examplebucket.s3.amazonaws.com
      x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      x-amz-date:20130524T000000Z

      host;x-amz-content-sha256;x-amz-date
      e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      """,
    canonicalRequestHash: "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")

  private static let listObjects = Example(
    name: "GET bucket, list objects",
    request: HTTPRequest(
      method: .get, scheme: "https", authority: host, path: "/", query: "max-keys=2&prefix=J"),
    canonicalRequest: """
      GET
      /
      max-keys=2&prefix=J
      host:examplebucket.s3.amazonaws.com
      x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      x-amz-date:20130524T000000Z

      host;x-amz-content-sha256;x-amz-date
      e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      """,
    canonicalRequestHash: "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")

  static let examples = [getObject, putObject, getLifecycle, listObjects]

  @Test(arguments: examples)
  func theCanonicalRequestIsAmazons(example: Example) throws {
    let signer = SigV4Signer(region: "us-east-1")
    var request = example.request
    let payloadHash = try #require(example.canonicalRequest.split(separator: "\n").last)
    request.headers += [
      ("x-amz-date", "20130524T000000Z"), ("x-amz-content-sha256", String(payloadHash)),
    ]
    let (text, signedHeaders) = signer.canonicalRequest(request, payloadHash: String(payloadHash))
    #expect(String(decoding: text, as: UTF8.self) == example.canonicalRequest)
    #expect(String(decoding: signedHeaders, as: UTF8.self) == example.signedHeaders)
  }

  @Test(arguments: examples)
  func theStringToSignIsAmazons(example: Example) {
    let text = SigV4Signer(region: "us-east-1").stringToSign(
      Array(example.canonicalRequest.utf8), timestamp: "20130524T000000Z", scope: "20130524/us-east-1/s3/aws4_request")
    #expect(
      String(decoding: text, as: UTF8.self) == """
        AWS4-HMAC-SHA256
        20130524T000000Z
        20130524/us-east-1/s3/aws4_request
        \(example.canonicalRequestHash)
        """)
  }

  @Test(arguments: examples)
  func theSignatureIsAmazons(example: Example) {
    let request = example.request.signed()
    #expect(
      request.header("Authorization")
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=\(example.signedHeaders), Signature=\(example.signature)")
  }

  @Test func signingAddsHeadersInAFixedOrderAndChangesNothingElse() {
    let request = HTTPRequest(
      method: .put, scheme: "https", authority: "h", path: "/k", query: "acl=",
      headers: [("X-B", "2"), ("X-A", "1")],
      body: [1, 2, 3])
    let signed = request.signed(token: "TOKEN")
    #expect(
      signed.headers.map(\.name) == [
        "X-B", "X-A", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "Authorization",
      ])
    #expect(signed.header("x-amz-date") == "20130524T000000Z")
    #expect(
      signed.header("x-amz-content-sha256")
        == "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
    #expect(signed.header("x-amz-security-token") == "TOKEN")
    #expect(signed.url == request.url)
    #expect(signed.body == request.body)
  }

  @Test func withoutATokenNoneIsSent() {
    let signed = HTTPRequest(method: .get, scheme: "https", authority: "h", path: "/").signed()
    #expect(signed.header("x-amz-security-token") == nil)
    #expect(signed.header("x-amz-content-sha256") == SigV4Signer.emptyPayloadHash)
  }
}
