import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools

@Suite struct CopyPreflightTests {
  private static let none = InProcessS3.error(404, "NoSuchObjectLockConfiguration")
  private static let denied = InProcessS3.error(403, "AccessDenied")
  private static let key = ObjectKey("k")

  private static func retention(_ until: String, mode: String = "GOVERNANCE") -> HTTPResponse {
    .xml("<Retention><Mode>\(mode)</Mode><RetainUntilDate>\(until)</RetainUntilDate></Retention>")
  }

  private static func hold(_ status: String) -> HTTPResponse {
    .xml("<LegalHold><Status>\(status)</Status></LegalHold>")
  }

  private static func state(_ until: String?, hold: Bool = false) -> ObjectLockState {
    ObjectLockState(
      retention: until.map { ObjectLockState.Retention(mode: "GOVERNANCE", until: $0) }, hasLegalHold: hold)
  }

  /// A server that answers everybody alike, but for who is refused; and a reader at 2026-11-23T10:15:00Z.
  private func read(
    retention: HTTPResponse = none, hold: HTTPResponse = none, refused: Set<CanonicalID> = [],
    owners: [CanonicalID] = [tools], lock: ObjectLockConfiguration? = ObjectLockConfiguration(isEnabled: true),
    head: ObjectLockState? = nil, size: Int = 10, annotations: HTTPResponse = denied
  ) async throws -> (answer: CopyPreflight.Answer, callers: [CanonicalID]) {
    let server = ScriptedS3 { request in
      if refused.contains(request.caller) { return Self.denied }
      if request.parameter("annotation") != nil { return annotations }
      return request.query == "retention=" ? retention : hold
    }
    func account(_ id: CanonicalID) -> Account {
      Account(label: "", client: server.client(of: id), canonicalID: id)
    }
    var bucket = Sample.bucket()
    bucket.objectLock = lock
    let reader = CopyPreflight(
      bucket: bucket, accounts: Accounts(main: account(site), owners: owners.map(account), bucketOwner: site),
      now: { Timestamp(seconds: 1_795_428_900) })
    var headers = ["Content-Length": "\(size)"]
    if let retention = head?.retention {
      headers["x-amz-object-lock-mode"] = retention.mode
      headers["x-amz-object-lock-retain-until-date"] = retention.until
    }
    let answer = try await reader.prepare(Self.key, owner: tools, head: try .sample(headers))
    return (answer, server.requests.map(\.caller))
  }

  /// Where there can be no locks, nothing is asked.
  @Test(arguments: [nil, ObjectLockConfiguration(isEnabled: false)])
  func bucketsWithoutLocks(lock: ObjectLockConfiguration?) async throws {
    for head in [nil, Self.state("2030-01-01T00:00:00Z")] {
      let (answer, callers) = try await read(lock: lock, head: head)
      #expect(answer == .lock(head))
      #expect(callers.isEmpty)
    }
  }

  @Test(
    arguments: [
      (none, none, nil),
      (InProcessS3.error(404, "ObjectLockConfigurationNotFoundError"), hold("OFF"), nil),
      (none, hold("ON"), state(nil, hold: true)),
      (retention("2030-01-01T00:00:00Z"), none, state("2030-01-01T00:00:00Z")),
      (retention("2030-01-01T00:00:00.000Z"), hold("ON"), state("2030-01-01T00:00:00.000Z", hold: true)),
      // What has ended locks nothing, and S3 would refuse it.
      (retention("2026-11-23T10:15:00Z"), hold("OFF"), nil),
      (retention("2020-01-01T00:00:00Z"), hold("ON"), state(nil, hold: true)),
      (retention("2026-11-23T10:15:01Z"), hold("OFF"), state("2026-11-23T10:15:01Z")),
    ] as [(HTTPResponse, HTTPResponse, ObjectLockState?)])
  func locksAreAskedFor(retention: HTTPResponse, hold: HTTPResponse, lock: ObjectLockState?) async throws {
    let (answer, callers) = try await read(retention: retention, hold: hold)
    #expect(answer == .lock(lock))
    // Whatever HEAD shows, its owner is asked, who sees the most.
    #expect(callers == [tools, tools])
  }

  @Test func theBucketOwnerIsAskedWhereTheObjectOwnerIsRefused() async throws {
    let found = Self.retention("2030-01-01T00:00:00Z")
    let (answer, callers) = try await read(retention: found, refused: [tools])
    #expect(answer == .lock(Self.state("2030-01-01T00:00:00Z")))
    #expect(callers == [tools, site, site])
    let alone = try await read(retention: found, owners: [])
    #expect(alone.answer == answer)
    #expect(alone.callers == [site, site])
  }

  /// What nobody may see could be there.
  @Test(arguments: [[tools], []] as [[CanonicalID]])
  func whatNobodyMaySeeIsAnObstacle(owners: [CanonicalID]) async throws {
    #expect(try await read(refused: [site, tools], owners: owners).answer == .obstacle(.objectLock))
    // Half of it is not enough.
    #expect(try await read(hold: Self.denied, owners: owners).answer == .obstacle(.objectLock))
  }

