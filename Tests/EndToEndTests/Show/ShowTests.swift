import Foundation
import AWSKit
import TestSupport
import Testing

/// What people and programs see of a plan.
struct ShowTests {
  /// A bucket where `tools`' objects are granted, of which some lose a public grant, and `other`'s copied or blocked.
  private func makePlan(_ server: S3TestServer, _ place: Workplace) async throws -> PlanDocument {
    let bucket = try await server.makeBucket()
    let tools = server.tools.may(.fullControl)
    let other = server.other.may(.fullControl)
    let uploads: [(prefix: String, count: Int, account: TestAccount, grants: [Grant])] = [
      ("a-private/", 12, server.tools, [tools]),
      ("b-public/", 3, server.tools, [tools, Grant(.allUsers, .read), server.site.may(.read)]),
      ("c-closed/", 2, server.other, [other]),
      ("d-open/", 1, server.other, [other, server.site.may(.read), server.site.may(.readACP)]),
      ("e-done/", 4, server.other, [other, server.site.may(.fullControl), server.oai.may(.read)]),
      ("f-own/", 5, server.site, [server.site.may(.fullControl)]),
    ]
    for upload in uploads {
      try await inParallel(0..<upload.count) { number in
        try await upload.account.put(
          ObjectKey("\(upload.prefix)\(10 + number)"), in: bucket, body: [UInt8](repeating: 0, count: 100),
          grants: upload.grants)
      }
    }
    try await server.site.blockPublicAccess(["BlockPublicAcls"], of: bucket)
    return try await place.plan(server, bucket)
  }

  @Test(arguments: S3TestServer.all)
  func textForPeople(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let plan = try await makePlan(server, place)
    let show = try await place.fixacl("show", "plan.json")
    #expect(show.status == 0)
    #expect(show.err.isEmpty)
    #expect(!show.out.contains("\u{1b}"))

    let (tools, other) = (server.tools.id.value, server.other.id.value)
    let (site, oai) = (server.site.id.value, server.oai.id.value)
    // The head, and a block for each kind of change, the most frequent first; before them the one-call alternative, of a
    // server that has it.
    var blocks = show.out.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
    if server.kind == .sandbox {
      let alternative = try #require(blocks.count == 7 ? blocks.remove(at: 2) : nil)
      #expect(alternative[0].hasPrefix("Instead, one setting gives the bucket owner all 22 objects"))
    }
    try #require(blocks.count == 6)
    #expect(blocks[0][0] == "s3://\(plan.bucket.name)")
    #expect(blocks[0].contains("  server               \(server.endpoint)"))
    #expect(blocks[0].contains("  region               \(server.region)"))
    // Amazon's IDs are too wide for a place beside their label.
    let owner = site.count > 57 ? ["  bucket owner", "    \(site)"] : ["  bucket owner         \(site)"]
    #expect(blocks[0].indices.contains { blocks[0][$0...].starts(with: owner) })
    #expect(blocks[0].contains("  Object Ownership     ObjectWriter"))
    #expect(blocks[0].contains("  versioning           Unversioned"))
    #expect(blocks[0].contains("  Block Public Access  BlockPublicAcls (of the bucket)"))
    #expect(blocks[0].contains { $0.hasPrefix("  wanted               READ to reader") })
    #expect(blocks[0].contains { $0.hasSuffix(oai) })
    #expect(blocks[1][0] == "27 objects listed, 22 foreign, 15 to grant, 1 to copy, 2 blocked.")
    for lines in [
      ["  owner \(tools):", "    15 objects, 1.5 KiB, 15 to change"],
      ["  owner \(other):", "    7 objects, 700 B, 3 to change"],
    ] {
      #expect(blocks[1].indices.contains { blocks[1][$0...].starts(with: lines) })
    }
    #expect(blocks[1].contains("  blocked, owner-credentials-missing: 2"))
    #expect(blocks[1].contains("  to copy: 100 B, by the server itself"))
    #expect(
      blocks[1].contains {
        $0.hasPrefix("  apply sends about \(plan.summary.requests) requests: less than $0.01, at least 1")
      }, "\(blocks[1])")
    #expect(blocks[1].contains { $0.hasPrefix("  S3 Batch Operations: 3 jobs, 16 requests, $0.76") }, "\(blocks[1])")
    #expect(blocks[1].contains { $0.contains("prices of us-east-1, 2026-") })

