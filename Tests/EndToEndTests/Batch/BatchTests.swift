import Foundation
import AWSKit
import TestSupport
import Testing

/// A plan that S3 Batch Operations carries out, from its submission to its undoing.
struct BatchTests {
  private static let keys: [ObjectKey] = ["a", "b b", "c+d", "d/%2F,\"e\"", "é/😀", "line\nfeed"]

  /// What nobody could read is not taken for collected.
  @Test func whatCannotBeToldIsCollectedAgain() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: BrokenBucket.keys(1500))
    try await stage.bucket.plan()
    try await stage.runJobs()
    let line = "batch collect plan.json --owner-profile tools --verify --format json"
    let cut = try await stage.place.shell("\"$FIXACL\" \(line) > /dev/full")
    #expect(cut.status == 1 && cut.err.contains("No space left"), "\(cut.err)")
    let collected = try await stage.collect("--verify")
    #expect(collected.status == 0 && !collected.err.contains("no job"), "\(collected.err)")
    #expect(try await stage.bucket.apply().status == 0)
  }

  @Test func grantsEndAsAppliesDo() async throws {
    let server = try #require(S3TestServer.sandbox)
    let (stage, twin) = (try await BatchStage(server), try await BatchStage(server))
    let owners = ["tools", "other"]
    for bucket in [stage, twin].map(\.bucket.name) {
      for key in Self.keys { try await server.tools.put(key, in: bucket) }
      try await server.tools.put("z", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.read)])
      try await server.other.put("other", in: bucket)
    }
    try await stage.bucket.plan(owners: owners)
    try await twin.bucket.plan(owners: owners)
    let before = try await stage.acls()

    let roles = [server.tools, server.other]
    let submitted = try await stage.submit(roles: roles, owners: owners)
    #expect(submitted.status == 0, "\(submitted.err)")
    // By owner and ACL.
    #expect(submitted.out.split(separator: "\n").count == 3, "\(submitted.out)")
    #expect(submitted.err.contains("does not merge ACLs or check ETags"))
    #expect(submitted.err.contains("job 1 puts the ACL FULL_CONTROL to the owner"))
    #expect(try await stage.acls() == before)

    // Nobody else writes meanwhile, and nothing is submitted twice.
    for arguments in [["apply", "plan.json"], ["rollback", "plan.json"]] {
      let refused = try await stage.place.fixacl(arguments + owners.flatMap { ["--owner-profile", $0] })
      #expect(refused.status == 1 && refused.err.contains("job 1 ("), "\(refused.err)")
    }
    let again = try await stage.submit(roles: roles, owners: owners)
    #expect(again.status == 0 && again.err.contains("were submitted before"), "\(again.err)")
    #expect(again.out.split(separator: "\n").count == 3)
    let early = try await stage.collect(owners: owners)
    #expect(early.status == 3 && early.err.contains("has not ended"), "\(early.err)")
    #expect(try await stage.status(owners: owners).status == 3)

    let running = try await stage.submit("--run", roles: roles, owners: owners)
    #expect(running.status == 0, "\(running.err)")
    try await stage.waitForEnd(owners: owners)
    let done = try await stage.status(owners: owners)
    #expect(done.status == 0 && done.out.contains("Complete"), "\(done.out)\(done.err)")

    let collected = try await stage.collect("--verify", owners: owners)
    #expect(collected.status == 0, "\(collected.out)\(collected.err)")
    #expect(collected.count("done") == 8)
    #expect(try await stage.bucket.verify(owners: owners).status == 0)
    #expect(try await twin.bucket.apply(owners: owners).status == 0)
    #expect(try await stage.acls() == twin.acls())
    // There is nothing left for anybody.
    let nothing = try await stage.submit(roles: roles, owners: owners)
    #expect(nothing.status == 0 && nothing.out.isEmpty, "\(nothing.err)")

    let undone = try await stage.place.fixacl(
      ["rollback", "plan.json"] + owners.flatMap { ["--owner-profile", $0] })
    #expect(undone.status == 0 && undone.count("put back") == 8, "\(undone.err)")
    #expect(try await stage.acls() == before)
    // What was undone can be done again, by other jobs.
    let repeated = try await stage.submit(roles: roles, owners: owners)
    #expect(repeated.status == 0 && repeated.out.contains("job 4 ("), "\(repeated.out)\(repeated.err)")
  }

  @Test func copiesKeepWhatObjectsHave() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    let bucket = stage.bucket.name
    try await server.site.setVersioning("Enabled", of: bucket)
    let readable = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    let headers = [
      ("Content-Type", "text/css"), ("Cache-Control", "max-age=60"), ("x-amz-meta-build", "17"),
    ]
    for key: ObjectKey in ["a", "b"] { try await server.tools.put(key, in: bucket, grants: readable, headers: headers) }
    try await server.tools.put(
      "cold", in: bucket, grants: readable, headers: headers + [("x-amz-storage-class", "STANDARD_IA")])
    try await server.tools.put(
      "moved", in: bucket, grants: readable, headers: headers + [("x-amz-website-redirect-location", "/elsewhere")])
    try await stage.bucket.plan("--strategy", "copy", owners: [])
    let before = try await stage.acls()

    let submitted = try await stage.submit("--run", roles: [server.site], owners: [])
    #expect(submitted.status == 0, "\(submitted.err)")
    // By storage class and redirect.
    #expect(submitted.out.split(separator: "\n").count == 3, "\(submitted.out)")
    try await stage.waitForEnd(owners: [])
    let collected = try await stage.collect("--verify", owners: [])
    #expect(collected.status == 0 && collected.count("done") == 4, "\(collected.out)\(collected.err)")
    #expect(try await stage.bucket.verify(owners: []).status == 0)
    for key: ObjectKey in ["a", "b", "cold", "moved"] {
      let head = try await server.site.head(key, in: bucket)
      #expect(head.storageClass == (key == "cold" ? "STANDARD_IA" : "STANDARD"))
      #expect(head.websiteRedirectLocation == (key == "moved" ? "/elsewhere" : nil))
      #expect(head.userMetadata.map(\.value) == ["17"])
      #expect(try await server.oai.statusOfGet(key, in: bucket) == 200)
    }
    // The versions of before are there again, and the uploader's.
    let undone = try await stage.place.fixacl("rollback", "plan.json")
    #expect(undone.status == 0 && undone.count("put back") == 4, "\(undone.err)")
    #expect(try await stage.acls() == before)
  }

  /// One job does the same with all of its objects: holds of one duration have one.
  @Test func copiesKeepEventHolds() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    let bucket = stage.bucket.name
    try await server.site.setVersioning("Enabled", of: bucket)
    try await server.site.client.run(
      AWSOperation<Void>(
        "PutObjectLockConfiguration", .put, bucket: bucket, query: [("object-lock", "")],
        body: Array(
          "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>".utf8),
        parse: { _ in }))
    let readable = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    let hold = [("x-amz-object-lock-event-hold", "ON"), ("x-amz-object-lock-mode", "GOVERNANCE")]
    let days = [("x-amz-object-lock-event-hold-duration-days", "30")]
    try await server.tools.put("bare", in: bucket, grants: readable, headers: hold)
    try await server.tools.put("days", in: bucket, grants: readable, headers: hold + days)
    try await server.tools.put("free", in: bucket, grants: readable)
    try await stage.bucket.plan("--strategy", "copy")
    let submitted = try await stage.submit("--run", roles: [server.site])
    #expect(submitted.status == 0, "\(submitted.err)")
    #expect(submitted.out.split(separator: "\n").count == 3, "\(submitted.out)")
    try await stage.waitForEnd()
    let collected = try await stage.collect("--verify")
    #expect(collected.status == 0 && collected.count("done") == 3, "\(collected.out)\(collected.err)")
    #expect(try await stage.bucket.verify().status == 0)
    for (key, hold) in [
      ("bare", .init(mode: "GOVERNANCE")), ("days", .init(mode: "GOVERNANCE", duration: .days(30))), ("free", nil),
    ] as [(ObjectKey, ObjectLockState.EventHold?)] {
      #expect(try await server.site.client.objectRetention(bucket: bucket, key: key).eventHold == hold, "\(key)")
    }
  }

  @Test func whatChangesMeanwhileIsLeftForApply() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: BrokenBucket.keys(5))
    let keys = BrokenBucket.keys(5)
    try await stage.bucket.plan()
    let submitted = try await stage.submit()
    #expect(submitted.status == 0, "\(submitted.err)")
    try await server.tools.put(keys[0], in: stage.bucket.name, body: Array("other".utf8))
    try await server.site.delete(keys[1], in: stage.bucket.name)
    #expect(try await stage.submit("--run").status == 0)
    try await stage.waitForEnd()
    let changed = AccessControlList(
      owner: server.tools.id, grants: [server.tools.may(.fullControl), server.other.may(.read)])
    try await server.tools.putACL(changed, of: keys[2], in: stage.bucket.name)
    #expect(try await stage.status().status == 3)

    let collected = try await stage.collect("--verify", "--format", "json")
    #expect(collected.status == 3, "\(collected.err)")
    try stage.place.write(collected.out, to: "lines.json")
    #expect(try await JSONSchema.faults("events.schema.json", "lines.json", in: stage.place) == "")
    let lines = collected.out.split(separator: "\n").map(String.init)
    func line(_ key: ObjectKey) -> String { lines.first { $0.contains("\"\(key.text)\"") } ?? "" }
    #expect(line(keys[0]).contains("\"reason\":\"overwritten\""), "\(collected.out)")
    #expect(line(keys[1]).contains("\"reason\":\"deleted\""), "\(collected.out)")
    #expect(line(keys[2]).contains("\"reason\":\"acl-changed\""), "\(collected.out)")
    #expect(lines.count { $0.contains("\"result\":\"done\"") } == 2)
    // Nothing is under way any more, and apply looks at what is left.
    let applied = try await stage.bucket.apply()
    #expect(
      applied.status == 3 && applied.count("stale") == 3 && applied.count("done by earlier runs") == 2, "\(applied.err)"
    )
    let undone = try await stage.place.fixacl("rollback", "plan.json", "--owner-profile", "tools")
    #expect(undone.count("put back") == 2, "\(undone.err)")
  }

  @Test func anOwnerWithoutARoleIsNamed() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a"])
    try await server.other.put("b", in: stage.bucket.name)
    try await stage.bucket.plan(owners: ["tools", "other"])
    let result = try await stage.submit(owners: ["tools", "other"])
    #expect(result.status == 1 && result.err.contains(server.other.accountID ?? "?"), "\(result.err)")
    #expect(result.err.contains(server.other.id.value) && !result.err.contains(server.tools.id.value))
    #expect(try await server.site.list(stage.jobs).isEmpty)
    #expect(try await stage.status(owners: ["tools", "other"]).status == 3)
    // Nothing stands in apply's way.
    #expect(try await stage.bucket.apply(owners: ["tools", "other"]).status == 0)
  }

  @Test func policiesArePrinted() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a"])
    try await stage.bucket.plan()
    let result = try await stage.submit("--print-policies")
    #expect(result.status == 0, "\(result.err)")
    for part in ["batchoperations.s3.amazonaws.com", "s3:PutObjectAcl", "iam:PassRole", "\(stage.jobs)/reports/*"] {
      #expect(result.out.contains(part), "no \(part)")
    }
    let documents = result.out.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    try stage.place.write(documents, to: "policies")
    let parsed = try await stage.place.run("jq", "-e", ".Statement | length", stage.place.path("policies"))
    #expect(parsed.status == 0 && parsed.out.split(separator: "\n").count == 4, "\(parsed.err)")
    #expect(!result.out.contains("kms:"), "grants need no keys")
    #expect(try await server.site.list(stage.jobs).isEmpty)
    for ignored in [["--run"], ["--format", "json"]] {
      let refused = try await stage.place.fixacl(["batch", "submit", "plan.json", "--print-policies"] + ignored)
      #expect(refused.status == 64 && refused.out.isEmpty, "\(ignored): \(refused.err)")
    }
  }

  /// Whoever copies an object decrypts it, and encrypts it again.
  @Test func copiesNeedKeys() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server)
    let readable = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    try await server.tools.put("a", in: stage.bucket.name, grants: readable)
    try await stage.bucket.plan("--strategy", "copy", owners: [])
    let result = try await stage.submit("--print-policies", roles: [server.site], owners: [])
    #expect(result.status == 0 && result.out.contains("A plan does not know KMS keys"), "\(result.out)\(result.err)")
    let documents = result.out.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    try stage.place.write(documents, to: "policies")
    let actions = try await stage.place.run(
      "jq", "-c", ".Statement[] | select(.Condition.StringLike) | .Action", stage.place.path("policies"))
    #expect(actions.out == "[\"kms:Decrypt\",\"kms:GenerateDataKey\"]\n", "\(actions.out)\(actions.err)")
  }

  @Test func linesForPrograms() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a", "b"])
    try await stage.bucket.plan()
    for result in [try await stage.submit("--run", "--format", "json"), try await stage.status("--format", "json")] {
      try stage.place.write(result.out, to: "lines.json")
      #expect(try await JSONSchema.faults("events.schema.json", "lines.json", in: stage.place) == "", "\(result.out)")
    }
    try await stage.waitForEnd()
    let collected = try await stage.collect("--format", "json")
    try stage.place.write(collected.out, to: "lines.json")
    #expect(try await JSONSchema.faults("events.schema.json", "lines.json", in: stage.place) == "")
  }

  /// Answers that are lost, servers that are busy, and the other order of columns.
  @Test func faults() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let stage = try await BatchStage(server, keys: BrokenBucket.keys(60))
      try await stage.bucket.plan()
      let response = try await control.send(
        .put, "/batch", body: Array(#"{"statusFirst": false, "rowsPerReport": 7}"#.utf8))
      #expect(response.status == 204)
      try await control.set([
        SandboxControl.Fault("reset", "CreateJob", count: 1), SandboxControl.Fault("slowdown", "DescribeJob", count: 1),
        SandboxControl.Fault("slowdown", "PutObjectAcl", probability: 0.2),
        SandboxControl.Fault("slowdown", "GetObject", probability: 0.2),
      ])
      let submitted = try await stage.submit("--run")
      #expect(submitted.status == 0, "\(submitted.err)")
      try await stage.waitForEnd()
      let collected = try await stage.collect("--verify")
      #expect(collected.status == 0 && collected.count("done") == 60, "\(collected.out)\(collected.err)")
      try await control.clearFaults()
      #expect(try await stage.bucket.verify().status == 0)
    }
  }

  /// A job that was cancelled leaves everything for apply.
  @Test func aCancelledJob() async throws {
    let server = try #require(S3TestServer.sandbox)
    let stage = try await BatchStage(server, keys: ["a", "b"])
    try await stage.bucket.plan()
    let submitted = try await stage.submit("--format", "json")
    let id = try #require(
      submitted.out.split(separator: "\"").dropFirst().first { $0.count == 36 && $0.contains("-") }, "\(submitted.out)")
    let cancel = AWSOperation<Void>(
      "UpdateJobStatus", .post, path: "/v20180820/jobs/\(id)/status", query: [("requestedJobStatus", "Cancelled")],
      headers: [("x-amz-account-id", server.tools.accountID ?? "")], parse: { _ in })
    try await server.tools.client.run(cancel)
    try await stage.waitForEnd()
    let collected = try await stage.collect()
    #expect(collected.status == 3 && collected.err.contains("is Cancelled"), "\(collected.err)")
    #expect(collected.count("not reached by their job") == 2, "\(collected.err)")
    #expect(try await stage.bucket.apply().count("changed") == 2)
  }
}
