import Foundation
import AWSKit
import TestSupport
import Testing

/// Buckets of random objects, repaired, and then compared object by object with what a model says of them.
struct RandomizedRepairTests {
  /// One bucket.
  struct Trial: Sendable, CustomTestStringConvertible {
    let server: S3TestServer
    let number: Int
    let count: Int
    /// What is fixed of it; the rest is random.
    let versioning: String

    /// Differs between the trials of a run.
    var seed: UInt64 { baseSeed &+ UInt64(number) &* 0x1_0000_0001 }

    var testDescription: String { "\(server) \(number), \(versioning)" }
  }

  /// Of all trials: `FIXACL_TEST_SEED`, or another one each time.
  private static let baseSeed: UInt64 = {
    let given = ProcessInfo.processInfo.environment["FIXACL_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
    print("The random buckets are those of FIXACL_TEST_SEED=\(seed)")
    return seed
  }()

  private static var baseSeedText: String { "FIXACL_TEST_SEED=\(baseSeed)" }

  /// Some hundreds of objects on RadosGW, and 2,000 on the sandbox.
  private static let trials = S3TestServer.all.flatMap { server in
    (0..<(server.kind == .sandbox ? 8 : 4)).map { number in
      Trial(
        server: server, number: number, count: server.kind == .sandbox ? 250 : 100,
        versioning: ["Unversioned", "Enabled", "Unversioned", "Suspended"][number % 4])
    }
  }

  @Test(arguments: trials)
  func everyObjectIsAsPromised(trial: Trial) async throws {
    let server = trial.server
    var world = RandomWorld(seed: trial.seed, server: server)
    let round = world.round(versioning: trial.versioning)
    let objects = world.objects(trial.count, for: round)
    let model = RepairModel(server: server, round: round)
    let bucket = try await round.makeBucket(of: objects, on: server)
    let before = try await BucketReading(of: bucket, on: server)
    let name: Comment = "\(Self.baseSeedText), \(trial.testDescription): \(round)"
    expectAsUploaded(objects, before, name)
    if !round.blocks.isEmpty { try await server.site.blockPublicAccess(round.blocks.sorted(), of: bucket) }

    let place = try Workplace(server)
    let plan = try await place.plan(server, bucket, round.arguments(server), owners: round.owners)
    let counts = expect(plan, of: objects, model, name)

    let profiles = round.owners.flatMap { ["--owner-profile", $0] }
    let apply = try await place.fixacl(["apply", "plan.json"] + profiles)
    #expect(apply.status == (counts.blocked + counts.failing > 0 ? 3 : 0), "\(name): \(apply.err)")
    let verify = try await place.fixacl(["verify", "plan.json"] + profiles)
    #expect(verify.status == (counts.blocked + counts.failing > 0 ? 2 : 0), "\(name): \(verify.err)")
    #expect(verify.count("as planned") == counts.done, "\(name)")
    let differing = verify.out.split(separator: "\n").filter { !$0.hasPrefix("blocked: ") }.prefix(5)
    #expect(verify.count("differ") == counts.failing, "\(name)\n\(differing.joined(separator: "\n"))")
    #expect(verify.count("blocked in the plan") == counts.blocked, "\(name)")
    expectNamed(objects, model, in: verify.out, name)
    let again = try await place.fixacl(
      ["plan", bucket, "-o", "second.json"] + round.arguments(server) + profiles)
    #expect(again.status == 0, "\(name): \(again.err)")
    let second = try PlanDocument(Data(contentsOf: URL(filePath: place.path("second.json"))))
    #expect(second.changes.count { $0.action != "blocked" } == counts.failing, "\(name)")
    // What was copied is an old version now, and still foreign.
    if !round.allVersions {
      #expect(second.changes.count { $0.action == "blocked" } == counts.blocked, "\(name)")
    }

    // So that what is stored can be seen.
    try await server.site.blockPublicAccess([], of: bucket)
    let after = try await BucketReading(of: bucket, on: server)
    let comparison = RepairComparison(model: model, before: before, after: after)
    comparison.compare(objects)
    expectNone(comparison.faults, name)

    // As the plan saw it, but for what would refuse grants that were there.
    try await server.site.blockPublicAccess(round.blocks.subtracting(["BlockPublicAcls"]).sorted(), of: bucket)
    // A default retention may lock every copy.
    let rollback = try await place.fixacl(["rollback", "plan.json", "--max-failures", "none"] + profiles)
    try await server.site.blockPublicAccess([], of: bucket)
    let restoration = RestorationComparison(
      model: model, before: before, repaired: after, restored: try await BucketReading(of: bucket, on: server))
    let kept = objects.count { restoration.keepsCopy(of: $0) }
    #expect(rollback.status == (kept > 0 ? 3 : 0), "\(name): \(rollback.err)")
    expectNone(objects.flatMap { restoration.faults(of: $0) }, name)
  }

  // MARK: Expectations

  /// The server holds what was sent; a model of anything else would prove nothing.
  private func expectAsUploaded(_ objects: [RandomObject], _ reading: BucketReading, _ name: Comment) {
    var faults: [String] = []
    for object in objects {
      let versions = (reading.versions[object.key] ?? []).filter { !$0.isDeleteMarker }
      guard versions.count == object.uploads.count else {
        faults.append("\(object.key): \(versions.count) versions of \(object.uploads.count)")
        continue
      }
      for (upload, version) in zip(object.uploads, versions) {
        if version.acl != upload.acl { faults.append("\(object.key): uploaded \(upload.acl), got \(version.acl!)") }
        if version.storageClass != upload.storageClass { faults.append("\(object.key): class \(version.storageClass)") }
        if let content = version.content, !upload.isArchived, content.body != upload.body {
          faults.append("\(object.key): its content")
        }
      }
    }
    expectNone(faults, name)
  }

  private struct Counts {
    var done = 0
    var failing = 0
    var blocked = 0
  }

  /// The plan has each object that needs work, as the model says, and nothing else.
  private func expect(
    _ plan: PlanDocument, of objects: [RandomObject], _ model: RepairModel, _ name: Comment
  ) -> Counts {
    var faults: [String] = []
    var counts = Counts()
    let changes = Dictionary(grouping: plan.changes, by: \.objectKey)
    var expected = 0
    for object in objects {
      let outcomes = object.uploads.indices.map { model.outcome(of: object, version: $0) }
      let changes = changes[object.key] ?? []
      expected += outcomes.count { $0.action != nil }
      let actions = outcomes.compactMap(\.action).sorted()
      guard changes.map(\.action).sorted() == actions else {
        faults.append("\(object.key): planned \(changes.map { [$0.action, $0.reason] }), not \(outcomes)")
        continue
      }
      for outcome in outcomes {
        switch outcome {
        case .untouched: break
        case .granted, .copied: counts.done += 1
        case .failing: counts.failing += 1
        case .blocked(let reasons):
          counts.blocked += 1
          if !changes.contains(where: { $0.action == "blocked" && reasons.contains($0.reason) }) {
            faults.append("\(object.key): \(changes.map(\.reason)) is no reason of \(reasons)")
          }
        }
      }
    }
    #expect(plan.changes.count == expected, name)
    expectNone(faults, name)
    return counts
  }

  /// `verify` names the objects that the plan could do nothing about.
  private func expectNamed(_ objects: [RandomObject], _ model: RepairModel, in output: String, _ name: Comment) {
    let lines = output.split(separator: "\n")
    var faults: [String] = []
    for object in objects {
      for version in object.uploads.indices {
        guard case .blocked = model.outcome(of: object, version: version) else { continue }
        if !lines.contains(where: { $0.hasPrefix("blocked: \(object.key)") }) { faults.append("\(object.key)") }
      }
    }
    expectNone(faults, name)
  }

  private func expectNone(_ faults: [String], _ name: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = faults.prefix(12).joined(separator: "\n")
    #expect(faults.isEmpty, "\(name)\n\(faults.count) faults:\n\(text)", sourceLocation: sourceLocation)
  }
}