    let keys = (10...21).map { "  a-private/\($0)" }
    #expect(blocks[2][0] == "~ grant: 12 objects, 1.2 KiB, of owner \(short(tools))")
    #expect(
      blocks[2].dropFirst(2).prefix(2).sorted() == [
        "      FULL_CONTROL  object owner \(short(tools))", "    + READ          reader \(short(oai))",
      ])
    #expect(blocks[2].dropFirst(4) == keys.prefix(10) + ["  … and 2 more (--keys all)"])
    #expect(blocks[3][0] == "~ grant: 3 objects, 300 B, of owner \(short(tools))")
    // Grants are in the order of the IDs, of which each server has others.
    #expect(
      blocks[3].dropFirst(2).prefix(4).sorted() == [
        "      FULL_CONTROL  object owner \(short(tools))", "      READ          bucket owner \(short(site))",
        "    + READ          reader \(short(oai))", "    - READ          AllUsers",
      ])
    #expect(blocks[3].dropFirst(6) == ["  b-public/10", "  b-public/11", "  b-public/12"])
    #expect(blocks[4][0] == "! blocked: 2 objects, 200 B, of owner \(short(other))")
    #expect(blocks[4].contains { $0.contains("--owner-profile") })
    #expect(blocks[4].suffix(2) == ["  c-closed/10", "  c-closed/11"])
    #expect(blocks[5][0] == "> copy: 1 object, 100 B, of owner \(short(other))")
    #expect(blocks[5].contains("    - owner         \(short(other))"))
    #expect(blocks[5].contains("    + owner         bucket owner \(short(site))"))
    #expect(blocks[5].contains("    - FULL_CONTROL  object owner \(short(other))"))
    #expect(blocks[5].contains("    + FULL_CONTROL  bucket owner \(short(site))"))
    #expect(blocks[5].last == "  d-open/10")

    let all = try await place.fixacl("show", "plan.json", "--keys", "all")
    #expect(all.out == show.out.replacing("  … and 2 more (--keys all)\n", with: "  a-private/20\n  a-private/21\n"))
    let none = try await place.fixacl("show", "plan.json", "--keys", "0")
    let isKey = { (line: Substring) in line.hasPrefix("  ") && line.dropFirst(3).hasPrefix("-") && line.contains("/1") }
    #expect(!none.out.split(separator: "\n").contains(where: isKey))
    #expect(show.out.split(separator: "\n").contains(where: isKey))
    #expect(none.out.contains("  … and 12 more (--keys all)"))
  }

  @Test(arguments: S3TestServer.all)
  func jsonForPrograms(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let plan = try await makePlan(server, place)
    let run = try await place.fixacl("show", "--format", "json", "plan.json")
    #expect(run.status == 0)
    let shown = try JSONDecoder().decode(ShownPlan.self, from: run.stdout)
    #expect(shown.format == "fixacl-show/1")
    #expect(shown.plan == plan.digest)
    #expect(shown.createdAt == plan.createdAt)
    #expect(shown.bucket.name == plan.bucket.name)
    #expect(shown.desired.grants.map(\.grant) == [server.oai.may(.read)])
    #expect(shown.summary.changes == plan.changes.count)
    #expect(shown.summary.byOwner == plan.summary.byOwner)
    #expect(shown.transitions.map(\.objects) == [12, 3, 2, 1])
    for transition in shown.transitions {
      let changes = plan.changes.filter { plan.acl($0.from) == transition.from?.acl && $0.owner == transition.owner }
      #expect(transition.keys == changes.map(\.key))
      #expect(transition.objects == changes.count)
      #expect(transition.bytes == changes.map(\.size).reduce(0, +))
      #expect(changes.allSatisfy { $0.action == transition.action && $0.reason == transition.reason })
      #expect(changes.allSatisfy { plan.acl($0.to) == transition.to?.acl })
      #expect(!transition.explanation.isEmpty)
    }
    #expect(shown.transitions[1].added.map(\.grant) == [server.oai.may(.read)])
    #expect(shown.transitions[1].removed.map(\.grant) == [Grant(.allUsers, .read)])

    let limited = try await place.fixacl("show", "--format", "json", "--keys", "2", "plan.json")
    let first = try JSONDecoder().decode(ShownPlan.self, from: limited.stdout)
    #expect(first.transitions.map(\.keys) == shown.transitions.map { Array($0.keys.prefix(2)) })
    #expect(first.transitions.map(\.objects) == [12, 3, 2, 1])
  }

  @Test(arguments: S3TestServer.all)
  func csvForSpreadsheets(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let plan = try await makePlan(server, place)
    let run = try await place.fixacl("show", "--format", "csv", "--keys", "1", "plan.json")
    #expect(run.status == 0)
    try run.stdout.write(to: URL(filePath: place.path("plan.csv")))
    let rows = try await place.readCSV("plan.csv")
    #expect(
      rows.first == [
        "key", "versionId", "etag", "size", "lastModified", "owner", "action", "reason", "from", "to", "added",
        "removed", "error",
      ])
    #expect(
      rows.dropFirst().map { Array($0.prefix(10)) }
        == plan.changes.map { change in
          [
            change.key, "", change.etag, "\(change.size)", change.lastModified, change.owner, change.action,
            change.reason, change.from ?? "", change.to ?? "",
          ]
        })
    let reader = "READ \(server.oai.id.value)"
    let isPublic = rows.filter { $0[0].hasPrefix("b-public/") }
    #expect(isPublic.count == 3)
    #expect(isPublic.allSatisfy { $0[10] == reader && $0[11] == "READ \(Grantee.allUsers.identifier)" })
    // RFC 4180 ends lines with both.
    #expect(run.out.utf8.count { $0 == 0x0a } == rows.count && run.out.utf8.count { $0 == 0x0d } == rows.count)
  }

  /// Keys that are more than memory is to hold are in a temporary file until they are shown.
  @Test func moreKeysThanMemoryHolds() async throws {
    let place = try Workplace(.nowhere)
    let keys = (0..<12_000).map { "\(100_000 + $0)-" + String(repeating: "k", count: 900) }
    try WrittenPlan(keys: keys, kinds: 3).write(to: place.path("plan.json"))
    let run = try await place.fixacl("show", "plan.json", "--format", "json")
    #expect(run.status == 0, "\(run.err)")
    let shown = try JSONDecoder().decode(ShownPlan.self, from: run.stdout)
    #expect(shown.transitions.count == 3)
    #expect(Set(shown.transitions.map { $0.keys[0] }) == Set(keys.prefix(3)))
    for transition in shown.transitions {
      let first = try #require(keys.firstIndex(of: transition.keys[0]))
      #expect(transition.keys == stride(from: first, to: keys.count, by: 3).map { keys[$0] })
    }

    let nowhere = ["TMPDIR": place.path("nowhere")]
    let failed = try await place.fixacl("show", "plan.json", "--format", "json", environment: nowhere)
    #expect(failed.status == 1 && failed.out.isEmpty)
    #expect(failed.err.contains("cannot create a temporary file in \(place.path("nowhere"))"), "\(failed.err)")
    // What is shown with fewer keys fits.
    let few = try await place.fixacl("show", "plan.json", "--keys", "1", environment: nowhere)
    #expect(few.status == 0 && few.out.contains("  … and 3,999 more (--keys all)"))
  }

  /// A plan is shown anywhere: on a laptop in a train, years later.
  @Test(arguments: S3TestServer.all, ["text", "json", "csv", "html"])
  func nothingButThePlanIsNeeded(server: S3TestServer, format: String) async throws {
    let place = try Workplace(server)
    _ = try await makePlan(server, place)
    let here = try await place.fixacl("show", "plan.json", "--format", format)
    let bare = try await place.run("env", "-i", Workplace.programPath, "show", "plan.json", "--format", format)
    #expect(bare.status == 0, "\(bare.err)")
    #expect(bare.out == here.out && !bare.out.isEmpty)
    // These would fail at once if they were used.
    let misled = try await place.fixacl(
      "show", "plan.json", "--format", format,
      environment: ["AWS_PROFILE": "none", "AWS_ENDPOINT_URL": "nonsense", "AWS_CA_BUNDLE": "/nowhere"])
    #expect(misled.status == 0, "\(misled.err)")
    #expect(misled.out == here.out)
  }

  @Test(arguments: S3TestServer.all, ["text", "json", "csv", "html"])
  func aReaderThatGoesAwayIsNoError(server: S3TestServer, format: String) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    // More than a pipe holds, so that the program is still writing when its reader has gone.
    try await inParallel(0..<400) { number in
      let key = "\(1000 + number)" + String(repeating: "k", count: 1000)
      try await server.tools.put(ObjectKey(key), in: bucket, body: [])
    }
    _ = try await place.plan(server, bucket)
    let run = try await place.run(
      "bash", "-c",
      """
      "$0" show plan.json --format "$1" --keys all 2>errors | head -n 1
      echo "${PIPESTATUS[0]}"
      """, Workplace.programPath, format)
    let lines = run.out.split(whereSeparator: \.isNewline)
    #expect(lines.count == 2)
    // As `cat` would: ended by SIGPIPE, without a word.
    #expect(lines.last == "141")
    #expect(try String(contentsOfFile: place.path("errors"), encoding: .utf8).isEmpty)
    #expect(run.err.isEmpty)
  }

  /// Runs a shell's command line on a terminal of its own; what is on that terminal afterwards.
  private func onTerminal(
    _ command: String, _ place: Workplace, reader: TestAccount, environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    try await place.run(
      "script", "-q", "-e", "-c", command, "typescript",
      environment: [
        "SHELL": "/bin/sh", "FIXACL": Workplace.programPath, "READER": reader.grantee, "TERM": "xterm",
      ].merging(environment) { $1 })
  }

  @Test(arguments: S3TestServer.all)
  func onATerminalAPlanIsShown(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await server.tools.put("a.html", in: bucket)
    try await server.tools.put("evil\u{1b}[2J\n", in: bucket)
    let command = "\"$FIXACL\" plan \(bucket) --grant-read \"$READER\" --owner-profile tools"
    let coloured = #/\u{1b}\[[0-9;]*m/#

    let plan = try await onTerminal(command, place, reader: server.oai)
    #expect(plan.status == 0)
    #expect(plan.out.contains("s3://\(bucket)"))
    #expect(plan.out.contains("+ READ          reader \(short(server.oai.id.value))"))
    #expect(plan.out.contains("  a.html\r\n") && plan.out.contains("  evil\\u{1b}[2J\\n\r\n"))
    #expect(!plan.out.contains("fixacl-plan/1"))
    #expect(plan.out.contains("\u{1b}[32m") && plan.out.contains("\u{1b}[1m"))
    // It is saved, and the last lines say where, and what to do with it.
    let saved = try #require(plan.out.firstMatch(of: #/the plan is saved in\s+(\S+)\.\s/#)?.1)
    #expect(try PlanDocument(Data(contentsOf: URL(filePath: String(saved)))).changes.count == 2)
    #expect(plan.out.contains("  fixacl apply \(saved)\r\n"))

    for refusal in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
      let plain = try await onTerminal("\(command) 2>errors", place, reader: server.oai, environment: refusal)
      #expect(plain.out.contains("s3://\(bucket)"))
      #expect(plain.out.firstMatch(of: coloured) == nil, "\(refusal)")
      #expect(!plain.out.contains("\u{1b}"))
      #expect(try String(contentsOfFile: place.path("errors"), encoding: .utf8).contains("the plan is saved in "))
    }
    // By no-color.org, an empty NO_COLOR says nothing.
    let empty = try await onTerminal(command, place, reader: server.oai, environment: ["NO_COLOR": ""])
    #expect(empty.out.firstMatch(of: coloured) != nil)

    // To a file it is a plan, whatever stderr is; the exit status is the same on a terminal.
    let redirected = try await onTerminal("\(command) > plan.json; echo", place, reader: server.oai)
    #expect(!redirected.out.contains("s3://"))
    #expect(try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json")))).changes.count == 2)
    #expect(try await onTerminal("\(command) --detailed-exitcode", place, reader: server.oai).status == 2)

    let show = try await onTerminal("\"$FIXACL\" show plan.json", place, reader: server.oai)
    #expect(show.out.firstMatch(of: coloured) != nil)
    let csv = try await onTerminal("\"$FIXACL\" show plan.json --format csv", place, reader: server.oai)
    #expect(csv.out.contains("evil\\u{1b}[2J\\n") && !csv.out.contains("\u{1b}"))
  }

  @Test(arguments: S3TestServer.all)
  func progressIsALineThatChanges(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    // One request after the other, these take long enough for some progress to be told.
    try await inParallel(0..<1000) { number in
      try await server.tools.put(ObjectKey("\(1000 + number)"), in: bucket, body: [])
    }
    let command =
      "\"$FIXACL\" plan \(bucket) --grant-read \"$READER\" --owner-profile tools --concurrency 1 -o plan.json"
    let run = try await onTerminal(command, place, reader: server.oai)
    #expect(run.status == 0)
    let updates = run.out.split(separator: "\r\u{1b}[K").filter { $0.hasPrefix("scanning") }
    #expect(!updates.isEmpty)
    // In one line of the terminal, and none of it left behind.
    #expect(updates.allSatisfy { $0.count < 80 && !$0.contains("\n") })
    let lines = run.out.split(separator: "\r\n")
    #expect(!lines.contains { $0.hasPrefix("note: scanning") })
    #expect(lines.contains { $0.contains("1,000 objects listed, 1,000 foreign, 1,000 to grant; ") })

    let apply = "\"$FIXACL\" apply plan.json --owner-profile tools --concurrency 1 --limit 400"
    let applied = try await onTerminal(apply, place, reader: server.oai)
    #expect(applied.status == 0)
    let steps = applied.out.split(separator: "\r\u{1b}[K").filter { $0.hasPrefix("applying ") }
    #expect(!steps.isEmpty)
    #expect(steps.allSatisfy { $0.contains(" of 1,000") && $0.contains("0 failed") && $0.count < 80 })

    let quiet = try await onTerminal("\(command) --quiet", place, reader: server.oai)
    #expect(quiet.status == 0)
    #expect(!quiet.out.contains("scanning"))
    // Errors only, and there are none.
    #expect(!quiet.out.contains("objects listed"))
  }
}
