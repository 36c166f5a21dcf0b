import Foundation
import AWSKit
import TestSupport
import Testing

/// Signals, closed pipes and full disks: what is said, what is left behind, and what goes on afterwards.
struct InterruptionTests {
  @Test(arguments: S3TestServer.all, pairs([SIGINT, SIGTERM], ["grant", "copy"]))
  func applyDrains(server: S3TestServer, kind: (signal: Int32, strategy: String)) async throws {
    let (signal, strategy) = kind
    let keys = BrokenBucket.keys(strategy == "grant" ? 400 : 150)
    let headers = [
      (name: "x-amz-grant-read", value: "id=\"\(server.site.id.value)\""),
      ("x-amz-grant-full-control", "id=\"\(server.tools.id.value)\""),
    ]
    let broken = try await BrokenBucket(server, keys: keys, headers: headers)
    try await broken.plan("--strategy", strategy)
    let before = try await broken.marks()
    let path = broken.place.path("plan.json.journal")
    let run = try broken.startApply("--concurrency", "4")
    let hasBegun = try await waitUntil({ JournalText.lineCount(path) > 20 }, while: { run.isRunning })
    run.signal(signal)
    let result = try await run.result()
    try #require(hasBegun)
    #expect(result.status == 130, "\(result.err)")
    #expect(result.err.contains("warning: interrupted"))
    #expect(result.err.contains("left for the next run"))

    // What was in flight has ended and is on record: the journal says of each object what the server says.
    let after = try await broken.marks()
    let written = keys.filter { before[$0] != after[$0] }
    #expect(written.count < keys.count, "it was over before the signal came")
    let journal = try JournalText(path)
    #expect(journal.finalKeys.sorted() == written.map(\.text))
    #expect(result.count("changed") == written.count)
    #expect(result.count("failed") == 0)

    let rest = try await broken.apply()
    #expect(rest.status == 0, "\(rest.err)")
    #expect(rest.count("changed") == keys.count - written.count)
    let acl =
      strategy == "grant"
      ? broken.grantedACL(also: [Grant(.canonicalUser(server.site.id), .read)]) : broken.copiedACL()
    #expect(try await broken.states().values.allSatisfy { $0.acl == acl })
  }

