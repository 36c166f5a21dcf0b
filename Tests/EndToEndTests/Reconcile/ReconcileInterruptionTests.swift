import Foundation
import AWSKit
import TestSupport
import Testing

/// Runs that overlap, are killed or stopped, and disks that are full: the next run goes on, and nobody is let in who is
/// not wanted any more.
struct ReconcileInterruptionTests {
  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func oneRunAtATime(server: S3TestServer) async throws {
    try await OwnSandbox.with { server in
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(4))
      let control = try #require(server.control)
      try await control.set([SandboxControl.Fault("delay", "ListObjectsV2", ms: 3000)])
      let first = try stage.place.start(stage.arguments([]))
      let holdsLock = try await waitUntil({ stage.files().contains("lock") }, while: { first.isRunning })
      try #require(holdsLock)
      try await Task.sleep(for: .milliseconds(300))
      for name in [stage.bucket.name, "s3://\(stage.bucket.name)", "s3://\(stage.bucket.name)/assets/"] {
        var arguments = stage.arguments([])
        arguments[1] = name
        let second = try await stage.place.start(arguments).result()
        #expect(second.status == 75, "\(second.err)")
        #expect(second.err.contains("is running") && second.err.contains("lock"))
        // The metrics are the other run's.
        #expect(!stage.place.exists("fixacl.prom"))
      }
      #expect(try await first.result().status == 0)
      #expect(try await stage.run().isSilent)
    }
  }

  /// A copy is made, and what came of it cannot be read: the journal, which is the undo, stays.
  @Test(arguments: [false, true]) func aCopyThatCannotBeChecked(isStopped: Bool) async throws {
    try await OwnSandbox.with { server in
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(1))
      let control = try #require(server.control)
      try await server.site.setVersioning("Enabled", of: stage.bucket.name)
      try await control.set([SandboxControl.Fault("delay", "CopyObject", ms: 3000)])
      let run = try stage.place.start(stage.arguments(["--strategy", "copy", "--max-changes-percent", "100"]))
      // The journal says so before the copy is sent.
      let isCopying = try await waitUntil(
        { try await control.counters()["CopyObject", default: 0] > 0 }, while: { run.isRunning })
      try #require(isCopying)
      try await control.set([
        SandboxControl.Fault("delay", "CopyObject", ms: 3000), SandboxControl.Fault("malformed", "GetObjectAcl"),
      ])
      if isStopped { run.signal(SIGINT) }
      let result = try await run.result()
      #expect(result.status == (isStopped ? 130 : 3), "\(result.err)")
      let journals = stage.journals
      #expect(journals.count == 1, "\(stage.files())")
      // The next run completes it.
      try await control.set([])
      let next = try await stage.run("--strategy", "copy", "--max-changes-percent", "100")
      #expect(next.status == 0, "\(next.err)")
      #expect(stage.files(ending: ".unfinished").isEmpty, "\(stage.files())")
      #expect(journals.allSatisfy(stage.journals.contains), "\(stage.files())")
    }
  }

  /// Grants that are refused, more and more of them at once until the run gives up: there is nothing to undo, and what
  /// undoes earlier runs is not pushed out.
  @Test func refusedWritesLeaveNoJournal() async throws {
    try await OwnSandbox.with { server in
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(300))
      let control = try #require(server.control)
      try await control.set([SandboxControl.Fault("forbidden", "PutObjectAcl")])
      for _ in 0..<3 {
        let result = try await stage.run("--max-changes-percent", "100")
        #expect(result.status == 3, "\(result.err)")
        #expect(stage.journals.isEmpty, "\(stage.files())")
      }
    }
  }

  /// A kill in the middle: what is left is repaired by the next run, from today's plan.
  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func killed(server: S3TestServer, strategy: String) async throws {
    let headers = [
      (name: "x-amz-grant-read", value: "id=\"\(server.site.id.value)\""),
      (name: "x-amz-grant-full-control", value: "id=\"\(server.tools.id.value)\""),
      (name: "x-amz-tagging", value: "kind=asset"),
    ]
    let keys = BrokenBucket.keys(strategy == "grant" ? 400 : 150)
    let stage = try await ReconcileStage(server, keys: keys, headers: headers)
    try await server.site.setVersioning("Enabled", of: stage.bucket.name)
    let options = ["--strategy", strategy, "--max-changes-percent", "100", "--concurrency", "4"]
    let run = try stage.place.start(stage.arguments(options))
    let hasBegun = try await waitUntil(
      { stage.journals.first.map { JournalText.lineCount(stage.place.path(stage.path($0))) > 40 } ?? false },
      while: { run.isRunning })
    run.signal(SIGKILL)
    let killed = try await run.result()
    try #require(hasBegun && killed.status == -Int(SIGKILL), "it was not killed in the middle: \(killed.err)")
    #expect(stage.files(ending: ".unfinished").count == 1)

    // In the meantime the reader was revoked, and another one has come.
    let before = try await stage.bucket.states()
    let insiders = before.values.filter { $0.acl.grants.contains { $0.grantee == .canonicalUser(server.oai.id) } }
    #expect(insiders.count < keys.count)
    let next = try await stage.place.start(stage.arguments(options, reader: server.other.id.value)).result()
    #expect(next.status == 0, "\(next.err)")
    let after = try await stage.bucket.states()
    for state in after.values {
      let grantees = Set(state.acl.grants.map(\.grantee))
      #expect(grantees.contains(.canonicalUser(server.other.id)) || state.acl.owner == server.site.id)
      // A write that was in flight at the kill may have arrived after the look.
      if grantees.contains(.canonicalUser(server.oai.id)),
        !insiders.contains(where: { $0.object.key == state.object.key })
      {
        #expect(state.acl.owner == server.site.id || strategy == "grant")
      }
      if strategy == "copy" {
        #expect(state.acl.owner == server.site.id)
        #expect(
          try await server.site.tags(of: state.object.key, in: stage.bucket.name) == [
            ObjectTag(key: "kind", value: "asset")
          ])
      }
    }
    let lateWrites = after.values.filter { state in
      state.acl.grants.contains { $0.grantee == .canonicalUser(server.oai.id) }
        && !insiders.contains { $0.object.key == state.object.key }
    }
    #expect(lateWrites.count <= 4, "\(lateWrites.map(\.object.key))")
    #expect(stage.files(ending: ".unfinished").isEmpty)
    // Both journals are undos.
    #expect(stage.journals.count == 2)
  }

  @Test(arguments: S3TestServer.all, [SIGTERM, SIGINT])
  func stopped(server: S3TestServer, signal: Int32) async throws {
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(400))
    let options = ["--max-changes-percent", "100", "--concurrency", "4"]
    let run = try stage.place.start(stage.arguments(options))
    let hasBegun = try await waitUntil(
      { stage.journals.first.map { JournalText.lineCount(stage.place.path(stage.path($0))) > 40 } ?? false },
      while: { run.isRunning })
    run.signal(signal)
    let result = try await run.result()
    try #require(hasBegun)
    #expect(result.status == 130, "\(result.err)")
    #expect(result.err.contains("interrupted. The next run does the rest"))
    #expect(try stage.metric("last_exit_status") == 130)
    #expect(try stage.metric("last_success_timestamp_seconds") == 0)
    let done = try #require(try stage.metric("objects{state=\"changed\"}"))
    let rest = try await stage.place.start(stage.arguments(options)).result()
    #expect(rest.status == 0, "\(rest.err)")
    #expect(try stage.metric("objects{state=\"changed\"}") == 400 - done)
    #expect(stage.journals.count == 2 && stage.files(ending: ".unfinished").isEmpty)
  }

  /// Whatever the run is waiting for when it is stopped.
  @Test(arguments: [
    "GetBucketAcl", "ListBuckets", "GetCloudFrontOriginAccessIdentity", "ListObjectsV2", "GetObjectAcl",
  ])
  func stoppedWhileItWaits(operation: String) async throws {
    try await OwnSandbox.with(["--incident"]) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      try await control.set([SandboxControl.Fault("stall", operation)])
      let run = try place.start(["reconcile", "demo-site", "--owner-profile", "tools", "--state-dir", "state"])
      while try await control.faultCounts().values.allSatisfy({ $0 == 0 }), run.isRunning {
        try await Task.sleep(for: .milliseconds(50))
      }
      run.signal(SIGTERM)
      let result = try await run.result()
      #expect(result.status == 130 && !result.err.contains("error:"), "\(result.err)")
    }
  }

  /// What a killed scan had found is used, if it still is about the same.
  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func killedWhileScanning(server: S3TestServer) async throws {
    try await OwnSandbox.with { server in
      let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(30))
      let control = try #require(server.control)
      for (reader, isSame) in [(server.oai.id.value, true), (server.other.id.value, false)] {
        try await control.set([SandboxControl.Fault("delay", "GetObjectAcl", ms: 500)])
        let run = try stage.place.start(stage.arguments(["--concurrency", "2"]))
        let hasBegun = try await waitUntil(
          { stage.files(ending: ".checkpoint").count == 1 }, while: { run.isRunning })
        try #require(hasBegun)
        try await Task.sleep(for: .milliseconds(1200))
        run.signal(SIGKILL)
        _ = try await run.result()
        try await control.clearFaults()
        let next = try await stage.place.start(stage.arguments(isSame ? [] : ["--accept-new"], reader: reader)).result()
        #expect(next.status == 0, "\(next.err)")
        #expect(stage.files(ending: ".checkpoint").isEmpty && !stage.files().contains { $0.hasPrefix("next") })
        #expect(next.err.contains("so the scan starts over") != isSame, "\(next.err)")
        try await stage.bucket.upload(BrokenBucket.keys(30, prefix: "more/"))
      }
    }
  }

  /// A disk that is full, at any moment: no run counts as good that could not keep what it knows, and the next one goes on.
  @Test(arguments: S3TestServer.all)
  func aFullDisk(server: S3TestServer) async throws {
    guard let library = MachineFault.library else { return }
    let stage = try await ReconcileStage(server, keys: BrokenBucket.keys(20))
    for bytes in [0, 400, 4000, 6000, 8000, 9000, 10_000, 11_000, 12_000, 13_000, 14_000, 16_000] {
      let result = try await stage.run(
        environment: ["LD_PRELOAD": library, "CHAOS_DISK_FULL": "\(bytes)"])
      let isGood = stage.files().contains("last.json")
      #expect((result.status == 0) == isGood, "\(bytes): \(result.status) \(result.err)")
      if result.status != 0 { #expect([1, 3].contains(result.status) && !result.err.isEmpty, "\(result.err)") }
      if isGood { break }
    }
    let rest = try await stage.run()
    #expect(rest.status == 0, "\(rest.err)")
    #expect(try await stage.bucket.states().values.allSatisfy { $0.acl == stage.bucket.grantedACL() })
    #expect(stage.files().allSatisfy { !$0.hasSuffix(".tmp") && !$0.hasSuffix(".unfinished") })
    #expect(try stage.metric("last_exit_status") == 0)
  }

  /// A copy that was made and not confirmed before the kill is completed from the old journal, once.
  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 })
  func anUnconfirmedCopy(server: S3TestServer) async throws {
    try await OwnSandbox.with { server in
      let headers = [
        (name: "x-amz-grant-read", value: "id=\"\(server.site.id.value)\""),
        (name: "x-amz-grant-full-control", value: "id=\"\(server.tools.id.value)\""),
      ]
      let stage = try await ReconcileStage(server, keys: ["a", "b"], headers: headers)
      try await server.site.setVersioning("Enabled", of: stage.bucket.name)
      let control = try #require(server.control)
      try await control.set([SandboxControl.Fault("stall", "CopyObject", key: "a")])
      let run = try stage.place.start(stage.arguments(["--strategy", "copy"]))
      var isMade = false
      while !isMade, run.isRunning {
        isMade = try await stage.bucket.listing()["a"]?.owner == server.site.id
        try await Task.sleep(for: .milliseconds(20))
      }
      run.signal(SIGKILL)
      _ = try await run.result()
      try #require(isMade)
      try await control.clearFaults()
      let before = try await stage.bucket.marks()
      // Today nobody wants copies: what was made is completed, and nothing else is begun.
      let next = try await stage.run("--strategy", "grant", reader: server.other.id.value)
      // That of the other object may not have been confirmed either.
      #expect(next.err.contains("of an earlier run completed"), "\(next.err)")
      #expect(try await stage.bucket.marks()["a"] == before["a"])
      #expect(stage.files(ending: ".unfinished").isEmpty)
      #expect(try await stage.run("--strategy", "grant", reader: server.other.id.value).isSilent)
    }
  }

  /// What could not be invalidated is tried again by the next run, also if it has nothing to repair.
  @Test func anInvalidationThatFailed() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      let id = try await stage.makeEdge()
      let control = try #require(stage.cloud.control)
      let arguments = [
        "reconcile", stage.bucket, "--owner-profile", "tools", "--state-dir", "state", "--invalidate", "auto",
      ]
      #expect(try await stage.view(id, "/") == 403)
      try await control.set([SandboxControl.Fault("forbidden", "CreateInvalidation")])
      let first = try await stage.place.start(arguments).result()
      #expect(first.status == 3, "\(first.err)")
      #expect(try await stage.invalidations(of: id).isEmpty)
      try await control.clearFaults()
      let second = try await stage.place.start(arguments).result()
      #expect(second.status == 0, "\(second.err)")
      #expect(try await stage.invalidations(of: id).count == 1)
      #expect(try await stage.view(id, "/") == 200)
      #expect(try await stage.place.start(arguments).result().isSilent)
      #expect(try await stage.invalidations(of: id).count == 1)
    }
  }
}
