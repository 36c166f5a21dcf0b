import Glibc
import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct CheckpointTests {
  private static let identity = CheckpointIdentity(
    tool: "fixacl test", bucket: Sample.bucket(), desired: Sample.desired(), accounts: [Sample.site, Sample.tools])
  private static let now = Timestamp(seconds: 1_800_000_000)

  private static func open(
    _ path: String, _ identity: CheckpointIdentity = identity, startsOver: Bool = false, maximumAge: Int = 3600,
    after seconds: Int = 0
  ) throws -> Checkpoint? {
    try Checkpoint.open(
      path, identity: identity, startsOver: startsOver, maximumAge: maximumAge,
      now: Timestamp(seconds: now.seconds + seconds))
  }

  private static func scan(_ sample: SampleBucket, _ checkpoint: Checkpoint) async throws -> BucketScanner.Result {
    let scanner = BucketScanner(
      bucket: sample.bucket, desired: sample.desired, accounts: sample.accounts(concurrency: 8), concurrency: 8,
      stop: StopSignal())
    return try await scanner.scan(from: checkpoint.state)
  }

  private static func plan(of result: BucketScanner.Result, in folder: String) throws -> [UInt8] {
    let header = PlanHeader(
      tool: "fixacl test", createdAt: "2026-11-23T10:15:00Z", bucket: Sample.bucket(), desired: Sample.desired(),
      summary: result.summary)
    let path = folder + "/written.json"
    try PlanWriter.write(header: header, acls: result.acls, spool: result.spool, to: .file(path))
    return try readBytes(path)
  }

  /// Scans with a server that fails from some request on, again and again, until the plan is there.
  @Test(arguments: [3, 40, 150, 333], [7, 50])
  func aScanGoesOnWhereItEnded(step: Int, pageSize: Int) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: pageSize)
      sample.fill(400)
      let expected = try readBytes(try await sample.plan(in: folder).path)
      let needed = sample.server.counts["GetObjectAcl"] ?? 0
      sample.server.forgetCalls()
      let path = folder + "/p.checkpoint"
      var runs = 0
      var found: [UInt8]?
      var asked = 0
      while found == nil, runs < 200 {
        let first = sample.server.calls.count
        let last = first + step + runs
        sample.server.intercept { call, carryOut in
          call.number > last ? InProcessS3.error(500, "InternalError") : carryOut()
        }
        runs += 1
        found = try await Self.finish(sample, path, in: folder)
        asked += sample.server.calls[first...].count { $0.number <= last && $0.operation == "GetObjectAcl" }
      }
      #expect(found == expected)
      #expect(runs > 1)
      // What was under way, and the chunks that had not ended.
      #expect(asked <= needed + runs * (8 + 3 * pageSize), "\(asked) instead of \(needed) in \(runs) runs")
      // It is all there now.
      sample.server.forgetCalls()
      #expect(try await Self.finish(sample, path, in: folder) == expected)
      #expect(sample.server.calls.isEmpty)
    }
  }

  /// The plan; nil where the scan failed.
  private static func finish(_ sample: SampleBucket, _ path: String, in folder: String) async throws -> [UInt8]? {
    let checkpoint = try #require(try open(path))
    do {
      return try plan(of: try await scan(sample, checkpoint), in: folder)
    } catch is BucketScanner.Failure {
      return nil
    }
  }

  /// Whatever a killed program left of its last record, all before it counts.
  @Test func aTornTailIsCutOff() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 20)
      sample.fill(90)
      let expected = try readBytes(try await sample.plan(in: folder).path)
      let path = folder + "/p.checkpoint"
      _ = try await Self.scan(sample, try #require(try Self.open(path)))
      let bytes = try readBytes(path)
      var lengths: Set<Int> = []
      // Every byte of the last records and of the beginning, and some between.
      for length in (0..<bytes.count).reversed()
      where length < 20 || length > bytes.count - 1500 || length % 97 == 0 || length % 500 == 0 {
        let rest = Array(bytes[..<length])
        for tail in length % 50 == 0 ? [rest, rest + [UInt8](repeating: 0, count: 100)] : [rest] {
          try writeBytes(tail, to: path)
          let checkpoint = try #require(try Self.open(path))
          lengths.insert(try readBytes(path).count)
          guard length % 500 == 0 else { continue }
          #expect(try Self.plan(of: try await Self.scan(sample, checkpoint), in: folder) == expected)
        }
      }
      // As many lengths as there are records, and the first line.
      #expect(lengths.count < 40)
      #expect(lengths.allSatisfy { $0 <= bytes.count })
    }
  }

  @Test func damageIsRefused() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 20)
      sample.fill(90)
      let path = folder + "/p.checkpoint"
      _ = try await Self.scan(sample, try #require(try Self.open(path)))
      let bytes = try readBytes(path)
      var generator = SeededGenerator(seed: 1)
      var refused = 0
      for _ in 0..<300 {
        var damaged = bytes
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
        try writeBytes(damaged, to: path)
        do {
          let state = try #require(try Self.open(path)).state
          // Only a beginning of it was believed; it still leads to the same plan.
          #expect(state.gaps.map { !$0.isEmpty } ?? true || place < 1200)
        } catch let error as CheckpointError {
          refused += 1
          #expect(error.path == path)
        }
      }
      #expect(refused > 200)
      for (text, isOurs) in [
        ("", true), ("x", false), ("{\"format\":\"fixacl-plan/1\"}\n", false), ("{}", false),
        ("{\"begun\":1,\"format\":\"fixacl-checkpoint/9\",\"identity\":{}}\n", true), ("{\"begun\":x\n", true),
      ] {
        try writeBytes(Array(text.utf8), to: path)
        if text.isEmpty {
          #expect(try Self.open(path)?.isResumed == false)
        } else {
          #expect(throws: CheckpointError.self) { try Self.open(path) }
        }
        guard isOurs else {
          // Somebody's file is not emptied.
          let error = #expect(throws: CheckpointError.self) { try Self.open(path, startsOver: true) }
          #expect(error?.reason == .otherFile)
          #expect(try readBytes(path) == Array(text.utf8))
          continue
        }
        #expect(try Self.open(path, startsOver: true)?.isResumed == false)
      }
    }
  }

  @Test func anotherCommandIsRefused() throws {
    try withTemporaryFolder { (folder: String) throws in
      let path = folder + "/p.checkpoint"
      _ = try Self.open(path)
      var desired = Sample.desired()
      desired.filter = KeyFilter(prefix: "caf\u{e9}/")
      var bucket = Sample.bucket()
      bucket.versioning = .enabled
      let others = [
        (
          "desired.prefix",
          CheckpointIdentity(
            tool: "fixacl test", bucket: Sample.bucket(), desired: desired, accounts: [Sample.site, Sample.tools])
        ),
        (
          "bucket.versioning",
          CheckpointIdentity(
            tool: "fixacl test", bucket: bucket, desired: Sample.desired(), accounts: [Sample.site, Sample.tools])
        ),
        (
          "accounts",
          CheckpointIdentity(
            tool: "fixacl test", bucket: Sample.bucket(), desired: Sample.desired(), accounts: [Sample.site])
        ),
        (
          "program",
          CheckpointIdentity(
            tool: "fixacl next", bucket: Sample.bucket(), desired: Sample.desired(),
            accounts: [Sample.site, Sample.tools])
        ),
      ]
      for (name, identity) in others {
        let error = #expect(throws: CheckpointError.self) { _ = try Self.open(path, identity) }
        guard case .differs(let differences) = error?.reason else {
          Issue.record("\(name): \(String(describing: error))")
          continue
        }
        #expect(differences.contains { $0.contains(name) })
      }
      #expect(try Self.open(path) != nil)
      #expect(try Self.open(path, others[0].1, startsOver: true) != nil)
      #expect(throws: CheckpointError.self) { try Self.open(path) }
    }
  }

  @Test func anOldOneIsRefused() throws {
    try withTemporaryFolder { (folder: String) throws in
      let path = folder + "/p.checkpoint"
      #expect(try Self.open(path) != nil)
      #expect(try Self.open(path, maximumAge: 60, after: 60)?.begun == Self.now)
      // A clock that was set back a little makes nothing old; what is of the future would never be.
      #expect(try Self.open(path, maximumAge: 60, after: -200) != nil)
      let future = #expect(throws: CheckpointError.self) { _ = try Self.open(path, maximumAge: 60, after: -400) }
      #expect(future?.reason == .fromTheFuture)
      let error = #expect(throws: CheckpointError.self) {
        _ = try Self.open(path, maximumAge: 86_400, after: 26 * 3600)
      }
      #expect(error?.reason == .tooOld(age: 26 * 3600, maximum: 86_400))
      #expect(try Self.open(path, startsOver: true, maximumAge: 60, after: 61)?.begun.seconds == Self.now.seconds + 61)
    }
  }

  /// A checkpoint whose checksums are right, as anybody can make it who has `sha256sum`.
  private static func doctored(
    _ bytes: [UInt8], _ change: (inout String) -> Bool
  ) throws -> [UInt8] {
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    _ = lines.popLast()
    var result = lines.removeFirst() + "\n"
    var isChanged = false
    while let head = lines.first {
      let length = Int(head.split(separator: " ")[1]) ?? 0
      lines.removeFirst()
      var text = ""
      while text.utf8.count < length { text += lines.removeFirst() + "\n" }
      if !isChanged { isChanged = change(&text) }
      result += "record \(text.utf8.count) \(CheckpointRecord.checksum(of: Array(text.utf8)))\n" + text
    }
    try #require(isChanged)
    return Array(result.utf8)
  }

  @Test(arguments: [
    // Grants to somebody else, numbers, keys, order, names, actions.
    (
      "\"grants\":[",
      "\"grants\":[{\"uri\":\"http://acs.amazonaws.com/groups/global/AllUsers\",\"permission\":\"READ\"},"
    ),
    ("\"foreign\":", "\"foreign\":9223372036854775807,\"x\":"),
    ("\"bytes\":", "\"bytes\":-"), ("\"objects\":", "\"objects\":9"),
    ("\"firstKey\":\"", "\"firstKey\":\"x"), ("\n{\"key\":\"", "\n{\"key\":\"~"),
    ("\"action\":\"grant\"", "\"action\":\"copy\""),
    ("\"from\":\"", "\"from\":\"x"), ("\"to\":\"", "\"to\":\"x"), ("\"size\":", "\"size\":-1"),
    ("},\n", "}\n"), ("\"etag\":\"", "\"etag\":\"\\n"),
  ])
  func aDoctoredOneIsRefused(text: String, replacement: String) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 20)
      sample.fill(90)
      let path = folder + "/p.checkpoint"
      _ = try await Self.scan(sample, try #require(try Self.open(path)))
      let bytes = try readBytes(path)
      let same = try Self.doctored(bytes) { _ in true }
      #expect(same == bytes)
      let doctored = try Self.doctored(bytes) { record in
        guard let range = record.firstRange(of: text) else { return false }
        record.replaceSubrange(range, with: replacement)
        return true
      }
      try writeBytes(doctored, to: path)
      let error = #expect(throws: CheckpointError.self) { _ = try Self.open(path) }
      #expect(error?.path == path)
      #expect(try Self.open(path, startsOver: true)?.isResumed == false)
    }
  }

  @Test(arguments: ["-1", "-9223372036854775808", "9223372036854775807", "99999999999999999999"])
  func timesThatNoClockShows(begun: String) throws {
    try withTemporaryFolder { (folder: String) throws in
      let path = folder + "/p.checkpoint"
      _ = try Self.open(path)
      let text = String(decoding: try readBytes(path), as: UTF8.self)
      let old = try #require(text.firstRange(of: "\"begun\":\(Self.now.seconds)"))
      try writeBytes((text[..<old.lowerBound] + "\"begun\":\(begun)" + text[old.upperBound...]).utf8, to: path)
      let error = #expect(throws: CheckpointError.self) { _ = try Self.open(path) }
      #expect(error?.path == path)
    }
  }

  @Test func whatALinkLeadsToIsLeftAlone() throws {
    try withTemporaryFolder { (folder: String) throws in
      let (path, victim) = (folder + "/p.checkpoint", folder + "/victim")
      for content in ["precious", "", "{\"begun\":1"] {
        try writeBytes(Array(content.utf8), to: victim)
        #expect(symlink(victim, path) == 0)
        #expect(throws: FileError.self) { _ = try Self.open(path, startsOver: true) }
        #expect(throws: FileError.self) { _ = try Self.open(path) }
        #expect(try readBytes(victim) == Array(content.utf8))
        unlink(path)
      }
      #expect(mkfifo(path, 0o600) == 0)
      #expect(throws: FileError.self) { _ = try Self.open(path) }
    }
  }

  @Test func onlyOneHasIt() throws {
    try withTemporaryFolder { (folder: String) throws in
      let path = folder + "/p.checkpoint"
      let first = try Self.open(path)
      #expect(try Self.open(path) == nil)
      #expect(try Self.open(path, startsOver: true) == nil)
      first?.remove()
      #expect(try entries(of: folder).isEmpty)
      // It is another file now.
      #expect(try Self.open(path) != nil)
    }
  }

  /// Chunks of a listing of versions, some of which were recorded, in any order; by three runs, and all by the last one.
  @Test(arguments: VersionListingTests.Shape.allCases, 1...6 as ClosedRange<UInt64>)
  func versionsAreCountedOnce(shape: VersionListingTests.Shape, seed: UInt64) throws {
    try withTemporaryFolder { (folder: String) throws in
      let versions = VersionListingTests.versions(shape.counts)
      var generator = SeededGenerator(seed: seed)
      let path = folder + "/p.checkpoint"
      var desired = Sample.desired()
      desired.allVersions = true
      let identity = CheckpointIdentity(
        tool: "fixacl test", bucket: Sample.bucket(), desired: desired, accounts: [Sample.site, Sample.tools])
      for run in 0..<4 {
        var checkpoint = try #require(try Self.open(path, identity)).state
        var listing = SimulatedListing(
          versions, gaps: checkpoint.gaps, pageSize: 10, maximum: 3, seed: generator.next())
        try listing.run()
        #expect(checkpoint.summary.listed + listing.seen.count == versions.count)
        for chunk in listing.chunks.shuffled(using: &generator) where run == 3 || Bool.random(using: &generator) {
          let failure = ObjectFailure(operation: "GetObjectAcl", message: "damaged")
          let record = ScanRecord(
            chunk, findings: chunk.candidates.map { _ in .unreadable(failure) }, budget: ACLBudget())
          try checkpoint.spool.append(
            record.lines, head: CheckpointRecord.head(of: record, acls: record.acls), firstKey: record.firstKey,
            page: record.order)
        }
        guard run == 3 else { continue }
        var bytes: [UInt8] = []
        try checkpoint.spool.forEachPiece { bytes += $0 }
        let changes = try bytes.split(separator: UInt8(ascii: "\n")).map { try SamplePlan.change($0) }
        #expect(changes.map(\.key) == versions.map(\.key))
        #expect(changes.map(\.versionID) == versions.map { $0.version?.isLatest == true ? nil : $0.version?.id })
      }
    }
  }
}
