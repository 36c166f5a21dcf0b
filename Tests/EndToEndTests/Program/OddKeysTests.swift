import Foundation
import AWSKit
import TestSupport
import Testing

/// Every key that a bucket can hold, byte for byte, through every command.
struct OddKeysTests {
  static let keys: [ObjectKey] = [
    "plain.txt", " ", " leading", "trailing ", "a b", "a  b", "a+b", "a%20b", "a%2Bb", "a%2Fb", "100%", "%zz", "%",
    "caf\u{e9}", "cafe\u{301}", "\u{1f600}", "\u{1f469}\u{200d}\u{1f4bb}", "\u{fffd}", "\u{fffe}", "\u{feff}bom",
    "\u{202e}txt.exe", "/", "//", "//leading/double", "/leading", "in//the/middle", "trailing/", ".", "..", "./",
    "../", "./a", "../a", "a/./b", "a/../b", "a/..", "a/.", "...", "line\nfeed", "carriage\rreturn", "crlf\r\n",
    "tab\tstop", "\u{1}", "one\u{1}", "\u{7f}", "\u{1b}[31mred", "\u{85}", "\u{9b}2J", "?acl", "a?acl", "?", "#",
    "a#b", "a?b=c&d=e", "\\", "back\\slash", "&<>\"'", "&amp;", "]]>", "<Key>", "`*()!~$`", "-", "-o", "--help",
    "semi;colon", "co:lon", "e=q", "a@b", "com,ma", "quo\"te", "'", "{}", "[a-z]", "*", "|", "^", "plan.json",
    "\u{20ac}uro", "\u{3042}", "\u{10ffff}", ObjectKey([UInt8](repeating: UInt8(ascii: "k"), count: 1024)),
    // As long, in letters of two bytes, each of them six characters in a URL.
    ObjectKey(String(repeating: "\u{e4}", count: 512)),
  ]

