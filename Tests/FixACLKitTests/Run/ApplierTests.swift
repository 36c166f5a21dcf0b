import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let guest = Sample.guest
private let writes: Set<String> = ["PutObjectAcl", "CopyObject", "PutObjectTagging"]

@Suite struct ApplierTests {
  /// A bucket with a few objects for each way to repair them, one that is blocked, and two that are in order.
  private static func sample(strategy: Strategy = .auto, ofEach count: Int = 4) -> SampleBucket {
    var sample = SampleBucket()
    sample.desired.strategy = strategy
    for index in 0..<count {
      sample.server["closed/\(index)"] = InProcessS3.Object(.owned(by: tools))
      sample.server["readable/\(index)"] = InProcessS3.Object(.owned(by: tools, .user(site), .user(Sample.guest)))
      sample.server["guest/\(index)"] = InProcessS3.Object(.owned(by: guest, .user(site)))
    }
    sample.server["closed/0"]?.tags = [ObjectTag(key: "team", value: "web")]
    sample.server["guest/0"]?.tags = [ObjectTag(key: "a", value: "1"), ObjectTag(key: "b", value: "2")]
    sample.server["blocked"] = InProcessS3.Object(.owned(by: guest))
    sample.server["own"] = InProcessS3.Object(.owned(by: site))
    sample.server["in order"] = InProcessS3.Object(.owned(by: tools, .user(oai)))
    return sample
  }

  /// What an apply of the plan leads to, computed from the plan alone.
  private static func goal(
    of plan: Plan, from objects: [ObjectKey: InProcessS3.Object]
  ) throws -> [ObjectKey: InProcessS3.Object] {
    var goal = objects
    for change in try plan.allChanges() where change.action != .blocked {
      goal[change.key]?.acl = try #require(plan.acl(change.to))
    }
    return goal
  }

