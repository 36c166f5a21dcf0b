import Synchronization
import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let mebibyte = 1 << 20
private let gibibyte = 1 << 30

@Suite struct ObjectCopierTests {
  private static let key = ObjectKey("a b")

  /// What a well-behaved server says. The uploads are called u1, u2 and so on.
  private final class Server: Sendable {
    private let uploads = Atomic<Int>(0)
    /// Of a HEAD of the first part.
    private let part: (size: Int, count: Int?)?

    init(part: (size: Int, count: Int?)? = nil) {
      self.part = part
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
      switch request.method {
      case .head:
        guard let part else { return HTTPResponse(status: 403) }
        var headers = [("ETag", "\"e1-2\""), ("Content-Length", "\(part.size)")]
        if let count = part.count { headers.append(("x-amz-mp-parts-count", "\(count)")) }
        return HTTPResponse(status: 206, headers: HTTPHeaders(headers))
      case .put where request.query.isEmpty:
        return .xml("<CopyObjectResult/>", headers: [("x-amz-version-id", "v-copy")])
      case .put:
        return .xml("<CopyPartResult><ETag>p\(request.parameter("partNumber") ?? "")</ETag></CopyPartResult>")
      case .post where request.query == "uploads=":
        let number = uploads.wrappingAdd(1, ordering: .relaxed).newValue
        return .xml(
          "<InitiateMultipartUploadResult><UploadId>u\(number)</UploadId></InitiateMultipartUploadResult>")
      case .post:
        return .xml("<CompleteMultipartUploadResult/>", headers: [("x-amz-version-id", "v-parts")])
      case .delete: return HTTPResponse(status: 204)
      case .get where request.parameter("prefix") != nil: return .xml("<ListMultipartUploadsResult/>")
      case .get: return HTTPResponse(status: 500)
      }
    }
  }

  /// A copier, its server, and what it told of uploads.
  private struct Bench {
    let server: ScriptedS3
    let copier: ObjectCopier

    init(
      maximum: Int = AWSClient.maximumCopySize, part: (size: Int, count: Int?)? = nil,
      _ spoil: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
    ) {
      let good = Server(part: part)
      server = ScriptedS3 { spoil($0) ?? good.answer($0) }
      copier = ObjectCopier(bucket: "assets", owner: Sample.site, client: server.client(), maximumCopySize: maximum)
    }

    func copy(
      _ size: Int, etag: String = "e1", record: (UploadEvent) throws(FileError) -> Void = { _ in }
    ) async throws -> CopyOutcome {
      let head = try ObjectHead.sample(["ETag": "\"\(etag)\"", "Content-Length": "\(size)"])
      let copy = InPlaceCopy(head: head, acl: .owned(by: Sample.site), encryption: nil, lock: nil)
      return try await copier.copy(ObjectCopierTests.key, copy) { event throws(FileError) in try record(event) }
    }

    /// What was asked for, but for the parts, in order.
    var steps: [String] {
      server.requests.filter { request in
        (request.parameter("partNumber") == nil || request.method == .head) && request.parameter("prefix") == nil
      }.map { request in
        let condition = request.header("If-Match") == nil ? "" : " if \(request.header("If-Match")!)"
        return "\(request.method.rawValue) \(request.query)\(condition)"
      }
    }

    /// The ranges of the parts of an upload, in the order of their numbers, which go from 1.
    func ranges(of upload: String = "u1") throws -> [String] {
      let parts = server.requests.filter { $0.method == .put && $0.parameter("uploadId") == upload }
        .sorted { Int($0.parameter("partNumber")!)! < Int($1.parameter("partNumber")!)! }
      try #require(parts.map { $0.parameter("partNumber") } == parts.indices.map { "\($0 + 1)" })
      return parts.compactMap { $0.header("x-amz-copy-source-range").map { String($0.dropFirst("bytes=".count)) } }
    }
  }

