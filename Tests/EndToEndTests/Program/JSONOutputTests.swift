import AWSKit
import Foundation
import TestSupport
import Testing

/// What every command writes as JSON fits its schema, and is what the text says.
@Suite struct JSONOutputTests {
  /// A line of stdout, as far as these tests look at it.
  private struct Line: Decodable {
    let event: String
    let key: String?
    let result: String
    let reason: String?
    let dryRun: Bool?
    let exitStatus: Int?
    let changed: Int?
    let failed: Int?
    let error: JournalText.Entry.Failure?
    let advice: String?
  }

  private static func run(
    _ arguments: String, _ place: Workplace, status: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [Line] {
    let result = try await place.shell("\"$FIXACL\" \(arguments) >out.json 2>err.json")
    let errors = try String(contentsOfFile: place.path("err.json"), encoding: .utf8)
    #expect(result.status == status, "\(arguments): \(errors)", sourceLocation: sourceLocation)
    if !errors.isEmpty {
      #expect(
        try await JSONSchema.faults("log.schema.json", "err.json", in: place) == "", "\(arguments)",
        sourceLocation: sourceLocation)
    }
    let text = try String(contentsOfFile: place.path("out.json"), encoding: .utf8)
    guard arguments.contains("--format json"), !text.isEmpty else { return [] }
    #expect(
      try await JSONSchema.faults("events.schema.json", "out.json", in: place) == "", "\(arguments)",
      sourceLocation: sourceLocation)
    let counted = try await place.shell("jq -r .event out.json | sort | uniq -c")
    #expect(counted.status == 0 && counted.out.contains("1 summary"), sourceLocation: sourceLocation)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// Plan, dry run, canary, an apply with an object that is stale and one that fails, verify, rollback.
  @Test(arguments: S3TestServer.all)
  func everyCommandWritesLinesThatFitTheSchema(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(6)
    let broken = try await BrokenBucket(server, keys: keys)
    let place = broken.place
    let json = "--format json --log-format json --owner-profile tools"
    let plan = try await Self.run(
      broken.planArguments(["-o", "plan.json", "--format json", "--log-format json"]).joined(separator: " "), place,
      status: 0)
    #expect(plan.map(\.event) == ["summary"] && plan.first?.result == "changes" && plan.first?.exitStatus == 0)
    let detailed = try await Self.run(
      broken.planArguments(["-o", "plan.json", "--format json --log-format json", "--detailed-exitcode"]).joined(
        separator: " "), place,
      status: 2)
    #expect(detailed.first?.result == "changes" && detailed.first?.exitStatus == 2)

    let dryRun = try await Self.run("apply plan.json --dry-run \(json)", place, status: 0)
    #expect(dryRun.count { $0.event == "object" && $0.result == "done" && $0.dryRun == true } == keys.count)
    #expect(dryRun.last?.event == "summary" && dryRun.last?.dryRun == true && dryRun.last?.exitStatus == 0)

    let canary = try await Self.run("apply plan.json --limit 2 \(json)", place, status: 0)
    #expect(canary.count { $0.event == "object" && $0.dryRun == nil } == 2 && canary.last?.changed == 2)
    let done = Set(canary.compactMap(\.key))

    let rest = keys.filter { !done.contains($0.text) }
    try await server.tools.put(rest[0], in: broken.name, body: Array("another".utf8))
    let second = try await Self.run("apply plan.json \(json)", place, status: 3)
    let stale = second.filter { $0.result == "stale" }
    #expect(stale.map(\.key) == [rest[0].text] && stale.first?.reason == "overwritten")
    #expect(second.last?.changed == 3 && second.last?.exitStatus == 3 && second.last?.result == "partly-done")

    let verify = try await Self.run("verify plan.json \(json)", place, status: 2)
    #expect(verify.count { $0.result == "already" } == 5 && verify.count { $0.result == "stale" } == 1)
    #expect(verify.last?.result == "changes" && verify.last?.exitStatus == 2)

    try await server.site.deny(server.tools, "s3:PutObjectAcl", of: broken.name)
    let refused = try await Self.run("rollback plan.json \(json)", place, status: 3)
    let failures = refused.filter { $0.result == "failed" && $0.event == "object" }
    #expect(failures.count == 5 && refused.last?.failed == 5)
    for failure in failures {
      #expect(failure.error?.operation == "PutObjectAcl" && failure.error?.status == 403)
      #expect(failure.error?.code == "AccessDenied" && failure.error?.profile == "tools")
      #expect(failure.error?.requestId != nil && failure.advice?.contains("s3:PutObjectAcl") == true)
    }
  }

