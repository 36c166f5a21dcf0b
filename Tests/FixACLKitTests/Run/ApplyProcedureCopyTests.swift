import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let tags = [ObjectTag(key: "k", value: "v")]
private let lock = ObjectLockState(
  retention: ObjectLockState.Retention(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z"), hasLegalHold: true)
private let lockHeaders = [
  "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z",
  "x-amz-object-lock-legal-hold": "ON",
]

/// An action as text, with what a copy carries.
private func text(_ action: ApplyProcedure.Action) -> String {
  switch action {
  case .observe: "observe"
  case .putACL: "put"
  case .prepare: "prepare"
  case .saveTags: "save tags"
  case .copy(let copy):
    "copy" + (copy.lock == nil ? "" : copy.lock == lock ? " locked" : " locked otherwise")
      + (copy.tags.map { " tags \($0.count)" } ?? "") + (copy.encryption.map { " \($0.algorithm)" } ?? "")
  case .putLock(let put, let version): "put lock\(put == lock ? "" : " of another kind") on \(version ?? "-")"
  case .wait(_, let attempt): "wait \(attempt)"
  case .ensureTags(_, let version): "ensure tags of \(version ?? "-")"
  case .finish(.done(let version)): "done \(version ?? "-")"
  case .finish(.already(let version)): "already \(version ?? "-")"
  case .finish(.stale(let staleness)): "stale: \(staleness.word)"
  case .finish(.failed(let failure)): "failed: \(failure)"
  case .finish(let other): "\(other)"
  }
}

/// What a copy carries with it and what becomes of it: locks, encryption, versions, conditions, large objects.
@Suite struct ApplyProcedureCopyTests {
  private let copy = SampleCase.copy

  private func run(
    of sample: SampleCase = .copy, unconfirmed: CopyIntent? = nil,
    settings change: (inout ApplyProcedure.Settings) -> Void = { _ in }, _ events: ApplyProcedure.Event...
  ) -> [String] {
    var settings = ApplyProcedure.Settings(policy: sample.policy)
    change(&settings)
    var execution = ApplyProcedure(
      change: sample.change, from: sample.from, to: sample.to, settings: settings, unconfirmed: unconfirmed)
    return ([.begin] + events).map { text(execution.handle($0)) }
  }

  private func before(_ headers: [String: String] = [:]) throws -> ApplyProcedure.Event {
    .observed(try .found(copy.from, headers: headers, byBucketOwner: true))
  }

  private func after(_ headers: [String: String] = [:], etag: String = "e1") throws -> ApplyProcedure.Event {
    .observed(try .found(copy.to, etag: etag, headers: headers, byBucketOwner: true))
  }

  private static let lost =
    "failed: the copy differs from the object in content headers, metadata, storage class, encryption, redirect or lock"

  // MARK: - Locks

  @Test func locksAreAskedForWhereThereCanBeSome() throws {
    #expect(
      run(settings: { $0.needsPreparation = true }, try before(), .prepared(.lock(nil)), .wasCopied, try after())
        == ["observe", "prepare", "copy", "observe", "done -"])
    #expect(
      run(
        settings: { $0.needsPreparation = true }, try before(), .prepared(.lock(lock)), .wasCopied,
        try after(lockHeaders))
        == ["observe", "prepare", "copy locked", "observe", "done -"])
    // What HEAD shows may be less than what is there, or have ended.
    #expect(
      run(
        settings: { $0.needsPreparation = true }, try before(lockHeaders), .prepared(.lock(nil)), .wasCopied,
        try after())
        == ["observe", "prepare", "copy", "observe", "done -"])
    // Elsewhere it is all that there is to know.
    #expect(
      run(try before(lockHeaders), .wasCopied, try after(lockHeaders)) == [
        "observe", "copy locked", "observe", "done -",
      ])
    // A grant leaves locks alone.
    #expect(
      run(of: .grant, settings: { $0.needsPreparation = true }, .observed(try .found(SampleCase.grant.from)), .aclPut)
        == ["observe", "put", "done -"])
  }

  @Test(arguments: [ChangeReason.objectLock, .defaultRetention])
  func obstaclesOfLocks(reason: ChangeReason) throws {
    #expect(
      run(settings: { $0.needsPreparation = true }, try before(), .prepared(.obstacle(reason)))
        == ["observe", "prepare", "stale: \(reason.rawValue)"])
    #expect(
      run(settings: { $0.needsPreparation = true }, try before(), .failed(.unavailable)).last
        == "failed: \(ChangeFailure.s3(.unavailable))")
  }

  /// Some servers lose the lock in a copy.
  @Test func locksThatAreLostArePutBackOnce() throws {
    let begun = ["observe", "copy locked", "observe", "put lock on v2", "observe"]
    let version = ["x-amz-version-id": "v2"]
    let locked = version.merging(lockHeaders) { $1 }
    let outcome = ApplyProcedure.Event.copied(CopyOutcome(versionID: "v2"))
    #expect(
      run(try before(lockHeaders), outcome, try after(version), .lockPut, try after(locked)) == begun + ["done v2"])
    // Half of it is not all of it.
    var half = locked
    half["x-amz-object-lock-legal-hold"] = nil
    #expect(
      run(try before(lockHeaders), outcome, try after(half), .lockPut, try after(locked)) == begun + ["done v2"])
    for lacking in [version, half] {
      #expect(
        run(try before(lockHeaders), outcome, try after(version), .lockPut, try after(lacking)) == begun + [Self.lost])
    }
    #expect(
      run(try before(lockHeaders), outcome, try after(version), .failed(.denied)).last
        == "failed: \(ChangeFailure.s3(.denied))")
    // Tags come after it.
    #expect(
      run(
        try before(lockHeaders.merging(["x-amz-tagging-count": "1"]) { $1 }), .tagsSaved(tags, byCopier: true), outcome,
        try after(version), .lockPut, try after(locked), .tagsEnsured
      ).suffix(4)
        == ["put lock on v2", "observe", "ensure tags of v2", "done v2"])
  }

  /// A hold is part of the lock: a copy without it is not done.
  @Test func eventHoldsThatAreLostArePutBackOnce() throws {
    let headers = ["x-amz-object-lock-event-hold": "ON", "x-amz-object-lock-event-hold-duration-days": "30"]
    let begun = ["observe", "copy locked otherwise", "observe", "put lock of another kind on -", "observe"]
    #expect(run(try before(headers), .wasCopied, try after(), .lockPut, try after(headers)) == begun + ["done -"])
    #expect(run(try before(headers), .wasCopied, try after(), .lockPut, try after()) == begun + [Self.lost])
    #expect(
      run(try before(headers), .wasCopied, try after(headers))
        == ["observe", "copy locked otherwise", "observe", "done -"])
    // Nor with a hold that it did not have.
    #expect(
      run(try before(), .wasCopied, try after(headers)) == ["observe", "copy", "observe", Self.lost])
  }

  /// Servers write times with fractions, and without: that is no reason to write them again.
  @Test func locksAreComparedToTheSecond() throws {
    var headers = lockHeaders
    headers["x-amz-object-lock-retain-until-date"] = "2030-01-01T00:00:00.000Z"
    #expect(
      run(try before(lockHeaders), .wasCopied, try after(headers)) == ["observe", "copy locked", "observe", "done -"])
  }

  /// A lock that the object did not have would keep it from ever being removed.
  @Test func locksThatWereNotThereAreAFailure() throws {
    #expect(run(try before(), .wasCopied, try after(lockHeaders)) == ["observe", "copy", "observe", Self.lost])
  }

  // MARK: - Encryption and properties

  @Test(
    arguments: [
      (nil, nil, ""), (nil, "AES256", " AES256"), ("AES256", nil, " AES256"), ("aws:kms", "AES256", " aws:kms"),
      ("aws:kms:dsse", nil, " aws:kms:dsse"),
    ] as [(String?, String?, String)])
  func encryption(of object: String?, setting: String?, text: String) throws {
    let headers = object.map { ["x-amz-server-side-encryption": $0] } ?? [:]
    #expect(
      run(
        settings: { $0.encryption = setting.map { ObjectEncryption(algorithm: $0) } }, try before(headers), .wasCopied,
        try after(headers)) == ["observe", "copy" + text, "observe", "done -"])
  }

  @Test(
    arguments: [
      [:], ["x-amz-meta-a": "2"], ["x-amz-meta-a": "1", "x-amz-meta-b": "2"],
      ["x-amz-meta-a": "1", "Content-Type": "text/html"],
      ["x-amz-meta-a": "1", "x-amz-storage-class": "STANDARD_IA"],
      ["x-amz-meta-a": "1", "x-amz-server-side-encryption": "aws:kms"],
      ["x-amz-meta-a": "1", "x-amz-website-redirect-location": "/"],
    ] as [[String: String]])
  func copiesThatLackSomething(headers: [String: String]) throws {
    let had = ["x-amz-meta-a": "1"]
    #expect(run(try before(had), .wasCopied, try after(headers)) == ["observe", "copy", "observe", Self.lost])
    #expect(run(try before(had), .wasCopied, try after(had)).last == "done -")
  }

  @Test(
    arguments: [
      (["x-amz-checksum-sha256": "a="], ["x-amz-checksum-sha256": "a="], true),
      (["x-amz-checksum-sha256": "a="], ["x-amz-checksum-sha256": "b="], false),
      // What cannot be compared tells nothing.
      (["x-amz-checksum-sha256": "a="], ["x-amz-checksum-crc32": "b="], true),
      (["x-amz-checksum-sha256": "a="], [:], true), ([:], ["x-amz-checksum-sha256": "b="], true),
      (["x-amz-checksum-sha256": "a=-2"], ["x-amz-checksum-sha256": "b="], true),
      (["x-amz-checksum-sha256": "a="], ["x-amz-checksum-sha256": "b=-2"], true),
      (
        ["x-amz-checksum-sha256": "a=", "x-amz-checksum-type": "COMPOSITE"],
        ["x-amz-checksum-sha256": "b=", "x-amz-checksum-type": "COMPOSITE"], true
      ),
    ] as [([String: String], [String: String], Bool)])
  func checksums(object: [String: String], copied: [String: String], isSame: Bool) throws {
    #expect(
      run(try before(object), .wasCopied, try after(copied)).last
        == (isSame ? "done -" : "failed: the copy has another checksum"))
  }

  // MARK: - Versions

  @Test(
    arguments: [
      // What the server says it made, or else what is there now.
      (nil, nil, nil, "-"), ("v1", "v2", "v2", "v2"), ("v1", nil, "v2", "v2"), ("v1", "v2", nil, "v2"),
      ("null", "v2", "v2", "v2"), ("v1", "null", "null", "null"), (nil, "v2", "v2", "v2"),
      // Where it took the place of what was there, there is nothing to go back to.
      ("null", "null", "null", "-"), ("null", nil, "null", "-"),
    ] as [(String?, String?, String?, String)])
  func versionsThatWereMade(copied: String?, told: String?, found: String?, made: String) throws {
    func headers(_ version: String?) -> [String: String] { version.map { ["x-amz-version-id": $0] } ?? [:] }
    #expect(
      run(try before(headers(copied)), .copied(CopyOutcome(versionID: told)), try after(headers(found)))
        == ["observe", "copy", "observe", "done \(made)"])
  }

  @Test func versionsThatWereThereAlready() throws {
    #expect(run(try after(["x-amz-version-id": "v2"])) == ["observe", "already v2"])
    #expect(run(try after()) == ["observe", "already -"])
    #expect(
      run(unconfirmed: CopyIntent(tags: tags), try after(["x-amz-version-id": "v2"]), .tagsEnsured)
        == ["observe", "ensure tags of v2", "already v2"])
    let grant = SampleCase.grant
    #expect(
      run(of: .grant, .observed(try .found(grant.from, headers: ["x-amz-version-id": "v1"])), .aclPut)
        == ["observe", "put", "done -"])
  }

  // MARK: - Refusals

  /// Somebody has overwritten it since it was looked at, or is about to.
  @Test(arguments: [("PreconditionFailed", 412), ("ConditionalRequestConflict", 409)])
  func objectsThatAreOverwrittenMeanwhile(code: String, status: Int) throws {
    let refused = ApplyProcedure.Event.failed(
      AWSError(kind: .service, operation: "CopyObject", status: status, code: code, message: ""))
    let stale = "stale: overwritten"
    #expect(run(try before(), refused) == ["observe", "copy", stale])
    #expect(
      run(try before(["x-amz-tagging-count": "1"]), .tagsSaved(tags, byCopier: true), refused)
        == ["observe", "save tags", "copy tags 1", stale])
    // Only of a copy does it mean that.
    #expect(
      run(of: .grant, .observed(try .found(SampleCase.grant.from)), refused).last?.hasPrefix("failed: ") == true)
  }

  @Test(arguments: [("OperationAborted", 409), ("InvalidRequest", 400), ("NoSuchKey", 404)])
  func otherRefusalsAreFailures(code: String, status: Int) throws {
    let error = AWSError(kind: .service, operation: "CopyObject", status: status, code: code, message: "")
    #expect(run(try before(), .failed(error)) == ["observe", "copy", "failed: \(ChangeFailure.s3(error))"])
  }

  // MARK: - Large objects

  /// What is copied in parts loses its tags, so they are read even where HEAD shows none.
  @Test(arguments: [(9, false), (10, false), (11, true), (1000, true)])
  func tagsOfLargeObjectsAreRead(size: Int, isRead: Bool) throws {
    var sample = copy
    sample.change.size = size
    let before = ApplyProcedure.Event.observed(try .found(sample.from, size: size, byBucketOwner: true))
    let after = ApplyProcedure.Event.observed(try .found(sample.to, etag: "e9-2", size: size, byBucketOwner: true))
    func limit(_ settings: inout ApplyProcedure.Settings) { settings.maximumCopySize = 10 }
    guard isRead else {
      #expect(run(of: sample, settings: limit, before, .wasCopied, after) == ["observe", "copy", "observe", "done -"])
      return
    }
    #expect(
      run(of: sample, settings: limit, before, .prepared(.lock(nil)), .tagsSaved([], byCopier: true), .wasCopied, after)
        == ["observe", "prepare", "save tags", "copy", "observe", "done -"])
    for byCopier in [true, false] {
      #expect(
        run(
          of: sample, settings: limit, before, .prepared(.lock(nil)), .tagsSaved(tags, byCopier: byCopier), .wasCopied,
          after, .tagsEnsured)
          == ["observe", "prepare", "save tags", "copy tags 1", "observe", "ensure tags of -", "done -"])
    }
    // Without them it would be a copy without tags.
    #expect(
      run(of: sample, settings: limit, before, .prepared(.lock(nil)), .failed(.denied))
        == ["observe", "prepare", "save tags", "failed: \(ChangeFailure.s3(.denied))"])
    // Annotations would be lost, too.
    for reason in [ChangeReason.annotations, .annotationsHidden] {
      #expect(
        run(of: sample, settings: limit, before, .prepared(.obstacle(reason)))
          == ["observe", "prepare", "stale: \(reason.rawValue)"])
    }
  }

  // MARK: - Tags of a run that was killed

  /// The object is still what the plan saw, so the copy was not made: its tags are its own, and may have been removed.
  @Test func tagsOfACopyThatWasNotMadeAreForgotten() throws {
    #expect(
      run(unconfirmed: CopyIntent(tags: tags), try before(), .wasCopied, try after()) == [
        "observe", "copy", "observe", "done -",
      ])
    #expect(
      run(
        unconfirmed: CopyIntent(tags: tags), settings: { $0.maximumCopySize = 1 }, try before(),
        .prepared(.lock(nil)), .tagsSaved([], byCopier: true),
        .wasCopied, try after()) == ["observe", "prepare", "save tags", "copy", "observe", "done -"])
  }

  private static let unanswered = AWSError.unanswered("CopyObject")

  /// A copy whose answer was lost is looked for before it is made again: on a bucket with versions, each makes another.
  @Test func aCopyOfUnknownOutcome() throws {
    func before(_ version: String = "v1") throws -> ApplyProcedure.Event {
      .observed(try .found(copy.from, headers: ["x-amz-version-id": version], byBucketOwner: true))
    }
    func after(_ headers: [String: String] = [:]) throws -> ApplyProcedure.Event {
      .observed(
        try .found(copy.to, headers: headers.merging(["x-amz-version-id": "v2"]) { $1 }, byBucketOwner: true))
    }
    let lost = ApplyProcedure.Event.failed(Self.unanswered)
    let begun = ["observe", "copy", "wait 1", "observe"]
    #expect(run(try before(), lost, .waited(mayRepeat: true), try after()) == begun + ["done v2"])
    #expect(run(try before(), lost, .waited(mayRepeat: false), try after()) == begun + ["done v2"])
    #expect(
      run(
        try before(), lost, .waited(mayRepeat: true), try before(), .copied(CopyOutcome(versionID: "v2")), try after())
        == begun + ["copy", "observe", "done v2"])
    #expect(
      run(try before(), lost, .waited(mayRepeat: true), try before(), lost, .waited(mayRepeat: true), try after())
        == begun + ["copy", "wait 2", "observe", "done v2"])
    #expect(
      run(try before(), lost, .waited(mayRepeat: false), try before())
        == begun + ["failed: \(ChangeFailure.s3(Self.unanswered))"])
    // Somebody else's work is left alone.
    #expect(
      run(try before(), lost, .waited(mayRepeat: true), .observed(try .found(copy.from, etag: "e2")))
        == begun + ["stale: overwritten"])
  }

  /// The lock and the tags that a killed run's copy lacks are put back by the next one.
  @Test func aCopyThatWasKilledBeforeItsLock() throws {
    var sample = copy
    let head = try #require(try ObservedObject.found(copy.from, byBucketOwner: true).head)
    sample.change.preserved = AttributesDigest(head, lock: lock)
    let intent = CopyIntent(replaces: "v1", tags: tags, lock: lock)
    func after(_ headers: [String: String] = [:]) throws -> ApplyProcedure.Event {
      .observed(
        try .found(copy.to, headers: headers.merging(["x-amz-version-id": "v2"]) { $1 }, byBucketOwner: true))
    }
    #expect(
      run(of: sample, unconfirmed: intent, try after(), .lockPut, try after(lockHeaders), .tagsEnsured)
        == ["observe", "put lock on v2", "observe", "ensure tags of v2", "already v2"])
    let lost = ApplyProcedure.Event.failed(.unanswered("PutObjectRetention"))
    #expect(
      run(
        of: sample, unconfirmed: intent, try after(), lost, .waited(mayRepeat: true), try after(lockHeaders),
        .failed(.unanswered("PutObjectTagging")), .waited(mayRepeat: true), .tagsEnsured)
        == [
          "observe", "put lock on v2", "wait 1", "observe", "ensure tags of v2", "wait 2", "ensure tags of v2",
          "already v2",
        ])
    // Without the journal, it is not known that this run's copy lacks it.
    #expect(run(of: sample, try after()).last?.hasPrefix("stale: properties-changed") == true)
  }
}