  @Test(arguments: S3TestServer.all, pairs([SIGINT, SIGTERM], [false, true]))
  func planLeavesOnlyItsCheckpoint(server: S3TestServer, kind: (signal: Int32, toFile: Bool)) async throws {
    let (signal, toFile) = kind
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(500))
    let place = broken.place
    for folder in ["out", "tmp", "state"] {
      try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: false)
    }
    let environment = ["TMPDIR": place.path("tmp"), "XDG_STATE_HOME": place.path("state")]
    let arguments = broken.planArguments(["--concurrency", "1"] + (toFile ? ["-o", "out/plan.json"] : []))
    let run = try place.start(arguments, environment: environment)
    let hasBegun = try await waitUntil({ isScanning(run) }, while: { run.isRunning })
    // The checkpoint is there before it is known to be.
    try await Task.sleep(for: .milliseconds(50))
    run.signal(signal)
    let result = try await run.result()
    try #require(hasBegun)
    #expect(result.status == 130, "\(result.err)")
    #expect(result.err.contains("warning: interrupted"))
    #expect(result.err.contains("Run the same command again to resume"))
    #expect(result.stdout.isEmpty)
    func names(_ folder: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place.path(folder))
    }
    #expect(try names("out") == (toFile ? ["plan.json.checkpoint"] : []))
    #expect(try names("tmp").isEmpty)
    let state = toFile ? [] : try names("state/fixacl")
    #expect(state.count == (toFile ? 0 : 1) && state.allSatisfy { $0.hasPrefix(broken.name + "-") })

    // It goes on, and takes its checkpoint away.
    let rest = try await place.start(arguments, environment: environment).result()
    #expect(rest.status == 0, "\(rest.err)")
    #expect(try names("out") == (toFile ? ["plan.json"] : []))
    let left = toFile ? [] : try names("state/fixacl")
    #expect(left.isEmpty)
  }

  /// Killed while it scans, or at any other moment: what is at `-o` is the plan of before, or a whole one.
  @Test(arguments: S3TestServer.all)
  func aKilledPlanIsWholeOrNotThere(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(300))
    let place = broken.place
    for delay in 0..<5 {
      let run = try place.start(broken.planArguments(["--concurrency", "2", "-o", "new.json"]))
      let hasBegun = try await waitUntil({ isScanning(run) }, while: { run.isRunning })
      // From the beginning of the scan to about its end.
      try await Task.sleep(for: .milliseconds(delay * 60))
      run.signal(SIGKILL)
      _ = try await run.result()
      try #require(hasBegun)
      if place.exists("new.json") {
        let show = try await place.fixacl("show", "new.json")
        #expect(show.status == 0, "\(show.err)")
        try FileManager.default.removeItem(atPath: place.path("new.json"))
      }
    }

    try await broken.plan()
    let old = try place.read("plan.json")
    let run = try place.start(broken.planArguments(["--concurrency", "1", "-o", "plan.json"]))
    #expect(try await waitUntil({ isScanning(run) }, while: { run.isRunning }))
    run.signal(SIGKILL)
    #expect(try await run.result().status == -Int(SIGKILL))
    #expect(try place.read("plan.json") == old)
  }

  /// A reader that has read enough ends the program quietly, as with any other filter.
  @Test(arguments: S3TestServer.all, ["plan", "show"])
  func aReaderThatGoesAway(server: S3TestServer, command: String) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(1000))
    try await broken.plan()
    let arguments = command == "plan" ? broken.planArguments(["-q"]) : ["show", "plan.json", "--format", "csv"]
    let line = arguments.joined(separator: " ")
    let result = try await broken.place.shell("{ \"$FIXACL\" \(line); echo \"status $?\" >&2; } | head -c 1 >&2")
    // 128 + SIGPIPE, as the shell has it. The plan is more than a pipe holds, so it cannot have been written whole.
    #expect(result.err.contains("status 141"), "\(result.err)")
    #expect(!result.err.contains("error:"), "\(result.err)")
  }

  @Test(
    arguments: S3TestServer.all,
    pairs(["plan", "show", "verify"], [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")]))
  func anUnwritableStdoutIsAnError(
    server: S3TestServer, kind: (command: String, stdout: (redirection: String, reason: String))
  ) async throws {
    let (command, stdout) = kind
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(20))
    try await broken.plan()
    let line =
      switch command {
      case "plan": broken.planArguments().joined(separator: " ")
      case "show": "show plan.json"
      default: "verify plan.json --owner-profile tools"
      }
    let result = try await broken.place.shell("\"$FIXACL\" \(line) \(stdout.redirection)")
    #expect(result.status == 1, "\(result.err)")
    #expect(result.err.contains("error: cannot write"), "\(result.err)")
    #expect(result.err.contains("stdout") && result.err.contains(stdout.reason), "\(result.err)")
    #expect(result.stdout.isEmpty)
  }

  /// A program that is started without stdin, stdout and stderr must not take its own files for them.
  @Test(arguments: S3TestServer.all)
  func closedDescriptorsAreNotTakenForOthers(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(30)
    let broken = try await BrokenBucket(server, keys: keys)
    let plan = broken.planArguments(["-o", "plan.json"]).joined(separator: " ")
    let result = try await broken.place.shell(
      """
      "$FIXACL" \(plan) <&- >&- 2>&- || exit 10
      "$FIXACL" apply plan.json --owner-profile tools <&- >&- 2>&- || exit 11
      "$FIXACL" apply plan.json --owner-profile nobody <&- >&- 2>&- && exit 12
      exit 0
      """)
    #expect(result.status == 0)
    #expect(try JournalText(broken.place.path("plan.json.journal")).finalKeys.sorted() == keys.map(\.text))
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
  }

  /// Where a plan could not be saved, that is said before the bucket is asked for anything: here nobody would answer.
  @Test(arguments: ["missing/plan.json", "folder", "/sys/plan.json", "file/plan.json", "pipe"])
  func anOutputThatCannotBeWritten(output: String) async throws {
    let place = try Workplace(.nowhere)
    try FileManager.default.createDirectory(atPath: place.path("folder"), withIntermediateDirectories: false)
    try place.write("precious", to: "file")
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let result = try await place.fixacl(
      "plan", "bucket", "--grant-read", "id=x", "--endpoint-url", "http://127.0.0.1:1", "-o", output)
    #expect(result.status == 1)
    #expect(result.err.contains(output), "\(result.err)")
    #expect(!result.err.contains("GetBucketAcl"), "\(result.err)")
    #expect(!result.err.contains("TMPDIR"), "that would not help: \(result.err)")
    #expect(result.stdout.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("folder")).isEmpty)
    #expect(try place.read("file") == "precious")
    let pipe = try FileManager.default.attributesOfItem(atPath: place.path("pipe"))
    #expect(pipe[.type] as? FileAttributeType == .typeUnknown, "it was replaced")
  }

  @Test(arguments: S3TestServer.all)
  func aTemporaryFolderThatIsNotThere(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: ["a"])
    let result = try await broken.place.start(
      broken.planArguments(), environment: ["TMPDIR": broken.place.path("missing"), "HOME": "/dev/null"]
    ).result()
    #expect(result.status == 1)
    #expect(
      result.err.contains("fixacl can keep no checkpoint (cannot create the folder /dev/null/.local"), "\(result.err)")
    #expect(result.err.contains("TMPDIR"), "\(result.err)")
    #expect(result.stdout.isEmpty)
  }

  /// Whether a plan has got as far as its scan: it then has its checkpoint open.
  private func isScanning(_ run: RunningProgram) -> Bool {
    run.openFiles.contains { $0.hasSuffix(".checkpoint") }
  }
}
