import Foundation
import AWSKit
import TestSupport
import Testing

/// Plans of the keys in a list.
struct KeyListTests {
  private static func write(_ bytes: some Sequence<UInt8>, to name: String, in place: Workplace) throws {
    try Data(bytes).write(to: URL(filePath: place.path(name)))
  }

  /// Uploads objects of tools'.
  private static func upload(_ keys: [ObjectKey], to server: S3TestServer) async throws -> String {
    let bucket = try await server.makeBucket()
    try await inParallel(keys) { try await server.tools.put($0, in: bucket) }
    return bucket
  }

  @Test(arguments: S3TestServer.all)
  func oneKeyALine(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.upload(["a", "a/b", "ab", "b", "c"], to: server)
    try await server.site.put("own", in: bucket)
    try place.write("b\na\n\nown\nnot there\na\nab/", to: "keys.txt")
    let result = try await place.fixacl(
      [
        "plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee,
        "--keys-from", "keys.txt",
      ])
    #expect(result.status == 0, "\(result.err)")
    #expect(
      result.err.contains("2 of 5 keys name no object. They are 'ab/', 'not there'."), "\(result.err)")
    let plan = try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json"))))
    #expect(plan.keys == ["a", "b"])
    #expect(plan.summary.listed == 3 && plan.summary.foreign == 2)
    #expect(try place.read("plan.json").contains("\"missing\":2"))
    #expect(try place.read("plan.json").contains("\"keysFrom\":{\"count\":5,\"sha256\":\""))
    let shown = try await place.fixacl(["show", "plan.json"])
    #expect(shown.out.onOneLine.contains("5 keys of a list (SHA-256 "), "\(shown.out)")