  @Test(arguments: [Strategy.auto, .copy], [1, 16])
  func makesTheChanges(strategy: Strategy, concurrency: Int) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: strategy)
      let plan = try await sample.plan(in: folder)
      #expect(plan.changeCount == 13)
      let goal = try Self.goal(of: plan, from: sample.server.objects)
      sample.server.forgetCalls()
      let first = try await ApplyRun(plan, of: sample, concurrency: concurrency)
      let tally = try await first.run()
      #expect(sample.server.objects == goal)
      #expect(tally.done == 12)
      #expect(tally.handled == 12)
      #expect(tally.planned == 12)
      #expect(tally.blocked == 1)
      #expect(tally.remaining == 0)
      #expect(tally.already + tally.stale + tally.failed + tally.finishedBefore == 0)
      #expect(first.reports.isEmpty)
      // Two looks are the most that each of the changes under way has in flight.
      #expect(sample.server.maximumInFlight <= 2 * concurrency)
      let counts = sample.server.counts
      #expect(counts["PutObjectAcl"] == (strategy == .auto ? 8 : 4))
      #expect(counts["CopyObject"] == (strategy == .auto ? 4 : 12))
      // One object's tags were lost by the copy, or two's.
      #expect(counts["PutObjectTagging"] == (strategy == .auto ? 1 : 2))
      #expect(!sample.server.calls.contains { $0.key == ObjectKey("blocked") || $0.key == ObjectKey("own") })
    }
  }

  @Test func doesJournalledWorkOnce() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      try await ApplyRun(plan, of: sample).run()
      sample.server.forgetCalls()
      let again = try await ApplyRun(plan, of: sample)
      #expect(again.tally.finishedBefore == 12)
      #expect(again.tally.remaining == 0)
      let tally = try await again.run()
      #expect(tally.handled == 0)
      #expect(sample.server.calls.isEmpty)
    }
  }

  /// Without its journal, all is looked at again, and nothing is written.
  @Test func recognizesWorkWithoutItsJournal() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: .copy)
      let plan = try await sample.plan(in: folder)
      try await ApplyRun(plan, of: sample).run()
      let objects = sample.server.objects
      try writeBytes([], to: plan.path + ".journal")
      sample.server.forgetCalls()
      let tally = try await ApplyRun(plan, of: sample).run()
      #expect(tally.already == 12)
      #expect(tally.handled == 12)
      #expect(sample.server.objects == objects)
      #expect(writes.isDisjoint(with: sample.server.counts.keys))
    }
  }

  @Test func dryRunWritesNothing() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: .copy)
      let plan = try await sample.plan(in: folder)
      sample.server["guest/1"] = nil
      sample.server["closed/1"]?.acl = .owned(by: site, .user(oai))
      let objects = sample.server.objects
      let run = try await ApplyRun(plan, of: sample, isDryRun: true)
      let tally = try await run.run()
      #expect(tally.done == 10)
      #expect(tally.already == 1)
      #expect(tally.stale == 1)
      #expect(sample.server.objects == objects)
      #expect(writes.isDisjoint(with: sample.server.counts.keys))
      #expect(try entries(of: folder) == ["plan.json"])
      // It tells of everything.
      #expect(run.reports.count == 12)
      #expect(run.reports[ObjectKey("guest/1")] == "stale: deleted")
      #expect(run.reports[ObjectKey("closed/1")] == "already")
      #expect(run.reports[ObjectKey("closed/2")] == "done")
    }
  }

  @Test func limitIsACanary() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let goal = try Self.goal(of: plan, from: sample.server.objects)
      var done = 0
      for limit in [1, 3, 4] {
        sample.server.forgetCalls()
        let tally = try await ApplyRun(plan, of: sample, limit: limit).run()
        #expect(tally.handled == limit)
        #expect(tally.finishedBefore == done)
        done += limit
        #expect(tally.remaining == 12 - done)
        #expect(Set(sample.server.calls.compactMap(\.key)).count == limit)
      }
      let tally = try await ApplyRun(plan, of: sample, limit: 100).run()
      #expect(tally.done == 4)
      #expect(tally.remaining == 0)
      #expect(sample.server.objects == goal)
    }
  }

  @Test func staleObjectsAreLeftAlone() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: .copy)
      let plan = try await sample.plan(in: folder)
      let server = sample.server
      server["closed/0"]?.etag = "other"
      server["closed/1"] = nil
      server["closed/2"]?.acl = .owned(by: tools, .publicRead)
      server["closed/3"]?.size = 11
      server["readable/0"]?.acl = .owned(by: guest, .user(site, .fullControl))
      server["readable/1"]?.headers = ["x-amz-storage-class": "GLACIER"]
      server["readable/2"]?.headers = ["x-amz-missing-meta": "1"]
      server["guest/0"]?.etag = "other"
      let changed = server.objects
      let goal = try Self.goal(of: plan, from: changed)
      let (tally, reports) = try await ApplyRun.once(plan, of: sample)
      #expect(tally.stale == 8)
      #expect(tally.done == 4)
      #expect(tally.remaining == 8)
      for key in [
        "closed/0", "closed/1", "closed/2", "closed/3", "readable/0", "readable/1", "readable/2", "guest/0",
      ] {
        #expect(server[key] == changed[ObjectKey(key)])
        #expect(reports[ObjectKey(key)]?.hasPrefix("stale: ") == true)
      }
      for key in ["readable/3", "guest/1", "guest/2", "guest/3"] { #expect(server[key] == goal[ObjectKey(key)]) }
      #expect(reports.count == 8)
      // They are not final: put back as they were, the next run takes them on.
      server["closed/0"]?.etag = "e1"
      #expect(try await ApplyRun(plan, of: sample).run().done == 1)
    }
  }

  /// Every request fails once, before it is carried out or after, as if the program had been killed there.
  @Test(arguments: [Strategy.auto, .copy], [false, true])
  func goesOnFromEveryFailure(strategy: Strategy, isCarriedOut: Bool) async throws {
    let total = try await withTemporaryFolder { folder in
      let sample = Self.sample(strategy: strategy, ofEach: 1)
      let plan = try await sample.plan(in: folder)
      sample.server.forgetCalls()
      try await ApplyRun(plan, of: sample, concurrency: 1).run()
      return sample.server.calls.count
    }
    for number in 1...total {
      try await withTemporaryFolder { folder in
        let sample = Self.sample(strategy: strategy, ofEach: 1)
        let plan = try await sample.plan(in: folder)
        let goal = try Self.goal(of: plan, from: sample.server.objects)
        sample.server.forgetCalls()
        // From here on nothing gets through.
        sample.server.intercept { call, carryOut in
          if call.number < number || (call.number == number && isCarriedOut) {
            let response = carryOut()
            return call.number < number ? response : InProcessS3.error(400, "Lost")
          }
          return InProcessS3.error(400, "Lost")
        }
        let interrupted = try await ApplyRun(plan, of: sample, concurrency: 1).run()
        #expect(interrupted.failed > 0, "request \(number) of \(total): \(sample.server.calls.map(\.operation))")
        sample.server.intercept(nil)
        let tally = try await ApplyRun(plan, of: sample).run()
        #expect(tally.finishedBefore == interrupted.done + interrupted.already)
        #expect(tally.failed + tally.stale + tally.remaining == 0)
        #expect(sample.server.objects == goal, "request \(number) of \(total)")
      }
    }
  }

  @Test(arguments: [1, 8], [1, 5, 20])
  func interruptionLetsWorkUnderWayEnd(concurrency: Int, after number: Int) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let goal = try Self.goal(of: plan, from: sample.server.objects)
      let before = sample.server.objects
      let stop = StopSignal()
      sample.server.forgetCalls()
      sample.server.intercept { call, carryOut in
        if call.number == number { stop.set() }
        return carryOut()
      }
      let tally = try await ApplyRun(plan, of: sample, concurrency: concurrency, stop: stop).run()
      #expect(tally.handled == tally.done)
      #expect((1...12).contains(tally.handled))
      #expect(tally.handled <= number + concurrency + concurrency / 4)
      // Nothing is half done.
      let objects = sample.server.objects
      #expect(objects.allSatisfy { $1 == goal[$0] || $1 == before[$0] })
      #expect(objects.count { $1 != before[$0] } == tally.done)
      let rest = try await ApplyRun(plan, of: sample).run()
      #expect(rest.finishedBefore == tally.done)
      #expect(rest.remaining == 0)
      #expect(sample.server.objects == goal)
    }
  }

  @Test func stoppedBeforeItBegan() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      sample.server.forgetCalls()
      let stop = StopSignal()
      stop.set()
      let tally = try await ApplyRun(plan, of: sample, stop: stop).run()
      #expect(tally.handled == 0)
      #expect(tally.remaining == 12)
      #expect(sample.server.calls.isEmpty)
    }
  }

  /// What cannot be recorded must not go on: at most what is under way is done without a record.
  @Test(arguments: [1, 4])
  func stopsWhereTheJournalCannotBeWritten(concurrency: Int) async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let goal = try Self.goal(of: plan, from: sample.server.objects)
      sample.server.forgetCalls()
      do {
        let run = try await ApplyRun(plan, of: sample, concurrency: concurrency)
        let disk = try FullDisk(under: plan.path + ".journal")
        defer { disk.free() }
        let error = try await #require(throws: FileError.self) { try await run.run() }
        #expect(error.description.contains("No space left on device"))
        #expect(run.tally.handled == 0)
        #expect(run.tally.remaining == 12)
      }
      let written = sample.server.calls.filter { writes.contains($0.operation) }.count
      #expect(written <= concurrency)
      // With space again, the next run recognizes what was done.
      let tally = try await ApplyRun(plan, of: sample).run()
      #expect(tally.already == written)
      #expect(tally.done == 12 - written)
      #expect(sample.server.objects == goal)
    }
  }

  /// The tags of an object must be on the disk before it is copied, or a kill in between would lose them.
  @Test func copiesNothingWhoseTagsCannotBeSaved() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
      sample.server["k"]?.tags = [ObjectTag(key: "a", value: "b")]
      let plan = try await sample.plan(in: folder)
      let objects = sample.server.objects
      let run = try await ApplyRun(plan, of: sample)
      let disk = try FullDisk(under: plan.path + ".journal")
      defer { disk.free() }
      await #expect(throws: FileError.self) { try await run.run() }
      #expect(sample.server.objects == objects)
    }
  }

  /// The copy was made and the program killed; the tags come back from the journal.
  @Test func putsTagsBackFromTheJournal() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      let tags = [ObjectTag(key: "a", value: "b")]
      sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
      sample.server["k"]?.tags = tags
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { call, carryOut in
        let response = carryOut()
        return call.operation == "CopyObject" ? InProcessS3.error(400, "Lost") : response
      }
      #expect(try await ApplyRun(plan, of: sample).run().failed == 1)
      #expect(sample.server["k"]?.tags == [])
      #expect(sample.server["k"]?.acl.owner == site)
      sample.server.intercept(nil)
      sample.server.forgetCalls()
      #expect(try await ApplyRun(plan, of: sample).run().already == 1)
      #expect(sample.server["k"]?.tags == tags)
      #expect(sample.server.counts["CopyObject"] == nil)
      // The record of it is final: the tags are not put back over what somebody sets later.
      sample.server["k"]?.tags = []
      #expect(try await ApplyRun(plan, of: sample).run().handled == 0)
      #expect(sample.server["k"]?.tags == [])
    }
  }

  /// On S3 an ACL can let the bucket owner read the object, but not its tags: neither copy nor HEAD shows them.
  @Test(arguments: [true, false])
  func tagsThatOnlyTheObjectOwnerMayRead(isCounted: Bool) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      let tags = [ObjectTag(key: "a", value: "b")]
      sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
      sample.server["k"]?.tags = tags
      let server = sample.server
      server.intercept { call, carryOut in
        guard call.caller == site, server["k"]?.acl.owner == tools else { return carryOut() }
        switch call.operation {
        case "GetObjectTagging": return InProcessS3.error(403, "AccessDenied")
        // With their tags, since only who knows them can leave them out.
        case "CopyObject" where !server.calls.contains { $0.operation == "GetObjectTagging" && $0.caller == tools }:
          return InProcessS3.error(403, "AccessDenied")
        case "HeadObject" where !isCounted:
          let response = carryOut()
          return HTTPResponse(
            status: response.status,
            headers: HTTPHeaders(response.headers.fields(withPrefix: "").filter { $0.name != "x-amz-tagging-count" }))
        default: return carryOut()
        }
      }
      let plan = try await sample.plan(in: folder)
      #expect(try await ApplyRun(plan, of: sample).run().done == 1)
      #expect(server["k"]?.acl.owner == site)
      #expect(server["k"]?.tags == tags)
    }
  }

  @Test func tagsThatDoNotStayAreAFailure() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
      sample.server["k"]?.tags = [ObjectTag(key: "a", value: "b")]
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { call, carryOut in
        call.operation == "PutObjectTagging" ? HTTPResponse(status: 200) : carryOut()
      }
      let (tally, reports) = try await ApplyRun.once(plan, of: sample)
      #expect(tally.failed == 1)
      #expect(reports[ObjectKey("k")]?.contains("the server took the tags and does not show them") == true)
      sample.server.intercept(nil)
      #expect(try await ApplyRun(plan, of: sample).run().already == 1)
      #expect(sample.server["k"]?.tags == [ObjectTag(key: "a", value: "b")])
    }
  }

  @Test func oneFailureDoesNotDisturbTheOthers() async throws {
    try await withTemporaryFolder { folder in
      let sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      let goal = try Self.goal(of: plan, from: sample.server.objects)
      let refused: Set<ObjectKey> = [ObjectKey("closed/1"), ObjectKey("guest/2")]
      sample.server.intercept { call, carryOut in
        writes.contains(call.operation) && refused.contains(call.key!)
          ? InProcessS3.error(403, "AccessDenied") : carryOut()
      }
      let (tally, reports) = try await ApplyRun.once(plan, of: sample)
      #expect(tally.failed == 2)
      #expect(tally.done == 10)
      #expect(tally.remaining == 2)
      #expect(Set(reports.keys) == refused)
      #expect(reports[ObjectKey("closed/1")] == "failed: PutObjectAcl s3://assets/closed/1: 403 AccessDenied")
      #expect(reports[ObjectKey("guest/2")] == "failed: CopyObject s3://assets/guest/2: 403 AccessDenied")
      let journal = String(decoding: try readBytes(plan.path + ".journal"), as: UTF8.self)
      #expect(
        journal.contains(#""result":"failed","error":{"operation":"PutObjectAcl","status":403,"code":"AccessDenied""#))
      #expect(!journal.contains("secret"))
      sample.server.intercept(nil)
      #expect(try await ApplyRun(plan, of: sample).run().done == 2)
      #expect(sample.server.objects == goal)
    }
  }

  @Test func withoutTheOwnersCredentials() async throws {
    try await withTemporaryFolder { folder in
      var sample = Self.sample()
      let plan = try await sample.plan(in: folder)
      sample.owners = []
      let run = try await ApplyRun(plan, of: sample)
      let tally = try await run.run()
      // The copies of guest's objects need only the bucket owner.
      #expect(tally.done == 4)
      #expect(tally.failed == 8)
      #expect(run.reports[ObjectKey("closed/0")]?.contains("credentials") == true)
      #expect(sample.server.objects.filter { $1.acl.owner == tools && $1.acl.includes(.user(oai)) }.count == 1)
    }
  }

  /// An object is overwritten between the look and the copy: the server is told which one is meant.
  @Test func copyCarriesItsPrecondition() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket()
      sample.desired.strategy = .copy
      sample.server["k"] = InProcessS3.Object(.owned(by: tools, .user(site)))
      let plan = try await sample.plan(in: folder)
      sample.server.intercept { [server = sample.server] call, carryOut in
        if call.operation == "CopyObject" { server["k"]?.etag = "new" }
        return carryOut()
      }
      let run = try await ApplyRun(plan, of: sample)
      #expect(try await run.run().stale == 1)
      #expect(run.reports[ObjectKey("k")] == "stale: overwritten")
      #expect(sample.server["k"]?.acl.owner == tools)
    }
  }

  @Test func emptyPlan() async throws {
    try await withTemporaryFolder { folder in
      let sample = SampleBucket()
      let plan = try await sample.plan(in: folder)
      sample.server.forgetCalls()
      let tally = try await ApplyRun(plan, of: sample).run()
      #expect(tally == Tally())
      #expect(sample.server.calls.isEmpty)
    }
  }
}
