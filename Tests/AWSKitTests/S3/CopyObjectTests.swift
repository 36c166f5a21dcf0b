import Testing

@testable import AWSKit

@Suite struct CopyObjectTests {
  private static let acl = AccessControlList(
    owner: CanonicalID("site"),
    grants: [
      Grant(.canonicalUser(CanonicalID("site")), .fullControl), Grant(.canonicalUser(CanonicalID("oai")), .read),
      Grant(.allUsers, .read),
    ])

  private static func head(_ more: (name: String, value: String)...) throws -> ObjectHead {
    try ObjectHead(
      HTTPResponse(
        status: 200, headers: HTTPHeaders([("ETag", "\"e-2\""), ("Content-Length", "1")] + more)))
  }

  private static func copy(
    _ head: ObjectHead, bucket: String = "bucket", key: String = "k", answer: ScriptedAnswer? = nil
  ) async throws -> ClientBench {
    let bench = ClientBench(try answer ?? .success(Recording.named("copy-object")))
    _ = try await bench.client.copyObject(bucket: bucket, key: ObjectKey(key), Self.copy(of: head))
    return bench
  }

  private static func copy(of head: ObjectHead, tags: [ObjectTag]? = nil) -> InPlaceCopy {
    InPlaceCopy(head: head, acl: acl, encryption: head.encryption, lock: head.lock, tags: tags)
  }

  /// The headers of the only request, but for those of the signature.
  private static func headers(_ bench: ClientBench) throws -> [String] {
    try #require(bench.requests.count == 1)
    return bench.requests[0].headers.dropLast(3).map { "\($0.name): \($0.value)" }
  }