  @Test(arguments: [0, 1, 99, 100])
  func oneRequestUpToTheMaximum(size: Int) async throws {
    let bench = Bench(maximum: 100)
    let outcome = try await bench.copy(size, etag: "e1-2") { _ in Issue.record("there is no upload") }
    #expect(outcome == CopyOutcome(versionID: "v-copy"))
    #expect(bench.steps == ["PUT  if \"e1-2\""])
    #expect(bench.server.requests[0].path == "/assets/a%20b")
    #expect(bench.server.requests[0].header("x-amz-copy-source-range") == nil)
  }

  @Test(
    arguments: [
      (101, 100, ["0-99", "100-100"]),
      (200, 100, ["0-99", "100-199"]),
      (250, 100, ["0-99", "100-199", "200-249"]),
      (2, 1, ["0-0", "1-1"]),
      (gibibyte + 1, gibibyte, ["0-536870911", "536870912-1073741823", "1073741824-1073741824"]),
    ])
  func inPartsAboveTheMaximum(size: Int, maximum: Int, ranges: [String]) async throws {
    let bench = Bench(maximum: maximum)
    var events: [UploadEvent] = []
    let outcome = try await bench.copy(size) { events.append($0) }
    #expect(outcome == CopyOutcome(versionID: "v-parts"))
    #expect(events == [.intended(others: []), .began(id: "u1"), .ended(id: "u1")])
    // What came in one piece has no parts to ask for.
    #expect(bench.steps == ["POST uploads=", "POST uploadId=u1 if \"e1\""])
    #expect(try bench.ranges() == ranges)
    // All parts are of the object that was looked at, whatever comes after it.
    let parts = bench.server.requests.filter { $0.method == .put }
    #expect(parts.allSatisfy { $0.header("x-amz-copy-source-if-match") == "\"e1\"" })
    let body = String(decoding: try #require(bench.server.requests.last).body, as: UTF8.self)
    let numbers = ranges.indices.map {
      "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>p\($0 + 1)</ETag></Part>"
    }
    #expect(body.contains(">" + numbers.joined() + "</CompleteMultipartUpload>"))
  }

  /// No part is copied before the upload is known to the journal.
  @Test func tellsOfTheUploadFirst() async throws {
    let bench = Bench(maximum: 10)
    _ = try await bench.copy(25) { event in
      switch event {
      case .intended(let others): #expect(others == [] && bench.server.requests.count == 1)
      case .began(let id): #expect(id == "u1" && bench.server.requests.count == 2)
      case .ended(let id): #expect(id == "u1" && bench.server.requests.count == 6)
      }
    }
    #expect(bench.server.requests.count == 6)
  }

  @Test(
    arguments: [
      // As it came.
      (600 * mebibyte, 11, 600 * mebibyte), (5 * mebibyte, 1229, 5 * mebibyte), (5 * gibibyte, 2, 5 * gibibyte),
      // Too small or too large for a part that is copied.
      (5 * mebibyte - 1, 1229, nil), (5 * gibibyte + 1, 2, nil), (0, 1, nil),
      // Not of the same size all.
      (600 * mebibyte, 10, nil), (600 * mebibyte, 12, nil), (600 * mebibyte, nil, nil),
    ] as [(Int, Int?, Int?)])
  func partsOfTheObjectsOwnSizes(size: Int, count: Int?, used: Int?) async throws {
    let total = 6 * gibibyte
    let bench = Bench(part: (size, count))
    _ = try await bench.copy(total, etag: "e1-2")
    #expect(bench.steps == ["HEAD partNumber=1", "POST uploads=", "POST uploadId=u1 if \"e1-2\""])
    let ranges = try bench.ranges()
    let expected = used ?? 512 * mebibyte
    #expect(ranges.count == (total + expected - 1) / expected)
    #expect(ranges.first == "0-\(expected - 1)")
    #expect(ranges.last?.hasSuffix("-\(total - 1)") == true)
  }

  @Test func usualPartsWhereTheirSizesCannotBeHad() async throws {
    let bench = Bench()
    _ = try await bench.copy(6 * gibibyte, etag: "e1-2")
    #expect(try bench.ranges().count == 12)
  }

  @Test(
    arguments: [
      (512 * mebibyte * 10_000, 512 * mebibyte), (512 * mebibyte * 10_000 + 1, 512 * mebibyte + 1),
      (5 * gibibyte * 10_000, 5 * gibibyte), (5 * gibibyte * 10_000 - 1, 5 * gibibyte),
    ])
  func noMoreThanTenThousandParts(size: Int, part: Int) async throws {
    // The first part is enough to see.
    let bench = Bench { $0.method == .put ? InProcessS3.error(400, "Enough") : nil }
    await #expect(throws: AWSError.self) { try await bench.copy(size) }
    let first = try #require(bench.server.requests.first { $0.parameter("partNumber") == "1" })
    #expect(first.header("x-amz-copy-source-range") == "bytes=0-\(part - 1)")
    #expect((size + part - 1) / part <= 10_000)
  }

  /// What a server is said to copy at once makes no more than ten thousand parts either.
  @Test(
    arguments: [
      (60_000_000_000, 5 * mebibyte, 6_000_000), (50_000 * mebibyte, 5 * mebibyte, 5 * mebibyte),
      (50_000 * mebibyte + 1, 5 * mebibyte, 5 * mebibyte + 1), (100_000, 10, 10), (100_001, 10, 11),
    ])
  func smallPartsGrowWithTheObject(size: Int, maximum: Int, part: Int) async throws {
    let bench = Bench(maximum: maximum) { $0.method == .put ? InProcessS3.error(400, "Enough") : nil }
    await #expect(throws: AWSError.self) { try await bench.copy(size) }
    let first = try #require(bench.server.requests.first { $0.parameter("partNumber") == "1" })
    #expect(first.header("x-amz-copy-source-range") == "bytes=0-\(part - 1)")
    #expect((size + part - 1) / part <= 10_000)
  }

  @Test func aSmallMaximumIsCopiedToTheEnd() async throws {
    let bench = Bench(maximum: 1)
    #expect(try await bench.copy(10_001) == CopyOutcome(versionID: "v-parts"))
    let ranges = try bench.ranges()
    #expect(ranges.count == 5001 && ranges.first == "0-1" && ranges.last == "10000-10000")
  }

  /// It would fail after ten thousand parts, on each run.
  @Test(arguments: [AWSClient.maximumCopySize, 5 * mebibyte])
  func whatNoPartsCanHoldIsNotBegun(maximum: Int) async throws {
    let bench = Bench(maximum: maximum)
    let error = await #expect(throws: AWSError.self) {
      try await bench.copy(5 * gibibyte * 10_000 + 1) { _ in Issue.record("there is no upload") }
    }
    #expect(error?.message.contains("do not fit into 10000 parts") == true)
    #expect(bench.server.requests.isEmpty)
  }

