import Foundation
import AWSKit
import TestSupport
import Testing

/// Jobs whose reports nobody reads: once all have ended, apply and rollback look at the objects themselves.
struct BatchUncollectedTests {
  private static func cancel(_ id: String, of account: TestAccount) async throws {
    try await account.client.run(
      AWSOperation<Void>(
        "UpdateJobStatus", .post, path: "/v20180820/jobs/\(id)/status", query: [("requestedJobStatus", "Cancelled")],
        headers: [("x-amz-account-id", account.accountID ?? "")], parse: { _ in }))
  }

  /// The ID of the first job that a result names.
  private static func job(in result: ProgramResult) throws -> String {
    try #require(result.out.firstMatch(of: /job \d+ \(([^)]+)\)/).map { String($0.1) }, "\(result.out)")
  }

  private static func removeReports(of stage: BatchStage) async throws {
    for object in try await stage.server.site.list(stage.jobs) where object.key.text.hasPrefix("reports") {
      try await stage.server.site.delete(object.key, in: stage.jobs)
    }
  }

  /// The journal alone is the undo: without the plan, and without a report.
  @Test(arguments: ["grant", "copy"])
  func rollbackNeedsTheJournalAlone(strategy: String) async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    try await server.site.setVersioning("Enabled", of: stage.bucket.name)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    for key in BrokenBucket.keys(5) { try await server.tools.put(key, in: stage.bucket.name, grants: grants) }
    let owners = strategy == "grant" ? ["tools"] : []
    try await stage.bucket.plan("--strategy", strategy, owners: owners)
    let before = try await stage.acls()
    let roles = [strategy == "grant" ? server.tools : server.site]
    let submitted = try await stage.submit(roles: roles, owners: owners)
    let id = try Self.job(in: submitted)
    try FileManager.default.moveItem(atPath: stage.place.path("plan.json"), toPath: stage.place.path("kept.json"))
    let rollback = ["rollback", "plan.json.journal"] + owners.flatMap { ["--owner-profile", $0] }
    let early = try await stage.place.fixacl(rollback)
    #expect(early.status == 1 && early.err.contains("job 1 (\(id))"), "\(early.err)")
    #expect(early.err.contains("\n  aws s3control describe-job --job-id \(id) --account-id "), "\(early.err)")
    try FileManager.default.copyItem(atPath: stage.place.path("kept.json"), toPath: stage.place.path("plan.json"))
    let named = try await stage.place.fixacl(rollback)
    #expect(named.status == 1 && named.err.contains("\n  fixacl batch collect plan.json"), "\(named.err)")
    try await stage.runJobs(roles: roles, owners: owners)
    try FileManager.default.removeItem(atPath: stage.place.path("plan.json"))
    try await Self.removeReports(of: stage)
    #expect(try await stage.acls() != before)

