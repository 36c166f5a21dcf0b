import Foundation
import AWSKit
import TestSupport
import Testing

/// What a timer runs: repairs what has drifted, says nothing otherwise, and keeps what it must remember.
struct ReconcileTests {
  @Test(arguments: S3TestServer.all)
  func repairsAndIsSilentAfterwards(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(12))
    let first = try await stage.place.shell("umask 0; \"$FIXACL\" " + stage.arguments([]).joined(separator: " "))
    #expect(first.status == 0, "\(first.err)")
    #expect(first.stdout.isEmpty)
    #expect(first.err.contains("12 objects listed, 12 foreign, 12 to change, 12 changed"), "\(first.err)")
    #expect(first.err.contains("a sample of 12 is as planned"))
    #expect(try await stage.bucket.states().values.allSatisfy { $0.acl == stage.bucket.grantedACL() })
    let run = stage.files()
    #expect(run.count == 4 && stage.journals.count == 1 && run.contains("last.json") && run.contains("lock"))
    for (name, mode) in [("state", 0o700), (stage.path(""), 0o700), (stage.path("last.json"), 0o600)]
      + run.map({ (stage.path($0), 0o600) })
    {
      let attributes = try FileManager.default.attributesOfItem(atPath: stage.place.path(name))
      #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
    }
    #expect(try stage.metric("objects{state=\"changed\"}") == 12)
    let success = try #require(try stage.metric("last_success_timestamp_seconds"))
    #expect(abs(success - Date().timeIntervalSince1970) < 600)

    // Nothing to do: not a word, however the bucket is written.
    for options in [[], ["--quiet"]] {
      var arguments = stage.arguments(options)
      arguments[1] = options.isEmpty ? "s3://\(stage.bucket.name)/" : "arn:aws:s3:::\(stage.bucket.name)"
      let second = try await stage.place.start(arguments).result()
      #expect(second.status == 0 && second.isSilent, "\(second.err)")
    }
    #expect(stage.files() == run)
    #expect(try stage.metric("objects{state=\"changed\"}") == 0)
    #expect(try stage.metric("objects{state=\"foreign\"}") == 12)
    #expect(try stage.metric("last_exit_status") == 0)

    // The undo that it names.
    let undo = try await stage.place.shell(try #require(first.lastCommand) + " --owner-profile tools")
    #expect(undo.status == 0, "\(undo.err)")
    #expect(undo.count("put back") == 12)
  }

