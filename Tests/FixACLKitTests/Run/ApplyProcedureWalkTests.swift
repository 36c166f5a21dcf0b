import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let tags = [ObjectTag(key: "k", value: "v")]

/// Every sequence of events that can happen to a change, and what must hold in all of them.
@Suite struct ApplyProcedureWalkTests {
  /// What has happened on the way.
  private struct Path {
    var actions: [ApplyProcedure.Action] = []
    var lastLook: ObservedObject?
    var puts = 0
    var copies = 0
    var refusals = 0
    var tagWrites = 0
  }

  /// A look at the object, in every state that a rule tells apart.
  private static func looks(_ sample: SampleCase) throws -> [ObservedObject] {
    let acls: [AccessControlList?] = [
      sample.from, sample.to, sample.from.map { sample.policy.grantingReadToBucketOwner($0) }, nil,
      .owned(by: Sample.tools, .user(Sample.other)), .owned(by: Sample.site), .owned(by: Sample.other),
    ]
    var looks: [ObservedObject] = [.missing, .denied(nil), .denied(sample.from)]
    for acl in acls {
      for byBucketOwner in [true, false] {
        looks.append(try .found(acl, byBucketOwner: byBucketOwner))
        looks.append(try .found(acl, headers: ["x-amz-tagging-count": "1"], byBucketOwner: byBucketOwner))
      }
      looks.append(try .found(acl, etag: "e2", byBucketOwner: true))
      looks.append(try .found(acl, size: 11, byBucketOwner: true))
      looks.append(try .found(acl, headers: ["x-amz-storage-class": "GLACIER"], byBucketOwner: true))
      looks.append(
        ObservedObject(
          content: .found(ContentIdentity(etag: "e1", size: 10), nil), isReadableByBucketOwner: false, acl: acl))
    }
    return looks
  }

  @Test(arguments: ["grant", "copy", "grantFirst", "unknown"], [false, true])
  func invariantsHoldOnEveryPath(name: String, wasBegun: Bool) throws {
    let samples = ["grant": SampleCase.grant, "copy": .copy, "grantFirst": .grantFirst, "unknown": .unknown]
    let sample = samples[name]!
    let looks = try Self.looks(sample)
    var paths = 0
    var outcomes: Set<String> = []

    func walk(_ execution: ApplyProcedure, _ event: ApplyProcedure.Event, _ path: Path) throws {
      var execution = execution
      var path = path
      if case .observed(let observed) = event { path.lastLook = observed }
      let action = execution.handle(event)
      path.actions.append(action)
      try check(action, on: &path, of: sample)
      // No path goes on for ever.
      try #require(path.actions.count <= 11)
      switch action {
      case .finish(let outcome):
        paths += 1
        outcomes.insert(String("\(outcome)".prefix { $0 != "(" }))
        return
      case .observe: for observed in looks { try walk(execution, .observed(observed), path) }
      case .putACL: try walk(execution, .aclPut, path)
      case .prepare: try walk(execution, .prepared(.lock(nil)), path)
      case .saveTags:
        for saved in [tags, []] {
          for byCopier in [true, false] { try walk(execution, .tagsSaved(saved, byCopier: byCopier), path) }
        }
        try walk(execution, .failed(.denied), path)
      case .copy:
        try walk(execution, .wasCopied, path)
        var refused = path
        refused.copies -= 1
        refused.refusals += 1
        try walk(execution, .failed(.denied), refused)
      case .putLock: try walk(execution, .lockPut, path)
      case .ensureTags: try walk(execution, .tagsEnsured, path)
      case .wait: Issue.record("every outcome is known here")
      }
      try walk(execution, .failed(.unavailable), path)
    }

    try walk(sample.execution(unconfirmed: wasBegun ? CopyIntent(tags: tags) : nil), .begin, Path())
    #expect(paths > looks.count)
    #expect(outcomes == ["done", "already", "stale", "failed"])
  }

  private func check(_ action: ApplyProcedure.Action, on path: inout Path, of sample: SampleCase) throws {
    switch action {
    case .observe, .prepare, .putLock, .wait: return
    case .putACL(let acl):
      path.puts += 1
      try #require(path.puts == 1 && path.copies == 0)
      // Only on what the plan saw, and only to what it says.
      try #require(isAsSeen(path.lastLook, sample))
      try #require(path.lastLook?.acl?.isEquivalent(to: sample.from!) == true)
      try #require(acl == (sample.change.action == .grant ? sample.to : sample.bucketOwnerGranted))
      try #require(sample.change.action == .grant || sample.change.reason == .grantFirst)
    case .saveTags:
      try #require(sample.change.action == .copy && path.copies == 0)
      try #require(isAsSeen(path.lastLook, sample))
    case .copy(let copy):
      path.copies += 1
      try #require(path.copies == 1)
      // Once more where it was refused, and then with the tags that its owner has read.
      try #require(path.refusals == 0 || path.refusals == 1 && copy.tags != nil)
      try #require(sample.change.action == .copy && copy.acl == sample.to && copy.head.etag == sample.change.etag)
      try #require(isAsSeen(path.lastLook, sample))
      try #require(path.lastLook?.isReadableByBucketOwner == true)
    case .ensureTags:
      path.tagWrites += 1
      try #require(path.tagWrites == 1 && sample.change.action == .copy)
      // On the copy, and on nothing else: it has the ACL that only the copy gave it.
      try #require(path.lastLook?.acl?.isEquivalent(to: sample.to) == true)
    case .finish(.done):
      try #require(path.puts + path.copies > 0)
      if sample.change.action == .copy { try #require(path.lastLook?.acl?.isEquivalent(to: sample.to) == true) }
    case .finish(.already):
      // Somebody else may have made the copy right after the grant that was to begin it.
      try #require(path.copies == 0 && (path.puts == 0 || sample.change.reason == .grantFirst))
      try #require(path.lastLook?.acl?.isEquivalent(to: sample.to) == true)
    case .finish(.stale):
      // Nothing has been written, but for the grant of a copy that begins with one.
      try #require(path.copies == 0 && path.tagWrites == 0)
      try #require(path.puts == 0 || sample.change.reason == .grantFirst)
    case .finish(.irreversible), .finish(.pending), .finish(.blocked): Issue.record("\(action) is not apply's")
    case .finish(.failed): return
    }
  }

  /// Whether a look is as the plan saw the object, or as its own grant to the bucket owner left it.
  private func isAsSeen(_ observed: ObservedObject?, _ sample: SampleCase) -> Bool {
    guard let observed, case .found(sample.change.content, _) = observed.content else { return false }
    guard let acl = observed.acl else { return sample.from == nil }
    guard let from = sample.from else { return false }
    if sample.change.reason == .grantFirst, acl.isEquivalent(to: sample.bucketOwnerGranted) { return true }
    return acl.isEquivalent(to: from)
  }
}
