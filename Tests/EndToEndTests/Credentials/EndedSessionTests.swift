import Foundation
import AWSKit
import TestSupport
import Testing

/// Sessions that end in the middle of a run and that only a person can open again.
struct EndedSessionTests {
  private static let keys = BrokenBucket.keys(240)

  /// How an object owner's session ends for good, and how somebody mends it.
  enum Ending: CaseIterable {
    case keysInFile, signedOutOfSSO, signedOutOfLegacySSO, passwordChanged, process, sourceOfRole, signedOutSourceOfRole

    func add(_ stage: CredentialStage) async throws {
      let tools = stage.server.tools
      switch self {
      case .keysInFile: try stage.addKeys("uploads", try await stage.sessionKeys("tools"))
      case .signedOutOfSSO: _ = try await ProfileKind.sso.add("uploads", for: tools, on: stage)
      case .signedOutOfLegacySSO: _ = try await ProfileKind.ssoLegacy.add("uploads", for: tools, on: stage)
      case .passwordChanged: _ = try await ProfileKind.login.add("uploads", for: tools, on: stage)
      case .process: _ = try await ProfileKind.process.add("uploads", for: tools, on: stage)
      case .sourceOfRole:
        try stage.addKeys("base", try await stage.sessionKeys("tools"))
        try stage.add(Self.role)
      case .signedOutSourceOfRole:
        _ = try await ProfileKind.sso.add("base", for: tools, on: stage)
        try stage.add(Self.role)
      }
    }

    private static let role =
      "[profile uploads]\nrole_arn = arn:aws:iam::444455556666:role/fixacl\nsource_profile = base"

    func end(_ stage: CredentialStage) async throws {
      switch self {
      case .signedOutOfSSO, .signedOutOfLegacySSO, .signedOutSourceOfRole:
        #expect(try await stage.control.send(.post, "/sso/expire", query: "refresh").status == 204)
      case .passwordChanged:
        #expect(
          try await stage.control.send(.post, "/signin/end", query: "reason=USER_CREDENTIALS_CHANGED").status == 204)
      case .keysInFile, .process, .sourceOfRole: break
      }
      try await stage.control.expireSessions(of: "tools")
    }

    /// What a person does about it.
    func mend(_ stage: CredentialStage) async throws {
      switch self {
      case .keysInFile: try await rewriteKeys("uploads", stage)
      case .sourceOfRole: try await rewriteKeys("base", stage)
      case .signedOutOfSSO, .signedOutSourceOfRole: try await stage.signInToSSO("corp")
      case .signedOutOfLegacySSO: try await stage.signInToSSO("https://legacy.awsapps.com/start")
      case .passwordChanged: try await stage.signIn("tools")
      case .process: _ = try await ProfileKind.process.add("again", for: stage.server.tools, on: stage)
      }
    }

    private func rewriteKeys(_ profile: String, _ stage: CredentialStage) async throws {
      try stage.place.write("", to: "credentials")
      try stage.addKeys("site", stage.server.site.credentials)
      try stage.addKeys(profile, try await stage.sessionKeys("tools"))
    }

