import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let other = Sample.other

/// An action as text, to compare a whole run with.
private func text(_ action: RollbackProcedure.Action) -> String {
  switch action {
  case .observe: "observe"
  case .putACL(let acl): "put \(acl.owner == tools ? "tools'" : "another's")"
  case .findPreviousVersions(let version): "look behind \(version)"
  case .deleteVersion(let version): "delete \(version)"
  case .wait(_, let attempt): "wait \(attempt)"
  case .finish(let outcome): text(outcome)
  }
}

extension SampleCase {
  func rollback(
    blocksPublicGrants: Bool = false, made: String? = "made", replaced: String? = nil
  ) -> RollbackProcedure {
    RollbackProcedure(
      change: change, from: from, to: to, policy: policy, blocksPublicGrants: blocksPublicGrants,
      versions: RollbackProcedure.Versions(
        isMade: { id in made.map { $0 == id } }, isReplaced: { id in replaced.map { $0 == id } }))
  }
}

extension ListedObject {
  /// An old version as the sample changes' objects are.
  static func version(
    _ id: String? = "first", etag: String = "e1", size: Int = 10, owner: CanonicalID? = Sample.tools,
    isDeleteMarker: Bool = false
  ) -> ListedObject {
    ListedObject(
      key: ObjectKey("index.html"), etag: etag, size: size, lastModified: "", storageClass: "STANDARD", owner: owner,
      version: id.map { Version(id: $0, isLatest: false, isDeleteMarker: isDeleteMarker) })
  }
}

@Suite struct RollbackProcedureTests {
  private let grant = SampleCase.grant
  private let copy = SampleCase.copy
  private let first = SampleCase.grantFirst
  private let unknown = SampleCase.unknown

  /// The actions of a run that meets these events, from its beginning.
  private func run(
    _ sample: SampleCase, blocksPublicGrants: Bool = false, made: String? = "made", _ events: RollbackProcedure.Event...
  ) -> [String] {
    var execution = sample.rollback(blocksPublicGrants: blocksPublicGrants, made: made)
    return ([.begin] + events).map { text(execution.handle($0)) }
  }

  private func found(_ acl: AccessControlList?, version: String? = nil) throws -> RollbackProcedure.Event {
    .observed(
      try .found(acl, headers: version.map { ["x-amz-version-id": $0] } ?? [:], byBucketOwner: true))
  }

  @Test func putsTheACLBack() throws {
    #expect(run(grant, try found(grant.to), .aclPut) == ["observe", "put tools'", "done"])
    // As it was already: undone by an earlier run, or never made.
    #expect(run(grant, try found(grant.from)) == ["observe", "already"])
    // Of a copy that never came, the grant before it.
    #expect(run(first, try found(first.bucketOwnerGranted), .aclPut) == ["observe", "put tools'", "done"])
    // It is exactly what the plan saw that is written.
    var execution = grant.rollback()
    _ = execution.handle(.begin)
    guard case .putACL(let acl) = execution.handle(try found(grant.to)) else {
      Issue.record("the ACL should be put back")
      return
    }
    #expect(acl == grant.from)
  }

