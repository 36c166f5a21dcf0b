import Glibc
import S3Kit
import Testing

@testable import FixACLKit

@Suite struct JournalTests {
  private static let records: [JournalRecord] = [
    .copyBegins(
      change: 3, key: ObjectKey("c"),
      tags: [ObjectTag(key: "team", value: "a b"), ObjectTag(key: "\u{e9}\n", value: "\"")]),
    .result(change: 0, key: ObjectKey("a/1.html"), .done, detail: nil),
    .result(change: 1, key: ObjectKey("a/2 \"odd\"\n.html"), .failed, detail: "PutObjectAcl: 403\n\u{1b}[31m"),
    .copyBegins(change: 4, key: ObjectKey("d"), tags: []),
    .result(change: 4, key: ObjectKey("d"), .already, detail: nil),
    .result(change: 5, key: ObjectKey("e"), .stale, detail: "it is gone"),
  ]

  private static let time: @Sendable () -> Timestamp = { Timestamp(seconds: 1_795_428_900) }

  private func open(_ plan: Plan) throws -> (journal: Journal, replay: JournalReplay) {
    try Journal.open(for: plan, bucket: plan.header.bucket, now: Self.time)
  }

  /// Writes a journal with the records, and returns its bytes.
  private func write(_ records: [JournalRecord] = Self.records, for plan: Plan) async throws -> [UInt8] {
    let (journal, _) = try open(plan)
    for record in records { try await journal.append(record) }
    return try readBytes(plan.path + ".journal")
  }

