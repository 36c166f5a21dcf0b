import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let tools = Sample.tools

/// Scans of the keys of a list.
@Suite struct KeyListScanTests {
  /// The changes of a whole scan with these keys, and those of a scan of the list.
  private func expectTheSame(
    _ sample: SampleBucket, keys: [String], in folder: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var sample = sample
    let wanted = Set(keys.map { ObjectKey($0) })
    let whole = try await sample.plan(in: folder, name: "whole.json")
    let list = try KeyList(keys: keys)
    sample.keys = list
    sample.desired.selection.keys = list.digest
    let plan = try await sample.plan(in: folder, name: "list.json")
    let changes = try plan.allChanges()
    let expected = try whole.allChanges().filter { wanted.contains($0.key) }
    #expect(changes.map(\.key) == expected.map(\.key), sourceLocation: sourceLocation)
    #expect(changes == expected, sourceLocation: sourceLocation)
    let there = wanted.count { sample.server[$0] != nil }
    #expect(plan.header.summary.listed == there, sourceLocation: sourceLocation)
    #expect(plan.header.summary.missing == wanted.count - there, sourceLocation: sourceLocation)
  }

  @Test func theChangesOfTheseKeys() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 100)
      sample.fill(700)
      for key in Sample.oddKeys { sample.server[key] = InProcessS3.Object(.owned(by: tools)) }
      let all = sample.server.objects.keys.map(\.text)
      let missing = ["", "a", "img/2026", "zzz", "\u{10ffff}\u{10ffff}", "caf\u{e9}/", "../../etc/shadow"]
      try await expectTheSame(sample, keys: all, in: folder)
      try await expectTheSame(sample, keys: missing.dropFirst() + [], in: folder)
      try await expectTheSame(sample, keys: Sample.oddKeys + missing.dropFirst(), in: folder)
      for step in [2, 7, 50] {
        let some = all.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        try await expectTheSame(sample, keys: some + missing.dropFirst(), in: folder)
      }
      try await expectTheSame(sample, keys: [], in: folder)
    }
  }

  /// A key that only begins like another, and one that is all that there is behind it.
  @Test func keysThatBeginLikeOthers() async throws {
    try await withTemporaryFolder { folder in
      let sample = SampleBucket(pageSize: 2)
      for key in ["a", "a/b", "ab", "caf\u{e9}", "cafe\u{301}x"] {
        sample.server[key] = InProcessS3.Object(.owned(by: tools))
      }
      try await expectTheSame(sample, keys: ["a/", "a", "abc", "cafe\u{301}", "caf\u{e9}x", "caf\u{e9}"], in: folder)
      try await expectTheSame(sample, keys: ["a/"], in: folder)
    }
  }

  /// A list of nearly everything takes few requests, a list of little one a key.
  @Test func requestsFollowTheList() async throws {
    let sample = SampleBucket()
    let keys = (0..<3000).map { "k\(10_000 + $0)" }
    for key in keys { sample.server[key] = InProcessS3.Object(.owned(by: Sample.site)) }
    func requests(_ wanted: [String]) async throws -> Int {
      var sample = sample
      sample.keys = try KeyList(keys: wanted)
      sample.server.forgetCalls()
      let summary = try await sample.scan().result.summary
      #expect(summary.listed == wanted.count && summary.missing == 0)
      return sample.server.calls.count
    }
    #expect(try await requests(keys) == 2 * 24)
    // 128 of each 1,280 objects: what one page does not reach is asked for by key.
    #expect(try await requests(keys.enumerated().filter { $0.offset % 10 == 0 }.map(\.element)) <= 90)
    let few = keys.enumerated().filter { $0.offset % 1000 == 7 }.map(\.element)
    #expect(try await requests(few) == 3)
    #expect(try await requests([keys[5]]) == 1)
  }

  @Test func versions() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 3)
      sample.desired.allVersions = true
      sample.server.keepVersions()
      for key in ["a", "b", "b/c", "d"] {
        var object = InProcessS3.Object(.owned(by: tools))
        object.versionID = "\(key)-now"
        sample.server[key] = object
      }
      sample.server.older = [
        ObjectKey("b"): (0..<9).map { number in
          var object = InProcessS3.Object(.owned(by: tools))
          object.versionID = "b-\(number)"
          return object
        }
      ]
      let list = try KeyList(keys: ["b", "c", "d"])
      sample.keys = list
      sample.desired.selection.keys = list.digest
      let plan = try await sample.plan(in: folder)
      #expect(try plan.allChanges().map(\.key.text) == Array(repeating: "b", count: 10) + ["d"])
      #expect(plan.header.summary.listed == 11)
      #expect(plan.header.summary.missing == 1)
    }
  }

  @Test func missingKeysAreNamed() async throws {
    var sample = SampleBucket()
    sample.server["k"] = InProcessS3.Object(.owned(by: tools))
    sample.keys = try KeyList(keys: (0..<2000).map { "missing/\(10_000 + $0)" } + ["k"])
    let result = try await sample.scan().result
    #expect(result.summary.missing == 2000)
    #expect(result.missingKeys == (0..<5).map { ObjectKey("missing/\(10_000 + $0)") })
  }

  /// Somebody may be allowed to list by some prefixes only.
  @Test func aPageThatIsDenied() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.fill(200)
      let all = sample.server.objects.keys.map(\.text)
      let list = try KeyList(keys: all)
      sample.desired.selection.keys = list.digest
      let expected = try await {
        var sample = sample
        sample.keys = list
        return try await sample.plan(in: folder, name: "expected.json").allChanges()
      }()
      sample.keys = list
      sample.server.forgetCalls()
      sample.server.intercept { call, carryOut in
        // The page of each batch is the second of its first requests; whichever it is, a question about a key is none.
        let answer = carryOut()
        let isPage = call.operation == "ListObjectsV2" && answer.body.count > 4000
        return isPage ? InProcessS3.error(403, "AccessDenied") : answer
      }
      #expect(try await sample.plan(in: folder).allChanges() == expected)
    }
  }

  /// With a server that fails from some request on, again and again, until everything is known.
  @Test(arguments: [20, 60, 400])
  func goesOnWhereItEnded(step: Int) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 100)
      sample.fill(600)
      let keys = sample.server.objects.keys.map(\.text) + (0..<300).map { "missing/\($0)" }
      let list = try KeyList(keys: keys)
      sample.keys = list
      sample.desired.selection.keys = list.digest
      let expected = try readBytes(try await sample.plan(in: folder).path)
      let identity = CheckpointIdentity(
        tool: "fixacl test", bucket: sample.bucket, desired: sample.desired, accounts: [Sample.site, tools])
      var runs = 0
      var found: [UInt8]?
      while found == nil, runs < 300 {
        let last = sample.server.calls.count + step + runs
        sample.server.intercept { call, carryOut in
          call.number > last ? InProcessS3.error(500, "InternalError") : carryOut()
        }
        runs += 1
        let checkpoint = try #require(
          try Checkpoint.open(folder + "/c", identity: identity, startsOver: false, maximumAge: 3600))
        #expect(runs == 1 || checkpoint.isResumed || step < 100)
        let scanner = BucketScanner(
          bucket: sample.bucket, desired: sample.desired, keys: list, accounts: sample.accounts(concurrency: 8),
          concurrency: 8, stop: StopSignal())
        guard let result = try? await scanner.scan(from: checkpoint.state) else { continue }
        let header = PlanHeader(
          tool: "fixacl test", createdAt: "2026-11-23T10:15:00Z", bucket: sample.bucket, desired: sample.desired,
          summary: result.summary)
        let path = folder + "/written.json"
        try PlanWriter.write(header: header, acls: result.acls, spool: result.spool, to: .file(path))
        found = try readBytes(path)
      }
      #expect(found == expected)
      #expect(runs > 1)
    }
  }
}
