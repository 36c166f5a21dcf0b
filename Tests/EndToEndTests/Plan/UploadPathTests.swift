import Foundation
import AWSKit
import TestSupport
import Testing

/// What `plan` prints of the upload path: its commands work as printed, uploads that carry what they demand need no repair,
/// and others are refused.
@Suite(.needsAWSCLI)
struct UploadPathTests {
  /// The commands for the upload path that a plan printed.
  private static func commands(of run: ProgramResult) -> [String] {
    run.err.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      $0.hasPrefix("aws s3api put-bucket-policy ") || $0.contains("BucketOwnerPreferred}]")
    }
  }

  private static func carryOut(_ commands: [String], in aws: AWSCLI) async throws {
    let run = try await aws.place.shell(
      (["set -e"] + commands).joined(separator: "\n"), environment: ["AWS_PROFILE": "site"])
    try #require(run.status == 0, "\(run.err)")
  }

  private static func plan(_ stage: ReaderStage, _ more: String...) async throws -> ProgramResult {
    let run = try await stage.place.start(
      [
        "plan", stage.bucket, "-o", "plan.json", "--fresh", "--owner-profile", "tools", "--profile", "site",
        "--endpoint-url", stage.server.endpoint,
      ] + more
    ).result()
    #expect(run.status == 0, "\(run.err)")
    return run
  }

  @Test func theBucketOwnerGetsWhatIsUploaded() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let run = try await Self.plan(stage)
      #expect(run.err.onOneLine.contains("upload with --acl bucket-owner-full-control (header x-amz-acl:"))
      let commands = Self.commands(of: run)
      try #require(commands.count == 2, "\(run.err)")
      let aws = try AWSCLI(stage.server)
      try await Self.carryOut(commands, in: aws)
      let body = try aws.file("body", "of tools")
      let put = ["s3api", "put-object", "--bucket", stage.bucket, "--body", body, "--key"]
      let refused = try await aws.run(put + ["without"], as: "tools")
      #expect(refused.status != 0 && refused.err.contains("AccessDenied"), "\(refused.err)")
      let other = try await aws.run(put + ["public", "--acl", "public-read"], as: "tools")
      #expect(other.status != 0 && other.err.contains("AccessDenied"), "\(other.err)")
      _ = try await aws.output(put + ["with", "--acl", "bucket-owner-full-control"], as: "tools")
      _ = try await aws.output(put + ["own"], as: "site")
      let listing = try await aws.s3api(
        "list-objects-v2", "--bucket", stage.bucket, "--fetch-owner", "--prefix", "with")
      #expect(listing["Contents"][0]["Owner"]["ID"].text == stage.server.site.id.value)
      // The policy still lets the reader in, and the repair goes on as before.
      let policy = try await aws.s3api("get-bucket-policy", "--bucket", stage.bucket)["Policy"].text
      #expect(policy.contains("CloudFront Origin Access Identity") && policy.contains("UploadsThatReadersCanRead"))
      let again = try await Self.plan(stage)
      #expect(again.count("to grant") == 3, "\(again.err)")
      #expect(!again.err.contains("to fix the upload path") && !again.err.contains("repair-denied"), "\(again.err)")
      #expect(!again.err.contains("denies profile"), "\(again.err)")
      let apply = try await stage.place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(!(try await Self.plan(stage)).err.contains("to fix the upload path"))
    }
  }

  @Test func uploadersGrantRead() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      let (oai, tools, site) = (stage.server.oai, stage.server.tools, stage.server.site)
      let run = try await Self.plan(stage, "--grant-read", "id=\(oai.id.value)")
      let options = [
        "--grant-read", "id=\(oai.id.value)", "--grant-full-control", "id=\(tools.id.value),id=\(site.id.value)",
      ]
      #expect(run.err.contains("\n  \(options.joined(separator: " "))\n"), "\(run.err)")
      let commands = Self.commands(of: run)
      try #require(commands.count == 1, "\(run.err)")
      let aws = try AWSCLI(stage.server)
      // Twice is once.
      try await Self.carryOut(commands, in: aws)
      let present = Self.commands(of: try await Self.plan(stage, "--grant-read", "id=\(oai.id.value)"))
      try #require(present.count == 1 && present[0].contains("get-bucket-policy"))
      try await Self.carryOut(present + present, in: aws)
      let policy = try await aws.s3api("get-bucket-policy", "--bucket", stage.bucket)["Policy"].text
      #expect(policy.matches(of: /UploadsThatReadersCanRead/).count == 1, "\(policy)")
      let body = try aws.file("body", "of tools")
      let put = ["s3api", "put-object", "--bucket", stage.bucket, "--body", body, "--key"]
      let refused = try await aws.run(put + ["without"], as: "tools")
      #expect(refused.status != 0 && refused.err.contains("AccessDenied"), "\(refused.err)")
      _ = try await aws.output(put + ["with"] + options, as: "tools")
      #expect(try await oai.statusOfGet("with", in: stage.bucket) == 200)
      #expect(try await site.statusOfGet("with", in: stage.bucket) == 200)
      #expect(try await tools.statusOfGet("with", in: stage.bucket) == 200)
    }
  }

  /// Programs get the same.
  @Test func log() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let run = try await Self.plan(stage, "--log-format", "json")
      let lines = try run.err.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
      let uploads = lines.filter { $0["event"] == "uploads" }
      #expect(uploads.count == 2 && uploads.allSatisfy { $0["commands"].elements.count == 1 }, "\(run.err)")
      #expect(lines.last?["event"] == "next", "what to do next comes last")
    }
  }
}