  @Test(arguments: S3TestServer.all)
  func showFitsItsSchemaFromAFileAndFromStdin(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    let place = broken.place
    #expect(try await place.shell("\"$FIXACL\" show plan.json --format json >show.json").status == 0)
    #expect(try await JSONSchema.faults("show.schema.json", "show.json", isLines: false, in: place) == "")
    #expect(try await place.shell("\"$FIXACL\" show - --format json <plan.json >stdin.json").status == 0)
    #expect(try await place.shell("cmp show.json stdin.json").status == 0)
    let piped = try await place.shell(
      "\"$FIXACL\" \(broken.planArguments(["-o", "-"]).joined(separator: " ")) | \"$FIXACL\" show -")
    #expect(piped.status == 0 && piped.out.contains("3 objects listed"), "\(piped.err)")
    let torn = try await place.shell("head -c 500 plan.json | \"$FIXACL\" show -")
    #expect(torn.status == 1 && torn.err.contains("error: stdin is not a usable plan"), "\(torn.err)")
  }

  /// What ends a command is a line of JSON too.
  @Test(arguments: S3TestServer.all)
  func errorsAreStructured(server: S3TestServer) async throws {
    let place = try Workplace(server)
    _ = try await Self.run(
      "plan no-such-bucket-\(UUID().uuidString.lowercased()) --log-format json --grant-read id=x", place, status: 1)
    let error = try await place.shell("jq -r '[.level,.error.operation,.error.status,.error.code]|@csv' err.json")
    #expect(error.out.contains("\"error\",\"GetBucketAcl\",404,\"NoSuchBucket\""), "\(error.out)")
    _ = try await Self.run("apply missing.json --log-format json", place, status: 1)
    #expect(try await place.shell("jq -r .level err.json").out == "error\n")
    // What a command finds out before its first request, also.
    for arguments in [
      "plan not/a/bucket", "reconcile not/a/bucket", "batch submit missing.json --print-policies", "show missing.json",
      "explain s3://site/key -q -v",
    ] {
      let result = try await place.shell("\"$FIXACL\" \(arguments) --log-format json >out 2>err.json")
      #expect(result.status == 64 || result.status == 1, "\(arguments)")
      #expect(try await JSONSchema.faults("log.schema.json", "err.json", in: place) == "", "\(arguments)")
    }
    for command in ["apply", "verify", "rollback"] {
      let result = try await place.fixacl(command, "-")
      #expect(result.status == 64 && result.err.contains("needs a file"), "\(result.err)")
    }
  }

  /// Each request is told with --verbose, and none without; --quiet tells of errors alone.
  @Test(arguments: S3TestServer.all)
  func requestsAreTold(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    let place = broken.place
    let arguments = broken.planArguments(["-o", "plan.json"])
    let verbose = try await place.start(arguments + ["-v"]).result()
    #expect(verbose.err.contains("debug: ListObjectsV2 s3://\(broken.name): 200 in "), "\(verbose.err)")
    for secret in server.secrets + ["Signature=", "Credential="] { #expect(!verbose.err.contains(secret)) }
    let plain = try await place.start(arguments + ["--fresh"]).result()
    #expect(!plain.err.contains("debug:"))
    let quiet = try await place.start(arguments + ["--fresh", "--quiet"]).result()
    #expect(quiet.status == 0 && quiet.err == "")
    _ = try await Self.run("apply plan.json --owner-profile tools -v --log-format json", place, status: 0)
    let told = try await place.shell(
      "jq -r 'select(.level == \"debug\") | [.operation,.status,.attempt] | @csv' err.json")
    #expect(told.out.contains("\"PutObjectAcl\",200,1"), "\(told.out)")
    let coloured = try await place.shell(
      "\"$FIXACL\" show plan.json --color always; \"$FIXACL\" show nothing --color always")
    #expect(
      coloured.out.contains("\u{1b}[1m") && coloured.err.contains("\u{1b}[1;31merror:\u{1b}[0m"), "\(coloured.err)")
    let never = try await place.shell("\"$FIXACL\" show plan.json --color never")
    #expect(!never.out.contains("\u{1b}"))
  }
}
