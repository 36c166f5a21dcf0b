import Testing

@testable import AWSKit

@Suite struct MultipartCopyTests {
  private static let key = ObjectKey("a b")

  private static func head(_ more: [(name: String, value: String)] = []) throws -> ObjectHead {
    try ObjectHead(
      HTTPResponse(
        status: 200, headers: HTTPHeaders([("ETag", "\"e-2\""), ("Content-Length", "25")] + more)))
  }

  private static func copy(
    _ more: [(name: String, value: String)] = [], tags: [ObjectTag]? = nil, guardsDestination: Bool = true
  ) throws -> InPlaceCopy {
    let head = try head(more)
    return InPlaceCopy(
      head: head,
      acl: AccessControlList(
        owner: CanonicalID("site"),
        grants: [Grant(.canonicalUser(CanonicalID("site")), .fullControl), Grant(.allUsers, .read)]),
      encryption: head.encryption, lock: head.lock, tags: tags, guardsDestination: guardsDestination)
  }

  private static func bench(_ answer: ScriptedAnswer) -> ClientBench {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return ClientBench(answer, policy: policy)
  }

  /// The headers of the only request, but for those of the signature.
  private static func headers(_ bench: ClientBench) throws -> [String] {
    try #require(bench.requests.count == 1)
    return bench.requests[0].headers.dropLast(3).map { "\($0.name): \($0.value)" }
  }

  private static func part(_ number: Int, _ fields: String) async throws -> CopiedPart {
    let bench = bench(.status(200, "<CopyPartResult>\(fields)</CopyPartResult>"))
    return try await bench.client.copyPart(
      number, of: 0..<1, bucket: "bucket", key: key, uploadID: "u", try copy())
  }

  private static let begun = ScriptedAnswer.status(
    200,
    "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u/1=</UploadId></InitiateMultipartUploadResult>"
  )