  @Test func allThatTheObjectHasIsSentAgain() async throws {
    let bench = try await Self.copy(
      try ObjectHead(try Recording.named("head-object-rich")), bucket: "site", key: "rich.html")
    #expect(bench.requests.map(\.method) == [.put])
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/rich.html"])
    #expect(bench.requests.map(\.body) == [[]])
    #expect(
      try Self.headers(bench) == [
        "x-amz-copy-source: /site/rich.html",
        "x-amz-copy-source-if-match: \"4f28dc216e70d5555ca2198c547b9217\"",
        "If-Match: \"4f28dc216e70d5555ca2198c547b9217\"",
        "x-amz-metadata-directive: REPLACE",
        "x-amz-storage-class: STANDARD_IA",
        "Cache-Control: max-age=60",
        "Content-Disposition: attachment; filename=\"a.txt\"",
        "Content-Encoding: gzip",
        "Content-Language: de, en",
        "Content-Type: text/html; charset=utf-8",
        "Expires: Thu, 01 Dec 2033 16:00:00 GMT",
        "x-amz-meta-camelcase: Mixed",
        "x-amz-meta-empty: ",
        "x-amz-meta-plain: v",
        "x-amz-meta-rfc: =?UTF-8?B?Z3LDvMOfZQ==?=",
        "x-amz-meta-under-score: u",
        "x-amz-meta-utf: gr\u{fc}\u{df}e",
        "x-amz-website-redirect-location: /other.html",
        "x-amz-grant-full-control: id=\"site\"",
        "x-amz-grant-read: id=\"oai\", uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
      ])
  }

  @Test func aBareObjectNeedsLittle() async throws {
    #expect(
      try Self.headers(try await Self.copy(try Self.head())) == [
        "x-amz-copy-source: /bucket/k", "x-amz-copy-source-if-match: \"e-2\"", "If-Match: \"e-2\"",
        "x-amz-metadata-directive: REPLACE", "x-amz-storage-class: STANDARD",
        "x-amz-grant-full-control: id=\"site\"",
        "x-amz-grant-read: id=\"oai\", uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
      ])
  }

  @Test(
    arguments: [
      [("x-amz-server-side-encryption", "AES256")],
      [
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", "arn:key"),
        ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
      ],
      // Or the bucket's own default would count.
      [
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-bucket-key-enabled", "false"),
      ],
      [
        ("x-amz-object-lock-mode", "COMPLIANCE"), ("x-amz-object-lock-retain-until-date", "2030-01-01T00:00:00.000Z"),
        ("x-amz-object-lock-legal-hold", "ON"),
      ],
    ] as [[(name: String, value: String)]])
  func encryptionAndLockAreKept(headers: [(name: String, value: String)]) async throws {
    let fields = [("ETag", "\"e\""), ("Content-Length", "1")] + headers
    let head = try ObjectHead(HTTPResponse(status: 200, headers: HTTPHeaders(fields)))
    let bench = try await Self.copy(head)
    for (name, value) in headers { #expect(bench.requests[0].header(name) == value) }
  }

  /// Some servers hand back what is about the transfer alone; sent with a copy, it would say that its body comes in chunks.
  @Test(
    arguments: [
      ("aws-chunked", nil), ("aws-chunked,gzip", "gzip"), ("gzip, aws-chunked", "gzip"), ("AWS-Chunked", nil),
      ("gzip, br", "gzip, br"), ("", nil),
    ] as [(String, String?)])
  func codingsOfTheTransferAreNotSent(stored: String, sent: String?) async throws {
    let bench = try await Self.copy(try Self.head(("Content-Encoding", stored)))
    #expect(bench.requests[0].header("Content-Encoding") == sent)
  }

  @Test func theChecksumAlgorithmIsKept() async throws {
    let bench = try await Self.copy(try Self.head(("x-amz-checksum-sha256", "abc=")))
    #expect(bench.requests[0].header("x-amz-checksum-algorithm") == "SHA256")
  }

  @Test(
    arguments: [
      ([], nil), ([ObjectTag(key: "a b", value: "c&d=e")], "a%20b=c%26d%3De"),
      ([ObjectTag(key: "k", value: ""), ObjectTag(key: "\u{e9}", value: "+")], "k=&%C3%A9=%2B"),
      // Too long for a header.
      ([ObjectTag(key: "k", value: String(repeating: "v", count: 2047))], nil),
    ] as [([ObjectTag], String?)])
  func tagsThatAreKnownAreSent(tags: [ObjectTag], header: String?) async throws {
    let bench = ClientBench(.success(try Recording.named("copy-object")))
    _ = try await bench.client.copyObject(
      bucket: "bucket", key: ObjectKey("k"), Self.copy(of: try Self.head(), tags: tags))
    #expect(bench.requests[0].header("x-amz-tagging-directive") == "REPLACE")
    #expect(bench.requests[0].header("x-amz-tagging") == header)
  }

  @Test func theVersionThatWasMadeIsTold() async throws {
    var answer = try Recording.named("copy-object")
    answer.headers = HTTPHeaders([("x-amz-version-id", "v2")])
    let bench = ClientBench(.success(answer))
    let outcome = try await bench.client.copyObject(
      bucket: "bucket", key: ObjectKey("k"), Self.copy(of: try Self.head()))
    #expect(outcome == CopyOutcome(versionID: "v2"))
  }

  @Test func theDestinationIsGuardedIfWanted() async throws {
    let bench = ClientBench(.success(try Recording.named("copy-object")))
    var copy = Self.copy(of: try Self.head())
    copy.guardsDestination = false
    _ = try await bench.client.copyObject(bucket: "bucket", key: ObjectKey("k"), copy)
    #expect(bench.requests[0].header("If-Match") == nil)
  }

  @Test(arguments: OddKey.all)
  func theSourceIsTheEncodedKey(key: OddKey) async throws {
    let bench = try await Self.copy(try Self.head(), bucket: "a.b", key: key.key.text)
    #expect(bench.requests[0].header("x-amz-copy-source") == "/a.b" + key.path)
    #expect(bench.requests[0].path == "/a.b" + key.path)
  }

  @Test(arguments: [
    // CopyObject, S3 API Reference.
    "<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LastModified>2009-10-28T22:32:00</LastModified>"
      + "<ETag>\"9b2cf535f27731c974343645a3985328\"</ETag></CopyObjectResult>",
    // Blanks while the copy is made.
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n    \n  <CopyObjectResult/>",
  ])
  func aResultIsSuccess(body: String) async throws {
    let bench = try await Self.copy(try Self.head(), answer: .status(200, body))
    #expect(bench.requests.count == 1)
  }

  @Test(arguments: ["", " ", "<html/>", "<CopyObjectResult>", "<CopyPartResult/>", "{}"])
  func a200WithoutAResultIsNoSuccess(body: String) async throws {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(.status(200, body), policy: policy)
    let head = try Self.head()
    let error = await #expect(throws: AWSError.self) {
      _ = try await bench.client.copyObject(bucket: "b", key: ObjectKey("k"), Self.copy(of: head))
    }
    #expect(error?.kind == .malformedAnswer)
  }

  @Test(arguments: [
    ("copy-foreign-denied", 403, "AccessDenied"), ("copy-object-grant-unknown", 404, "NoSuchKey"),
    ("copy-object-self-invalidrequest", 400, "InvalidRequest"),
    ("copy-object-precondition-failed", 412, "PreconditionFailed"),
    ("copy-object-source-nosuchkey", 404, "NoSuchKey"),
  ])
  func refusalsAreFinal(recording: String, status: Int, code: String) async throws {
    let bench = ClientBench(.success(try Recording.named(recording)))
    let head = try Self.head()
    let error = await #expect(throws: AWSError.self) {
      _ = try await bench.client.copyObject(bucket: "b", key: ObjectKey("k"), Self.copy(of: head))
    }
    #expect(error?.kind == .service)
    #expect(error?.operation == "CopyObject")
    #expect(error?.status == status)
    #expect(error?.code == code)
    #expect(bench.requests.count == 1)
  }
}
