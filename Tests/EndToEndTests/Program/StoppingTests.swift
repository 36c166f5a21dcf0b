import Foundation
import AWSKit
import TestSupport
import Testing

/// What cannot succeed ends, and what is asked to stop does so at once.
struct StoppingTests {
  typealias Fault = SandboxControl.Fault

  @Test func aPlanWhoseReadsFailAlikeEnds() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(400))
      try await control.set([Fault("internal", "GetObjectAcl")])
      try await control.counters(reset: true)
      let result = try await bucket.place.start(bucket.planArguments(["-o", "plan.json", "--concurrency", "4"]))
        .result()
      #expect(result.status == 1)
      #expect(result.err.contains("50 failures alike, and nothing succeeded in between"), "\(result.err)")
      #expect(result.err.contains("500 InternalError (request "), "\(result.err)")
      #expect(result.err.contains("--max-failures none"))
      #expect(!bucket.place.exists("plan.json"))
      // A retry budget, and the objects until it was known.
      let asked = try #require(try await control.counters()["GetObjectAcl"])
      #expect(asked < 200)

      // Once the server is well, the same command goes on.
      try await control.clearFaults()
      let again = try await bucket.place.start(bucket.planArguments(["-o", "plan.json"])).result()
      #expect(again.status == 0, "\(again.err)")
    }
  }

  @Test(arguments: ["forbidden", "internal"], ["7", "none"])
  func aVerifyWhoseReadsFailAlikeEnds(fault: String, limit: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(60))
      try await bucket.plan()
      try await control.set([Fault(fault, "GetObjectAcl")])
      let result = try await bucket.place.fixacl(
        "verify", "plan.json", "--owner-profile", "tools", "--concurrency", "2", "--max-failures", limit)
      #expect(result.status == 1, "\(result.err)")
      if limit == "7" {
        #expect(result.err.contains("7 failures alike"), "\(result.err)")
        #expect(result.count("could not be read") == 7, "\(result.err)")
        #expect(result.err.contains("53 objects were not looked at"), "\(result.err)")
        #expect(result.err.contains("fixacl verify plan.json --owner-profile tools --concurrency 2 --max-failures 7"))
        #expect(result.out.split(separator: "\n").count == 7)
      } else {
        #expect(result.count("could not be read") == 60, "\(result.err)")
      }
    }
  }

  @Test(arguments: ["-1", "0", "x", "1.5", ""])
  func aLimitThatMakesNoSense(limit: String) async throws {
    let place = try Workplace(.nowhere)
    let result = try await place.fixacl("verify", "plan.json", "--max-failures=\(limit)")
    #expect(result.status == 64)
    #expect(result.err.contains("max-failures"))
  }

  /// How a server keeps a run busy.
  enum Delay: CaseIterable {
    case pace, stall, retries
  }

  /// Under a pace, while a server hangs, and in the pauses before retries. Otherwise they would go on for minutes.
  @Test(.timeLimit(.minutes(1)), arguments: Delay.allCases, ["plan", "verify"])
  func aReadOnlyRunEndsAtOnce(delay: Delay, command: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(400))
      if command == "verify" { try await bucket.plan() }
      switch delay {
      case .pace: break
      case .stall: try await control.set([Fault("stall", "GetObjectAcl")])
      case .retries: try await control.set([Fault("slowdown", "GetObjectAcl")])
      }
      let options = delay == .pace ? ["--max-rps", "10"] : []
      let arguments =
        command == "plan"
        ? bucket.planArguments(["-o", "out.json"] + options)
        : ["verify", "plan.json", "--owner-profile", "tools"] + options
      try await control.counters(reset: true)
      let run = try bucket.place.start(arguments)
      var asked = 0
      while asked < 3, run.isRunning {
        try await Task.sleep(for: .milliseconds(50))
        asked = try await control.counters()["GetObjectAcl"] ?? 0
      }
      run.signal(SIGINT)
      let result = try await run.result()
      #expect(result.status == 130, "\(result.err)")
      #expect(result.err.contains("warning: interrupted"))
      #expect(!result.err.contains("could not be read: "), "\(result.err)")
      if command == "verify" { #expect(result.count("could not be read") == 0, "\(result.err)") }
    }
  }

  /// A signal means that no write is sent any more, however many changes were being worked on.
  @Test(.timeLimit(.minutes(1)), arguments: [SIGINT, SIGTERM], ["apply", "rollback"])
  func noWriteIsSentAfterASignal(signal: Int32, command: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(500))
      try await bucket.plan()
      if command == "rollback" { #expect(try await bucket.apply().status == 0) }
      try await control.counters(reset: true)
      let run = try bucket.place.start([command, "plan.json", "--owner-profile", "tools", "--max-rps", "20"])
      var written = 0
      while written < 3, run.isRunning {
        try await Task.sleep(for: .milliseconds(50))
        written = try await control.counters()["PutObjectAcl"] ?? 0
      }
      run.signal(signal)
      // One may have been on its way.
      while !run.errorsSoFar.contains("interrupted"), run.isRunning { try await Task.sleep(for: .milliseconds(10)) }
      let before = try await control.counters()["PutObjectAcl"] ?? 0
      let result = try await run.result()
      let after = try await control.counters()["PutObjectAcl"] ?? 0
      #expect(after <= before + 1, "\(after - before) writes after the signal")
      #expect(result.status == 130, "\(result.err)")
      #expect(result.count("failed") == 0, "\(result.err)")
      #expect(result.count(command == "apply" ? "changed" : "put back") == after, "\(result.err)")
      #expect(result.count("left for the next run") == 500 - after, "\(result.err)")
      #expect(result.err.contains("fixacl \(command) plan.json"), "\(result.err)")
    }
  }

  /// Somebody who waits is told what for.
  @Test(.timeLimit(.minutes(1)))
  func whatIsWaitedForIsSaid() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: ["a"])
      try await control.set([Fault("stall")])
      let run = try bucket.place.start(bucket.planArguments())
      while run.errorsSoFar.isEmpty, run.isRunning { try await Task.sleep(for: .milliseconds(50)) }
      #expect(run.errorsSoFar.contains("note: waiting for \(server.endpoint): no answer yet"), "\(run.errorsSoFar)")
      run.signal(SIGKILL)
      _ = try await run.result()
    }
  }

  /// A write that is refused for every object is not tried a million times; what was not tried has not failed.
  @Test(arguments: ["apply", "rollback"], [false, true])
  func writesThatFailAlikeEndTheRun(command: String, hasBegun: Bool) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(300)
      let bucket = try await BrokenBucket(server, keys: keys)
      try await bucket.plan()
      if command == "rollback" { #expect(try await bucket.apply().status == 0) }
      let arguments = [command, "plan.json", "--owner-profile", "tools", "--concurrency", "4"]
      if hasBegun {
        let some = try await bucket.place.start(arguments + ["--limit", "10"]).result()
        #expect(some.count(command == "apply" ? "changed" : "put back") == 10, "\(some.err)")
      }
      try await control.set([Fault("forbidden", "PutObjectAcl")])
      let result = try await bucket.place.start(arguments).result()
      #expect(result.status == 1, "\(result.err)")
      #expect(result.err.contains("50 failures alike"), "\(result.err)")
      #expect(result.err.contains("403 AccessDenied (request "), "\(result.err)")
      #expect(result.count("failed") == 50, "\(result.err)")
      let left = 300 - (hasBegun ? 10 : 0) - 50
      #expect(result.count("left for the next run") == left, "\(result.err)")
      #expect(result.err.contains("\(left) changes were left untouched"), "\(result.err)")
      #expect(result.err.contains("fixacl \(arguments.joined(separator: " "))"), "\(result.err)")

      try await control.clearFaults()
      let again = try await bucket.place.start(arguments).result()
      #expect(again.status == 0, "\(again.err)")
      #expect(again.count(command == "apply" ? "changed" : "put back") == 300 - (hasBegun ? 10 : 0), "\(again.err)")
    }
  }

  /// Objects that fail among others that do not end nothing.
  @Test func someFailuresDoNotEndARun() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let bucket = try await BrokenBucket(server, keys: BrokenBucket.keys(300))
      try await bucket.plan()
      try await control.set("13579".map { Fault("forbidden", "PutObjectAcl", key: "*\($0).css") })
      let result = try await bucket.apply("--concurrency", "4")
      #expect(result.status == 3, "\(result.err)")
      #expect(result.count("changed") == 150 && result.count("failed") == 150, "\(result.err)")
    }
  }
}
