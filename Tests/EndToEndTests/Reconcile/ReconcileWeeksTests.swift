import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// Weeks of a timer: drift comes, owners are new, amounts are too large, credentials lapse, runs overlap, are killed, and
/// find the disk full. After each run its status, its metrics, its files and the bucket are what they must be.
struct ReconcileWeeksTests {
  private enum Event: CaseIterable {
    case quiet, drift, flood, newOwner, lapsedCredentials, overlap, kill, fullDisk
  }

  /// What the test knows of the bucket and of the runs.
  private struct World {
    var known: Set<CanonicalID> = []
    var hasGoodRun = false
    var lastSuccess = 0.0
    var uploads = 0
  }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 2] as [UInt64])
  func weeks(seed: UInt64) async throws {
    try await OwnSandbox.with { server in
      var random = SeededGenerator(seed: seed)
      var world = World()
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(30))
      for day in 0..<16 {
        let event = Event.allCases.randomElement(using: &random)!
        let comment: Comment = "seed \(seed), day \(day): \(event)"
        try await prepare(event, stage, &world, using: &random)
        // A clock that goes on, as far as the machine has a compiler for the library that changes it; S3 refuses one that
        // is 15 minutes off.
        let environment = MachineFault.library.map { ["LD_PRELOAD": $0, "CHAOS_CLOCK": "\(day * 30)"] } ?? [:]
        switch event {
        case .lapsedCredentials:
          let result = try await run(stage, environment.merging(["AWS_PROFILE": "nobody"]) { $1 })
          #expect(result.status == 1 && !result.err.isEmpty, comment)
          try check(stage, result, &world, comment)
        case .overlap:
          let first = try stage.place.start(
            stage.arguments(["--keep", "5"], owners: ["tools", "other"]), environment: environment)
          let second = try await run(stage, environment)
          let statuses = [try await first.result().status, second.status]
          #expect(statuses.allSatisfy { [0, 4, 75].contains($0) } && statuses.contains { $0 != 75 }, comment)
          if statuses.contains(0) { world.hasGoodRun = true }
        case .kill:
          let run = try stage.place.start(
            stage.arguments(["--keep", "5", "--concurrency", "2"], owners: ["tools", "other"]), environment: environment
          )
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
          run.signal(SIGKILL)
          _ = try await run.result()
        case .fullDisk:
          let room = ["CHAOS_DISK_FULL": "\(Int.random(in: 0...12_000, using: &random))"]
          _ = try await run(stage, environment.merging(room) { $1 })
        case .quiet, .drift, .flood, .newOwner: break
        }
        // Whatever has happened, the next run puts it right, or says what somebody has to look at.
        try await recover(stage, &world, environment, comment)
      }
      #expect(stage.journals.count <= 5)
    }
  }

  private func run(_ stage: ReconcileStage, _ environment: [String: String]) async throws -> ProgramResult {
    try await stage.run("--keep", "5", owners: ["tools", "other"], environment: environment)
  }

  private func prepare(
    _ event: Event, _ stage: ReconcileStage, _ world: inout World, using random: inout SeededGenerator
  ) async throws {
    let count = event == .quiet ? 0 : event == .flood ? 150 : Int.random(in: 1...5, using: &random)
    world.uploads += 1
    let keys = BrokenBucket.keys(count, prefix: "u\(world.uploads)/")
    if event == .newOwner {
      for key in keys { try await stage.server.other.put(key, in: stage.bucket.name) }
    } else {
      try await stage.bucket.upload(keys)
    }
  }

  /// A run without anything in its way, and what somebody does whom it asks to.
  private func recover(
    _ stage: ReconcileStage, _ world: inout World, _ environment: [String: String], _ comment: Comment
  ) async throws {
    let reader = Grantee.canonicalUser(stage.server.oai.id)
    let before = try await stage.bucket.states()
    let pending = before.values.filter { state in !state.acl.grants.contains { $0.grantee == reader } }.count
    let owners = Set(before.values.compactMap(\.object.owner)).subtracting([stage.server.site.id])
    if stage.files().contains("last.json") { world.hasGoodRun = true }
    let isFlood = pending >= 100 && pending * 10 > before.count
    let isNew = try world.hasGoodRun && !owners.isSubset(of: knownOwners(stage))
    let result = try await run(stage, environment)
    #expect(result.status == (isFlood || isNew ? 4 : 0), "\(comment): \(pending) of \(before.count), \(result.err)")
    try check(stage, result, &world, comment)
    if result.status == 4 {
      #expect(
        result.err.contains("new-owner") == isNew && result.err.contains("max-changes-percent") == isFlood, comment)
      #expect(try await stage.bucket.states() == before, comment)
      let accepted = try await stage.place.shell(try #require(result.lastCommand), environment: environment)
      #expect(accepted.status == 0, "\(comment): \(accepted.err)")
      try check(stage, accepted, &world, comment)
    } else if pending == 0 {
      #expect(result.isSilent || result.err.contains("completed"), "\(comment): \(result.err)")
    }
    #expect(
      try await stage.bucket.states().values.allSatisfy { $0.acl.grants.contains { $0.grantee == reader } }, comment)
  }

  private func knownOwners(_ stage: ReconcileStage) throws -> Set<CanonicalID> {
    let text = try stage.place.read(stage.path("last.json"))
    return Set(
      [stage.server.tools.id, stage.server.other.id].filter { id in
        text.split(separator: "\"owners\":").last?.contains(id.value) ?? false
      })
  }

  /// What must be true after any run that came to its end.
  private func check(
    _ stage: ReconcileStage, _ result: ProgramResult, _ world: inout World, _ comment: Comment
  ) throws {
    let metrics = try stage.metrics()
    #expect(metrics["last_exit_status"] == Double(result.status), comment)
    let success = metrics["last_success_timestamp_seconds"] ?? -1
    if result.status == 0 {
      world.hasGoodRun = true
      world.lastSuccess = success
      #expect(success > 0 && abs(success - (metrics["last_run_timestamp_seconds"] ?? 0)) <= 2, comment)
    } else if world.lastSuccess > 0 {
      // A run beside this one may have been good since.
      #expect(success >= world.lastSuccess, comment)
    }
    #expect(
      stage.heldPlans.count <= 3 && !stage.files().contains { $0.hasSuffix(".tmp") }, "\(comment): \(stage.files())")
    #expect(stage.journals.count <= 5, "\(comment): \(stage.files())")
    if result.status == 0 {
      #expect(stage.files(ending: ".unfinished").isEmpty, "\(comment): \(stage.files())")
      #expect(!stage.files().contains { $0.hasPrefix("next") }, "\(comment): \(stage.files())")
    }
  }
}
