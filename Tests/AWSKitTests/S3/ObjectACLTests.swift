import Testing

@testable import AWSKit

@Suite struct ObjectACLTests {
  private static let acl = AccessControlList(
    owner: CanonicalID("o"), grants: [Grant(.canonicalUser(CanonicalID("g")), .read)])

  @Test func theACLOfAKeyIsAskedFor() async throws {
    let bench = ClientBench(.success(try Recording.named("get-object-acl-grants")))
    let acl = try await bench.client.objectACL(bucket: "bucket", key: ObjectKey("a?acl/\u{e9}"))
    #expect(acl.grants.count == 2)
    let request = try #require(bench.requests.first)
    #expect(request.method == .get)
    #expect(request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%3Facl/%C3%A9?acl=")
    #expect(request.body == [])
  }

  @Test func theWholeACLIsPut() async throws {
    let bench = ClientBench(.success(try Recording.named("put-object-acl")))
    try await bench.client.putObjectACL(bucket: "bucket", key: ObjectKey("k"), acl: Self.acl)
    let request = try #require(bench.requests.first)
    #expect(request.method == .put)
    #expect(request.url == "https://bucket.s3.us-east-1.amazonaws.com/k?acl=")
    #expect(request.body == Self.acl.xml)
    // The MD5 of exactly that document, as `openssl md5 -binary | base64` has it.
    #expect(
      request.headers.prefix(3).map { "\($0.name): \($0.value)" } == [
        "Content-Type: application/xml", "Content-MD5: boiNh+vhu72D3R85rq7jWg==", "x-amz-date: 20130524T000000Z",
      ])
  }

  @Test(arguments: [
    ("put-object-acl-unknown-grantee", 400, "InvalidArgument", "Invalid id"),
    ("put-object-acl-malformed", 400, "InvalidArgument", ""),
    ("put-object-acl-wrong-owner", 403, "AccessDenied", ""),
    ("put-object-acl-public-blocked", 403, "AccessDenied", ""),
    (
      "put-object-acl-101-grants", 400, "LimitExceeded",
      "The request is rejected, because the acl grants number you requested is larger than the maximum 100 grants "
        + "allowed in an acl."
    ),
  ])
  func refusalsAreTold(recording: String, status: Int, code: String, message: String) async throws {
    let bench = ClientBench(.success(try Recording.named(recording)))
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.putObjectACL(bucket: "bucket", key: ObjectKey("k"), acl: Self.acl)
    }
    #expect(error?.kind == .service)
    #expect(error?.operation == "PutObjectAcl")
    #expect(error?.status == status)
    #expect(error?.code == code)
    #expect(error?.message == message)
    #expect(bench.requests.count == 1)
  }

  @Test(arguments: ["", " ", "\n"])
  func anEmptyAnswerIsSuccess(body: String) async throws {
    let bench = ClientBench(.status(200, body))
    try await bench.client.putObjectACL(bucket: "bucket", key: ObjectKey("k"), acl: Self.acl)
    #expect(bench.requests.count == 1)
  }

  @Test(arguments: [
    ("<html><body>Please log in to use this network</body></html>", AWSError.Kind.malformedAnswer),
    ("<ListBucketResult/>", .malformedAnswer), ("<Err", .malformedAnswer), ("OK", .malformedAnswer),
    ("<Error><Code>AccessDenied</Code></Error>", .service), ("\n<Error/>", .service),
  ])
  func whateverElseComesWithA200IsNoSuccess(body: String, kind: AWSError.Kind) async {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(.status(200, body), policy: policy)
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.putObjectACL(bucket: "bucket", key: ObjectKey("k"), acl: Self.acl)
    }
    #expect(error?.kind == kind)
  }

  @Test func aListingInPlaceOfAnACLIsRefused() async throws {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(.success(try Recording.named("list-objects-v2-empty")), policy: policy)
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.objectACL(bucket: "bucket", key: ObjectKey("k"))
    }
    #expect(error?.kind == .malformedAnswer)
    #expect(error?.message == "the answer is a <ListBucketResult> document")
  }
}
