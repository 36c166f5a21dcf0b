import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

/// Every sequence of events that can happen to an undoing, and what must hold in all of them.
@Suite struct RollbackProcedureWalkTests {
  /// What has happened on the way.
  private struct Path {
    var actions = 0
    var lastLook: ObservedObject?
    var behind: ListedObject?
    var puts = 0
    var deletes = 0
  }

  private static let versions: [ListedObject?] = [
    .version(), .version(owner: nil), nil, .version(etag: "e2"), .version(size: 11), .version(owner: Sample.guest),
    .version(isDeleteMarker: true), .version(nil),
  ]

  /// A look at the object, in every state that a rule tells apart.
  private static func looks(_ sample: SampleCase) throws -> [ObservedObject] {
    let acls: [AccessControlList?] = [
      sample.from, sample.to, sample.from.map { sample.policy.grantingReadToBucketOwner($0) }, nil,
      .owned(by: Sample.tools, .user(Sample.other)), .owned(by: Sample.site), .owned(by: Sample.other),
    ]
    var looks: [ObservedObject] = [.missing, .denied(nil), .denied(sample.to)]
    for acl in acls {
      for version in [nil, "made", "another", "null"] {
        looks.append(
          try .found(acl, headers: version.map { ["x-amz-version-id": $0] } ?? [:], byBucketOwner: true))
      }
      looks.append(try .found(acl, etag: "e2", headers: ["x-amz-version-id": "made"]))
      looks.append(try .found(acl, etag: "e2-2", headers: ["x-amz-version-id": "made"]))
      looks.append(try .found(acl, size: 11, headers: ["x-amz-version-id": "made"]))
      looks.append(
        ObservedObject(
          content: .found(ContentIdentity(etag: "e1", size: 10), nil), isReadableByBucketOwner: false, acl: acl))
    }
    return looks
  }

  @Test(
    arguments: ["grant", "copy", "grantFirst", "unknown"],
    [([], false), ([], true), ([.publicRead], false), ([.publicRead], true)] as [([Grant], Bool)])
  func invariantsHoldOnEveryPath(name: String, grants: ([Grant], Bool)) throws {
    let (more, blocksPublicGrants) = grants
    let samples = ["grant": SampleCase.grant, "copy": .copy, "grantFirst": .grantFirst, "unknown": .unknown]
    var sample = samples[name]!
    sample.from = sample.from.map { AccessControlList(owner: $0.owner, grants: $0.grants + more) }
    let looks = try Self.looks(sample)
    var paths = 0
    var outcomes: Set<String> = []

    func walk(_ execution: RollbackProcedure, _ event: RollbackProcedure.Event, _ path: Path) throws {
      var execution = execution
      var path = path
      switch event {
      case .observed(let observed): path.lastLook = observed
      case .foundPreviousVersions(let versions): path.behind = versions.first
      default: break
      }
      let action = execution.handle(event)
      path.actions += 1
      try check(action, on: &path, of: sample, blocksPublicGrants: blocksPublicGrants)
      // No path goes on for ever.
      try #require(path.actions <= 7)
      switch action {
      case .finish(let outcome):
        paths += 1
        outcomes.insert(String("\(outcome)".prefix { $0 != "(" }))
        return
      case .observe: for observed in looks { try walk(execution, .observed(observed), path) }
      case .putACL: try walk(execution, .aclPut, path)
      case .findPreviousVersions:
        for found in Self.versions { try walk(execution, .foundPreviousVersions(found.map { [$0] } ?? []), path) }
      case .deleteVersion: try walk(execution, .versionDeleted, path)
      case .wait:
        for mayRepeat in [true, false] { try walk(execution, .waited(mayRepeat: mayRepeat), path) }
      }
      try walk(execution, .failed(.unavailable), path)
    }

    try walk(sample.rollback(blocksPublicGrants: blocksPublicGrants), .begin, Path())
    #expect(paths > looks.count)
    let isImpossible = sample.change.action == .copy || blocksPublicGrants && !more.isEmpty
    let canBeDone = sample.change.action == .copy || !(blocksPublicGrants && !more.isEmpty)
    #expect(
      outcomes
        == Set(["already", "stale", "failed"] + (isImpossible ? ["irreversible"] : []) + (canBeDone ? ["done"] : [])))
  }

  private func check(
    _ action: RollbackProcedure.Action, on path: inout Path, of sample: SampleCase, blocksPublicGrants: Bool
  ) throws {
    switch action {
    case .observe: return
    case .putACL(let acl):
      path.puts += 1
      try #require(path.puts == 1)
      // What the plan saw, on what apply left: the ACL of a grant, or what was to begin a copy.
      try #require(acl == sample.from)
      let left = sample.change.action == .grant ? sample.to : sample.bucketOwnerGranted
      try #require(sample.change.action == .grant || sample.change.reason == .grantFirst)
      try #require(path.lastLook?.acl?.isEquivalent(to: left) == true)
      try #require(isSameContent(path.lastLook, sample))
      try #require(!blocksPublicGrants || !acl.grants.contains { $0.grantee.isPublic })
    case .findPreviousVersions(let version):
      try #require(version == "made" && path.deletes == 0)
      try expectMadeByApply(path.lastLook, sample)
    case .deleteVersion(let version):
      path.deletes += 1
      // Only the current version, only the one that the copy made, and only if what the plan saw is behind it.
      try #require(path.deletes == 1 && path.puts == 0 && version == "made")
      try expectMadeByApply(path.lastLook, sample)
      let behind = try #require(path.behind)
      try #require(behind.etag == sample.change.etag && behind.size == sample.change.size)
      try #require(behind.version?.isDeleteMarker == false)
      try #require(behind.owner == nil || behind.owner == sample.change.owner)
    case .finish(.done):
      try #require(path.puts + path.deletes > 0)
      if path.puts == 0 { try #require(isAsSeen(path.lastLook, sample)) }
    case .finish(.already):
      try #require(path.puts + path.deletes == 0)
      try #require(isAsSeen(path.lastLook, sample))
    case .finish(.irreversible), .finish(.stale):
      try #require(path.puts == 0)
    case .finish(.pending), .finish(.blocked): Issue.record("\(action) is not rollback's")
    case .finish(.failed), .wait: return
    }
  }

  private func expectMadeByApply(_ observed: ObservedObject?, _ sample: SampleCase) throws {
    try #require(sample.change.action == .copy)
    try #require(observed?.head?.versionID == "made")
    try #require(observed?.acl?.isEquivalent(to: sample.to) == true)
  }

  private func isSameContent(_ observed: ObservedObject?, _ sample: SampleCase) -> Bool {
    guard case .found(sample.change.content, _) = observed?.content else { return false }
    return true
  }

  private func isAsSeen(_ observed: ObservedObject?, _ sample: SampleCase) -> Bool {
    guard isSameContent(observed, sample) else { return false }
    guard let acl = observed?.acl else { return sample.from == nil }
    return sample.from.map { acl.isEquivalent(to: $0) } ?? false
  }
}
