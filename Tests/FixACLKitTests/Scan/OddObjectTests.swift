import AWSKit
import Synchronization
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools

/// Objects that the server does not answer for as for others: each is blocked with what was said, and ends nothing.
@Suite struct OddObjectTests {
  /// A way to be odd.
  struct Oddity: Sendable, CustomTestStringConvertible {
    let operation: String
    let response: HTTPResponse
    /// What the plan says of it.
    let status: Int?
    var code: String?
    var strategy = Strategy.auto

    var testDescription: String { "\(operation): \(response.status) \(code ?? "")" }

    init(
      _ operation: String, _ response: HTTPResponse, status: Int?, code: String? = nil, strategy: Strategy = .auto
    ) {
      self.operation = operation
      self.response = response
      self.status = status
      self.code = code
      self.strategy = strategy
    }
  }

  private static func acl(_ grant: String) -> HTTPResponse {
    .xml(
      "<AccessControlPolicy><Owner><ID>\(tools.value)</ID></Owner><AccessControlList><Grant>\(grant)</Grant>"
        + "</AccessControlList></AccessControlPolicy>")
  }

  static let oddities: [Oddity] = [
    Oddity("GetObjectAcl", InProcessS3.error(400, "InvalidRequest"), status: 400, code: "InvalidRequest"),
    Oddity("GetObjectAcl", InProcessS3.error(403, "AllAccessDisabled"), status: 403, code: "AllAccessDisabled"),
    Oddity("GetObjectAcl", InProcessS3.error(405, "MethodNotAllowed"), status: 405, code: "MethodNotAllowed"),
    Oddity("GetObjectAcl", InProcessS3.error(409, "OperationAborted"), status: 409, code: "OperationAborted"),
    Oddity("GetObjectAcl", InProcessS3.error(418, "Teapot"), status: 418, code: "Teapot"),
    Oddity("GetObjectAcl", InProcessS3.error(451, "Gone"), status: 451, code: "Gone"),
    Oddity("GetObjectAcl", InProcessS3.error(500, "InternalError"), status: 500, code: "InternalError"),
    Oddity("GetObjectAcl", InProcessS3.error(501, "NotImplemented"), status: 501, code: "NotImplemented"),
    Oddity("GetObjectAcl", InProcessS3.error(503, "SlowDown"), status: 503, code: "SlowDown"),
    Oddity("GetObjectAcl", InProcessS3.error(200, "InternalError"), status: 200, code: "InternalError"),
    Oddity("GetObjectAcl", .xml("<AccessControlPolicy><Own"), status: 200),
    Oddity("GetObjectAcl", .xml(""), status: 200),
    Oddity(
      "GetObjectAcl", acl("<Grantee><EmailAddress>a@b</EmailAddress></Grantee><Permission>READ</Permission>"),
      status: 200),
    Oddity("GetObjectAcl", acl("<Grantee><ID>x</ID></Grantee><Permission>FLY</Permission>"), status: 200),
    Oddity("GetObjectAcl", acl("<Permission>READ</Permission>"), status: 200),
    Oddity("HeadObject", HTTPResponse(status: 200), status: 200, strategy: .copy),
    Oddity("HeadObject", HTTPResponse(status: 405), status: 405, strategy: .copy),
    Oddity("HeadObject", HTTPResponse(status: 500), status: 500, strategy: .copy),
    Oddity("HeadObject", HTTPResponse(status: 302), status: 302, strategy: .copy),
  ]