  private func expectAllOfIt(_ replay: JournalReplay) {
    #expect((0..<6).map { replay.isFinished($0) } == [true, false, false, false, true, false])
    #expect(replay.finishedCount == 2)
    #expect(
      replay.unconfirmedCopies == [
        3: [ObjectTag(key: "team", value: "a b"), ObjectTag(key: "\u{e9}\n", value: "\"")]
      ])
  }

  @Test func literal() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let text = String(decoding: try await write(for: plan), as: UTF8.self)
      let bucket =
        #"{"name":"assets","region":"eu-west-1","endpoint":"http://127.0.0.1:8000","owner":"\#(Sample.site.value)","#
        + #""versioning":"Unversioned","objectOwnership":"ObjectWriter","publicAccessBlock":{"blockPublicAcls":false,"#
        + #""ignorePublicAcls":false,"blockPublicPolicy":false,"restrictPublicBuckets":false},"accountPublicAccessBlock":null,"#
        + #""encryption":null,"objectLock":null,"policyDigest":null}"#
      let time = #""at":"2026-11-23T10:15:00Z"}"#
      let tags = #"[{"key":"team","value":"a b"},{"key":"é\n","value":"\""}]"#
      let lines = [
        #"{"format":"fixacl-journal/1","plan":"\#(plan.digest)","bucket":\#(bucket),\#(time)"#,
        #"{"change":3,"key":"c","copyBegins":{"tags":\#(tags)},\#(time)"#,
        #"{"change":0,"key":"a/1.html","result":"done",\#(time)"#,
        #"{"change":1,"key":"a/2 \"odd\"\n.html","result":"failed","#
          + #""detail":"PutObjectAcl: 403\n\u001b[31m",\#(time)"#,
        #"{"change":4,"key":"d","copyBegins":{"tags":[]},\#(time)"#,
        #"{"change":4,"key":"d","result":"already",\#(time)"#,
        #"{"change":5,"key":"e","result":"stale","detail":"it is gone",\#(time)"#,
      ]
      #expect(text == lines.joined(separator: "\n") + "\n")
    }
  }

  @Test func replaysWhatWasAppended() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let bytes = try await write(for: plan)
      expectAllOfIt(try Journal.replay(of: plan))
      // A second run goes on behind the first.
      do {
        let (journal, replay) = try open(plan)
        expectAllOfIt(replay)
        try await journal.append(.result(change: 3, key: ObjectKey("c"), .done, detail: nil))
      }
      let after = try readBytes(plan.path + ".journal")
      #expect(after.starts(with: bytes))
      #expect(after.count > bytes.count)
      let replay = try Journal.replay(of: plan)
      #expect(replay.finishedCount == 3)
      #expect(replay.unconfirmedCopies.isEmpty)
    }
  }

  @Test func nothingWithoutAJournal() throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let replay = try Journal.replay(of: plan)
      #expect(replay.finishedCount == 0)
      #expect((0..<6).allSatisfy { !replay.isFinished($0) })
      // To ask makes none.
      #expect(try entries(of: folder) == ["plan.json"])
    }
  }

  /// A kill leaves a part of what was being written.
  @Test func tornAtEveryByte() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let path = plan.path + ".journal"
      let bytes = try await write(for: plan)
      let lineEnds = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
      for length in 0..<bytes.count {
        try writeBytes(bytes[..<length], to: path)
        let whole = lineEnds.last { $0 < length }.map { $0 + 1 } ?? 0
        // Only looked at, it stays as it is.
        let replay = try Journal.replay(of: plan)
        #expect(try readBytes(path).count == length)
        #expect(replay.finishedCount <= 2)
        // Opened, it loses its torn end, and the next record begins a line.
        _ = try open(plan)
        let opened = try readBytes(path)
        if whole > 0 {
          #expect(opened == Array(bytes[..<whole]))
        } else {
          #expect(opened == Array(bytes[...lineEnds[0]]))
        }
        let again = try Journal.replay(of: plan)
        #expect(again.finishedCount == replay.finishedCount)
        #expect(again.unconfirmedCopies == replay.unconfirmedCopies)
      }
    }
  }

  /// What a lost block, filled with zeros, leaves of the last line.
  @Test func lastLineDamaged() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let path = plan.path + ".journal"
      let bytes = try await write(for: plan)
      for rest in ["\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{0}\n", "{\"change\":\n", "\n", "{}\n"] {
        try writeBytes(bytes + rest.utf8, to: path)
        expectAllOfIt(try Journal.replay(of: plan))
        let (_, replay) = try open(plan)
        expectAllOfIt(replay)
        #expect(try readBytes(path) == bytes)
      }
    }
  }

  @Test func damagedInTheMiddle() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let lines = try await write(for: plan).split(separator: UInt8(ascii: "\n")).map { Array($0) }
      for index in lines.indices.dropFirst().dropLast() {
        var damaged = lines
        damaged[index].removeLast()
        let bytes = Array(damaged.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
        try expectRefusal(plan, journal: bytes, "its line \(index + 1) is damaged")
        // A torn line after a damaged one is no better.
        try expectRefusal(plan, journal: bytes + [UInt8(ascii: "{")], "its line \(index + 1) is damaged")
      }
    }
  }

  @Test func ofAnotherPlan() async throws {
    try await withTemporaryFolder { folder in
      var other = SamplePlan.mixed
      other.createdAt = "2026-11-23T10:15:01Z"
      let bytes = try await write(for: try other.open(in: folder))
      let plan = try SamplePlan.mixed.open(in: folder)
      try expectRefusal(plan, journal: bytes, "it is the journal of another plan (sha256:")
      // One with a torn end, too.
      try expectRefusal(plan, journal: bytes.dropLast(3), "it is the journal of another plan (sha256:")
    }
  }

  @Test(
    arguments: [
      ("notes\n", "does not begin as a journal"),
      ("notes", "does not begin as a journal"),
      ("\n", "does not begin as a journal"),
      ("{}\n", "does not begin as a journal"),
      ("{", nil),
      ("{\"", nil),
      ("{\"format\":\"fixacl-journal/1\"", nil),
      ("{\"format\":\"fixacl-journal/2\"", "does not begin as a journal"),
      ("{\"format\":\"fixacl-journal/2\",\"plan\":\"x\"}\n", "it has the format 'fixacl-journal/2'"),
      ("\u{0}", "does not begin as a journal"),
      (String(repeating: "x", count: 9 << 20), "a line of more than"),
    ])
  func otherContent(text: String, reason: String?) throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      if let reason {
        try expectRefusal(plan, journal: Array(text.utf8), reason)
      } else {
        // The beginning of a first line that was cut short: there is nothing to lose.
        try writeBytes(text.utf8, to: plan.path + ".journal")
        #expect(try open(plan).replay.finishedCount == 0)
      }
    }
  }

  @Test func whatCannotBeOpened() throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      try #require(mkdir(plan.path + ".journal", 0o755) == 0)
      let error = try #require(throws: PlanError.self) { try open(plan) }
      #expect(error.description.contains(plan.path + ".journal: Is a directory. Nothing was touched"))
      #expect(throws: PlanError.self) { try Journal.replay(of: plan) }
    }
  }

  @Test(arguments: [1, 63, 64, 65, 128])
  func changesThatThePlanDoesNotHave(count: Int) throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      for index in 0..<count { sample.addGrant("key \(1000 + index)") }
      let plan = try sample.open(in: folder)
      let header = JournalHeader.line(plan: plan, bucket: plan.header.bucket, at: "now")
      for index in [count, count + 1, (count + 63) / 64 * 64, count + 64, -1, -64, .max, .min] {
        let results = JournalRecord.result(change: index, key: ObjectKey("k"), .done, detail: nil).line(at: "now")
        let copies = JournalRecord.copyBegins(change: index, key: ObjectKey("k"), tags: []).line(at: "now")
        try expectRefusal(plan, journal: header + results, "a change that the plan does not have")
        try expectRefusal(plan, journal: header + copies, "a change that the plan does not have")
      }
      let last = JournalRecord.result(change: count - 1, key: ObjectKey("k"), .done, detail: nil).line(at: "now")
      try writeBytes(header + last, to: plan.path + ".journal")
      let replay = try Journal.replay(of: plan)
      #expect((0..<count).map { replay.isFinished($0) } == (0..<count).map { $0 == count - 1 })
    }
  }

  @Test(arguments: ["\"done\"", "\"already\"", "\"stale\"", "\"failed\""])
  func whatIsFinal(result: String) throws {
    let isFinal = result == "\"done\"" || result == "\"already\""
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let lines = [
        String(
          decoding: JournalHeader.line(plan: plan, bucket: plan.header.bucket, at: "now").dropLast(), as: UTF8.self),
        #"{"change":3,"key":"c","copyBegins":{"tags":[{"key":"k","value":"v"}]},"at":"now"}"#,
        #"{"change":3,"key":"c","result":\#(result),"at":"now"}"#,
        // The same again is not counted again.
        #"{"change":3,"key":"c","result":\#(result),"at":"now"}"#,
        // Words of a later version are passed over.
        #"{"change":0,"key":"a","result":"stale","colour":"red","at":"now"}"#,
        "",
      ]
      try writeBytes(lines.joined(separator: "\n").utf8, to: plan.path + ".journal")
      let replay = try Journal.replay(of: plan)
      #expect(replay.isFinished(3) == isFinal)
      #expect(replay.finishedCount == (isFinal ? 1 : 0))
      #expect(replay.unconfirmedCopies == (isFinal ? [:] : [3: [ObjectTag(key: "k", value: "v")]]))
    }
  }

  /// A copy that was begun twice: the tags that count are those that were there last.
  @Test func lastTagsCount() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let first = [ObjectTag(key: "k", value: "1")]
      let second = [ObjectTag(key: "k", value: "2")]
      _ = try await write(
        [first, second].map { .copyBegins(change: 3, key: ObjectKey("c"), tags: $0) }, for: plan)
      #expect(try Journal.replay(of: plan).unconfirmedCopies == [3: second])
    }
  }

  @Test func secondApplyIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      var first: (journal: Journal, replay: JournalReplay)? = try open(plan)
      // Locks belong to open files, not to processes, so this is what another process would meet.
      let error = try #require(throws: PlanError.self) { try open(plan) }
      #expect(error.description.hasPrefix("another fixacl is applying \(plan.path) right now"))
      #expect(error.description.contains(plan.path + ".journal"))
      // The first one is not disturbed, and its journal may be read.
      try await first?.journal.append(Self.records[1])
      #expect(try Journal.replay(of: plan).finishedCount == 1)
      first = nil
      #expect(try open(plan).replay.finishedCount == 1)
    }
  }

  /// Whatever still holds the file: what wrote its last record lets go of it a moment later.
  @Test func theLockEndsWithTheJournal() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      for _ in 0..<50 { _ = try await write([Self.records[1]], for: plan) }
      #expect(try readBytes(plan.path + ".journal").count { $0 == UInt8(ascii: "\n") } == 51)
    }
  }

  @Test func manyAppendsAtOnce() async throws {
    try await withTemporaryFolder { folder in
      var sample = SamplePlan()
      for index in 0..<1000 { sample.addGrant("key \(1000 + index)") }
      let plan = try sample.open(in: folder)
      let path = plan.path + ".journal"
      let (journal, _) = try open(plan)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<1000 {
          group.addTask {
            try await journal.append(
              .result(change: index, key: ObjectKey("key \(1000 + index)"), .done, detail: nil))
            // Once it has returned, it is in the file.
            if index % 100 == 0 {
              let text = String(decoding: try readBytes(path), as: UTF8.self)
              #expect(text.contains("\"key \(1000 + index)\",\"result\":\"done\""))
            }
          }
        }
        try await group.waitForAll()
      }
      let lines = try readBytes(path).split(separator: UInt8(ascii: "\n"))
      #expect(lines.count == 1001)
      let changes = try lines.dropFirst().map { try JournalLine(parsing: $0).change }
      #expect(changes.sorted() == Array(0..<1000))
      #expect(try Journal.replay(of: plan).finishedCount == 1000)
    }
  }

  @Test func fullDiskIsAnError() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let (journal, _) = try open(plan)
      try await journal.append(Self.records[0])
      let disk = try FullDisk(under: plan.path + ".journal")
      let error = await #expect(throws: FileError.self) { try await journal.append(Self.records[1]) }
      #expect(error?.description == "cannot write \(plan.path).journal: No space left on device")
      // What failed may have left a part of a line, behind which nothing must be written, space or not.
      disk.free()
      for record in Self.records {
        await #expect(throws: FileError.self) { try await journal.append(record) }
      }
      #expect(try readBytes(plan.path + ".journal").count { $0 == UInt8(ascii: "\n") } == 2)
      #expect(try Journal.replay(of: plan).unconfirmedCopies.count == 1)
    }
  }

  /// Both ways of reading the journal refuse it, and it stays as it is.
  private func expectRefusal(
    _ plan: Plan, journal: some Sequence<UInt8>, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = plan.path + ".journal"
    let bytes = Array(journal)
    try writeBytes(bytes, to: path)
    let errors = [
      try #require(throws: PlanError.self, sourceLocation: sourceLocation) { try open(plan) },
      try #require(throws: PlanError.self, sourceLocation: sourceLocation) { try Journal.replay(of: plan) },
    ]
    for error in errors {
      #expect(error.description.hasPrefix(path + " cannot be used: "), sourceLocation: sourceLocation)
      #expect(error.description.contains(reason), sourceLocation: sourceLocation)
      #expect(error.description.contains("Nothing was touched."), sourceLocation: sourceLocation)
    }
    #expect(try readBytes(path) == bytes, sourceLocation: sourceLocation)
  }
}