    // The order and the place of the list make no difference.
    let again = try await place.shell(
      "printf 'own\\nnot there\\nab/\\nb\\na' | $FIXACL plan \(bucket) -o again.json --owner-profile tools"
        + " --grant-read \(server.oai.grantee) --keys-from -")
    #expect(again.status == 0, "\(again.err)")
    func timeless(_ name: String) throws -> [String] {
      try place.read(name).split(separator: "\n").map(String.init).filter {
        !$0.hasPrefix("\"createdAt\":") && !$0.hasPrefix("\"digest\":")
      }
    }
    #expect(try timeless("again.json") == timeless("plan.json"))
    try await place.apply()
    try await place.expectVerified()
    for key: ObjectKey in ["a/b", "ab", "c"] {
      #expect(try await server.tools.acl(of: key, in: bucket).grants == [server.tools.may(.fullControl)])
    }
  }

  /// With every other selection.
  @Test(arguments: S3TestServer.all)
  func together(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.upload(["img/1.png", "img/2.css", "js/1.png"], to: server)
    try await server.site.put("img/own.png", in: bucket)
    try await server.other.put("img/other.png", in: bucket)
    try place.write("img/1.png\nimg/2.css\njs/1.png\nimg/own.png\nimg/other.png\nimg/3.png\n", to: "keys.txt")
    let plan = try await place.plan(
      server, "s3://\(bucket)/img/",
      [
        "--keys-from", "keys.txt", "--include", "*.png", "--include-own", "--owner", server.site.id.value, "--owner",
        server.tools.id.value, "--modified-since", "1h",
      ])
    #expect(plan.keys == ["img/1.png", "img/own.png"])
    #expect(plan.summary.listed == 2)
    #expect(try place.read("plan.json").contains("\"missing\":1"))
    try await place.apply()
    try await place.expectVerified()
  }

  /// Everything that a key can be, also line breaks if NUL ends the keys.
  @Test(arguments: S3TestServer.all, [true, false])
  func hostileKeys(server: S3TestServer, isNullSeparated: Bool) async throws {
    let place = try Workplace(server)
    let keys = OddKeysTests.keys.filter { isNullSeparated || !$0.bytes.contains(0x0a) }
    let bucket = try await Self.upload(keys, to: server)
    let separator: UInt8 = isNullSeparated ? 0 : 0x0a
    // Keys that only look like some of these, and what no key can be.
    let others: [[UInt8]] = [
      Array("cafe".utf8), Array("../../a".utf8), [0x61, 0xff, 0x62], [0xed, 0xa0, 0x80],
      [UInt8](repeating: 0x6b, count: 1025), [UInt8](repeating: 0x6b, count: 1023), Array("a/".utf8),
    ]
    try Self.write((keys.map(\.bytes) + others).flatMap { $0 + [separator] }, to: "keys", in: place)
    let options = ["--keys-from", "keys"] + (isNullSeparated ? ["--keys-from-null"] : [])
    let result = try await place.fixacl(
      ["plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee] + options)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.err.contains("3 lines of keys cannot be keys"), "\(result.err)")
    let plan = try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json"))))
    #expect(plan.keys == keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    #expect(try place.read("plan.json").contains("\"missing\":4"))
    // Nothing of a key reaches the terminal as it is.
    #expect(!result.err.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7f })
    try await place.apply()
    try await place.expectVerified()
  }

  @Test(arguments: S3TestServer.all)
  func oldVersions(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await server.site.setVersioning("Enabled", of: bucket)
    for key: ObjectKey in ["a", "a", "a", "b", "b", "a/b", "gone"] { try await server.tools.put(key, in: bucket) }
    try await server.tools.delete("gone", in: bucket)
    try place.write("a\ngone\nnothing\n", to: "keys.txt")
    let current = try await place.plan(server, bucket, ["--keys-from", "keys.txt"])
    #expect(current.keys == ["a"])
    let plan = try await place.plan(server, bucket, ["--keys-from", "keys.txt", "--all-versions"])
    #expect(plan.keys == ["a", "a", "a", "gone"])
    #expect(try place.read("plan.json").contains("\"missing\":1"))
    try await place.apply()
    try await place.expectVerified()
  }

  /// A key has as many versions as strangers give it: they come in several answers, in the order of the listing.
  @Test(arguments: S3TestServer.all)
  func aKeyWithManyVersions(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await server.site.setVersioning("Enabled", of: bucket)
    let counts: [(key: ObjectKey, count: Int)] = [("a", 2), ("many", 201), ("many/more", 1210), ("z", 1)]
    for (key, count) in counts {
      // One after the other, so that none has the time of another.
      for _ in 0..<count { try await server.tools.put(key, in: bucket) }
    }
    try place.write("a\nmany\nmany/more\nmany/none\nz\n", to: "keys.txt")
    let listed = try await place.plan(server, bucket, ["--all-versions"])
    let plan = try await place.plan(server, bucket, ["--keys-from", "keys.txt", "--all-versions"])
    #expect(plan.keys == counts.flatMap { Array(repeating: $0.key, count: $0.count) })
    #expect(plan.changes.map(\.versionId) == listed.changes.map(\.versionId))
    #expect(plan.summary.listed == listed.summary.listed)
    #expect(try place.read("plan.json").contains("\"missing\":1"))
  }

  @Test(arguments: S3TestServer.all)
  func listsThatHaveNothing(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.upload(["a"], to: server)
    func plan(_ options: [String]) async throws -> ProgramResult {
      try await place.fixacl(
        ["plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee] + options)
    }
    try place.write("", to: "empty")
    let empty = try await plan(["--keys-from", "empty"])
    #expect(empty.status == 0, "\(empty.err)")
    #expect(empty.err.contains("empty has no keys"), "\(empty.err)")
    // Nothing at all, and never everything.
    #expect(try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json")))).summary.listed == 0)
    // What is not there to be read is said before anything is asked.
    for (name, part) in [("none", "No such file"), (".", "Is a directory")] {
      let result = try await plan(["--keys-from", name])
      #expect(result.status == 1, "\(result.err)")
      #expect(result.err.contains(part) && result.err.contains("--keys-from"), "\(result.err)")
    }
    #expect(try await plan(["--keys-from-null"]).status == 64)
    // Lists as other tools write them.
    for (text, advice) in [
      ("b\r\n", "Windows line ends"), ("s3://\(bucket)/a\n", "without s3://\(bucket)/"), ("/a\n", "slash"),
      ("a%2Fb\n", "percent-encoded"), ("\"a\"\n", "quotation marks"),
    ] {
      try place.write(text, to: "keys")
      let result = try await plan(["--keys-from", "keys"])
      #expect(result.status == 0, "\(result.err)")
      #expect(result.err.contains(advice), "\(result.err)")
      #expect(result.err.contains("1 of 1 key names no object. It is '"), "\(result.err)")
    }
  }

  /// 20,000 keys of a bucket with more, some of which are not there; killed and resumed.
  @Test func twentyThousandKeys() async throws {
    try await OwnSandbox.with(["--virtual", "bucket=big,count=40000,shape=dates,foreign=0.3"]) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let listed = try await server.site.list("big").map(\.key)
      let wanted = listed.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      try #require(wanted.count == 20_000)
      let missing = (0..<50).map { ObjectKey("2026/missing-\($0)") }
      try Self.write((wanted + missing).shuffled().flatMap { $0.bytes + [0x0a] }, to: "keys", in: place)
      let arguments = [
        "plan", "big", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--keys-from", "keys",
        "--concurrency", "64",
      ]
      _ = try await control.counters(reset: true)
      let whole = try await place.fixacl(arguments + ["-o", "whole.json"])
      #expect(whole.status == 0, "\(whole.err)")
      let plan = try PlanDocument(Data(contentsOf: URL(filePath: place.path("whole.json"))))
      #expect(plan.summary.listed == 20_000)
      #expect(whole.err.contains("50 of 20,050 keys name no object. Some of them: "), "\(whole.err)")
      // A list of half of what is there takes few requests more than the bucket.
      let pages = try await control.counters(reset: true)["ListObjectsV2", default: 0]
      #expect(pages < 1000, "\(pages)")
      let all = try await place.fixacl(
        ["plan", "big", "-o", "all.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee])
      #expect(all.status == 0, "\(all.err)")
      let chosen = Set(wanted)
      let expected = try PlanDocument(Data(contentsOf: URL(filePath: place.path("all.json")))).keys
        .filter(chosen.contains)
      #expect(plan.keys == expected)

      let run = try place.start(arguments + ["-o", "plan.json"])
      let path = place.path("plan.json.checkpoint")
      let isThere = try await waitUntil(
        { (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0).map { $0 > 100_000 } ?? false },
        while: { run.isRunning })
      run.signal(SIGKILL)
      _ = try await run.result()
      try #require(isThere)
      // Another list is another command.
      try place.write("x\n", to: "other")
      let other = try await place.fixacl(arguments + ["-o", "plan.json", "--keys-from", "other"])
      #expect(other.status == 1, "\(other.err)")
      #expect(other.err.contains("desired.keysFrom was"), "\(other.err)")
      let rest = try await place.fixacl(arguments + ["-o", "plan.json"])
      #expect(rest.status == 0, "\(rest.err)")
      #expect(rest.err.contains("resuming a scan that began at"), "\(rest.err)")
      #expect(rest.err.contains("50 of 20,050 keys name no object."), "\(rest.err)")
      let again = try PlanDocument(Data(contentsOf: URL(filePath: place.path("plan.json"))))
      #expect(again.keys == plan.keys)
      #expect(again.summary.byOwner == plan.summary.byOwner)
    }
  }

  @Test(arguments: S3TestServer.all)
  func readFromAPipeThatIsInterrupted(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let result = try await place.shell(
      """
      mkfifo pipe; sleep 60 > pipe & holder=$!
      $FIXACL plan bucket --keys-from pipe --grant-read \(server.oai.grantee) -o plan.json & plan=$!
      sleep 1; kill -INT $plan; wait $plan; status=$?
      kill $holder; exit $status
      """)
    #expect(result.status == 130, "\(result.err)")
    #expect(result.err.contains("interrupted"), "\(result.err)")
    #expect(!place.exists("plan.json"))
  }
}