  @Test(arguments: oddities)
  func oneOddObjectIsBlocked(oddity: Oddity) async throws {
    var sample = SampleBucket(pageSize: 5)
    sample.desired.strategy = oddity.strategy
    for index in 10..<30 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools, .user(site))) }
    sample.server.intercept { call, answer in
      call.operation == oddity.operation && call.key == ObjectKey("k17") ? oddity.response : answer()
    }
    try await withTemporaryFolder { folder in
      let plan = try await sample.plan(in: folder)
      let changes = try plan.allChanges()
      #expect(changes.count == 20)
      for change in changes where change.key != ObjectKey("k17") {
        #expect(change.action == (oddity.strategy == .copy ? .copy : .grant) && change.failure == nil)
      }
      let odd = try #require(changes.first { $0.key == ObjectKey("k17") })
      #expect(odd.action == .blocked && odd.reason == .unreadable && odd.to == nil)
      let failure = try #require(odd.failure)
      #expect(failure.operation == oddity.operation)
      #expect(failure.status == oddity.status)
      if let code = oddity.code {
        #expect(failure.code == code)
      }
      #expect(plan.header.summary.blockedReasons == [.unreadable: 1])
      // What never gets better is not asked for without end.
      let asked = sample.server.calls.count { $0.operation == oddity.operation && $0.key == ObjectKey("k17") }
      #expect(asked <= 12)
    }
  }

  /// However many there are, the rest is planned, as long as something can be read.
  @Test func manyOddObjectsInARow() async throws {
    let sample = SampleBucket(pageSize: 100)
    for index in 100..<400 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.intercept { call, answer in
      guard call.operation == "GetObjectAcl", let key = call.key, ObjectKey("k150") <= key, key < ObjectKey("k350")
      else { return answer() }
      return InProcessS3.error(400, "InvalidRequest")
    }
    let summary = try await sample.scan(concurrency: 4).result.summary
    #expect(summary.actions == [.grant: 100, .blocked: 200])
    #expect(summary.blockedReasons == [.unreadable: 200])
  }

  /// What fails for every object is not the objects'.
  @Test(arguments: [(400, "InvalidRequest"), (500, "InternalError"), (200, "InternalError"), (418, "")])
  func readsThatAllFailAlikeEndTheScan(status: Int, code: String) async throws {
    let sample = SampleBucket(pageSize: 100)
    for index in 100..<900 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.intercept { call, answer in
      call.operation == "GetObjectAcl" ? InProcessS3.error(status, code) : answer()
    }
    do throws(BucketScanner.Failure) {
      _ = try await Self.scan(sample)
      Issue.record("it went on")
    } catch {
      guard case .hopeless(let stop) = error else { throw error }
      #expect(stop.cause == .alike(50))
      #expect(stop.example.kind.contains("GetObjectAcl"))
    }
    // Those under way when it was known, and no more.
    let keys = Set(sample.server.calls.filter { $0.operation == "GetObjectAcl" }.compactMap(\.key))
    #expect(keys.count <= 50 + 2 * 16)
  }

  @Test func noLimitMeansToGoOn() async throws {
    var sample = SampleBucket(pageSize: 100)
    sample.maximumFailures = nil
    for index in 100..<200 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.intercept { call, answer in
      call.operation == "GetObjectAcl" ? InProcessS3.error(400, "InvalidRequest") : answer()
    }
    #expect(try await sample.scan().result.summary.blockedReasons == [.unreadable: 100])
  }

  @Test(
    arguments: ["ExpiredToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"],
    ["GetObjectAcl", "HeadObject"])
  func refusedCredentialsEndTheScanAtOnce(code: String, operation: String) async throws {
    var sample = SampleBucket(pageSize: 100)
    sample.desired.strategy = .copy
    for index in 100..<500 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools, .user(site))) }
    let calls = Mutex(0)
    sample.server.intercept { call, answer in
      guard call.operation == "HeadObject" || call.operation == "GetObjectAcl" else { return answer() }
      guard
        calls.withLock({
          $0 += 1; return $0 > 200
        })
      else { return answer() }
      // A HEAD's answer has no body, so that it does not say why.
      return call.operation == "HeadObject" ? HTTPResponse(status: 400) : InProcessS3.error(400, code)
    }
    do throws(BucketScanner.Failure) {
      _ = try await Self.scan(sample)
      Issue.record("it went on")
    } catch {
      guard case .s3(let error) = error else { throw error }
      #expect(error.code == code)
    }
    #expect(calls.withLock { $0 } <= 200 + 3 * 16)
  }

  /// An error that passes while others are read is none.
  @Test func aSecondLookIsTaken() async throws {
    let sample = SampleBucket(pageSize: 100)
    for index in 100..<200 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools)) }
    let failures = Mutex(6)
    sample.server.intercept { call, answer in
      guard call.operation == "GetObjectAcl", call.key == ObjectKey("k103"),
        failures.withLock({
          $0 -= 1; return $0 >= 0
        })
      else { return answer() }
      return InProcessS3.error(500, "InternalError")
    }
    let summary = try await sample.scan().result.summary
    #expect(summary.actions == [.grant: 100])
  }

  /// Encrypted in a way that only S3 itself can choose.
  @Test func encryptionThatNoCopyCanAskFor() async throws {
    var sample = SampleBucket()
    sample.desired.strategy = .copy
    sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
    sample.server["k"]?.headers["x-amz-server-side-encryption"] = "aws:fsx"
    try await withTemporaryFolder { folder in
      let change = try #require(try await sample.plan(in: folder).allChanges().first)
      #expect(change.reason == .unreadable)
      #expect(change.failure?.message.contains("aws:fsx") ?? false)
    }
  }

  /// Entries of a listing without what others have.
  @Test(arguments: ["<Size></Size>", "<Size>-1</Size>", "<Size>1e3</Size>", "<Size>99999999999999999999</Size>", ""])
  func anOddEntryOfAListing(size: String) async throws {
    let entries = (10..<30).map { index in
      let isOdd = index == 17
      return "<Contents><Key>k\(index)</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified>"
        + "<ETag>\(index == 18 ? "" : "e1")</ETag>" + (isOdd ? size : "<Size>10</Size>")
        + (index == 19 ? "" : "<Owner><ID>\(tools.value)</ID></Owner>") + "</Contents>"
    }
    let sample = SampleBucket()
    for index in 10..<30 { sample.server["k\(index)"] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.intercept { call, answer in
      call.operation == "ListObjectsV2"
        ? .xml("<ListBucketResult><IsTruncated>false</IsTruncated>\(entries.joined())</ListBucketResult>") : answer()
    }
    try await withTemporaryFolder { folder in
      let plan = try await sample.plan(in: folder)
      let odd = try plan.allChanges().filter { $0.action == .blocked }
      #expect(odd.map(\.key.text) == ["k17", "k18", "k19"])
      #expect(odd.allSatisfy { $0.reason == .unreadable && $0.failure?.operation == "ListObjectsV2" })
      #expect(odd.map(\.owner) == [tools, tools, CanonicalID("unknown")])
      #expect(plan.changeCount == 20)
    }
  }

  private static func scan(_ sample: SampleBucket) async throws(BucketScanner.Failure) -> BucketScanner.Result {
    let scanner = BucketScanner(
      bucket: sample.bucket, desired: sample.desired, accounts: sample.accounts(), concurrency: 16,
      maximumFailures: sample.maximumFailures, stop: StopSignal())
    let spool: PlanSpool
    do throws(FileError) { spool = try PlanSpool(folder: "/tmp") } catch { throw .file(error) }
    return try await scanner.scan(from: BucketScanner.Result(spool: spool))
  }
}