  @Test(
    arguments: [
      (none, none, true), (none, hold("ON"), true), (retention("2020-01-01T00:00:00Z"), none, true),
      (retention("2030-01-01T00:00:00Z"), none, false), (retention("2030-01-01T00:00:00Z"), hold("ON"), false),
    ])
  func defaultRetentionWouldLockACopy(
    retention: HTTPResponse, hold: HTTPResponse, isObstacle: Bool
  ) async throws {
    let lock = ObjectLockConfiguration(isEnabled: true, defaultMode: "GOVERNANCE", defaultDays: 1)
    let answer = try await read(retention: retention, hold: hold, lock: lock).answer
    #expect((answer == .obstacle(.defaultRetention)) == isObstacle)
  }

  private static func eventHold(_ days: Int, retention: String = "") -> HTTPResponse {
    .xml(
      "<Retention>\(retention)<EventHold>ON</EventHold><EventHoldDuration><Days>\(days)</Days></EventHoldDuration>"
        + "</Retention>")
  }

  /// A hold is sent with the copy, also where the retention beside it has ended.
  @Test func eventHoldsAreKept() async throws {
    let hold = ObjectLockState.EventHold(duration: .days(30))
    #expect(try await read(retention: Self.eventHold(30)).answer == .lock(ObjectLockState(eventHold: hold)))
    let ended = "<Mode>COMPLIANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate>"
    #expect(
      try await read(retention: Self.eventHold(30, retention: ended), hold: Self.hold("ON")).answer
        == .lock(
          ObjectLockState(hasLegalHold: true, eventHold: .init(mode: "COMPLIANCE", duration: .days(30)))))
  }

  @Test(
    arguments: [
      // With a default event hold, one of the object's own is sent in its place.
      (none, true), (retention("2030-01-01T00:00:00Z"), true), (eventHold(1), false),
    ] as [(HTTPResponse, Bool)])
  func defaultEventHoldsWouldLockACopy(retention: HTTPResponse, isObstacle: Bool) async throws {
    for mode in [nil, "GOVERNANCE"] {
      let lock = ObjectLockConfiguration(isEnabled: true, defaultMode: mode, defaultEventHold: .days(90))
      let answer = try await read(retention: retention, lock: lock).answer
      #expect((answer == .obstacle(.defaultRetention)) == isObstacle)
    }
    // Nobody says that a hold keeps the default retention away.
    let lock = ObjectLockConfiguration(isEnabled: true, defaultMode: "GOVERNANCE", defaultDays: 1)
    #expect(try await read(retention: Self.eventHold(1), lock: lock).answer == .obstacle(.defaultRetention))
  }

  // MARK: - Annotations

  private static func list(_ count: Int) -> HTTPResponse {
    .xml("<ListObjectAnnotationsResult><AnnotationCount>\(count)</AnnotationCount></ListObjectAnnotationsResult>")
  }

  @Test(
    arguments: [
      (list(0), nil), (list(1), .annotations), (denied, .annotationsHidden), (.xml("<html/>"), .annotationsHidden),
      // A server that does not know them.
      (InProcessS3.error(501, "NotImplemented"), nil), (InProcessS3.error(400, "InvalidArgument"), nil),
      (.xml("x", status: 206, headers: [("ETag", "\"e1\"")]), nil),
      // What nobody can tell apart from others.
      (InProcessS3.error(400, "BadRequest"), .annotationsHidden),
    ] as [(HTTPResponse, ChangeReason?)])
  func annotationsOfWhatIsCopiedInParts(annotations: HTTPResponse, obstacle: ChangeReason?) async throws {
    for lock in [nil, ObjectLockConfiguration(isEnabled: true)] {
      let large = try await read(lock: lock, size: AWSClient.maximumCopySize + 1, annotations: annotations)
      #expect(large.answer == (obstacle.map { .obstacle($0) } ?? .lock(nil)))
      #expect(large.callers.first == site)
      // In one request they come along, and nothing is asked.
      let small = try await read(lock: lock, size: AWSClient.maximumCopySize, annotations: annotations)
      #expect(small.answer == .lock(nil))
      #expect(small.callers.count == (lock == nil ? 0 : 2))
    }
  }

  @Test func annotationsAreAskedForAsTheOwnerToo() async throws {
    let size = AWSClient.maximumCopySize + 1
    let (answer, callers) = try await read(refused: [site], lock: nil, size: size, annotations: Self.list(0))
    #expect(answer == .lock(nil) && callers == [site, tools])
    let alone = try await read(refused: [site], owners: [], lock: nil, size: size, annotations: Self.list(0))
    #expect(alone.answer == .obstacle(.annotationsHidden) && alone.callers == [site])
    let error = await #expect(throws: AWSError.self) {
      try await read(lock: nil, size: size, annotations: InProcessS3.error(404, "NoSuchKey"))
    }
    #expect(error?.operation == "ListObjectAnnotations")
  }

  @Test func otherErrorsAreTold() async throws {
    let error = await #expect(throws: AWSError.self) { try await read(retention: InProcessS3.error(404, "NoSuchKey")) }
    #expect(error?.code == "NoSuchKey")
    #expect(error?.operation == "GetObjectRetention")
  }
}