    let dry = try await stage.place.fixacl(rollback + ["--dry-run"])
    #expect(dry.status == 0, "\(dry.err)")
    let undone = try await stage.place.fixacl(rollback)
    #expect(undone.status == 0 && undone.count("put back") == 5, "\(undone.err)")
    #expect(undone.err.onOneLine.contains("job 1 (\(id)) has ended, and no report was read"), "\(undone.err)")
    #expect(try await stage.acls() == before)
    // Nothing is in progress for the plan either, so that other jobs can do it again.
    try FileManager.default.copyItem(atPath: stage.place.path("kept.json"), toPath: stage.place.path("plan.json"))
    let again = try await stage.submit(roles: roles, owners: owners)
    #expect(again.status == 0 && again.out.contains("job 2 ("), "\(again.out)\(again.err)")
  }

  /// As long as one job may still write, there is nothing to apply.
  @Test func oneOfTwoJobsHasEnded() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a", "b"])
    let others = AccessControlList(
      owner: server.tools.id, grants: [server.tools.may(.fullControl), server.other.may(.read)])
    try await server.tools.putACL(others, of: "b", in: stage.bucket.name)
    try await stage.bucket.plan()
    let submitted = try await stage.submit()
    #expect(submitted.out.split(separator: "\n").count == 2, "\(submitted.out)")
    try await Self.cancel(try Self.job(in: submitted), of: server.tools)
    let collected = try await stage.collect()
    #expect(collected.status == 3 && collected.count("not reached by their job") == 1, "\(collected.err)")
    // Not apply, which refuses.
    #expect(
      collected.err.contains("  fixacl batch status plan.json") && !collected.err.contains("  fixacl apply"),
      "\(collected.err)")
    #expect(collected.err.contains("1 job has not ended"), "\(collected.err)")
  }

  /// What a job did, and what it did not do, is found by looking.
  @Test func applyNeedsNoReport() async throws {
    let server = try #require(S3TestServer.sandbox)
    let keys = BrokenBucket.keys(6)
    let stage = try await BatchStage(server, keys: keys)
    try await stage.bucket.plan()
    let before = try await stage.acls()
    try await stage.runJobs()
    try await Self.removeReports(of: stage)
    let changed = AccessControlList(
      owner: server.tools.id, grants: [server.tools.may(.fullControl), server.other.may(.read)])
    try await server.tools.putACL(changed, of: keys[0], in: stage.bucket.name)
    try await server.tools.putACL(try #require(before[keys[1]]), of: keys[1], in: stage.bucket.name)
    let collected = try await stage.collect()
    #expect(collected.status == 3 && collected.err.contains("there is none under"), "\(collected.err)")
    #expect(collected.err.onOneLine.contains("need no report once all jobs have ended"), "\(collected.err)")
    let dry = try await stage.place.fixacl("apply", "plan.json", "--dry-run", "--owner-profile", "tools")
    #expect(dry.status == 3, "\(dry.err)")

    let applied = try await stage.bucket.apply()
    #expect(applied.status == 3 && applied.count("changed") == 1 && applied.count("stale") == 1, "\(applied.err)")
    #expect(try await stage.acls()[keys[0]] == changed)
    let none = try await stage.collect()
    #expect(none.status == 0 && none.err.contains("no job of this plan that is in progress"), "\(none.err)")
    let undone = try await stage.place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(undone.count("put back") == 5, "\(undone.err)")
    #expect(try await stage.acls().filter { $0.key != keys[0] } == before.filter { $0.key != keys[0] })
  }

  /// A plan of the same name does not put the jobs of the one before out of sight.
  @Test func anotherPlanWaits() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: BrokenBucket.keys(3))
    try await stage.bucket.plan()
    let before = try await stage.acls()
    let id = try Self.job(in: try await stage.submit())
    let journal = try stage.place.read("plan.json.journal")
    // A plan has the second of its making.
    try await Task.sleep(for: .seconds(1.1))
    try await stage.bucket.plan()
    for refused in [try await stage.bucket.apply(), try await stage.submit("--run")] {
      #expect(refused.status == 1 && refused.err.contains("another plan had this name"), "\(refused.err)")
      #expect(refused.err.contains("describe-job --job-id \(id)"), "\(refused.err)")
    }
    #expect(try stage.place.read("plan.json.journal") == journal)
    try await Self.cancel(id, of: server.tools)
    var applied = try await stage.bucket.apply()
    for _ in 0..<300 where applied.status == 1 {
      try await Task.sleep(for: .milliseconds(100))
      applied = try await stage.bucket.apply()
    }
    #expect(applied.status == 0 && applied.count("changed") == 3, "\(applied.err)")
    // What was set aside still is the undo.
    let command = try #require(applied.err.split(separator: "\n").first { $0.hasPrefix("  fixacl rollback ") })
    let undo = try await stage.place.shell(String(command).replacing("  fixacl ", with: "\"$FIXACL\" "))
    #expect(undo.status == 0 && undo.count("put back") == 3, "\(undo.err)")
    #expect(try await stage.acls() == before)
  }

  /// Of a job that cannot be asked for, nobody knows whether it writes.
  @Test func whoCannotAskDoesNotGoOn() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let stage = try await BatchStage(server, keys: BrokenBucket.keys(2))
      try await stage.bucket.plan()
      try await stage.runJobs()
      try await control.set([SandboxControl.Fault("forbidden", "DescribeJob")])
      for arguments in [["apply", "plan.json"], ["rollback", "plan.json"]] {
        let refused = try await stage.place.fixacl(arguments + ["--owner-profile", "tools"])
        #expect(refused.status == 1 && refused.err.contains("S3 does not say whether job 1"), "\(refused.err)")
      }
      try await control.clearFaults()
      #expect(try await stage.bucket.apply().status == 0)
    }
  }
}
