import Testing

@testable import AWSKit

@Suite struct AWSClientRequestTests {
  @Test(arguments: OddKey.all)
  func oddKeysAreSentAndSignedAsTheyAre(key: OddKey) async throws {
    let bench = ClientBench(.thing)
    _ = try await bench.client.run(.getThing(bucket: "examplebucket", key: key.key.text))
    let request = try #require(bench.requests.first)
    #expect(request.url == "https://examplebucket.s3.us-east-1.amazonaws.com" + key.path)
    #expect(request.signature == key.signature)
  }

  @Test(arguments: OddKey.all)
  func oddKeysComeAfterTheBucketInAPath(key: OddKey) async throws {
    let endpoint = try #require(AWSEndpoint(url: "http://127.0.0.1:9000/s3"))
    for (endpoint, prefix) in [
      (endpoint, "http://127.0.0.1:9000/s3/a.b"), (.aws, "https://s3.us-east-1.amazonaws.com/a.b"),
    ] {
      let bench = ClientBench(.thing, endpoint: endpoint)
      _ = try await bench.client.run(.getThing(bucket: "a.b", key: key.key.text))
      #expect(bench.requests.map(\.url) == [prefix + key.path])
    }
  }

  @Test(
    arguments: [
      ("http://h", "bucket", "http://h/bucket"), ("http://h/s3/", "bucket", "http://h/s3/bucket"),
      ("http://h", nil, "http://h/"),
      ("http://h/s3", nil, "http://h/s3"), (nil, "bucket", "https://bucket.s3.us-east-1.amazonaws.com/"),
      (nil, "a.b", "https://s3.us-east-1.amazonaws.com/a.b"), (nil, nil, "https://s3.us-east-1.amazonaws.com/"),
    ] as [(String?, String?, String)])
  func bucketsAndTheServiceHaveTheirPaths(endpoint: String?, bucket: String?, url: String) async throws {
    let endpoint = try endpoint.map { try #require(AWSEndpoint(url: $0)) } ?? .aws
    let bench = ClientBench(.thing, endpoint: endpoint)
    _ = try await bench.client.run(.getThing(bucket: bucket, key: nil))
    #expect(bench.requests.map(\.url) == [url])
  }

  @Test func keysWhoseBytesAreNotUTF8AreSentAsTheyAre() async throws {
    let bench = ClientBench(.thing)
    var operation = AWSOperation<String>.getThing()
    operation.key = ObjectKey([0xff, 0x2f, 0xc3])
    _ = try await bench.client.run(operation)
    #expect(bench.requests.map(\.path) == ["/%FF/%C3"])
  }

  @Test func theSignatureCoversWhatIsSent() async throws {
    let bench = ClientBench(.status(200))
    let operation = AWSOperation<Void>(
      "PutThing", .put, bucket: "bucket", key: ObjectKey("k"), query: [("b", ""), ("a", "x y")],
      headers: [("Content-Type", "text/plain")], body: Array("body".utf8), parse: AWSOperation<Void>.expectNoError)
    try await bench.client.run(operation)
    let request = try #require(bench.requests.first)
    #expect(
      request.headers.dropLast().map { "\($0.name): \($0.value)" } == [
        "Content-Type: text/plain", "Content-MD5: hBotaJrYa9FhFEdFPCLG/A==", "x-amz-date: 20130524T000000Z",
        "x-amz-content-sha256: 230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
      ])
    // Signing what was sent, without what signing added, gives the same signature.
    var again = request
    again.headers.removeLast(3)
    #expect(again.signed().signature == request.signature)
  }

  @Test(
    arguments: [
      ([], ""), ([("acl", "")], "acl="), ([("b", "2"), ("a", "1")], "a=1&b=2"),
      ([("prefix", "a/b c+d&e=f"), ("list-type", "2")], "list-type=2&prefix=a%2Fb%20c%2Bd%26e%3Df"),
      // Sorted once encoded: "a%3D" comes before "a-b", although "=" comes after "-".
      ([("a=", "1"), ("a-b", "2"), ("A", "3"), ("a", "4")], "A=3&a=4&a%3D=1&a-b=2"),
      ([("a", "c"), ("a", "b"), ("a", "")], "a=&a=b&a=c"),
      ([("versionId", "null"), ("acl", "")], "acl=&versionId=null"),
    ] as [([(name: String, value: String)], String)])
  func theQueryIsCanonical(query: [(name: String, value: String)], text: String) {
    let operation = AWSOperation<Void>("O", query: query) { _ throws(XMLError) in }
    #expect(operation.canonicalQuery == text)
  }
}
