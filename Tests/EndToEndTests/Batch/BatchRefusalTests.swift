import Foundation
import AWSKit
import TestSupport
import Testing

/// Jobs that go wrong on the way: nothing is created twice, nothing is believed that does not fit, nothing is lost.
struct BatchRefusalTests {
  /// A kill while the answer to CreateJob is awaited: the next command asks for the same job.
  @Test func aKillCreatesNoSecondJob() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let stage = try await BatchStage(server, keys: BrokenBucket.keys(3))
      try await stage.bucket.plan()
      try await control.set([SandboxControl.Fault("stall", "CreateJob", count: 1)])
      let run = try stage.place.start(stage.submission([], roles: [server.tools], owners: ["tools"]))
      var hasJob = false
      while !hasJob, run.isRunning { hasJob = try await BatchStage.jobCount(of: server.tools) == 1 }
      run.signal(SIGKILL)
      #expect(try await run.result().status == -Int(SIGKILL) && hasJob)
      try await control.clearFaults()
      // Nobody knows whether there is a job, and so nobody writes.
      #expect(try await stage.bucket.apply().status == 1)
      #expect(try await stage.status().out.contains("not created yet"))
      let again = try await stage.submit("--run")
      #expect(again.status == 0, "\(again.err)")
      #expect(try await BatchStage.jobCount(of: server.tools) == 1)
      try await stage.waitForEnd()
      #expect(try await stage.collect("--verify").status == 0)
    }
  }

  /// Another manifest would have other objects written to.
  @Test func otherOptionsAreRefused() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a"])
    try await stage.bucket.plan()
    #expect(try await stage.submit().status == 0)
    let other = try await stage.place.fixacl(
      "batch", "submit", "plan.json", "--role-arn", BatchStage.role(of: server.tools), "--report",
      "s3://\(stage.jobs)/elsewhere", "--owner-profile", "tools", "--run")
    #expect(other.status == 1 && other.err.contains("another --role-arn, --report or --manifest"), "\(other.err)")
    #expect(try await stage.status().out.contains("waits for confirmation"))
  }

  @Test(arguments: ["content", "place", "missing"])
  func aReportThatDoesNotFitIsNotBelieved(what: String) async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: BrokenBucket.keys(2))
    try await stage.bucket.plan()
    try await stage.runJobs()
    let objects = try await server.site.list(stage.jobs).map(\.key)
    let file = try #require(
      objects.first { $0.text.hasSuffix(what == "content" ? ".csv" : "manifest.json") && $0.text.hasPrefix("reports") })
    let good = try await server.tools.get(file, in: stage.jobs).body
    let text = String(decoding: good, as: UTF8.self)
    switch what {
    case "content":
      try await server.tools.put(file, in: stage.jobs, body: Array(text.replacing("000001", with: "000000").utf8))
    case "place":
      try await server.tools.put(file, in: stage.jobs, body: Array(text.replacing("reports/", with: "other/").utf8))
    default: try await server.site.delete(file, in: stage.jobs)
    }
    let refused = try await stage.collect()
    #expect(refused.status == 3, "\(refused.err)")
    let reason =
      ["content": "another MD5", "place": "which is not below", "missing": "there is none under"][what] ?? ""
    #expect(refused.err.contains(reason), "\(refused.err)")
    // Once it is right again, everything is.
    try await server.tools.put(file, in: stage.jobs, body: good)
    let collected = try await stage.collect("--verify")
    #expect(collected.status == 0 && collected.count("done") == 2, "\(collected.err)")
  }

  /// A report tells what happened to a job's role, which says nothing of the credentials that read the report.
  @Test(arguments: ["ExpiredToken", "InvalidAccessKeyId", "AccessDenied"])
  func theRolesCredentialsAreNotOnesOwn(code: String) async throws {
    let server = try #require(S3TestServer.sandbox)
    let keys = BrokenBucket.keys(250)
    let stage = try await BatchStage(server, keys: keys)
    try await stage.bucket.plan()
    try await stage.runJobs()
    let objects = try await server.site.list(stage.jobs).map(\.key).filter { $0.text.hasPrefix("reports") }
    let file = try #require(objects.first { $0.text.hasSuffix(".csv") })
    let report = try await server.tools.get(file, in: stage.jobs).body
    let rows = String(decoding: report, as: UTF8.self).split(separator: "\n").map { row in
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      return fields[..<3].joined(separator: ",") + ",failed,\(code == "ExpiredToken" ? 400 : 403),\(code),no\n"
    }
    let text = Array(rows.joined().utf8)
    try Data(text).write(to: URL(filePath: stage.place.path("report")))
    let digest = try await stage.place.run("md5sum", stage.place.path("report")).out.prefix(32)
    let manifest = try #require(objects.first { $0.text.hasSuffix("manifest.json") })
    let description = String(decoding: try await server.tools.get(manifest, in: stage.jobs).body, as: UTF8.self)
    let changed = description.replacing(/"MD5Checksum"(\s*):(\s*)"[^"]*"/) {
      "\"MD5Checksum\"\($0.1):\($0.2)\"\(digest)\""
    }
    try await server.tools.put(file, in: stage.jobs, body: text)
    try await server.tools.put(manifest, in: stage.jobs, body: Array(changed.utf8))
    let collected = try await stage.collect()
    #expect(collected.status == 3 && collected.count("failed") == keys.count, "\(collected.err)")
    // All is told, and apply may go on.
    #expect(try await stage.bucket.apply().status == 0)
  }

  /// A copy of what was written after the look would be one of something else.
  @Test func copiesSkipWhatIsNewer() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    for key: ObjectKey in ["new", "old"] { try await server.tools.put(key, in: stage.bucket.name, grants: grants) }
    try await stage.bucket.plan("--strategy", "copy", owners: [])
    let submitted = try await stage.submit(roles: [server.site], owners: [])
    #expect(submitted.status == 0, "\(submitted.err)")
    #expect(submitted.err.contains("Copies skip objects"))
    // Times have seconds.
    try await Task.sleep(for: .seconds(1.1))
    try await server.tools.put("new", in: stage.bucket.name, body: Array("other".utf8), grants: grants)
    #expect(try await stage.submit("--run", roles: [server.site], owners: []).status == 0)
    try await stage.waitForEnd(owners: [])
    let collected = try await stage.collect("--verify", owners: [])
    #expect(collected.status == 3 && collected.count("done") == 1 && collected.count("stale") == 1, "\(collected.err)")
    #expect(collected.out.contains("stale: new: it was overwritten"), "\(collected.out)")
    #expect(try await server.tools.get("new", in: stage.bucket.name).body == Array("other".utf8))
  }

  /// What jobs cannot keep is counted, and left for apply.
  @Test func whatNoJobCanDoStaysWithApply() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    let bucket = stage.bucket.name
    let readable = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    try await server.tools.put("plain", in: bucket, grants: readable)
    try await server.tools.put("tagged", in: bucket, grants: readable, headers: [("x-amz-tagging", "a=1")])
    try await server.tools.put("hidden", in: bucket)
    try await stage.bucket.plan("--strategy", "copy")
    let submitted = try await stage.submit("--run", "--format", "json", roles: [server.site])
    #expect(submitted.status == 0, "\(submitted.err)")
    #expect(submitted.err.contains("leave them to apply"), "\(submitted.err)")
    #expect(submitted.out.contains(#""left":[{"reason":"grant-first","objects":1}]"#), "\(submitted.out)")
    try await stage.waitForEnd()
    // S3 does not tell whoever may not read tags that there are any; and it copies none without.
    let collected = try await stage.collect("--verify")
    #expect(collected.status == 3 && collected.count("done") == 1 && collected.count("failed") == 1, "\(collected.err)")
    let applied = try await stage.bucket.apply()
    #expect(applied.status == 0 && applied.count("changed") == 2, "\(applied.err)")
    #expect(try await stage.bucket.verify().status == 0)
  }

  /// Old versions are named by their IDs, current ones are not.
  @Test func versions() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    try await server.site.setVersioning("Enabled", of: stage.bucket.name)
    for content in ["one", "two"] { try await server.tools.put("k", in: stage.bucket.name, body: Array(content.utf8)) }
    try await stage.bucket.plan("--all-versions")
    let submitted = try await stage.submit("--run")
    #expect(submitted.status == 0 && submitted.out.split(separator: "\n").count == 2, "\(submitted.err)")
    try await stage.waitForEnd()
    let collected = try await stage.collect("--verify")
    #expect(collected.status == 0 && collected.count("done") == 2, "\(collected.out)\(collected.err)")
    let undone = try await stage.place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(undone.status == 0 && undone.count("put back") == 2, "\(undone.err)")
  }

  /// A manifest that is longer than a part.
  @Test func manifestsInParts() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    // Escaped, a byte of such a key takes three.
    let prefix = String(repeating: "é", count: 500)
    try await stage.bucket.upload((0..<3000).map { ObjectKey(prefix + String(10_000 + $0)) })
    try await stage.bucket.plan()
    try await stage.runJobs()
    let manifest = try #require(try await server.site.list(stage.jobs).first { $0.key.text.hasPrefix("manifests/") })
    #expect(manifest.size > 8 << 20 && manifest.etag.hasSuffix("-2"))
    let collected = try await stage.collect()
    #expect(collected.status == 0 && collected.count("done") == 3000, "\(collected.err)")
    #expect(collected.err.contains("fixacl looks at 1,000 of the objects again"))
    #expect(try await stage.bucket.verify().status == 0)
  }

  /// Settings that have changed are as wrong for a job as for apply.
  @Test func surroundings() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a"])
    try await stage.bucket.plan()
    // Object Ownership refuses while the bucket's ACL lets others in.
    try await server.site.putBucketACL(
      bucket: stage.bucket.name,
      acl: AccessControlList(owner: server.site.id, grants: [Grant(.canonicalUser(server.site.id), .fullControl)]))
    try await server.site.setOwnership(.bucketOwnerEnforced, of: stage.bucket.name)
    let refused = try await stage.submit()
    #expect(refused.status == 1 && refused.err.contains("ACLs"), "\(refused.err)")
    #expect(try await server.site.list(stage.jobs).isEmpty)
  }
}
