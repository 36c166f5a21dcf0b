import Foundation
import AWSKit
import TestSupport
import Testing

/// A plan that was killed goes on from its checkpoint.
struct CheckpointTests {
  /// A plan without what differs from run to run.
  private func content(_ name: String, in place: Workplace) throws -> [String] {
    try place.read(name).split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("\"createdAt\":") && !$0.hasPrefix("\"digest\":")
    }
  }

  @Test(arguments: ["dates", "folders"], [[], ["--all-versions"]])
  func aKilledPlanGoesOn(shape: String, options: [String]) async throws {
    let sandbox = ["--virtual", "bucket=big,count=10000,shape=\(shape),foreign=0.3", "--delay", "5"]
    try await OwnSandbox.with(sandbox) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let arguments =
        ["plan", "big", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--concurrency", "64"] + options
      func reads() async throws -> (acls: Int, pages: Int) {
        let counts = try await control.counters(reset: true)
        return (
          counts["GetObjectAcl", default: 0] + counts["GetObjectVersionAcl", default: 0],
          counts["ListObjectsV2", default: 0] + counts["ListObjectVersions", default: 0]
        )
      }
      let whole = try await place.start(arguments + ["-o", "whole.json"]).result()
      #expect(whole.status == 0, "\(whole.err)")
      let needed = try await reads()
      var kills = 0
      for size in [1, 10_000, 30_000, 60_000, 90_000] {
        let run = try place.start(arguments + ["-o", "plan.json"])
        let path = place.path("plan.json.checkpoint")
        let isThere = try await waitUntil(
          { (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0).map { $0 >= size } ?? false },
          while: { run.isRunning })
        run.signal(SIGKILL)
        let status = try await run.result().status
        try #require(isThere && status == -Int(SIGKILL))
        kills += 1
      }
      #expect(kills >= 3)
      let rest = try await place.start(arguments + ["-o", "plan.json"]).result()
      #expect(rest.status == 0, "\(rest.err)")
      #expect(rest.err.contains("resuming a scan that began at"), "\(rest.err)")
      #expect(try content("plan.json", in: place) == content("whole.json", in: place))
      #expect(!place.exists("plan.json.checkpoint"))
      let made = try await reads()
      // What was in flight, and the chunks that it was in; gaps are listed by requests of their own.
      #expect(made.acls <= needed.acls + kills * 320, "\(made.acls) instead of \(needed.acls), \(kills) kills")
      #expect(made.pages <= needed.pages * 2 + kills * 150, "\(made.pages) instead of \(needed.pages)")
    }
  }

  @Test(arguments: S3TestServer.all)
  func whatIsRefusedAndWhatHelps(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(300))
    let place = broken.place
    try await broken.plan()
    let expected = try content("plan.json", in: place)
    func leaveCheckpoint() async throws {
      let run = try place.start(broken.planArguments(["--concurrency", "2", "-o", "p.json"]))
      let path = place.path("p.json.checkpoint")
      let isThere = try await waitUntil(
        { (try? String(contentsOfFile: path, encoding: .utf8).contains("\nrecord ")) ?? false },
        while: { run.isRunning })
      run.signal(SIGKILL)
      #expect(try await run.result().status == -Int(SIGKILL))
      try #require(isThere)
    }
    func refusal(_ more: [String]) async throws -> String {
      let before = try place.read("p.json.checkpoint")
      let result = try await place.start(broken.planArguments(["-o", "p.json"] + more)).result()
      #expect(result.status == 1, "\(result.err)")
      #expect(!place.exists("p.json"))
      #expect(try place.read("p.json.checkpoint") == before)
      #expect(result.err.contains("--fresh"), "\(result.err)")
      return result.err
    }
    try await leaveCheckpoint()
    // It is counted in seconds.
    try await Task.sleep(for: .seconds(1.1))
    #expect(try await refusal(["--max-age", "0s"]).contains("--max-age (0s)"))
    #expect(try await refusal(["--prefix", "assets/"]).contains("desired.prefix was null and is 'assets/'"))
    #expect(try await refusal(["--strategy", "copy"]).contains("desired.strategy"))
    #expect(try await refusal(["--owner-profile", "other"]).contains("accounts was"))
    let mode = try FileManager.default.attributesOfItem(atPath: place.path("p.json.checkpoint"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
    // Another command has a place of its own without -o.
    let other = try await place.start(broken.planArguments(["--prefix", "assets/"])).result()
    #expect(other.status == 0, "\(other.err)")

    let fresh = try await place.start(broken.planArguments(["-o", "p.json", "--fresh", "--max-age", "0s"])).result()
    #expect(fresh.status == 0, "\(fresh.err)")
    #expect(!fresh.err.contains("resuming"))
    #expect(try content("p.json", in: place) == expected)
    try FileManager.default.removeItem(atPath: place.path("p.json"))

    try await leaveCheckpoint()
    var bytes = try Data(contentsOf: URL(filePath: place.path("p.json.checkpoint")))
    bytes.insert(0x78, at: try #require(bytes.firstIndex(of: 0x0a)) + 1)
    try bytes.write(to: URL(filePath: place.path("p.json.checkpoint")))
    #expect(try await refusal([]).contains("damaged"))
    let again = try await place.start(broken.planArguments(["-o", "p.json", "--fresh"])).result()
    #expect(again.status == 0, "\(again.err)")
    #expect(try content("p.json", in: place) == expected)
  }

  @Test(arguments: S3TestServer.all)
  func twoAtOnce(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(400))
    let place = broken.place
    let first = try place.start(broken.planArguments(["--concurrency", "1"]))
    let isScanning = try await waitUntil(
      { first.openFiles.contains { $0.hasSuffix(".checkpoint") } }, while: { first.isRunning })
    let second = try await place.start(broken.planArguments()).result()
    try #require(isScanning)
    #expect(second.status == 0, "\(second.err)")
    #expect(second.err.contains("the same command is already running"), "\(second.err)")
    let result = try await first.result()
    #expect(result.status == 0, "\(result.err)")
    #expect(try PlanDocument(result.stdout).keys == PlanDocument(second.stdout).keys)
  }

  /// A scan that fails says that it can go on, and does.
  @Test func aFailedPlanGoesOn() async throws {
    try await OwnSandbox.with(["--virtual", "bucket=big,count=5000,shape=dates,foreign=0.5"]) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let arguments = [
        "plan", "big", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "-o", "plan.json",
      ]
      try await control.set([.init("forbidden", "ListObjectsV2", probability: 0.3)])
      var result = try await place.start(arguments).result()
      for _ in 0..<20 where result.status != 0 {
        #expect(result.status == 1)
        #expect(result.err.contains("The same command resumes from plan.json.checkpoint"), "\(result.err)")
        result = try await place.start(arguments).result()
      }
      try await control.clearFaults()
      if result.status != 0 { result = try await place.start(arguments).result() }
      #expect(result.status == 0, "\(result.err)")
      #expect(result.count("objects listed") == 5000)
      #expect(!place.exists("plan.json.checkpoint"))
    }
  }
}
