import Testing

@testable import AWSKit

@Suite struct HeadObjectTests {
  private static func head(_ headers: [(name: String, value: String)]) throws(XMLError) -> ObjectHead {
    try ObjectHead(HTTPResponse(status: 200, headers: HTTPHeaders(headers)))
  }

  /// A head with what it must have, and `more`.
  private static func head(more: (name: String, value: String)...) throws(XMLError) -> ObjectHead {
    try head([("ETag", "\"e\""), ("Content-Length", "1")] + more)
  }

  @Test func everythingThatACopyNeedsIsRead() async throws {
    let bench = ClientBench(.success(try Recording.named("head-object-rich")))
    let head = try await bench.client.headObject(bucket: "site", key: ObjectKey("rich.html"))
    #expect(head.etag == "4f28dc216e70d5555ca2198c547b9217")
    #expect(head.size == 12)
    #expect(
      head.contentHeaders.map { "\($0.name): \($0.value)" } == [
        "Cache-Control: max-age=60", "Content-Disposition: attachment; filename=\"a.txt\"", "Content-Encoding: gzip",
        "Content-Language: de, en", "Content-Type: text/html; charset=utf-8",
        "Expires: Thu, 01 Dec 2033 16:00:00 GMT",
      ])
    #expect(
      head.userMetadata.map { "\($0.name): \($0.value)" } == [
        "camelcase: Mixed", "empty: ", "plain: v", "rfc: =?UTF-8?B?Z3LDvMOfZQ==?=", "under-score: u",
        "utf: gr\u{fc}\u{df}e",
      ])
    #expect(head.tagCount == 2)
    #expect(head.storageClass == "STANDARD_IA")
    #expect(head.websiteRedirectLocation == "/other.html")
    #expect(!head.isDeleteMarker && !head.hasCustomerKey && !head.isArchived)
    #expect(head.encryption == nil && head.lock == nil && head.checksum == nil && head.partCount == nil)
    #expect(bench.requests.map(\.method) == [.head])
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/rich.html"])
  }

  @Test(
    arguments: [
      ("head-object-plain", "5d41402abc4b2a76b9719d911017c592", 5, nil),
      ("head-object-multipart", "01c8fe3563ffe17995d53ff0d06d0f1b-2", 10_485_760, 0),
      ("head-object-versioned", "eccbc87e4b5ce2fe28308fd9f2a7baf3", 1, nil),
      ("head-object-tagging-count-0", "9dd4e461268c8034f5c8564e155c67a6", 1, 0),
    ] as [(String, String, Int, Int?)])
  func recordedHeadsAreRead(recording: String, etag: String, size: Int, tagCount: Int?) throws {
    let head = try ObjectHead(try Recording.named(recording))
    #expect(head.etag == etag)
    #expect(head.size == size)
    #expect(head.tagCount == tagCount)
    #expect(head.storageClass == "STANDARD")
    #expect(head.contentHeaders.last?.value == "binary/octet-stream")
  }

  // HeadObject, S3 API Reference: headers that RadosGW does not know.
  @Test func amazonsOtherHeadersAreRead() throws {
    let head = try Self.head([
      ("ETag", "\"b54357faf0632cce46e942fa68356b38\""), ("Content-Length", "0"),
      ("x-amz-storage-class", "GLACIER"), ("x-amz-restore", "ongoing-request=\"true\""),
      ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", "arn:key"),
      ("x-amz-server-side-encryption-customer-algorithm", "AES256"), ("x-amz-delete-marker", "true"),
      ("x-amz-server-side-encryption-bucket-key-enabled", "true"), ("x-amz-version-id", "v1"),
      ("x-amz-checksum-crc64nvme", "abc="), ("x-amz-checksum-type", "FULL_OBJECT"), ("x-amz-mp-parts-count", "3"),
      ("x-amz-object-lock-mode", "COMPLIANCE"),
      ("x-amz-object-lock-retain-until-date", "2030-01-01T00:00:00.000Z"),
      ("x-amz-object-lock-legal-hold", "ON"),
    ])
    #expect(head.storageClass == "GLACIER")
    #expect(head.isArchived)
    #expect(head.versionID == "v1")
    #expect(head.encryption == ObjectEncryption(algorithm: "aws:kms", kmsKeyID: "arn:key", usesBucketKey: true))
    #expect(head.checksum == ObjectHead.Checksum(algorithm: "CRC64NVME", value: "abc=", isComposite: false))
    #expect(head.partCount == 3)
    #expect(head.hasCustomerKey)
    #expect(head.isDeleteMarker)
    #expect(
      head.lock
        == ObjectLockState(
          retention: ObjectLockState.Retention(mode: "COMPLIANCE", until: "2030-01-01T00:00:00.000Z"),
          hasLegalHold: true))
  }

  @Test(
    arguments: [
      ([("ON", "")], .init()), ([("ON", ""), ("30", "-duration-days")], .init(duration: .days(30))),
      ([("ON", ""), ("7", "-duration-years")], .init(duration: .years(7))), ([("OFF", "")], nil),
      ([("30", "-duration-days")], nil),
    ] as [([(value: String, name: String)], ObjectLockState.EventHold?)])
  func eventHoldsAreRead(headers: [(value: String, name: String)], hold: ObjectLockState.EventHold?) throws {
    let fields: [(name: String, value: String)] = headers.map { ("x-amz-object-lock-event-hold" + $0.name, $0.value) }
    let head = try Self.head([("ETag", "\"e\""), ("Content-Length", "0")] + fields)
    #expect(head.lock?.eventHold == hold)
    let locked = try Self.head(
      [("ETag", "\"e\""), ("Content-Length", "0"), ("x-amz-object-lock-mode", "COMPLIANCE")] + fields)
    #expect(locked.lock == hold.map { ObjectLockState(eventHold: .init(mode: "COMPLIANCE", duration: $0.duration)) })
  }

  @Test func anObjectWithoutHeadersOfItsOwnHasNone() throws {
    let head = try Self.head()
    #expect(head.contentHeaders.isEmpty && head.userMetadata.isEmpty && head.lock == nil)
    #expect(head.storageClass == "STANDARD")
    #expect(head.tagCount == nil && head.websiteRedirectLocation == nil && head.encryption == nil)
    #expect(!head.hasCustomerKey && !head.isDeleteMarker)
  }

  @Test(
    arguments: [
      ("x-amz-meta-a: gr\u{fc}\u{df}e", nil, false), ("x-amz-meta-a: gr", 0xfc, true),
      ("Content-Disposition: ", 0xff, true),
      ("x-amz-missing-meta: 2", nil, true), ("x-amz-missing-meta: 0", nil, false),
    ] as [(String, UInt8?, Bool)])
  func metadataThatACopyCouldNotKeepIsTold(line: String, byte: UInt8?, isUnreadable: Bool) throws {
    var headers = HTTPHeaders([("ETag", "\"e\""), ("Content-Length", "1")])
    headers.append(line: Array(line.utf8) + (byte.map { [$0] } ?? []) + Array("\r\n".utf8))
    #expect(try ObjectHead(HTTPResponse(status: 200, headers: headers)).hasUnreadableMetadata == isUnreadable)
  }

  @Test(
    arguments: [
      [("ETag", "\"e\"")], [("Content-Length", "1")], [("ETag", "e"), ("Content-Length", "-1")],
      [("ETag", "e"), ("Content-Length", "x")], [("ETag", "e"), ("Content-Length", "")],
      [("ETag", "e"), ("Content-Length", "1 2")], [("ETag", "e"), ("Content-Length", "9223372036854775808")],
      [("Last-Modified", "Mon, 23 Nov 2026 11:36:03 GMT")], [],
    ] as [[(name: String, value: String)]])
  func anObjectWithoutETagOrLengthIsRefused(headers: [(name: String, value: String)]) {
    #expect(XMLVerdict { () throws(XMLError) in _ = try Self.head(headers) } == .invalid)
  }

  @Test(arguments: [
    ("head-object-nosuchkey", 404, "NotFound"), ("head-object-delete-marker", 404, "NotFound"),
    ("head-object-precondition-failed", 412, "PreconditionFailed"),
    ("head-bucket-signaturedoesnotmatch", 403, "AccessDenied"),
  ])
  func errorsWithoutABodyGetACodeByTheirStatus(recording: String, status: Int, code: String) async throws {
    let answer = try Recording.named(recording)
    let bench = ClientBench(.success(answer))
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.headObject(bucket: "site", key: ObjectKey("k"))
    }
    #expect(error?.status == status)
    #expect(error?.code == code)
    #expect(error?.message == "")
    #expect(error?.requestID == answer.requestID)
    // Whether the keys are good is asked by a GET.
    #expect(bench.requests.map(\.method) == (status == 403 ? [.head, .get] : [.head]))
  }
}