  @Test func theUploadBeginsWithAllThatTheObjectHas() async throws {
    let bench = Self.bench(Self.begun)
    let copy = try Self.copy(
      [
        ("Content-Type", "text/html"), ("x-amz-meta-a", "b"), ("x-amz-website-redirect-location", "/other"),
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-object-lock-legal-hold", "ON"),
        ("x-amz-checksum-crc64nvme", "abc="), ("x-amz-checksum-type", "FULL_OBJECT"),
      ], tags: [ObjectTag(key: "k", value: "v w")])
    #expect(try await bench.client.createMultipartCopy(bucket: "bucket", key: Self.key, copy) == "u/1=")
    let request = bench.requests[0]
    #expect(request.method == .post)
    #expect(request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%20b?uploads=")
    #expect(request.body.isEmpty)
    #expect(
      try Self.headers(bench) == [
        "x-amz-storage-class: STANDARD", "Content-Type: text/html", "x-amz-meta-a: b",
        "x-amz-website-redirect-location: /other", "x-amz-server-side-encryption: aws:kms",
        "x-amz-server-side-encryption-bucket-key-enabled: false",
        "x-amz-object-lock-legal-hold: ON", "x-amz-checksum-algorithm: CRC64NVME", "x-amz-tagging: k=v%20w",
        "x-amz-grant-full-control: id=\"site\"",
        "x-amz-grant-read: uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
        "x-amz-checksum-type: FULL_OBJECT",
      ])
  }

  @Test(
    arguments: [
      ([], nil, nil),
      ([("x-amz-checksum-sha256", "abc=-2")], "SHA256", "COMPOSITE"),
      ([("x-amz-checksum-sha256", "abc="), ("x-amz-checksum-type", "COMPOSITE")], "SHA256", "COMPOSITE"),
      ([("x-amz-checksum-crc32", "abc=")], "CRC32", "FULL_OBJECT"),
      // Of the whole, which no parts can have.
      ([("x-amz-checksum-sha256", "abc="), ("x-amz-checksum-type", "FULL_OBJECT")], "SHA256", "COMPOSITE"),
      ([("x-amz-checksum-sha1", "abc=")], "SHA1", "COMPOSITE"),
    ] as [([(name: String, value: String)], String?, String?)])
  func theChecksumIsOfTheSameKindIfItCanBe(
    headers: [(name: String, value: String)], algorithm: String?, type: String?
  ) async throws {
    let bench = Self.bench(Self.begun)
    _ = try await bench.client.createMultipartCopy(bucket: "bucket", key: Self.key, try Self.copy(headers))
    #expect(bench.requests[0].header("x-amz-checksum-algorithm") == algorithm)
    #expect(bench.requests[0].header("x-amz-checksum-type") == type)
  }

  @Test(arguments: [
    "<InitiateMultipartUploadResult/>", "<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>",
    "<CopyObjectResult/>", "", "<Error><Code>AccessDenied</Code></Error>",
  ])
  func anUploadNeedsAnID(body: String) async throws {
    let bench = Self.bench(.status(200, body))
    await #expect(throws: AWSError.self) {
      try await bench.client.createMultipartCopy(bucket: "bucket", key: Self.key, try Self.copy())
    }
  }

  @Test func aPartIsARangeOfTheSameObject() async throws {
    let bench = Self.bench(.status(200, "<CopyPartResult><ETag>\"p\"</ETag></CopyPartResult>"))
    let part = try await bench.client.copyPart(
      3, of: 10..<25, bucket: "bucket", key: Self.key, uploadID: "u/1=", try Self.copy())
    #expect(part.number == 3)
    let request = bench.requests[0]
    #expect(request.method == .put)
    #expect(
      request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%20b?partNumber=3&uploadId=u%2F1%3D")
    #expect(request.body.isEmpty)
    // No condition on the destination, which the upload is not yet.
    #expect(
      try Self.headers(bench) == [
        "x-amz-copy-source: /bucket/a%20b", "x-amz-copy-source-if-match: \"e-2\"",
        "x-amz-copy-source-range: bytes=10-24",
      ])
  }

  @Test(arguments: [
    "<CopyPartResult/>", "<CopyPartResult><ETag></ETag></CopyPartResult>",
    "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>",
    "", "<Error><Code>InvalidRange</Code></Error>",
  ])
  func aPartNeedsAnETag(body: String) async throws {
    let bench = Self.bench(.status(200, body))
    await #expect(throws: AWSError.self) {
      try await bench.client.copyPart(1, of: 0..<1, bucket: "bucket", key: Self.key, uploadID: "u", try Self.copy())
    }
  }

  /// S3 wants back what it said of each part, in the order of their numbers.
  @Test func thePartsArePutTogether() async throws {
    let parts = [
      try await Self.part(2, "<LastModified>now</LastModified><ETag>&quot;p2&quot;</ETag>"),
      try await Self.part(
        10, "<ChecksumSHA256>c&amp;10=</ChecksumSHA256><ChecksumType>COMPOSITE</ChecksumType><ETag>\"p10\"</ETag>"),
      try await Self.part(1, "<ETag>p1</ETag><ChecksumCRC64NVME>c1=</ChecksumCRC64NVME>"),
    ]
    let bench = Self.bench(
      .status(
        200, "  \n <CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
        headers: [("x-amz-version-id", "v2")]))
    let outcome = try await bench.client.completeMultipartCopy(
      bucket: "bucket", key: Self.key, uploadID: "u/1=", parts: parts, try Self.copy())
    #expect(outcome == CopyOutcome(versionID: "v2"))
    let request = bench.requests[0]
    #expect(request.method == .post)
    #expect(request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%20b?uploadId=u%2F1%3D")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + "<Part><PartNumber>1</PartNumber><ETag>p1</ETag><ChecksumCRC64NVME>c1=</ChecksumCRC64NVME></Part>"
        + "<Part><PartNumber>2</PartNumber><ETag>\"p2\"</ETag></Part>"
        + "<Part><PartNumber>10</PartNumber><ETag>\"p10\"</ETag><ChecksumSHA256>c&amp;10=</ChecksumSHA256></Part>"
        + "</CompleteMultipartUpload>")
    #expect(request.header("If-Match") == "\"e-2\"")
    #expect(request.header("Content-Type") == "application/xml")
  }

  @Test func theDestinationIsGuardedIfWanted() async throws {
    let bench = Self.bench(.status(200, "<CompleteMultipartUploadResult/>"))
    let outcome = try await bench.client.completeMultipartCopy(
      bucket: "bucket", key: Self.key, uploadID: "u", parts: [], try Self.copy(guardsDestination: false))
    #expect(outcome == CopyOutcome(versionID: nil))
    #expect(bench.requests[0].header("If-Match") == nil)
  }

  @Test func anErrorInASuccessIsAnError() async throws {
    let bench = Self.bench(.status(200, "\n\n<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>"))
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.completeMultipartCopy(
        bucket: "bucket", key: Self.key, uploadID: "u", parts: [], try Self.copy())
    }
    #expect(error?.code == "PreconditionFailed")
    #expect(error?.kind == .service)
  }

  @Test(arguments: [("NoSuchUpload", 404, true), ("NoSuchKey", 404, false), ("AccessDenied", 403, false)])
  func anUploadIsEnded(code: String, status: Int, isFine: Bool) async throws {
    let bench = Self.bench(.error(status, code))
    do {
      try await bench.client.abortMultipartUpload(bucket: "bucket", key: Self.key, uploadID: "u/1=")
      #expect(isFine)
    } catch {
      #expect(!isFine && error.code == code)
    }
    #expect(bench.requests.map(\.method) == [.delete])
    #expect(
      bench.requests.map(\.url) == ["https://bucket.s3.us-east-1.amazonaws.com/a%20b?uploadId=u%2F1%3D"])
  }

  /// What S3 may take long for, without a word in between, is waited for longer.
  @Test func copiesMayTakeTheirTime() async throws {
    let copy = try Self.copy()
    let bench = Self.bench(.status(400))
    let client = bench.client
    _ = try? await client.copyObject(bucket: "b", key: Self.key, copy)
    _ = try? await client.copyPart(1, of: 0..<1, bucket: "b", key: Self.key, uploadID: "u", copy)
    _ = try? await client.completeMultipartCopy(bucket: "b", key: Self.key, uploadID: "u", parts: [], copy)
    _ = try? await client.createMultipartCopy(bucket: "b", key: Self.key, copy)
    _ = try? await client.abortMultipartUpload(bucket: "b", key: Self.key, uploadID: "u")
    _ = try? await client.headObject(bucket: "b", key: Self.key)
    _ = try? await client.listObjects(bucket: "b", prefix: nil, startAfter: nil)
    _ = try? await client.objectACL(bucket: "b", key: Self.key)
    #expect(bench.requests.map(\.stallTimeoutSeconds) == [900, 900, 900, 10, 10, 10, 10, 10])
    #expect(bench.requests.map(\.minimumBytesPerSecond) == [1, 1, 1] + [Int](repeating: 100, count: 5))
    #expect(bench.requests.map(\.deadlineSeconds) == [3600, 3600, 3600, 60, 60, 60, 300, 60])
  }
}
