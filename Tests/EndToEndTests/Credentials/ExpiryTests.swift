import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// Credentials of both accounts that end again and again while a run goes on: as they are due, and before that, at random.
@Suite(.serialized) struct ExpiryTests {
  /// Ends sessions at random moments while a command runs.
  private struct Storm: Sendable {
    var ended: [String: Int] = [:]

    /// - Parameter pause: how many milliseconds there are between two ends.
    static func during(
      _ run: RunningProgram, on stage: CredentialStage, pause: ClosedRange<Int>, seed: UInt64
    ) async throws -> Storm {
      var (random, storm) = (SeededGenerator(seed: seed), Storm())
      while run.isRunning {
        try await Task.sleep(for: .milliseconds(Int.random(in: pause, using: &random)))
        let account = Bool.random(using: &random) ? "site" : "tools"
        try await stage.control.expireSessions(of: account)
        storm.ended[account, default: 0] += 1
      }
      return storm
    }

    var count: Int { ended.values.reduce(0, +) }
  }

  /// The requests for keys of each account: `site` has SSO, `tools` a role.
  private func refreshes(_ stage: CredentialStage) async throws -> Int {
    let counters = try await stage.control.counters(reset: false)
    return (counters["GetRoleCredentials"] ?? 0) + (counters["AssumeRole"] ?? 0)
  }

  /// How long credentials last.
  private static let seconds = 6

  /// Runs a command to its end while credentials end, and expects that it does not notice.
  @discardableResult
  private func run(
    _ arguments: [String], on stage: CredentialStage, pause: ClosedRange<Int> = 700...1900, seed: UInt64
  ) async throws -> (result: ProgramResult, storm: Storm) {
    let before = try await refreshes(stage)
    let start = ContinuousClock.now
    let run = try stage.place.start(arguments)
    let storm = try await Storm.during(run, on: stage, pause: pause, seed: seed)
    let result = try await run.result()
    #expect(result.status == 0, "\(arguments): \(result.err)")
    #expect(!result.err.contains("error:"), "\(result.err)")
    // One fetch for each end, and one for each time that the end was near, for both accounts; not one for each request.
    let seconds = Int((ContinuousClock.now - start).components.seconds)
    let fetched = try await refreshes(stage) - before
    let bound = storm.count + 2 * (2 + seconds / (Self.seconds * 2 / 3)) + storm.count / 4
    #expect(fetched <= bound, "\(fetched) fetches in \(seconds) s, for \(storm.count) sessions that were ended")
    #expect(fetched >= 2)
    return (result, storm)
  }

  private func addProfiles(_ stage: CredentialStage) async throws -> [String] {
    _ = try await ProfileKind.sso.add("site", for: stage.server.site, on: stage)
    _ = try await ProfileKind.role.add("tools", for: stage.server.tools, on: stage)
    return ["--profile", "site", "--owner-profile", "tools"]
  }

  @Test func twentyThousandChanges() async throws {
    let count = 20_000
    let options = [
      "--session-seconds", "\(Self.seconds)", "--count-keys", "--virtual",
      "bucket=expiring,count=\(count),foreign=1,acls=4,shape=dates",
    ]
    try await CredentialStage.with(options) { stage in
      // No more in flight than are answered before the next end.
      let options = ["--concurrency", "96"]
      let profiles = try await addProfiles(stage) + options
      try await run(stage.planArguments("expiring") + profiles, on: stage, seed: 1)
      let plan = try PlanDocument(Data(contentsOf: URL(filePath: stage.place.path("plan.json"))))
      #expect(plan.summary.byAction["grant"] == count)
      let (apply, storm) = try await run(["apply", "plan.json"] + options, on: stage, seed: 2)
      #expect(apply.count("changed") == count && apply.count("stale") == 0 && apply.count("failed") == 0)
      #expect(["site", "tools"].allSatisfy { storm.ended[$0] ?? 0 >= 3 }, "\(storm.ended)")
      let writes = try #require(try await stage.control.successes(in: "expiring")["PutObjectAcl"])
      #expect(writes.count == count && writes.values.allSatisfy { $0 == 1 })
      let verify = try await run(["verify", "plan.json", "--sample", "4000"] + options, on: stage, seed: 3).result
      #expect(verify.count("as planned") == 4000, "\(verify.err)")
    }
  }

  /// So many requests wait for their turn that the keys of the time when they came have ended when it has come.
  @Test func rollback() async throws {
    let (count, pace) = (1200, ["--max-rps", "300"])
    let options = ["--count-keys", "--virtual", "bucket=expiring,count=\(count),foreign=1,acls=4"]
    try await CredentialStage.with(options + ["--session-seconds", "\(Self.seconds)"]) { stage in
      let profiles = try await addProfiles(stage)
      try await run(stage.planArguments("expiring") + profiles, on: stage, seed: 4)
      try await run(["apply", "plan.json"] + pace, on: stage, pause: 300...900, seed: 5)
      let rollback = try await run(["rollback", "plan.json"] + pace, on: stage, pause: 300...900, seed: 6).result
      #expect(rollback.count("put back") == count, "\(rollback.err)")
      let writes = try #require(try await stage.control.successes(in: "expiring")["PutObjectAcl"])
      #expect(writes.count == count && writes.values.allSatisfy { $0 == 2 })
    }
  }

  /// Copies in parts that take longer than the keys with which they were begun last.
  @Test func copiesInParts() async throws {
    let part = 5 << 20
    let options = ["--session-seconds", "\(Self.seconds)", "--count-keys", "--multipart-limit", "\(part)"]
    try await CredentialStage.with(options) { stage in
      let profiles = try await addProfiles(stage)
      let bucket = try await stage.server.makeBucket()
      let keys = (0..<6).map { ObjectKey("large/\($0)") }
      let body = [UInt8](repeating: 7, count: 4 * part + 11)
      for key in keys {
        try await stage.server.tools.put(
          key, in: bucket, body: body,
          grants: [stage.server.tools.may(.fullControl), stage.server.site.may(.read)])
      }
      try await run(stage.planArguments(bucket) + profiles + ["--strategy", "copy"], on: stage, seed: 7)
      let (apply, storm) = try await run(
        ["apply", "plan.json", "--multipart-threshold", "\(part)", "--max-rps", "9"], on: stage, pause: 300...900,
        seed: 8)
      #expect(apply.count("changed") == keys.count, "\(apply.err)")
      #expect(storm.ended["site"] ?? 0 >= 3, "\(storm.ended)")
      let done = try await stage.control.successes(in: bucket)
      #expect(done["CompleteMultipartUpload"] == keys.reduce(into: [:]) { $0[$1] = 1 })
      #expect(done["UploadPartCopy"] == keys.reduce(into: [:]) { $0[$1] = 5 })
      #expect(try await stage.readable(keys, in: bucket) == [true])
      for key in keys { #expect(try await stage.server.site.get(key, in: bucket).body == body) }
    }
  }
}
