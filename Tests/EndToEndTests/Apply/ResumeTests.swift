import Foundation
import AWSKit
import TestSupport
import Testing

/// A kill at any moment loses nothing, and what the journal has is not done again.
struct ResumeTests {
  @Test(arguments: S3TestServer.all)
  func killsInTheMiddleOfGrants(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(2000)
    let (broken, twin) = try await twins(server, keys)
    try await broken.plan()
    try await killRepeatedly(broken, kills: 6, afterLines: 180)
    try await resumeToTheEnd(broken, isCopy: false)

    try await twin.plan()
    let uninterrupted = try await twin.apply()
    #expect(uninterrupted.status == 0, "\(uninterrupted.err)")
    let states = try await broken.states()
    #expect(states.count == keys.count)
    let expected = try await twin.states()
    for key in keys {
      #expect(states[key]?.acl == broken.grantedACL())
      #expect(states[key]?.acl == expected[key]?.acl)
      #expect(states[key]?.object.etag == expected[key]?.object.etag)
    }
  }

  @Test(arguments: S3TestServer.all)
  func killsInTheMiddleOfCopies(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(240)
    let headers = [
      (name: "x-amz-tagging", value: "team=web&stage=live"), ("Content-Type", "text/css"), ("x-amz-meta-build", "42"),
    ]
    let (broken, twin) = try await twins(server, keys, headers: headers)
    try await broken.plan("--strategy", "copy")
    try await killRepeatedly(broken, kills: 6, afterLines: 40)
    try await resumeToTheEnd(broken, isCopy: true)

    try await twin.plan("--strategy", "copy")
    let uninterrupted = try await twin.apply()
    #expect(uninterrupted.status == 0, "\(uninterrupted.err)")
    let states = try await inParallel(keys) { try await copied($0, in: broken) }
    let expected = try await inParallel(keys) { try await copied($0, in: twin) }
    #expect(states == expected)
    let tags: Set = [ObjectTag(key: "team", value: "web"), ObjectTag(key: "stage", value: "live")]
    #expect(states.allSatisfy { $0.tags == tags && $0.acl == broken.copiedACL() && $0.metadata == ["build: 42"] })
  }

  /// A server may lose the tags of a copy. Here the kill came after the copy and before they were put back.
  @Test(arguments: S3TestServer.all)
  func tagsSurviveAKillBetweenCopyAndTags(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server)
    let keys: [ObjectKey] = ["copied", "first", "intended", "untouched"]
    for key in keys {
      try await broken.upload([key], headers: [("x-amz-tagging", "name=\(key.text)&left=1")])
    }
    try await broken.plan("--strategy", "copy")
    // The first change in the order of the keys is "copied": the canary leaves a journal that begins as it should.
    let canary = try await broken.apply("--limit", "1")
    #expect(canary.status == 0, "\(canary.err)")
    var journal = try broken.place.read("plan.json.journal").split(separator: "\n")
    try #require(journal.count == 4)
    #expect(journal.remove(at: 1).contains("\"begins\":true"))
    #expect(journal[1].contains("copyBegins") && journal[1].contains("\"key\":\"copied\""))
    journal.removeLast()
    // As the first format of journals had it, whose lines have no seals.
    journal[0] = Substring(
      "{\"format\":\"fixacl-journal/1\",\"plan\":\"\(try PlanDocument(Data(broken.place.read("plan.json").utf8)).digest)\"}"
    )
    let intent = journal[1].replacing("\"change\":0", with: "\"change\":2").replacing("copied", with: "intended")
    journal.append(Substring(intent))
    try broken.place.write(journal.joined(separator: "\n") + "\n", to: "plan.json.journal")
    try await broken.server.site.put(
      "copied", in: broken.name, body: [],
      headers: [
        ("x-amz-copy-source", "/\(broken.name)/copied"), ("x-amz-metadata-directive", "REPLACE"),
        // A server that keeps tags is told not to.
        ("x-amz-tagging-directive", "REPLACE"),
        // One grant more than fixacl would write, that allows nothing more: it shows whose copy this is.
        ("x-amz-grant-read", "id=\"\(server.oai.id.value)\", id=\"\(server.site.id.value)\""),
        ("x-amz-grant-full-control", "id=\"\(server.site.id.value)\""),
      ])
    #expect(try await server.site.client.objectTags(bucket: broken.name, key: "copied").isEmpty)
    let copiedByHand = try await server.site.acl(of: "copied", in: broken.name)
    #expect(copiedByHand.grants.count == 3)