  @Test(arguments: [1, 2, 9, 12])
  func endsTheUploadAfterAPartThatFails(number: Int) async throws {
    let bench = Bench(maximum: 10) {
      $0.parameter("partNumber") == "\(number)" ? InProcessS3.error(400, "Spoiled") : nil
    }
    let error = await #expect(throws: AWSError.self) { try await bench.copy(120) }
    #expect(error?.code == "Spoiled")
    #expect(error?.operation == "UploadPartCopy")
    #expect(bench.steps == ["POST uploads=", "DELETE uploadId=u1"])
    #expect(bench.server.requests.last?.method == .delete)
  }

  @Test func endsTheUploadThatTheJournalDoesNotTake() async throws {
    let bench = Bench(maximum: 10)
    let full = FileError("write", "journal")
    let error = await #expect(throws: FileError.self) {
      try await bench.copy(25) { event throws(FileError) in if case .began = event { throw full } }
    }
    #expect(error?.description == full.description)
    #expect(bench.steps == ["POST uploads=", "DELETE uploadId=u1"])
    #expect(bench.server.requests.count == 3)
  }

  @Test func theFirstErrorIsTold() async throws {
    let bench = Bench(maximum: 10) {
      $0.parameter("partNumber") != nil
        ? InProcessS3.error(400, "Spoiled") : $0.method == .delete ? InProcessS3.error(403, "AccessDenied") : nil
    }
    let error = await #expect(throws: AWSError.self) { try await bench.copy(25) }
    #expect(error?.code == "Spoiled")
  }

  @Test func whatCannotBeBegunNeedsNoEnd() async throws {
    let bench = Bench(maximum: 10) { $0.query == "uploads=" ? InProcessS3.error(403, "AccessDenied") : nil }
    var events: [UploadEvent] = []
    await #expect(throws: AWSError.self) { try await bench.copy(25) { events.append($0) } }
    #expect(events == [.intended(others: []), .ended(id: nil)])
    #expect(bench.steps == ["POST uploads="])
  }

  /// S3 says 200 when it begins to put the parts together.
  @Test(arguments: [
    "<Error><Code>InvalidPart</Code></Error>", "\n  \n<Error><Code>InvalidPart</Code><Message>x</Message></Error>",
  ])
  func anErrorInASuccess(body: String) async throws {
    let bench = Bench(maximum: 10) { $0.method == .post && $0.query != "uploads=" ? .xml(body) : nil }
    let error = await #expect(throws: AWSError.self) { try await bench.copy(25) }
    #expect(error?.code == "InvalidPart")
    #expect(error?.operation == "CompleteMultipartUpload")
    #expect(bench.steps == ["POST uploads=", "POST uploadId=u1 if \"e1\"", "DELETE uploadId=u1"])
  }

  @Test func whoDoesNotKnowTheConditionIsNotAskedAgain() async throws {
    let bench = Bench(maximum: 10) {
      $0.header("If-Match") == nil ? nil : InProcessS3.error(501, "NotImplemented")
    }
    #expect(try await bench.copy(5).versionID == "v-copy")
    #expect(bench.steps == ["PUT  if \"e1\"", "PUT "])
    #expect(try await bench.copy(5).versionID == "v-copy")
    #expect(try await bench.copy(25).versionID == "v-parts")
    #expect(bench.steps.dropFirst(2) == ["PUT ", "POST uploads=", "POST uploadId=u1"])
    // What is copied is still the object that was looked at.
    #expect(
      bench.server.requests.filter { $0.method == .put }.allSatisfy {
        $0.header("x-amz-copy-source-if-match") == "\"e1\""
      })
  }

  @Test func theConditionIsTriedOnceOnPartsToo() async throws {
    let bench = Bench(maximum: 10) {
      $0.header("If-Match") == nil ? nil : InProcessS3.error(501, "NotImplemented")
    }
    var uploads: [String] = []
    #expect(
      try await bench.copy(25) { if case .began(let id) = $0 { uploads.append(id) } }.versionID == "v-parts")
    #expect(
      bench.steps == [
        "POST uploads=", "POST uploadId=u1 if \"e1\"", "DELETE uploadId=u1", "POST uploads=", "POST uploadId=u2",
      ])
    #expect(uploads == ["u1", "u2"])
    #expect(try bench.ranges(of: "u2") == ["0-9", "10-19", "20-24"])
  }

  @Test(arguments: [(501, "NotImplemented", 2), (412, "PreconditionFailed", 1), (403, "AccessDenied", 1)])
  func otherRefusalsAreTold(status: Int, code: String, requests: Int) async throws {
    let bench = Bench { _ in InProcessS3.error(status, code) }
    let error = await #expect(throws: AWSError.self) { try await bench.copy(5) }
    #expect(error?.code == code)
    #expect(bench.server.requests.count == requests)
  }

  /// Whose answer was lost: the part is there, or it is not, and is copied again.
  @Test(arguments: [(true, 1), (false, 2)])
  func aPartOfUnknownOutcomeIsLookedFor(isThere: Bool, copies: Int) async throws {
    let lost = Atomic<Bool>(false)
    let bench = Bench(maximum: 10) { request in
      if request.method == .put, request.parameter("partNumber") == "2", !lost.exchange(true, ordering: .relaxed) {
        return InProcessS3.error(500, "InternalError")
      }
      guard request.parameter("part-number-marker") == "1" else { return nil }
      let part = "<Part><PartNumber>2</PartNumber><Size>10</Size><ETag>p2</ETag></Part>"
      return .xml("<ListPartsResult>\(isThere ? part : "")</ListPartsResult>")
    }
    #expect(try await bench.copy(25).versionID == "v-parts")
    #expect(bench.server.requests.count { $0.method == .put && $0.parameter("partNumber") == "2" } == copies)
    let body = String(decoding: try #require(bench.server.requests.last).body, as: UTF8.self)
    #expect(body.contains("<Part><PartNumber>2</PartNumber><ETag>p2</ETag></Part>"))
  }

  /// Whose answer was lost: while the upload is there, it is not completed; when it is gone, the object tells.
  @Test(arguments: [true, false])
  func aCompletionOfUnknownOutcomeIsLookedFor(isThere: Bool) async throws {
    let lost = Atomic<Bool>(false)
    let bench = Bench(maximum: 10) { request in
      if request.method == .post, request.query != "uploads=", !lost.exchange(true, ordering: .relaxed) {
        return InProcessS3.error(500, "InternalError")
      }
      guard request.method == .get, request.parameter("uploadId") != nil else { return nil }
      return isThere ? .xml("<ListPartsResult/>") : InProcessS3.error(404, "NoSuchUpload")
    }
    if isThere {
      #expect(try await bench.copy(25).versionID == "v-parts")
    } else {
      let error = await #expect(throws: AWSError.self) { try await bench.copy(25) }
      #expect(error?.isOutcomeUnknown == true)
    }
    #expect(bench.server.requests.count { $0.method == .post && $0.query != "uploads=" } == (isThere ? 2 : 1))
  }

  /// Nobody learned the ID of an upload: what was not there before is ended.
  @Test func anUploadOfUnknownIDIsEnded() async throws {
    let lost = Atomic<Bool>(false)
    let bench = Bench(maximum: 10) { request in
      if request.query == "uploads=" {
        lost.store(true, ordering: .relaxed)
        return InProcessS3.error(500, "InternalError")
      }
      guard request.parameter("prefix") != nil else { return nil }
      func upload(_ id: String, of key: String = "a+b", by owner: CanonicalID = Sample.site, after: Int = 0) -> String {
        let time = Timestamp(seconds: Timestamp.now().seconds + after).extended
        return "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId><Owner><ID>\(owner.value)</ID></Owner>"
          + "<Initiated>\(time)</Initiated></Upload>"
      }
      var uploads = [upload("theirs"), upload("another", of: "a+bc")]
      if lost.load(ordering: .relaxed) {
        uploads += [
          upload("ours"), upload("foreign", by: Sample.tools), upload("later", after: 7200),
          "<Upload><Key>a+b</Key><UploadId>whose</UploadId></Upload>",
        ]
      }
      return .xml(
        "<ListMultipartUploadsResult><EncodingType>url</EncodingType>\(uploads.joined())</ListMultipartUploadsResult>")
    }
    var events: [UploadEvent] = []
    let error = await #expect(throws: AWSError.self) { try await bench.copy(25) { events.append($0) } }
    #expect(error?.isOutcomeUnknown == true)
    #expect(bench.server.requests.filter { $0.method == .delete }.map { $0.parameter("uploadId") } == ["ours"])
    #expect(events == [.intended(others: ["theirs"]), .ended(id: nil)])
  }

  @Test func anUploadThatIsGoneIsEnded() async throws {
    let gone = Bench { _ in InProcessS3.error(404, "NoSuchUpload") }
    try await gone.copier.abort(Self.key, uploadID: "u/7")
    #expect(gone.steps == ["DELETE uploadId=u%2F7"])
    let refused = Bench { _ in InProcessS3.error(403, "AccessDenied") }
    await #expect(throws: AWSError.self) { try await refused.copier.abort(Self.key, uploadID: "u7") }
  }
}