  @Test func removesTheVersion() throws {
    let behind = RollbackProcedure.Event.foundPreviousVersions([.version()])
    for sample in [copy, unknown] {
      #expect(
        run(sample, try found(sample.to, version: "made"), behind, .versionDeleted, try found(sample.from))
          == ["observe", "look behind made", "delete made", "observe", "done"])
    }
    // What was there had been opened for the copy.
    #expect(
      run(
        first, try found(first.to, version: "made"), behind, .versionDeleted, try found(first.bucketOwnerGranted),
        .aclPut)
        == ["observe", "look behind made", "delete made", "observe", "put tools'", "done"])
    // An owner that the listing does not name.
    #expect(
      run(
        copy, try found(copy.to, version: "made"), .foundPreviousVersions([.version(owner: nil)]))
        == ["observe", "look behind made", "delete made"])
  }

  @Test(
    arguments: [
      nil, .version(etag: "e2"), .version(size: 11), .version(owner: Sample.guest), .version(owner: Sample.site),
      .version(etag: "-", size: 0, isDeleteMarker: true), .version(isDeleteMarker: true), .version(nil),
    ] as [ListedObject?])
  func keepsTheCopyWhereSomethingElseIsBehindIt(behind: ListedObject?) throws {
    #expect(
      run(copy, try found(copy.to, version: "made"), .foundPreviousVersions(behind.map { [$0] } ?? []))
        == ["observe", "look behind made", "impossible: previousVersion"])
  }

  @Test(arguments: [(nil, "made"), ("null", "made"), ("another", "made"), ("made", nil)] as [(String?, String?)])
  func keepsWhatNoCopyMade(current: String?, made: String?) throws {
    for sample in [copy, first, unknown] {
      #expect(
        run(sample, made: made, try found(sample.to, version: current)) == ["observe", "impossible: ownership"])
    }
  }

  /// The version is gone, and what comes to light is not what the plan saw.
  @Test func afterTheVersion() throws {
    let behind = RollbackProcedure.Event.foundPreviousVersions([.version()])
    let begun = ["observe", "look behind made", "delete made", "observe"]
    let cases: [(RollbackProcedure.Event, String)] = [
      (try found(copy.to, version: "made"), "impossible: ownership"), (.observed(.missing), "stale: deleted"),
      (try found(.owned(by: other)), "stale: owner-changed"),
      (.observed(try .found(copy.from, etag: "e2")), "stale: overwritten"),
      (.failed(.unavailable), "failed: \(ChangeFailure.s3(.unavailable))"),
    ]
    for (event, end) in cases {
      #expect(run(copy, try found(copy.to, version: "made"), behind, .versionDeleted, event) == begun + [end])
    }
  }

  /// A run whose answers were lost has made more than one version: all of them go, the current one last.
  @Test func removesAllVersionsThatTheRunMade() throws {
    var execution = copy.rollback(replaced: "first")
    let behind = RollbackProcedure.Event.foundPreviousVersions([
      .version("second", owner: site), .version("third", owner: site), .version(), .version("older"),
    ])
    let events: [RollbackProcedure.Event] = [
      .begin, try found(copy.to, version: "made"), behind, .versionDeleted, .versionDeleted, .versionDeleted,
      try found(copy.from, version: "first"),
    ]
    #expect(
      events.map { text(execution.handle($0)) }
        == ["observe", "look behind made", "delete third", "delete second", "delete made", "observe", "done"])
    // What is between and is not a copy is somebody else's work.
    for other: ListedObject in [
      .version("x", size: 11, owner: site), .version("x", owner: Sample.guest),
      .version("x", owner: site, isDeleteMarker: true),
    ] {
      #expect(
        run(copy, try found(copy.to, version: "made"), .foundPreviousVersions([other, .version()]))
          == ["observe", "look behind made", "impossible: previousVersion"])
    }
  }

  /// A killed run made the version and could not say so; it says what it was put over.
  @Test func knowsACopyByWhatItReplaced() throws {
    func actions(_ current: String, _ behind: [ListedObject], replaced: String?) throws -> [String] {
      var execution = copy.rollback(made: nil, replaced: replaced)
      return [.begin, try found(copy.to, version: current), .foundPreviousVersions(behind)].map {
        if case .foundPreviousVersions = $0, replaced == nil || replaced == current { return "-" }
        return text(execution.handle($0))
      }
    }
    #expect(try actions("new", [.version()], replaced: "first") == ["observe", "look behind new", "delete new"])
    #expect(
      try actions("new", [.version()], replaced: "gone") == ["observe", "look behind new", "impossible: ownership"])
    #expect(try actions("new", [.version()], replaced: nil) == ["observe", "impossible: ownership", "-"])
    #expect(try actions("first", [.version()], replaced: "first") == ["observe", "impossible: ownership", "-"])
  }

  @Test func writesOfUnknownOutcome() throws {
    let lost = RollbackProcedure.Event.failed(.unanswered("PutObjectAcl"))
    let begun = ["observe", "put tools'", "wait 1", "observe"]
    #expect(
      run(grant, try found(grant.to), lost, .waited(mayRepeat: true), try found(grant.from)) == begun + ["done"])
    #expect(
      run(grant, try found(grant.to), lost, .waited(mayRepeat: true), try found(grant.to), .aclPut)
        == begun + ["put tools'", "done"])
    #expect(
      run(grant, try found(grant.to), lost, .waited(mayRepeat: false), try found(grant.to))
        == begun + ["failed: \(ChangeFailure.s3(.unanswered("PutObjectAcl")))"])
    #expect(
      run(
        copy, try found(copy.to, version: "made"), .foundPreviousVersions([.version()]),
        .failed(.unanswered("DeleteObject")),
        .waited(mayRepeat: true), try found(copy.from))
        == ["observe", "look behind made", "delete made", "wait 1", "observe", "done"])
    #expect(
      run(
        copy, try found(copy.to, version: "made"), .foundPreviousVersions([.version()]),
        .failed(.unanswered("DeleteObject")),
        .waited(mayRepeat: true), try found(copy.to, version: "made"), .foundPreviousVersions([.version()]),
        .versionDeleted,
        try found(copy.from))
        == [
          "observe", "look behind made", "delete made", "wait 1", "observe", "look behind made", "delete made",
          "observe",
          "done",
        ]
    )
  }

  @Test func leavesStaleObjectsAlone() throws {
    for sample in [grant, copy, first, unknown] {
      #expect(run(sample, .observed(.missing)) == ["observe", "stale: deleted"])
      #expect(
        run(sample, .observed(try .found(sample.to, etag: "e2", headers: ["x-amz-version-id": "made"])))
          == ["observe", "stale: overwritten"])
      #expect(
        run(sample, try found(.owned(by: other), version: "made")) == ["observe", "stale: owner-changed"])
      #expect(
        run(sample, try found(.owned(by: tools, .user(other)), version: "made"))
          == ["observe", "stale: acl-changed"])
    }
    #expect(
      run(copy, try found(.owned(by: site, .user(oai), .publicRead), version: "made"))
        == ["observe", "stale: owner-changed"])
  }

  /// What cannot be seen is not undone.
  @Test func failsWhereNothingCanBeSeen() throws {
    for sample in [grant, copy, first, unknown] {
      for event: RollbackProcedure.Event in [.observed(.denied(sample.to)), .failed(.unavailable)] {
        #expect(run(sample, event).last?.hasPrefix("failed: ") == true)
      }
    }
    #expect(run(grant, try found(grant.to), .failed(.denied)).last == "failed: \(ChangeFailure.s3(.denied))")
    #expect(
      run(copy, try found(copy.to, version: "made"), .failed(.denied))
        == ["observe", "look behind made", "failed: \(ChangeFailure.s3(.denied))"])
    let behind = RollbackProcedure.Event.foundPreviousVersions([.version()])
    #expect(
      run(copy, try found(copy.to, version: "made"), behind, .failed(.denied)).last
        == "failed: \(ChangeFailure.s3(.denied))")
  }

  @Test(
    arguments: [
      ([.publicRead], true, true), ([.authenticatedRead], true, true), ([Grant(.allUsers, .readACP)], true, true),
      ([.publicRead], false, false), ([.logDelivery], true, false), ([.user(other)], true, false), ([], true, false),
    ] as [([Grant], Bool, Bool)])
  func publicGrantsThatWouldBeRefused(grants: [Grant], blocks: Bool, isImpossible: Bool) throws {
    var sample = grant
    sample.from = AccessControlList(owner: tools, grants: [.user(tools, .fullControl)] + grants)
    #expect(
      run(sample, blocksPublicGrants: blocks, try found(sample.to)).last
        == (isImpossible ? "impossible: publicGrants" : "put tools'"))
    // A version with them can be brought back all the same: nothing is written.
    sample = copy
    sample.from = AccessControlList(owner: tools, grants: [.user(site)] + grants)
    #expect(
      run(
        sample, blocksPublicGrants: blocks, try found(sample.to, version: "made"),
        .foundPreviousVersions([.version()]), .versionDeleted, try found(sample.from)
      ).last == "done")
  }
}
