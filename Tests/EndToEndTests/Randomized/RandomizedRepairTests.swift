import Foundation
import S3Kit
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

  /// Whether there is a `rollback` to bring the grants back.
  private static let canRollBack = false

  @Test(arguments: trials)
  func everyObjectIsAsPromised(trial: Trial) async throws {
    let server = trial.server
    var world = RandomWorld(seed: trial.seed, server: server)
    let round = world.round(versioning: trial.versioning)
    let objects = world.objects(trial.count, for: round)
    let model = RepairModel(server: server, round: round)
    let bucket = try await makeBucket(of: objects, round, on: server)
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
    try FileManager.default.moveItem(atPath: place.path("plan.json"), toPath: place.path("first.json"))
    let second = try await place.plan(server, bucket, round.arguments(server), owners: round.owners)
    #expect(second.changes.count { $0.action != "blocked" } == counts.failing, "\(name)")
    // What was copied is an old version now, and still foreign.
    if !round.allVersions {
      #expect(second.changes.count { $0.action == "blocked" } == counts.blocked, "\(name)")
    }

    // So that what is stored can be seen.
    try await server.site.blockPublicAccess([], of: bucket)
    let comparison = RepairComparison(
      model: model, before: before, after: try await BucketReading(of: bucket, on: server))
    comparison.compare(objects)
    expectNone(comparison.faults, name)

    guard Self.canRollBack else { return }
    try FileManager.default.moveItem(atPath: place.path("first.json"), toPath: place.path("plan.json"))
    let rollback = try await place.fixacl(["rollback", "plan.json"] + profiles)
    #expect([0, 3].contains(rollback.status), "\(name): \(rollback.err)")
    let restored = try await BucketReading(of: bucket, on: server)
    expectNone(rollbackFaults(objects, model, before, restored), name)
  }

  // MARK: Making the bucket

  private func makeBucket(
    of objects: [RandomObject], _ round: RandomRound, on server: S3TestServer
  ) async throws -> String {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(
      bucket, headers: round.hasObjectLock ? [("x-amz-bucket-object-lock-enabled", "true")] : [])
    try await server.letUpload(into: bucket)
    for phase in RandomUpload.Phase.allCases {
      switch (phase, round.versioning) {
      case (.versioned, "Enabled"), (.versioned, "Suspended"):
        try await server.site.setVersioning("Enabled", of: bucket)
      case (.suspended, "Suspended"): try await server.site.setVersioning("Suspended", of: bucket)
      default: break
      }
      try await inParallel(objects, window: 16) { object in
        for upload in object.uploads where upload.phase == phase { try await put(upload, object.key, in: bucket) }
        if phase == .versioned, object.isDeleted { try await server.site.delete(object.key, in: bucket) }
      }
    }
    if round.hasDefaultRetention { try await server.site.setDefaultRetention(days: 1, of: bucket) }
    return bucket
  }

  private func put(_ upload: RandomUpload, _ key: ObjectKey, in bucket: String) async throws {
    var headers = upload.headers.map { (name: $0.key, value: $0.value) }
    if !upload.tags.isEmpty { headers.append(("x-amz-tagging", upload.tags)) }
    if upload.isInParts {
      let parts = [Array(upload.body.prefix(5 << 20)), Array(upload.body.dropFirst(5 << 20))]
      try await upload.account.put(key, in: bucket, parts: parts, grants: upload.grants, headers: headers)
    } else {
      try await upload.account.put(key, in: bucket, body: upload.body, grants: upload.grants, headers: headers)
    }
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

  /// After a rollback each ACL that was rewritten is as it was; what was copied cannot be given back, but for copies that
  /// are a version of their own.
  private func rollbackFaults(
    _ objects: [RandomObject], _ model: RepairModel, _ before: BucketReading, _ after: BucketReading
  ) -> [String] {
    objects.flatMap { object -> [String] in
      let old = before.versions[object.key] ?? []
      let new = after.versions[object.key] ?? []
      return object.uploads.indices.compactMap { index in
        guard case .granted = model.outcome(of: object, version: index), index < old.count, index < new.count else {
          return nil
        }
        // Grants that the server hid when the plan was made are not known to anybody.
        let wanted = old[index].acl.map { model.visible($0) }
        return new[index].acl == wanted ? nil : "\(object.key): its ACL is \(new[index].acl!) and not \(wanted!)"
      }
    }
  }

  private func expectNone(_ faults: [String], _ name: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = faults.prefix(12).joined(separator: "\n")
    #expect(faults.isEmpty, "\(name)\n\(faults.count) faults:\n\(text)", sourceLocation: sourceLocation)
  }
}