  /// The keys in a plan's order.
  private static let sorted = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }

  /// Uploads an object under each of the keys, as its owner; the content is the key, so that none is taken for another.
  private func bucketOfOddKeys(_ server: S3TestServer, grants: Set<Grant>) async throws -> String {
    let bucket = try await server.makeBucket()
    try await inParallel(Self.keys) { key in
      try await server.tools.put(key, in: bucket, body: key.bytes, grants: grants)
    }
    return bucket
  }

  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func theyAreRepaired(server: S3TestServer, by strategy: String) async throws {
    let bucket = try await bucketOfOddKeys(server, grants: [server.tools.may(.fullControl)])
    let place = try Workplace(server)
    let plan = try await place.plan(server, bucket, ["--strategy", strategy])
    #expect(plan.keys == Self.sorted)
    #expect(plan.changes.allSatisfy { $0.action == strategy })
    #expect(plan.changes.allSatisfy { $0.reason == (strategy == "copy" ? "grant-first" : "reader-missing") })

    try await place.apply()
    try await place.expectVerified()
    let owner = strategy == "copy" ? server.site : server.tools
    let acl = AccessControlList(owner: owner.id, grants: [owner.may(.fullControl), server.oai.may(.read)])
    try await inParallel(Self.keys) { key in
      let content = try await server.oai.get(key, in: bucket).body
      #expect(content == key.bytes, "\(key)")
      let aclAfter = try await owner.acl(of: key, in: bucket)
      #expect(aclAfter == acl, "\(key)")
    }
    let listed = try await server.site.list(bucket)
    #expect(listed.map(\.key) == Self.sorted)
    #expect(listed.allSatisfy { $0.owner == owner.id })
  }

  /// An owner without READ of its own leaves only the listing to look at before an ACL is written.
  @Test(arguments: S3TestServer.all)
  func theyAreGrantedWhereTheOwnerCannotRead(server: S3TestServer) async throws {
    let bucket = try await bucketOfOddKeys(server, grants: [server.tools.may(.readACP)])
    let place = try Workplace(server)
    let plan = try await place.plan(server, bucket)
    #expect(plan.keys == Self.sorted)
    try await place.apply()
    try await place.expectVerified()
    try await inParallel(Self.keys) { key in
      let content = try await server.oai.get(key, in: bucket).body
      #expect(content == key.bytes, "\(key)")
    }
  }

  static let prefixes = [
    " leading", "a+b", "%zz", "a%2Fb", "caf\u{e9}", "cafe\u{301}", "\u{1f600}", "\u{fffe}", "//", "../a", "\n", "\r",
    "one\u{1}", "\u{7f}", "?acl", "#", "\\", "&<>\"'", "]]>", "--help",
  ]

  @Test(arguments: S3TestServer.all, prefixes)
  func oneIsAPrefix(server: S3TestServer, prefix: String) async throws {
    let bucket = try await server.makeBucket()
    let sibling = String(String.UnicodeScalarView(prefix.unicodeScalars.dropLast())) + "!"
    for key in [prefix, prefix + prefix, sibling, "zz"] {
      try await server.tools.put(ObjectKey(key), in: bucket)
    }
    let place = try Workplace(server)
    // With an equals sign, as for every value that begins with a dash.
    let plan = try await place.plan(server, bucket, ["--prefix=\(prefix)"])
    #expect(plan.keys == [ObjectKey(prefix), ObjectKey(prefix + prefix)])
    #expect(plan.desired.prefix.map { ObjectKey($0) } == ObjectKey(prefix))
  }

  @Test(arguments: S3TestServer.all)
  func showHasThemInEveryFormat(server: S3TestServer) async throws {
    let bucket = try await bucketOfOddKeys(server, grants: [server.tools.may(.fullControl)])
    let place = try Workplace(server)
    _ = try await place.plan(server, bucket)

    let text = try await place.fixacl("show", "plan.json", "--keys", "all")
    #expect(text.status == 0)
    let lines = Set(text.out.split(separator: "\n").map { Array($0.utf8) })
    for (key, shown) in Self.escaped { #expect(lines.contains(Array("  \(shown)".utf8)), "\(key)") }
    let unsafe = text.out.unicodeScalars.filter { scalar in
      scalar != "\n"
        && (scalar.properties.generalCategory == .control || "\u{202e}\u{feff}".unicodeScalars.contains(scalar))
    }
    #expect(unsafe.isEmpty)

    let json = try await place.fixacl("show", "plan.json", "--format", "json")
    let shown = try JSONDecoder().decode(ShownPlan.self, from: json.stdout)
    #expect(shown.transitions.flatMap(\.keys).map { ObjectKey($0) } == Self.sorted)

    let csv = try await place.fixacl("show", "plan.json", "--format", "csv")
    try csv.stdout.write(to: URL(filePath: place.path("plan.csv")))
    let rows = try await place.readCSV("plan.csv")
    // What a spreadsheet would calculate has an apostrophe in front.
    let cells = Self.sorted.map { key in
      key.bytes.first.map { "=+-@\t\r".utf8.contains($0) } == true ? ObjectKey(Array("'".utf8) + key.bytes) : key
    }
    #expect(rows.dropFirst().map { ObjectKey($0[0]) } == cells)
  }

  private static let escaped: [(key: ObjectKey, shown: String)] = [
    ("line\nfeed", "line\\nfeed"), ("carriage\rreturn", "carriage\\rreturn"), ("crlf\r\n", "crlf\\r\\n"),
    ("tab\tstop", "tab\\tstop"), ("\u{1}", "\\u{1}"), ("\u{7f}", "\\u{7f}"), ("\u{1b}[31mred", "\\u{1b}[31mred"),
    ("\u{9b}2J", "\\u{9b}2J"), ("\u{202e}txt.exe", "\\u{202e}txt.exe"), ("a  b", "a  b"),
    ("caf\u{e9}", "caf\u{e9}"), ("cafe\u{301}", "cafe\u{301}"), ("\u{1f600}", "\u{1f600}"), ("--help", "--help"),
  ]

  /// Pages of this listing end with keys that XML cannot hold, or that look like something else.
  @Test(arguments: S3TestServer.all)
  func pagesEndWithThem(server: S3TestServer) async throws {
    let endings = ["\u{1}", "\n", "\t", "\r", "\u{7f}", " ", "%", "+", "&", "\u{fffe}", "\u{1f600}"]
    let keys = (0..<2200).map { number in
      // One lister's pages end with every thousandth key; several listers' pages end anywhere.
      let ending = number == 999 ? "\u{1}" : number == 1999 ? "\u{fffe}" : endings[number % endings.count]
      return ObjectKey("p/\(10_000 + number)\(ending)")
    }
    let bucket = try await server.makeBucket()
    try await inParallel(Array(keys.enumerated())) { index, key in
      try await (index % 10 == 0 ? server.tools : server.site).put(key, in: bucket)
    }
    let place = try Workplace(server)
    for (concurrency, prefix) in [(1, ""), (1, "p/"), (64, ""), (64, "p/1")] {
      let plan = try await place.plan(server, bucket, ["--concurrency", "\(concurrency)", "--prefix", prefix])
      #expect(plan.summary.listed == keys.count)
      #expect(plan.keys == stride(from: 0, to: keys.count, by: 10).map { keys[$0] })
    }
  }
}

extension Workplace {
  /// Reads a CSV file with Python's `csv` module, which knows RFC 4180 and not our program.
  func readCSV(_ name: String) async throws -> [[String]] {
    let program = """
      import csv, json, sys
      csv.field_size_limit(1 << 30)
      with open(sys.argv[1], encoding="utf-8", newline="") as file:
          json.dump(list(csv.reader(file, strict=True)), sys.stdout)
      """
    let result = try await run("python3", "-c", program, name)
    try #require(result.status == 0, "\(result.err)")
    return try JSONDecoder().decode([[String]].self, from: result.stdout)
  }
}