  /// A report of S3 Inventory takes the place of the listing.
  @Test(arguments: S3TestServer.all)
  func takesReports(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(7))
    let report = try await WrittenReport.read(stage.bucket.name, of: server)
    let manifest = try report.write(to: "reports", in: stage.place)
    let wrong = [
      ["--refresh", "all"], ["--inventory-setup", "s3://reports/r"], ["--inventory", manifest, "--keys-from", "keys"],
    ]
    for options in wrong {
      let refused = try await stage.place.start(stage.arguments(options)).result()
      #expect(refused.status == 64, "\(options): \(refused.err)")
    }
    let planned = try await stage.run("--inventory", manifest, "-v", "--plan-only")
    #expect(planned.status == 2 && !planned.err.contains("ListObjectsV2"), "\(planned.err)")
    let first = try await stage.run("--inventory", manifest)
    #expect(first.status == 0, "\(first.err)")
    #expect(first.err.contains("7 objects listed, 7 foreign, 7 to change, 7 changed"), "\(first.err)")
    #expect(first.err.onOneLine.contains("the plan is made from the report"))
    #expect(try await stage.bucket.states().values.allSatisfy { $0.acl == stage.bucket.grantedACL() })
    // The report does not know of the repair, and the bucket does.
    let second = try await stage.run("--inventory", manifest, "--refresh", "changed")
    #expect(second.status == 0 && second.isSilent, "\(second.err)")
    #expect(stage.journals.count == 1)
    let late = try await stage.run("--inventory", manifest)
    #expect(late.status == 0 && stage.journals.count == 1, "\(late.err)")
  }

  @Test(arguments: S3TestServer.all)
  func planOnlyWritesNothing(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(3))
    let before = try await stage.bucket.marks()
    for _ in 0..<3 {
      let result = try await stage.run("--plan-only")
      #expect(result.status == 2, "\(result.err)")
      #expect(try await stage.bucket.marks() == before)
    }
    // The same plan is not kept three times, and is never applied by itself.
    #expect(stage.heldPlans.count == 1 && stage.journals.isEmpty && !stage.files().contains("last.json"))
    #expect(try await stage.place.fixacl("show", stage.path(stage.heldPlans[0])).status == 0)
    let repair = try await stage.place.shell(try #require(try await stage.run("--plan-only").lastCommand))
    #expect(repair.status == 0, "\(repair.err)")
    #expect(stage.journals.count == 1)
    let nothing = try await stage.run("--plan-only")
    #expect(nothing.status == 0 && nothing.isSilent, "\(nothing.err)")
  }

  /// JSON for programs: a line for each object, and one summary, which there is also where nothing had to be done.
  @Test(arguments: S3TestServer.all)
  func json(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(3))
    var lines = ""
    for (number, (options, status)) in [
      (["--plan-only"], 2), (["--max-changes", "2"], 4), ([], 0), ([], 0),
    ].enumerated() {
      let result = try await stage.place.start(stage.arguments(options + ["--format", "json"])).result()
      #expect(result.status == status, "\(result.err)")
      let objects = result.out.split(separator: "\n")
      #expect(objects.count == (number == 2 ? 4 : 1), "\(result.out)")
      #expect(result.out.contains("\"exitStatus\":\(status)"))
      #expect(result.out.contains("\"rail\":\"max-changes\"") == (status == 4))
      if number == 3 { #expect(result.stderr.isEmpty) }
      lines += result.out
    }
    try stage.place.write(lines, to: "lines.json")
    #expect(try await JSONSchema.faults("events.schema.json", "lines.json", in: stage.place) == "")
  }

  /// Only as many runs are kept as are wanted, and none that changed nothing: an undo is not pushed out by failures.
  @Test(arguments: S3TestServer.all)
  func whatIsKept(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server)
    for round in 0..<4 {
      try await stage.bucket.upload(BrokenBucket.keys(2, prefix: "r\(round)/"))
      let result = try await stage.run("--keep", "2")
      #expect(result.status == 0, "\(result.err)")
    }
    #expect(stage.journals.count == 2 && stage.files(ending: ".plan.json").count == 2)
    let kept = stage.journals
    try await server.site.deny(server.tools, "s3:PutObjectAcl", of: stage.bucket.name)
    try await stage.bucket.upload(BrokenBucket.keys(1, prefix: "denied/"))
    for _ in 0..<6 {
      let result = try await stage.run("--keep", "2", "--max-failures", "none")
      #expect(result.status == 3, "\(result.err)")
      #expect(try stage.metric("objects{state=\"failed\"}") == 1)
    }
    #expect(stage.journals == kept)
    // What somebody else has put there stays.
    try stage.place.write("mine", to: stage.path("copy.plan.json"))
    #expect(try await stage.run("--keep", "1", "--max-failures", "none").status == 3)
    #expect(stage.files().contains("copy.plan.json") && stage.journals == [kept[1]])
    #expect((1...3).contains(stage.heldPlans.count))
    #expect(try stage.metric("last_exit_status") == 3)
    #expect(stage.files(ending: ".unfinished").isEmpty)
  }

  /// Objects that nothing can be done about are no success, run after run.
  @Test(arguments: S3TestServer.all)
  func blocked(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(2))
    for _ in 0..<2 {
      let result = try await stage.run(owners: [])
      #expect(result.status == 3, "\(result.err)")
      #expect(result.err.contains("2 blocked"))
    }
    #expect(stage.heldPlans.count == 1 && stage.journals.isEmpty && !stage.files().contains("last.json"))
    #expect(try stage.metric("objects{state=\"blocked\"}") == 2)
    #expect(try stage.metric("last_success_timestamp_seconds") == 0)
    let look = try await stage.place.fixacl("show", stage.path(stage.heldPlans[0]))
    #expect(look.status == 0 && look.out.contains("blocked"))
  }

  /// What is known of the last good run is not believed blindly, and its loss is not taken for a first run.
  @Test(arguments: S3TestServer.all)
  func aDamagedMemory(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(2))
    #expect(try await stage.run().status == 0)
    let success = try stage.metric("last_success_timestamp_seconds")
    let good = try stage.place.read(stage.path("last.json"))
    try await stage.bucket.upload(BrokenBucket.keys(1, prefix: "new/"))
    let before = try await stage.bucket.marks()
    let other = String(repeating: "0", count: 64)
    for text in [
      "", "{}", "null\n", String(good.dropLast(1)), String(good.prefix(good.count / 2)), good + "\n",
      good.replacing(server.oai.id.value, with: other), good.replacing("fixacl-last/1", with: "fixacl-last/2"),
    ] {
      try stage.place.write(text, to: stage.path("last.json"))
      let result = try await stage.run()
      #expect(result.status == 1, "\(result.err)")
      #expect(result.err.contains("last.json") && result.err.contains("Nothing was changed"))
      #expect(try stage.metric("last_success_timestamp_seconds") == success)
      #expect(try stage.metric("last_exit_status") == 1)
    }
    #expect(try await stage.bucket.marks() == before)
    try stage.place.write(good, to: stage.path("last.json"))
    #expect(try await stage.run().status == 0)
  }

  /// Metrics are what Prometheus reads, and keep the last success when a run fails, also if the file was lost.
  @Test(arguments: S3TestServer.all)
  func metrics(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(2))
    #expect(try await stage.run("--max-changes", "1").status == 4)
    #expect(try stage.metric("last_success_timestamp_seconds") == 0)
    #expect(try stage.rail("max-changes") == 1 && (try stage.rail("new-owner")) == 0)
    #expect(try await stage.run().status == 0)
    let success = try #require(try stage.metric("last_success_timestamp_seconds"))
    let check = try await stage.place.run(
      "sh", "-c", "command -v promtool >/dev/null || exit 0; promtool check metrics < fixacl.prom")
    #expect(check.status == 0, "\(check.out)\(check.err)")
    let attributes = try FileManager.default.attributesOfItem(atPath: stage.place.path("fixacl.prom"))
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    let text = try stage.place.read("fixacl.prom")
    #expect(
      text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") || $0.contains("{bucket=\"\(stage.bucket.name)\"") })
    // Nobody's temporary file is left for the collector.
    let names = try FileManager.default.contentsOfDirectory(atPath: stage.place.folder)
    #expect(names.filter { $0.hasSuffix(".prom") } == ["fixacl.prom"] && !names.contains { $0.hasSuffix(".tmp") })

    try FileManager.default.removeItem(atPath: stage.place.path("fixacl.prom"))
    let failed = try await stage.run(environment: ["AWS_PROFILE": "nobody"])
    #expect(failed.status == 1, "\(failed.err)")
    #expect(try stage.metric("last_success_timestamp_seconds") == success)
    #expect(try stage.metric("last_exit_status") == 1)
    let series = try stage.place.read("fixacl.prom").split(separator: "\n").filter { $0.hasPrefix("#") }
    #expect(series == text.split(separator: "\n").filter { $0.hasPrefix("#") })

    // A folder that cannot be used is a failed run too.
    let closed = try await stage.run("--state-dir", "credentials")
    #expect(closed.status == 1 && !closed.err.isEmpty, "\(closed.err)")
    #expect(try stage.metric("last_success_timestamp_seconds") == success)
    #expect(try stage.metric("last_exit_status") == 1)

    // Where they cannot be written, that is said, and the repair counts all the same.
    try await stage.bucket.upload(BrokenBucket.keys(1, prefix: "new/"))
    let unwritten = try await stage.run("--metrics-file", "missing/fixacl.prom")
    #expect(unwritten.status == 0 && unwritten.err.contains("cannot write the metrics"), "\(unwritten.err)")
  }

  /// The folder that systemd gives a service, else that of the user.
  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func whereStateIs(server: S3TestServer) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(1))
    let arguments = ["reconcile", stage.bucket.name, "--grant-read", "id=\(server.oai.id)", "--owner-profile", "tools"]
    for environment in [
      ["STATE_DIRECTORY": stage.place.path("service") + ":" + stage.place.path("other")], [:],
      ["XDG_STATE_HOME": stage.place.path("xdg")],
    ] {
      #expect(try await stage.place.start(arguments, environment: environment).result().status == 0)
    }
    for folder in ["service", ".local/state/fixacl", "xdg/fixacl"] {
      #expect(stage.place.exists("\(folder)/\(stage.bucket.name)/last.json"), "\(folder)")
    }
    #expect(!stage.place.exists("other"))
    // A rail's command works in a shell, which does not have the service's folder.
    try await stage.bucket.upload(BrokenBucket.keys(1, prefix: "new/"))
    // Nor has it the service's profiles.
    let stopped = try await stage.place.start(
      Array(arguments.dropLast(2)) + ["--max-changes", "0"],
      environment: ["STATE_DIRECTORY": stage.place.path("service"), "FIXACL_OWNER_PROFILE": "tools"]
    ).result()
    #expect(stopped.status == 4)
    #expect(stopped.lastCommand?.contains(" --owner-profile tools") == true, "\(stopped.err)")
    #expect(stopped.err.onOneLine.contains("to continue, once you have looked at it, as user "), "\(stopped.err)")
    let goesOn = try await stage.place.shell(try #require(stopped.lastCommand))
    #expect(goesOn.status == 0, "\(goesOn.err)")
    #expect(stopped.lastCommand?.contains(stage.place.path("service")) == true)
  }

  /// Somebody else's folder, such as that of a service, is not spoilt with files that he cannot read.
  @Test(.enabled(if: geteuid() == 0)) func anotherUsersFolder() async throws {
    let place = try Workplace(.nowhere)
    let made = try await place.shell("mkdir -p state/bucket && chown nobody state/bucket")
    #expect(made.status == 0)
    let result = try await place.fixacl("reconcile", "bucket", "--state-dir", "state")
    #expect(result.status == 1 && result.err.contains("sudo -u nobody fixacl"), "\(result.err)")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path("state/bucket"))
    #expect(names.isEmpty)
  }

  @Test func mistakes() async throws {
    let place = try Workplace(.nowhere)
    for (arguments, part) in [
      (["--keep", "0"], "--keep"), (["--sample", "-1"], "--sample"), (["--max-changes", "-1"], "--max-changes"),
      (["--max-changes-percent", "101"], "--max-changes-percent"), (["--max-duration", "0s"], "--max-duration"),
      (["--max-duration", "soon"], "--max-duration"), (["--state-dir", ""], "--state-dir"),
      (["--metrics-file", ""], "--metrics-file"), (["--wait"], "--invalidate"),
      (["--max-copy-bytes", "-5"], "--max-copy-bytes"),
    ] {
      let result = try await place.start(["reconcile", "bucket"] + arguments).result()
      #expect(result.status == 64 && result.err.contains(part), "\(arguments): \(result.status) \(result.err)")
    }
    #expect(!place.exists(".local"))
  }
}
