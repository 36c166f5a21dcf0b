import Foundation
import AWSKit
import TestSupport
import Testing

/// A kill in the middle, as the server's own counters tell it: nothing is written twice.
struct KillCountTests {
  @Test(arguments: [("grant", "PutObjectAcl"), ("copy", "CopyObject")])
  func nothingIsWrittenTwice(strategy: String, operation: String) async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(200)
      let bucket = try await BrokenBucket(
        server, keys: keys,
        headers: [
          ("x-amz-grant-full-control", "id=\"\(server.tools.id.value)\""),
          ("x-amz-grant-read", "id=\"\(server.site.id.value)\""),
        ])
      try await bucket.plan("--strategy", strategy)
      let concurrency = 8
      let run = try bucket.startApply("--concurrency", "\(concurrency)")
      let journal = bucket.place.path("plan.json.journal")
      let isUnderWay = try await waitUntil({ JournalText.lineCount(journal) >= 40 }, while: { run.isRunning })
      run.signal(SIGKILL)
      let killed = try await run.result()
      try #require(isUnderWay && killed.status == -Int(SIGKILL), "it was not killed in the middle: \(killed.err)")

      let resumed = try await bucket.apply()
      #expect(resumed.status == 0, "\(resumed.err)")
      let writes = try #require(try await control.successes(in: bucket.name)[operation])
      #expect(Set(writes.keys) == Set(keys))
      // What was in flight may have reached the server after the next run had looked at the object.
      #expect(writes.values.allSatisfy { $0 <= 2 })
      #expect(writes.values.count { $0 == 2 } <= concurrency)
      #expect(try await bucket.verify().status == 0)
    }
  }

  /// Keys that are the same text to Unicode are counted apart.
  @Test func keysAreCountedByTheirBytes() async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys: [ObjectKey] = ["caf\u{e9}", "cafe\u{301}", "quote\"\\", "line\nfeed"]
      let bucket = try await BrokenBucket(server, keys: keys)
      try await bucket.upload(["cafe\u{301}"])
      #expect(try await control.connections() >= 1)
      let text = String(decoding: try await control.send(.get, "/counters", query: "keys").body, as: UTF8.self)
      let expected = [
        #"cafe\#u{301}":2"#, #"caf\#u{e9}":1"#, #"line\u000afeed":1"#, #"quote\"\\":1"#,
      ].map { "\"\(bucket.name)/\($0)" }
      #expect(Array(text.utf8) == Array("{\"PutObject\":{\(expected.joined(separator: ","))}}\n".utf8))

      #expect(try await control.counters(reset: true)["PutObject"] == 5)
      #expect(try await control.counters()["PutObject"] == nil)
      #expect(try await control.successes(in: bucket.name).isEmpty)
      _ = try await server.site.list(bucket.name)
      #expect(try await control.counters()["ListObjectsV2"] == 1)
    }
    try await OwnSandbox.with { server in
      let answer = try await #require(server.control).send(.get, "/counters", query: "keys")
      #expect(answer.status == 400)
      #expect(String(decoding: answer.body, as: UTF8.self).contains("--count-keys"))
    }
  }
}
