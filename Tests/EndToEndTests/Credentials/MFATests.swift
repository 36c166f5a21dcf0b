import Foundation
import AWSKit
import TestSupport
import Testing

/// Roles that want a code of an MFA device.
struct MFATests {
  private static let keys = BrokenBucket.keys(60)
  private static let code = "314159"
  private static let profiles = """
    [profile dev]
    [profile mfa]
    role_arn = arn:aws:iam::444455556666:role/mfa
    source_profile = dev
    mfa_serial = arn:aws:iam::111122223333:mfa/dev
    """

  /// A stage with the profile `mfa` for the object owner, and the arguments that make a plan with it.
  private func with(
    _ options: [String] = [], _ body: (CredentialStage, _ bucket: String, _ plan: [String]) async throws -> Void
  ) async throws {
    try await CredentialStage.with(options) { stage in
      try stage.add(Self.profiles)
      try stage.addKeys("site", stage.server.site.credentials)
      try stage.addKeys("dev", Credentials(accessKeyID: "AKIADEV", secretAccessKey: "secret-of-dev"))
      let bucket = try await stage.makeBucket(Self.keys)
      try await body(stage, bucket, stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "mfa"])
    }
  }

  /// Asked once for each command; the code is in nothing that the program writes.
  @Test func theCodeIsAskedForOnATerminal() async throws {
    try await with { stage, bucket, plan in
      stage.plant(Self.code)
      let planned = try await stage.place.fixaclOnTerminal(
        plan + ["-v", "--log-format", "json"], typing: Self.code + "\n", redirections: "2>plan.err")
      #expect(planned.status == 0, "\(planned.out)")
      // The terminal shows the question, and nothing of what was typed.
      #expect(planned.out.contains("MFA code of arn:aws:iam::111122223333:mfa/dev, for profile mfa: \r\n"))
      #expect(!planned.out.contains(Self.code))
      let note = try stage.place.read("plan.err")
      #expect(note.contains(#""event":"session-ends""#), "\(note)")
      // A blank between the digits, as devices show them.
      let applied = try await stage.place.fixaclOnTerminal(
        ["apply", "plan.json"], typing: "314 159\r", redirections: "2>apply.err")
      #expect(applied.status == 0, "\(applied.out)")
      #expect(applied.out.contains("MFA code") && !applied.out.contains("159"), "\(applied.out)")
      #expect(try stage.place.read("apply.err").contains("ends at "))
      #expect(try await stage.readable(Self.keys, in: bucket) == [true])
      #expect(try await stage.control.counters()["AssumeRole"] == 2)
      try FileManager.default.removeItem(atPath: stage.place.path("plan.json"))
      // The terminal's text, which has the code, is no output of fixacl's.
      try stage.removeOutputs(holding: "MFA code")
    }
  }

  @Test func withoutATerminalThereIsAClearWord() async throws {
    try await with { stage, _, plan in
      let refused = try await stage.place.run(["setsid", "-w", Workplace.programPath] + plan)
      #expect(refused.status == 1, "\(refused.err)")
      #expect(refused.err.matches(of: /error:/).count == 1, "\(refused.err)")
      #expect(
        refused.err.onOneLine.contains(
          "the role needs a code of the MFA device arn:aws:iam::111122223333:mfa/dev, and nobody can be asked"
        ),
        "\(refused.err)")
      #expect(refused.err.contains("profile mfa"))
    }
  }

  @Test(arguments: [
    ("\n", "none was typed"), ("\u{4}", "none was typed"), ("271828\n", "MultiFactorAuthentication failed"),
  ])
  func whatIsNoCode(typed: String, word: String) async throws {
    try await with { stage, _, plan in
      let refused = try await stage.place.fixaclOnTerminal(plan, typing: typed)
      #expect(refused.status == 1)
      #expect(refused.out.contains("error:") && refused.out.shownOnOneLine.contains(word), "\(refused.out)")
      #expect(refused.out.contains("run the same command again"), "\(refused.out)")
      #expect(!stage.place.exists("plan.json"))
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["plan", "apply"])
  func controlCEndsItAtOnce(command: String) async throws {
    try await with { stage, bucket, plan in
      if command == "apply" {
        let planned = try await stage.place.fixaclOnTerminal(plan, typing: Self.code + "\n")
        #expect(planned.status == 0, "\(planned.out)")
      }
      let before = ContinuousClock.now
      let ended = try await stage.place.fixaclOnTerminal(
        command == "plan" ? plan : ["apply", "plan.json"], typing: "\u{3}")
      #expect(ended.status == 130, "\(ended.out)")
      #expect(ContinuousClock.now - before < .seconds(10))
      #expect(ended.out.contains("interrupted") && ended.out.contains("Nothing was changed"), "\(ended.out)")
      #expect(try await stage.control.counters()["PutObjectAcl"] == nil)
      #expect(try await stage.readable(Self.keys, in: bucket) == [false])
    }
  }

  /// A session cannot be renewed: what is left is done with the next code.
  @Test func theSessionEnds() async throws {
    try await with(["--session-seconds", "4", "--count-keys"]) { stage, bucket, plan in
      let planned = try await stage.place.fixaclOnTerminal(plan, typing: Self.code + "\n")
      #expect(planned.status == 0, "\(planned.out)")
      let stopped = try await stage.place.fixaclOnTerminal(
        ["apply", "plan.json", "--max-rps", "20"], typing: Self.code + "\n", redirections: "2>apply.err")
      let errors = try stage.place.read("apply.err")
      #expect(stopped.status == 3, "\(errors)")
      #expect(errors.matches(of: /error:/).count == 1, "\(errors)")
      #expect(errors.onOneLine.contains("profile mfa in ") && errors.contains("the session that the MFA code opened"))
      #expect(errors.contains(" 0 failed") && errors.contains("left for the next run"), "\(errors)")
      let finished = try await stage.place.fixaclOnTerminal(["apply", "plan.json"], typing: Self.code + "\n")
      #expect(finished.status == 0, "\(finished.out)")
      let writes = try #require(try await stage.control.successes(in: bucket)["PutObjectAcl"])
      #expect(writes == Self.keys.reduce(into: [:]) { $0[$1] = 1 })
    }
  }
}

extension String {
  /// The same of what a terminal showed, whose lines end with a carriage return too.
  var shownOnOneLine: String { replacing("\r\n", with: "\n").onOneLine }
}