    /// The profile, and what the message says to do.
    var words: [String] {
      switch self {
      case .keysInFile: ["profile uploads in ", "/credentials: its session has ended", "write new ones there"]
      case .signedOutOfSSO, .signedOutOfLegacySSO:
        ["profile uploads in ", "run aws sso login --profile uploads"]
      case .passwordChanged:
        ["profile uploads in ", "the password has been changed", "run aws login --profile uploads"]
      case .process: ["profile uploads in ", "credential_process (cat) gave the same keys again"]
      case .sourceOfRole:
        ["profile uploads in ", "profile base in ", "its session has ended", "write new ones there"]
      case .signedOutSourceOfRole: ["profile uploads in ", "run aws sso login --profile base"]
      }
    }
  }

  @Test(arguments: Ending.allCases, ["apply", "rollback"])
  func theRunStopsAndGoesOnLater(ending: Ending, command: String) async throws {
    try await CredentialStage.with(["--count-keys"]) { stage in
      try stage.addKeys("site", stage.server.site.credentials)
      try await ending.add(stage)
      let bucket = try await stage.makeBucket(Self.keys)
      let plan = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "uploads"])
      try #require(plan.status == 0, "\(plan.err)")
      if command == "rollback" { #expect(try await stage.place.fixacl("apply", "plan.json").status == 0) }
      try await stage.control.counters(reset: true)

      let run = try stage.place.start([command, "plan.json", "--max-rps", "80"])
      try await untilWritten(20, on: stage, while: run)
      try await ending.end(stage)
      let stopped = try await run.result()
      let written = try await stage.control.counters()["PutObjectAcl"] ?? 0
      #expect(stopped.status == 3, "\(stopped.err)")
      #expect(stopped.err.matches(of: /error:/).count == 1, "\(stopped.err)")
      for word in ending.words { #expect(stopped.err.onOneLine.contains(word), "\(word): \(stopped.err)") }
      #expect(stopped.err.contains("fixacl \(command) plan.json"), "\(stopped.err)")
      let done = try #require(stopped.count(command == "apply" ? "changed" : "put back"))
      #expect(done >= 10 && done <= written, "\(stopped.err)")
      #expect(stopped.count("failed") == 0, "\(stopped.err)")
      #expect(stopped.count("left for the next run") == Self.keys.count - done, "\(stopped.err)")

      // As long as nobody mends it, there is one message, and nothing is done.
      let again = try await stage.place.fixacl([command, "plan.json"])
      #expect(again.status == 1, "\(again.err)")
      #expect(again.err.matches(of: /error:/).count == 1, "\(again.err)")

      try await ending.mend(stage)
      let finished = try await stage.place.fixacl([command, "plan.json"])
      #expect(finished.status == 0, "\(finished.err)")
      #expect(finished.count(command == "apply" ? "changed" : "put back") == Self.keys.count - done, "\(finished.err)")
      #expect(try await stage.readable(Self.keys, in: bucket) == [command == "apply"])
      let writes = try #require(try await stage.control.successes(in: bucket)["PutObjectAcl"])
      #expect(writes.values.allSatisfy { $0 == 1 }, "\(writes)")
    }
  }

  /// A plan stops in the same way, and goes on from its checkpoint.
  @Test(arguments: [Ending.keysInFile, .signedOutOfSSO])
  func aScanStopsAndGoesOnLater(ending: Ending) async throws {
    try await CredentialStage.with { stage in
      try stage.addKeys("site", stage.server.site.credentials)
      try await ending.add(stage)
      let bucket = try await stage.makeBucket(Self.keys)
      let arguments = stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "uploads"]
      let run = try stage.place.start(arguments + ["--max-rps", "100"])
      try await untilWritten(30, "GetObjectAcl", on: stage, while: run)
      try await ending.end(stage)
      let stopped = try await run.result()
      #expect(stopped.status == 1, "\(stopped.err)")
      #expect(stopped.err.matches(of: /error:/).count == 1, "\(stopped.err)")
      for word in ending.words { #expect(stopped.err.onOneLine.contains(word), "\(word): \(stopped.err)") }
      #expect(!stage.place.exists("plan.json"))
      try await ending.mend(stage)
      let finished = try await stage.place.fixacl(arguments)
      #expect(finished.status == 0, "\(finished.err)")
      let plan = try PlanDocument(Data(contentsOf: URL(filePath: stage.place.path("plan.json"))))
      #expect(plan.summary.byAction["grant"] == Self.keys.count)
    }
  }

  /// Whoever mends it before the old keys end has a run that does not stop.
  @Test(arguments: [false, true]) func newKeysAreFoundWhileTheRunGoesOn(isSource: Bool) async throws {
    try await CredentialStage.with(["--count-keys", "--session-seconds", "6"]) { stage in
      let ending = isSource ? Ending.sourceOfRole : .keysInFile
      try stage.addKeys("site", stage.server.site.credentials)
      try await ending.add(stage)
      let bucket = try await stage.makeBucket(Self.keys)
      let plan = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "uploads"])
      try #require(plan.status == 0, "\(plan.err)")
      try await ending.mend(stage)
      // Two requests a change: some ten seconds.
      let run = try stage.place.start(["apply", "plan.json", "--max-rps", "60"])
      while run.isRunning {
        try await Task.sleep(for: .seconds(2))
        try await ending.mend(stage)
      }
      let result = try await run.result()
      #expect(result.status == 0, "\(result.err)")
      #expect(result.count("changed") == Self.keys.count, "\(result.err)")
      let writes = try #require(try await stage.control.successes(in: bucket)["PutObjectAcl"])
      #expect(writes == Self.keys.reduce(into: [:]) { $0[$1] = 1 })
    }
  }

  /// What gives credentials and does not answer holds nobody up who wants to end the run.
  @Test(.timeLimit(.minutes(1)), arguments: pairs(["plan", "apply"], [true, false]), [SIGINT, SIGTERM])
  func aFetchThatHangsIsNotWaitedFor(kind: (command: String, isAtStart: Bool), signal: Int32) async throws {
    let (command, isAtStart) = kind
    try await CredentialStage.with(isAtStart ? [] : ["--session-seconds", "6"]) { stage in
      try stage.addKeys("site", stage.server.site.credentials)
      _ = try await ProfileKind.role.add("uploads", for: stage.server.tools, on: stage)
      let bucket = try await stage.makeBucket(Self.keys)
      let planning = stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "uploads"]
      if command == "apply" { #expect(try await stage.place.fixacl(planning).status == 0) }
      try await stage.control.counters(reset: true)
      let stall = SandboxControl.Fault("stall", "AssumeRole")
      if isAtStart { try await stage.control.set([stall]) }
      let run = try stage.place.start((command == "plan" ? planning : ["apply", "plan.json"]) + ["--max-rps", "40"])
      if !isAtStart {
        try await untilWritten(10, "GetObjectAcl", on: stage, while: run)
        try await stage.control.set([stall])
        try await stage.control.expireSessions(of: "tools")
      }
      try await untilWritten(isAtStart ? 1 : 2, "AssumeRole", on: stage, while: run)
      let before = ContinuousClock.now
      run.signal(signal)
      let result = try await run.result()
      #expect(result.status == 130, "\(result.err)")
      #expect(ContinuousClock.now - before < .seconds(5), "\(result.err)")
      #expect(result.err.contains("interrupted") && !result.err.contains("error:"), "\(result.err)")
      if isAtStart { #expect(try await stage.control.counters()["PutObjectAcl"] == nil) }
    }
  }

  private func untilWritten(
    _ count: Int, _ operation: String = "PutObjectAcl", on stage: CredentialStage, while run: RunningProgram
  ) async throws {
    while run.isRunning, try await stage.control.counters()[operation] ?? 0 < count {
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
