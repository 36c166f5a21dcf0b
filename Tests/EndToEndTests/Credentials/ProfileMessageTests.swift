import Foundation
import AWSKit
import TestSupport
import Testing

/// What is wrong with profiles and options is said by name, and what to do about it.
struct ProfileMessageTests {
  /// A stage with keys for every account, and a bucket.
  private func with(_ body: (CredentialStage, String) async throws -> Void) async throws {
    try await CredentialStage.with { stage in
      for account in ["site", "tools", "other", "large"] {
        try stage.addKeys(account, stage.server[account].credentials)
      }
      try await body(stage, try await stage.makeBucket(["a", "b"]))
    }
  }

  @Test func swappedProfiles() async throws {
    try await with { stage, bucket in
      let result = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "tools", "--owner-profile", "site"])
      #expect(result.status == 1, "\(result.err)")
      #expect(
        result.err.onOneLine.contains(
          "Profile site (--owner-profile) belongs to the bucket owner, and profile tools (--profile) does not"),
        "\(result.err)")
    }
  }

  @Test func aProfileThatOwnsNothing() async throws {
    try await with { stage, bucket in
      let result = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "tools", "--owner-profile", "large"])
      #expect(result.status == 0, "\(result.err)")
      // It is one with a large quota, whose buckets can be listed by pages only.
      #expect(
        result.err.onOneLine.contains("warning: profile large (account ")
          && result.err.onOneLine.contains("owns none of the objects that were scanned"), "\(result.err)")
      #expect(!result.err.contains("profile tools (account"), "\(result.err)")
    }
  }

  @Test func anAccountThatCannotBeTold() async throws {
    try await with { stage, bucket in
      // The first is the bucket owner's question, the second the object owner's.
      try await stage.control.set([SandboxControl.Fault("forbidden", "ListBuckets")])
      let result = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "tools"])
      #expect(result.status == 1, "\(result.err)")
      let text = result.err.onOneLine
      #expect(text.contains("cannot tell which account profile tools in "), "\(result.err)")
      #expect(text.contains("403 AccessDenied") && text.contains("s3:ListAllMyBuckets"), "\(result.err)")
    }
  }

  /// On another machine than the plan's.
  @Test func rememberedProfilesThatAreMissing() async throws {
    try await with { stage, bucket in
      let plan = try await stage.place.fixacl(
        stage.planArguments(bucket) + ["--profile", "site", "--owner-profile", "tools"])
      #expect(plan.status == 0, "\(plan.err)")
      try stage.place.write("", to: "credentials")
      try stage.addKeys("mine", stage.server.site.credentials)
      try stage.addKeys("theirs", stage.server.tools.credentials)
      let apply = try await stage.place.fixacl("apply", "plan.json", "--profile", "mine")
      #expect(apply.status == 1, "\(apply.err)")
      let text = apply.err.onOneLine
      #expect(
        text.contains("warning: the plan was made with profile tools, which this machine does not have"), "\(text)")
      #expect(!text.contains("made with profile site"), "\(text)")
      #expect(text.contains("the plan needs credentials of the object owner \(stage.server.tools.id)"), "\(text)")
      #expect(text.contains("--owner-profile"), "\(text)")
      let without = try await stage.place.fixacl(
        "apply", "plan.json", "--owner-profile", "theirs", environment: ["AWS_EC2_METADATA_DISABLED": "true"])
      #expect(without.status == 1, "\(without.err)")
      #expect(
        without.err.onOneLine.contains("the plan was made with profile site, which this machine does not have"),
        "\(without.err)")
      #expect(without.err.onOneLine.contains("no credentials: "), "\(without.err)")
      let both = try await stage.place.fixacl("apply", "plan.json", "--profile", "mine", "--owner-profile", "theirs")
      #expect(both.status == 0, "\(both.err)")
      #expect(try await stage.readable(["a", "b"], in: bucket) == [true])
    }
  }

  /// Options, files and the words that help; nothing is asked for.
  static let mistakes: [(options: [String], config: String, status: Int, words: [String])] = [
    (["--owner-external-id", "x"], "", 64, ["--owner-external-id belongs to a role: name it with --owner-role-arn"]),
    (
      ["--owner-role-arn", "deploy"], "", 64,
      ["'deploy' is not the ARN of a role: write it as arn:aws:iam::ACCOUNT_ID:role/NAME"]
    ),
    (
      ["--owner-role-arn", "arn:aws:iam::444455556666:user/deploy"], "", 64,
      ["is not the ARN of a role: write it as arn:aws:iam::ACCOUNT_ID:role/NAME"]
    ),
    (
      ["--owner-role-arn", "arn:aws:sts::444455556666:assumed-role/deploy/me"], "", 64,
      ["is not the ARN of a role, but of a session. 'aws iam get-role' shows the role's ARN"]
    ),
    (
      [
        "--owner-role-arn", "arn:aws:iam::444455556666:role/a", "--owner-role-arn", "arn:aws:iam::444455556666:role/b",
        "--owner-role-arn", "arn:aws:iam::444455556666:role/c", "--owner-external-id", "x", "--owner-external-id", "y",
      ], "", 64, ["There are 2 --owner-external-id for 3 --owner-role-arn. Give one for all roles, or one for each"]
    ),
    (["--profile", "sitee"], "", 1, ["there is no profile \"sitee\"", "name one of these: ", "site", "tools"]),
    (["--owner-profile", "toolz"], "", 1, ["there is no profile \"toolz\"", "name one of these: "]),
    (["--profile", ""], "", 1, ["there is no profile \"\""]),
    (["--profile", "old"], "[old]\nregion = us-east-1", 1, ["section [old]", "must be [profile old]"]),
    ([], "[profile a\n", 1, ["cannot parse ", "/config, line 1", "closing bracket"]),
    ([], "[profile a]\nnonsense\n", 1, ["/config, line 2", "\"name = value\""]),
    ([], "[profile a]\nx = 1\n[profile a]\n", 1, ["/config, line 3", "[profile a] is on line 1 already"]),
    (
      ["--profile", "r"], "[profile r]\nrole_arn = arn:aws:iam::444455556666:role/fixacl", 1,
      ["profile r cannot be used", "source_profile or credential_source"]
    ),
    (
      ["--profile", "r"], "[profile r]\nrole_arn = arn:aws:iam::444455556666:role/fixacl\nsource_profile = gone", 1,
      ["source_profile = gone, but there is no such profile"]
    ),
    (
      ["--profile", "r"],
      "[profile r]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = s\n[profile s]\nrole_arn = arn:aws:iam::1:role/y\n"
        + "source_profile = r", 1, ["comes back to where it was: r → s → r"]
    ),
    (
      ["--owner-profile", "p"], "[profile p]\ncredential_process = sh -c 'echo no keys today >&2; exit 3'", 1,
      ["profile p in ", "credential_process (sh) ended with exit status 3: no keys today"]
    ),
    (
      ["--owner-profile", "s"], "[profile s]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = x", 1,
      ["sso_session = gone", "[sso-session gone]", "aws configure sso"]
    ),
    (
      ["--owner-profile", "s"],
      "[profile s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 1\n"
        + "sso_role_name = x", 1, ["profile s in ", "nobody has signed in", "run aws sso login --profile s"]
    ),
    (
      ["--owner-profile", "l"], "[profile l]\nlogin_session = arn:aws:iam::1:root", 1,
      ["profile l in ", "nobody has signed in", "run aws login --profile l"]
    ),
    (
      ["--owner-profile", "w"],
      "[profile w]\nrole_arn = arn:aws:iam::444455556666:role/ci\nweb_identity_token_file = /nowhere/token", 1,
      ["profile w in ", "the web identity token cannot be read: there is no file /nowhere/token"]
    ),
    (
      ["--owner-role-arn", "arn:aws:iam::444455556666:role/external"], "", 1,
      ["role arn:aws:iam::444455556666:role/external: it cannot be assumed: ", "may want --owner-external-id"]
    ),
    (
      ["--owner-role-arn", "arn:aws:iam::444455556666:role/external", "--owner-external-id", "theirs"], "", 1,
      ["role arn:aws:iam::444455556666:role/external: it cannot be assumed: ", "must trust who assumes it"]
    ),
  ]

  @Test func mistakesAreExplained() async throws {
    try await with { stage, bucket in
      for (options, config, status, words) in Self.mistakes {
        try stage.place.write(config, to: "config")
        let profile = options.contains("--profile") ? [] : ["--profile", "site"]
        let result = try await stage.place.fixacl(stage.planArguments(bucket) + profile + options)
        #expect(result.status == status, "\(options): \(result.err)")
        let text = result.err.onOneLine
        for word in words { #expect(text.contains(word), "\(options): \(result.err)") }
        #expect(text.matches(of: /error:/).count == 1, "\(options): \(result.err)")
        #expect(!stage.place.exists("plan.json"))
      }
    }
  }
}
