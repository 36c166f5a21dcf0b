import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// Plan, apply and rollback while everything goes wrong that can: afterwards each object is as the model says.
///
/// `CHAOS_SECONDS` is how long it goes on; `CHAOS_SEED` repeats one bucket of a run.
@Suite(.serialized)
struct ChaosTests {
  private static let seconds = ProcessInfo.processInfo.environment["CHAOS_SECONDS"].flatMap { Double($0) } ?? 20

  private static let givenSeed = ProcessInfo.processInfo.environment["CHAOS_SEED"].flatMap { UInt64($0) }

  @Test func everyObjectIsAsPromised() async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.seconds)
    var seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    var tally = ChaosTally()
    defer { print(tally) }
    repeat {
      try await OwnSandbox.with(["--count-keys", "--seed", "\(seed)"]) { server in
        try await world(seed: seed, on: server, &tally)
      }
      seed &+= 1
    } while clock.now < end && Self.givenSeed == nil
  }

  private func world(seed: UInt64, on server: S3TestServer, _ tally: inout ChaosTally) async throws {
    var random = SeededGenerator(seed: seed)
    var world = RandomWorld(seed: seed, server: server)
    var round = world.round(
      versioning: ["Unversioned", "Enabled", "Enabled", "Suspended"].randomElement(using: &random)!)
    if round.strategy == "grant", Bool.random(using: &random) { round.strategy = "copy" }
    let objects = world.objects(Int.random(in: 5...60, using: &random), for: round)
    let model = RepairModel(server: server, round: round)
    let bucket = try await round.makeBucket(of: objects, on: server)
    let before = try await BucketReading(of: bucket, on: server)
    if !round.blocks.isEmpty { try await server.site.blockPublicAccess(round.blocks.sorted(), of: bucket) }
    tally.worlds += 1
    tally.objects += objects.count

    let profiles = round.owners.flatMap { ["--owner-profile", $0] }
    let plan = ["plan", bucket] + round.arguments(server) + profiles
    // Some runs have little in flight, and take longer.
    let pace = [[], ["--concurrency", "2"], ["--max-rps", "100"]].randomElement(using: &random)!
    // In parts, a copy needs to read the tags, for which every owner's credentials have to be given.
    let threshold = round.owners.count < 2 ? [] : ["--multipart-threshold", "5242880"]
    let place = try Workplace(server)
    let journal = place.path("plan.json.journal")
    var chaos = ChaosRun(
      server: server, bucket: bucket, place: place, round: round, random: random, tally: tally)
    defer { tally = chaos.tally }

    let undisturbed = try await chaos.run(plan + ["-o", "undisturbed.json"])
    try #require(undisturbed.status == 0, "\(undisturbed.err)")
    var planned = try await chaos.untilDone(plan + ["-o", "plan.json"] + pace, refusals: false, journal: nil)
    // A setting that could not be read, and now can: the checkpoint is then of another state.
    if planned.status == 1, planned.err.contains("--fresh") {
      planned = try await chaos.run(plan + ["-o", "plan.json", "--fresh"])
    }
    try #require(planned.status == 0, "CHAOS_SEED=\(seed): \(planned.err)")
    if try place.read("plan.json").withoutTime != place.read("undisturbed.json").withoutTime {
      chaos.faults.append("plan: it is another than without faults")
    }

    let applied = try await chaos.untilDone(
      ["apply", "plan.json"] + profiles + pace + threshold, refusals: true, journal: journal)
    if ![0, 3].contains(applied.status) { chaos.faults.append("apply: \(applied.status), \(applied.err)") }
    try await server.site.blockPublicAccess([], of: bucket)
    let repaired = try await BucketReading(of: bucket, on: server)
    let comparison = RepairComparison(model: model, before: before, after: repaired)
    comparison.compare(objects)
    chaos.faults += comparison.faults.map { "apply: " + $0 }
    chaos.faults += try await chaos.openUploads().map { "upload: one of \($0) is left behind by apply" }

    try await server.site.blockPublicAccess(round.blocks.subtracting(["BlockPublicAcls"]).sorted(), of: bucket)
    let rolledBack = try await chaos.untilDone(
      ["rollback", "plan.json", "--max-failures", "none"] + profiles + pace, refusals: true, journal: nil)
    try await server.site.blockPublicAccess([], of: bucket)
    let restoration = RestorationComparison(
      model: model, before: before, repaired: repaired, restored: try await BucketReading(of: bucket, on: server))
    let kept = objects.count { restoration.keepsCopy(of: $0) }
    if rolledBack.status != (kept > 0 ? 3 : 0),
      rolledBack.status != 1 || FileManager.default.fileExists(atPath: journal)
    {
      chaos.faults.append("rollback: \(rolledBack.status), \(rolledBack.err)")
    }
    chaos.faults += objects.flatMap { restoration.faults(of: $0) }.map { "rollback: " + $0 }
    chaos.faults += try await chaos.openUploads().map { "upload: one of \($0) is left behind by rollback" }

    let text = chaos.faults.prefix(12).joined(separator: "\n")
    #expect(chaos.faults.isEmpty, "CHAOS_SEED=\(seed): \(round)\n\(chaos.faults.count) faults:\n\(text)")
  }
}