    let resumed = try await broken.apply()
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.count("changed") == 3)
    #expect(resumed.count("already as planned") == 1)
    for key in keys {
      let tags = try await server.site.client.objectTags(bucket: broken.name, key: key)
      #expect(Set(tags) == [ObjectTag(key: "name", value: key.text), ObjectTag(key: "left", value: "1")])
      let acl = try await server.site.acl(of: key, in: broken.name)
      #expect(acl == (key == "copied" ? copiedByHand : broken.copiedACL()), "\(key)")
    }
    #expect(try JournalText(broken.place.path("plan.json.journal")).finalKeys.sorted() == keys.map(\.text))
  }

  static let tornLines = [
    "{\"change\":", "{\"change\":3,\"key\":\"assets/000003.css\",\"result\":\"done\",\"at\":\"2026-01-01T00:00:00Z\"}",
    "{", "\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{0}\u{0}\n",
  ]

  @Test(arguments: S3TestServer.all, tornLines)
  func aTornLastLineIsHealed(server: S3TestServer, torn: String) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(8))
    try await broken.plan()
    #expect(try await broken.apply("--limit", "3").status == 0)
    try broken.place.write(broken.place.read("plan.json.journal") + torn, to: "plan.json.journal")

    let resumed = try await broken.apply()
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.count("changed") == 5)
    #expect(resumed.count("done by earlier runs") == 3)
    let journal = try JournalText(broken.place.path("plan.json.journal"))
    #expect(journal.finalKeys.sorted() == BrokenBucket.keys(8).map(\.text))
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
  }

  @Test(arguments: S3TestServer.all, [0, 1, 17, 40])
  func aTornFirstLineIsHealed(server: S3TestServer, length: Int) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan()
    #expect(try await broken.apply("--limit", "1").status == 0)
    try broken.place.write(
      String(try broken.place.read("plan.json.journal").prefix(length)), to: "plan.json.journal")

    let resumed = try await broken.apply()
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.count("changed") == 1)
    #expect(resumed.count("already as planned") == 1)
    #expect(try JournalText(broken.place.path("plan.json.journal")).finalKeys.count == 2)
  }

  /// Killed between the write of an object and its record: one look, and no second write.
  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func whatTheJournalMissesIsNotWrittenAgain(server: S3TestServer, strategy: String) async throws {
    let keys = BrokenBucket.keys(30)
    let broken = try await BrokenBucket(server, keys: keys)
    try await broken.plan("--strategy", strategy)
    #expect(try await broken.apply().status == 0)
    let before = try await broken.states()
    let journal = try broken.place.read("plan.json.journal").split(separator: "\n")
    #expect(journal.count { $0.contains("\"result\":") } == 30)
    // The first line says how long the journal was before the last write that came to its end: here none.
    let begun = journal.lastIndex { $0.contains("\"begins\":true") } ?? 0
    let kept = journal.indices.last { journal[...$0].count { $0.contains("\"result\":") } == 18 } ?? 0
    let rest = journal[...max(begun, kept)].joined(separator: "\n") + "\n"
    let finished = rest.split(separator: "\n").count { $0.contains("\"result\":") }
    try broken.place.write(
      rest.replacing(#/"synced":"\d+"/#, with: "\"synced\":\"000000000000\"", maxReplacements: 1),
      to: "plan.json.journal")

    let resumed = try await broken.apply()
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.count("changed") == 0)
    #expect(resumed.count("already as planned") ?? 0 == 30 - finished)
    #expect(resumed.count("done by earlier runs") ?? 0 == finished)
    #expect(try await broken.states() == before)
    #expect(try JournalText(broken.place.path("plan.json.journal")).finalKeys.sorted() == keys.map(\.text))
  }

  private func twins(
    _ server: S3TestServer, _ keys: [ObjectKey], headers: [(name: String, value: String)] = []
  ) async throws -> (BrokenBucket, BrokenBucket) {
    async let first = BrokenBucket(server, keys: keys, headers: headers)
    async let second = BrokenBucket(server, keys: keys, headers: headers)
    return (try await first, try await second)
  }

  /// Runs apply and kills it, over and over. After each kill, whatever the journal had before it is as it was.
  private func killRepeatedly(_ broken: BrokenBucket, kills: Int, afterLines lines: Int) async throws {
    let path = broken.place.path("plan.json.journal")
    var before = try await broken.marks()
    for kill in 1...kills {
      let finished = kill == 1 ? [] : try JournalText(path).finalKeys
      let target = JournalText.lineCount(path) + lines
      let run = try broken.startApply("--concurrency", "8")
      let hasGrown = try await waitUntil({ JournalText.lineCount(path) >= target }, while: { run.isRunning })
      run.signal(SIGKILL)
      let result = try await run.result()
      try #require(hasGrown && result.status == -Int(SIGKILL), "it was not killed in the middle: \(result.err)")
      let after = try await broken.marks()
      for key in finished.map({ ObjectKey($0) }) {
        #expect(after[key] == before[key], "\(key) was written again after kill \(kill - 1)")
      }
      before = after
      // The kill may have torn the last line; a test of its own sees to that, and this one wants to read on.
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text[...(text.lastIndex(of: "\n")!)].write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  /// Runs apply to its end, and sees that it did what was left and nothing else.
  private func resumeToTheEnd(_ broken: BrokenBucket, isCopy: Bool) async throws {
    let path = broken.place.path("plan.json.journal")
    let finished = Set(try JournalText(path).finalKeys)
    let before = try await broken.marks()
    #expect(finished.count < before.count)
    let result = try await broken.apply()
    #expect(result.status == 0, "\(result.err)")

    let after = try await broken.marks()
    let written = Set(before.keys.filter { before[$0] != after[$0] }.map(\.text))
    let journal = try JournalText(path)
    let ended = journal.entries.filter { $0.isFinal && !finished.contains($0.key) }
    #expect(finished.isDisjoint(with: written), "journalled work was done again")
    #expect(written.isSuperset(of: ended.filter { $0.result == "done" }.map(\.key)))
    // What a kill kept from being recorded is not written again; but a copy can have lacked its tags.
    #expect(isCopy || written.isDisjoint(with: ended.filter { $0.result == "already" }.map(\.key)))
    #expect(result.count("done by earlier runs") == finished.count)
    let changed = try #require(result.count("changed"))
    let already = try #require(result.count("already as planned"))
    #expect(changed + already + finished.count == before.count)
    #expect(result.count("stale") == 0)
    #expect(result.count("failed") == 0)
    #expect(journal.finalKeys.sorted() == before.keys.sorted().map(\.text), "each change is final exactly once")
    // A copy is looked at three times, opened for the bucket owner, made, and given its tags, each time by the account
    // that may, perhaps after one that may not. Some more are for the bucket, and none for what was journalled.
    let requests = try #require(result.count("requests"))
    #expect(requests <= (isCopy ? 16 : 3) * (changed + already) + 40)
  }

  /// What of a copy could go wrong, as the bucket's owner sees it.
  private struct Copied: Sendable, Equatable {
    let acl: AccessControlList
    let tags: Set<ObjectTag>
    let contentHeaders: [String]
    let metadata: [String]
    let size: Int
  }

  private func copied(_ key: ObjectKey, in broken: BrokenBucket) async throws -> Copied {
    let (site, bucket) = (broken.server.site, broken.name)
    let head = try await site.head(key, in: bucket)
    return Copied(
      acl: try await site.acl(of: key, in: bucket), tags: try await site.tags(of: key, in: bucket),
      contentHeaders: head.contentHeaders.map { "\($0.name): \($0.value)" },
      metadata: head.userMetadata.map { "\($0.name): \($0.value)" }, size: head.size)
  }
}
