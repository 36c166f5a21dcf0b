import Testing

@testable import AWSKit

@Suite struct ObjectVersionsTests {
  private static let key = ObjectKey("a b")
  private static let base = "https://bucket.s3.us-east-1.amazonaws.com/a%20b"

  private static func bench(_ answer: ScriptedAnswer) -> ClientBench {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return ClientBench(answer, policy: policy)
  }

  @Test func deletesOneVersion() async throws {
    let bench = Self.bench(.status(204))
    try await bench.client.deleteObjectVersion(bucket: "bucket", key: Self.key, versionID: "v/1+=")
    #expect(bench.requests.map(\.method) == [.delete])
    #expect(bench.requests.map(\.url) == [Self.base + "?versionId=v%2F1%2B%3D"])
    let refused = Self.bench(.error(403, "AccessDenied"))
    await #expect(throws: AWSError.self) {
      try await refused.client.deleteObjectVersion(bucket: "bucket", key: Self.key, versionID: "v")
    }
  }

  @Test(
    arguments: [
      (
        .status(
          200,
          "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>COMPLIANCE</Mode>"
            + "<RetainUntilDate>2030-01-01T00:00:00.000Z</RetainUntilDate></Retention>"),
        ObjectLockState(retention: .init(mode: "COMPLIANCE", until: "2030-01-01T00:00:00.000Z"))
      ),
      (.status(200, "<Retention/>"), ObjectLockState()),
      (.status(200, "<Retention><Mode>GOVERNANCE</Mode></Retention>"), ObjectLockState()),
      (
        .status(
          200,
          "<Retention><Mode>GOVERNANCE</Mode><EventHold>ON</EventHold><EventHoldDuration><Days>30</Days>"
            + "</EventHoldDuration></Retention>"),
        ObjectLockState(eventHold: .init(mode: "GOVERNANCE", duration: .days(30)))
      ),
      (
        .status(
          200,
          "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>"
            + "<EventHold>ON</EventHold><EventHoldDuration><Years>7</Years></EventHoldDuration></Retention>"),
        ObjectLockState(
          retention: .init(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z"),
          eventHold: .init(mode: "GOVERNANCE", duration: .years(7)))
      ),
      (.status(200, "<Retention><EventHold>OFF</EventHold></Retention>"), ObjectLockState()),
      (.error(404, "NoSuchObjectLockConfiguration"), ObjectLockState()),
      (.error(404, "ObjectLockConfigurationNotFoundError"), ObjectLockState()),
    ] as [(ScriptedAnswer, ObjectLockState)])
  func readsTheRetention(answer: ScriptedAnswer, lock: ObjectLockState) async throws {
    let bench = Self.bench(answer)
    #expect(try await bench.client.objectRetention(bucket: "bucket", key: Self.key) == lock)
    #expect(bench.requests.map(\.method) == [.get])
    #expect(bench.requests.map(\.url) == [Self.base + "?retention="])
  }

  @Test(
    arguments: [
      (.status(200, "<LegalHold><Status>ON</Status></LegalHold>"), true),
      (.status(200, "<LegalHold><Status>OFF</Status></LegalHold>"), false),
      (.status(200, "<LegalHold/>"), false),
      (.error(404, "NoSuchObjectLockConfiguration"), false),
      (.error(400, "ObjectLockConfigurationNotFoundError"), false),
    ] as [(ScriptedAnswer, Bool)])
  func readsTheLegalHold(answer: ScriptedAnswer, isHeld: Bool) async throws {
    let bench = Self.bench(answer)
    #expect(try await bench.client.hasLegalHold(bucket: "bucket", key: Self.key) == isHeld)
    #expect(bench.requests.map(\.url) == [Self.base + "?legal-hold="])
  }

  /// What is no answer about the lock is not taken for none.
  @Test(
    arguments: [
      .error(403, "AccessDenied"), .error(404, "NoSuchKey"), .error(400, "InvalidRequest"), .status(200, ""),
      .status(200, "<ListBucketResult/>"), .status(200, "<Error><Code>InternalError</Code></Error>"),
    ] as [ScriptedAnswer])
  func otherAnswersAreErrors(answer: ScriptedAnswer) async {
    let bench = Self.bench(answer)
    await #expect(throws: AWSError.self) {
      try await bench.client.objectRetention(bucket: "bucket", key: Self.key)
    }
    await #expect(throws: AWSError.self) { try await bench.client.hasLegalHold(bucket: "bucket", key: Self.key) }
  }

  private static let retentionBody =
    "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>GOVERNANCE</Mode>"
    + "<RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate></Retention>"
  private static let holdBody =
    "<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>ON</Status></LegalHold>"

  @Test(
    arguments: [
      (true, true, nil, ["?retention= " + retentionBody, "?legal-hold= " + holdBody]),
      (true, false, "v 1", ["?retention=&versionId=v%201 " + retentionBody]),
      (false, true, "null", ["?legal-hold=&versionId=null " + holdBody]),
      (false, false, nil, []),
    ] as [(Bool, Bool, String?, [String])])
  func putsTheLock(hasRetention: Bool, isHeld: Bool, version: String?, requests: [String]) async throws {
    let bench = Self.bench(.status(200))
    let lock = ObjectLockState(
      retention: hasRetention ? .init(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z") : nil, hasLegalHold: isHeld)
    try await bench.client.putObjectLock(lock, bucket: "bucket", key: Self.key, versionID: version)
    #expect(
      bench.requests.map { $0.url.dropFirst(Self.base.count) + " " + String(decoding: $0.body, as: UTF8.self) }
        == requests)
    #expect(bench.requests.allSatisfy { $0.method == .put && $0.header("Content-MD5") != nil })
    #expect(bench.requests.allSatisfy { $0.header("Content-Type") == "application/xml" })
  }

  @Test func putsAnEventHold() async throws {
    let bench = Self.bench(.status(200))
    let lock = ObjectLockState(eventHold: .init(mode: "GOVERNANCE", duration: .days(30)))
    try await bench.client.putObjectLock(lock, bucket: "bucket", key: Self.key, versionID: nil)
    #expect(bench.requests.map(\.url) == [Self.base + "?retention="])
    #expect(
      String(decoding: bench.requests[0].body, as: UTF8.self)
        == "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>GOVERNANCE</Mode><EventHold>ON</EventHold>"
        + "<EventHoldDuration><Days>30</Days></EventHoldDuration></Retention>")
  }

  /// The second is not tried where the first failed.
  @Test func aLockThatIsRefused() async {
    let bench = Self.bench(.error(403, "AccessDenied"))
    let lock = ObjectLockState(retention: .init(mode: "GOVERNANCE", until: "2030"), hasLegalHold: true)
    let error = await #expect(throws: AWSError.self) {
      try await bench.client.putObjectLock(lock, bucket: "bucket", key: Self.key, versionID: nil)
    }
    #expect(error?.operation == "PutObjectRetention")
    #expect(bench.requests.count == 1)
  }
}
