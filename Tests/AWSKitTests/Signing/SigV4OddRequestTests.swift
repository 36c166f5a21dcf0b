import Testing

@testable import AWSKit

/// Requests that clients sign wrongly. The signatures are botocore's, made as `OddKey` tells.
@Suite struct SigV4OddRequestTests {
  /// A request to `examplebucket` in us-east-1, and botocore's signature of it.
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var request: HTTPRequest
    var token: String?
    var signedHeaders = "host;x-amz-content-sha256;x-amz-date"
    var signature: String

    var testDescription: String { name }
  }

  @Test(arguments: OddKey.all)
  func oddKeysAreSignedAsBotocoreDoes(key: OddKey) {
    #expect("/" + PercentEncoding.encode(key.key.bytes, keepingSlashes: true) == key.path)
    #expect(Self.request(path: key.path).signed().signature == key.signature)
  }

  @Test(arguments: examples)
  func oddRequestsAreSignedAsBotocoreDoes(example: Example) {
    let authorization = example.request.signed(token: example.token).header("Authorization")
    #expect(
      authorization
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=\(example.signedHeaders), Signature=\(example.signature)")
  }

  @Test func repeatedHeadersAreJoinedInTheirOrder() {
    let signer = SigV4Signer(region: "us-east-1")
    let request = Self.request(
      .put,
      headers: [("x-amz-meta-a", "1"), ("X-AMZ-meta-B", "x"), ("X-Amz-Meta-A", "2"), ("x-amz-meta-a", "0")])
    let text = signer.canonicalRequest(request, payloadHash: "HASH").canonicalRequest
    #expect(
      String(decoding: text, as: UTF8.self) == """
        PUT
        /k

        host:examplebucket.s3.us-east-1.amazonaws.com
        x-amz-meta-a:1,2,0
        x-amz-meta-b:x

        host;x-amz-meta-a;x-amz-meta-b
        HASH
        """)
  }

  /// A signer keeps the order of the headers that it has seen, of a few requests.
  @Test func whatWasSignedBeforeDoesNotMatter() {
    let signer = SigV4Signer(region: "us-east-1")
    let names = ["b", "a", "B", "c", "A", "content-type", "Host-Of", "x-amz-meta-\u{e9}", "x-amz-meta-e\u{301}"]
    var requests: [HTTPRequest] = []
    for first in names {
      for second in names { requests.append(Self.request(headers: [(first, "1"), (second, " 2  3 "), ("d", "4")])) }
    }
    for (index, request) in (requests + requests.reversed()).enumerated() {
      var signed = request
      // The time changes now and then.
      let time = Timestamp(seconds: Timestamp.example.seconds + index / 10)
      signer.sign(&signed, credentials: .example(), at: time)
      var expected = request
      SigV4Signer(region: "us-east-1").sign(&expected, credentials: .example(), at: time)
      #expect(signed.headers.map(\.name) == expected.headers.map(\.name))
      #expect(signed.headers.map(\.value) == expected.headers.map(\.value))
    }
  }

  private static func request(
    _ method: HTTPMethod = .get, path: String = "/k", query: String = "",
    headers: [(name: String, value: String)] = [], body: String = ""
  ) -> HTTPRequest {
    HTTPRequest(
      method: method, scheme: "https", authority: "examplebucket.s3.us-east-1.amazonaws.com", path: path,
      query: query, headers: headers, body: Array(body.utf8))
  }

  // From the documentation of STS; it has slashes, plus and equals signs.
  private static let token =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwt"
    + "hAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHN"
    + "VXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLx"
    + "BA=="

  private static let examples = [
    Example(
      name: "session token", request: request(), token: token,
      signedHeaders: "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
      signature: "b23d00f502afa90211b05a3e63a5840f4a86f8e6b5d1e01b06a554554cdc8e42"),
    Example(
      name: "session token among other headers", request: request(.put, headers: [("x-amz-acl", "private")]),
      token: token, signedHeaders: "host;x-amz-acl;x-amz-content-sha256;x-amz-date;x-amz-security-token",
      signature: "9e4433b0cb20f0d9b568e82afbcc9ba40ccc5eaa534136c326c0fedb363b2f70"),
    Example(
      name: "repeated headers",
      request: request(
        .put,
        headers: [("x-amz-meta-a", "1"), ("x-amz-meta-b", "x"), ("X-Amz-Meta-A", "2"), ("x-amz-meta-a", "0")]),
      signedHeaders: "host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-b",
      signature: "ae3c0be50c023438c78745afffaddac9990c13762272f3b05ac365d7927703b6"),
    Example(
      name: "blanks and an empty value",
      request: request(.put, headers: [("x-amz-meta-a", "  two   inner \t tabs  "), ("x-amz-meta-e", "")]),
      signedHeaders: "host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-e",
      signature: "ee5e85776412146d0f411348067c544abb2086aad19dff86dab69941e6b0dac6"),
    Example(
      // The second value has two blanks, and then an accent: to Swift, the second blank and the accent
      // are one Character.
      name: "values that are not ASCII",
      request: request(
        .put, headers: [("x-amz-meta-a", "gr\u{fc}\u{df}e  \u{4e2d}"), ("x-amz-meta-b", "x  \u{301}y")]),
      signedHeaders: "host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-b",
      signature: "cdff9af419e1ef8134a857c6c261b6677309b755aa37ca91cdf5e41227813576"),
    Example(
      name: "sub-resource without value", request: request(query: "acl="),
      signature: "649c3554ac9ffe64fd5396dc6f4ef28b5987c320a2d87dd24ce700c66c9f2618"),
    Example(
      name: "sub-resource of a version", request: request(query: "acl=&versionId=null"),
      signature: "c9f9a25f88f658021ad8372a687f8620cfdee07a78e6b60be9b4570604c488a8"),
    Example(
      name: "listing",
      request: request(
        path: "/",
        query: "encoding-type=url&fetch-owner=true&list-type=2&max-keys=1000&prefix=a%20b%2F%2B"
          + "&start-after=caf%C3%A9"),
      signature: "b6af255dbfa36684261aaa2eaec3ccfe33b6076122a12260ccea34dbd102c5c7"),
    Example(
      name: "another server's port",
      request: HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:9000", path: "/bucket/k"),
      signature: "94aa4228164754b8ca9c34c819161050a94d3dcdcfb3489fc556d732e274fec0"),
    Example(
      name: "body",
      request: request(
        .put, query: "acl=", headers: [("Content-Type", "application/xml")], body: "<AccessControlPolicy/>"),
      signedHeaders: "content-type;host;x-amz-content-sha256;x-amz-date",
      signature: "1dde2124f6324bf28671b0ef19c55af5dc55572e31f3d90d41e3f17ca89061fb"),
  ]
}
