import Glibc
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct JournalTests {
  private static let tags = [ObjectTag(key: "team", value: "a b"), ObjectTag(key: "\u{e9}\n", value: "\"")]
  private static let lock = ObjectLockState(
    retention: ObjectLockState.Retention(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z"),
    eventHold: ObjectLockState.EventHold(mode: "GOVERNANCE", duration: .days(3)))
  private static let grant = JournalRecord.begins(
    index: 0, Sample.change("a/1.html"), from: .owned(by: Sample.tools),
    to: .owned(by: Sample.tools, .user(Sample.oai)))
  private static let records: [JournalRecord] = [
    grant,
    .begins(
      index: 3, Sample.change("c", size: 2000, action: .copy), from: .owned(by: Sample.tools, .user(Sample.site)),
      to: .owned(by: Sample.site, .user(Sample.oai))),
    .copyBegins(
      index: 3, key: ObjectKey("c"),
      CopyIntent(replaces: "v1", tags: tags, lock: lock)),
    .upload(index: 3, key: ObjectKey("c"), .intended(others: ["theirs"])),
    .upload(index: 3, key: ObjectKey("c"), .began(id: "u1")),
    .upload(index: 3, key: ObjectKey("c"), .ended(id: "u1")),
    .result(index: 0, key: ObjectKey("a/1.html"), .done),
    .result(
      index: 1, key: ObjectKey("a/2 \"odd\"\n.html"), .failed,
      JournalCause(error: ObjectFailure(operation: "PutObjectAcl", status: 403, message: "\n\u{1b}[31m"))),
    .copyBegins(index: 4, key: ObjectKey("d"), CopyIntent()),
    .result(index: 4, key: ObjectKey("d"), .already),
    .result(index: 5, key: ObjectKey("e"), .stale, JournalCause(reason: "deleted")),
    .rollback(index: 4, key: ObjectKey("d"), .failed, JournalCause(detail: "no")),
  ]

  private static let time: @Sendable () -> Timestamp = { Timestamp(seconds: 1_795_428_900) }

  private func open(_ plan: Plan) throws -> (journal: Journal, replay: JournalReplay) {
    try Journal.open(for: plan, bucket: plan.header.bucket, now: Self.time)
  }

  /// Writes a journal with the records, and returns its bytes.
  private func write(_ records: [JournalRecord] = Self.records, for plan: Plan) async throws -> [UInt8] {
    do {
      let (journal, _) = try open(plan)
      for record in records { try await journal.append(record) }
    }
    return try readBytes(plan.path + ".journal")
  }

  private func expectAllOfIt(_ replay: JournalReplay) {
    #expect((0..<6).map { replay.isFinished($0) } == [true, false, false, false, true, false])
    #expect(replay.finishedCount == 2)
    #expect(
      replay.unconfirmedCopies == [
        3: CopyIntent(
          replaces: "v1", tags: Self.tags,
          lock: Self.lock)
      ])
    #expect((0..<6).map { replay.isTouched($0) } == [true, false, false, true, true, false])
    #expect(replay.isVersion("v1", replacedBy: 3) == true && replay.isVersion("v2", replacedBy: 3) == false)
    #expect(replay.isVersion("v1", replacedBy: 4) == nil)
    #expect(replay.openUploads.isEmpty)
    #expect(replay.ownersOfGrants == [Sample.tools] && replay.hasCopies)
  }

  /// A journal as it is while it is written to: its first line says what was on the disk before the last write.
  private static func unfinished(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let place = JournalHeader.synchronizedOffset
    if bytes.count >= place + JournalHeader.synchronizedDigits {
      bytes.replaceSubrange(place..<place + JournalHeader.synchronizedDigits, with: JournalHeader.digits(0))
    }
    return bytes
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
      let desired =
        #"{"grants":[{"id":"0a1f","permission":"READ"}],"readers":[{"source":"grant-read","statement":null,"#
        + #""distribution":null,"oai":null,"id":"0a1f","permission":"READ"}],"strategy":"auto","dropPublicGrants":"when-blocked","#
        + #""keepPreviousOwner":false,"allVersions":false,"prefix":null,"include":[],"exclude":[]}"#
      let time = #""at":"2026-11-23T10:15:00Z"}"#
      let tags = #"[{"key":"team","value":"a b"},{"key":"é\n","value":"\""}]"#
      let full = #""permission":"FULL_CONTROL""#
      let (site, tools) = (Sample.site.value, Sample.tools.value)
      let (oai, both) = (#"{"id":"0a1f","permission":"READ"}"#, #"{"id":"\#(tools)",\#(full)}"#)
      let acls = [
        #""1":{"owner":"\#(tools)","grants":[\#(both)]}"#, #""2":{"owner":"\#(tools)","grants":[\#(oai),\#(both)]}"#,
        #""3":{"owner":"\#(tools)","grants":[{"id":"\#(site)","permission":"READ"},\#(both)]}"#,
        #""4":{"owner":"\#(site)","grants":[\#(oai),{"id":"\#(site)",\#(full)}]}"#,
      ]
      let lines = [
        #"{"format":"fixacl-journal/2","synced":"000000000000","plan":"\#(plan.digest)","changes":6,"#
          + #""bucket":\#(bucket),"desired":\#(desired),"now":\#(bucket),\#(time)"#,
        #"{"change":0,"key":"a/1.html","begins":true,"etag":"e1","size":10,"from":1,"to":2,"acls":{\#(acls[0]),\#(acls[1])}}"#,
        #"{"change":3,"key":"c","begins":true,"etag":"e1","size":2000,"action":"copy","from":3,"to":4,"#
          + #""acls":{\#(acls[2]),\#(acls[3])}}"#,
        #"{"change":3,"key":"c","copyBegins":{"replaces":"v1","tags":\#(tags),"#
          + #""lock":{"mode":"GOVERNANCE","until":"2030-01-01T00:00:00Z","legalHold":false,"#
          + #""eventHold":true,"eventHoldMode":"GOVERNANCE","eventHoldDays":3}},\#(time)"#,
        #"{"change":3,"key":"c","uploadIntended":{"others":["theirs"]},\#(time)"#,
        #"{"change":3,"key":"c","upload":"u1",\#(time)"#,
        #"{"change":3,"key":"c","uploadEnded":true,"uploadId":"u1",\#(time)"#,
        #"{"change":0,"key":"a/1.html","result":"done",\#(time)"#,
        #"{"change":1,"key":"a/2 \"odd\"\n.html","result":"failed","#
          + #""error":{"operation":"PutObjectAcl","status":403,"message":"\n\u001b[31m"},\#(time)"#,
        #"{"change":4,"key":"d","copyBegins":{"tags":[]},\#(time)"#,
        #"{"change":4,"key":"d","result":"already",\#(time)"#,
        #"{"change":5,"key":"e","result":"stale","reason":"deleted",\#(time)"#,
        #"{"change":4,"key":"d","rollback":"failed","detail":"no",\#(time)"#,
      ]
      let found = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(found.last == "" && found.count == lines.count + 1)
      for (line, expected) in zip(Self.unfinished(Array(text.utf8)).split(separator: UInt8(ascii: "\n")), lines) {
        let line = String(decoding: line, as: UTF8.self)
        // Every line ends with its seal.
        let seal = line.suffix(18)
        #expect(seal.hasPrefix(#","sum":""#) && seal.hasSuffix(#""}"#))
        #expect(line.dropLast(18) + "}" == expected)
      }
    }
  }

  /// Records of the kinds that there are millions of, with what S3 has for ETags.
  @Test func theSizeOfAChange() async throws {
    try await withTemporaryFolder { folder in
      var sample = SamplePlan()
      let etag = String(repeating: "0123456789abcdef", count: 2)
      for index in 0..<500 { sample.addGrant("\(1_000_000 + index)", etag: etag, size: 123_456_789) }
      let plan = try sample.open(in: folder)
      let (from, to) = (
        AccessControlList.owned(by: Sample.tools), AccessControlList.owned(by: Sample.tools, .user(Sample.oai))
      )
      func records(_ indices: Range<Int>) async throws {
        let (journal, _) = try open(plan)
        for index in indices {
          let change = Sample.change("\(1_000_000 + index)", etag: etag, size: 123_456_789)
          try await journal.append(.begins(index: index, change, from: from, to: to))
          try await journal.append(.result(index: index, key: change.key, .done))
        }
      }
      try await records(0..<1)
      let before = try readBytes(plan.path + ".journal").count
      try await records(1..<51)
      let bytes = try readBytes(plan.path + ".journal").count - before
      // Beside the keys, of which each of both records has one.
      #expect(bytes / 50 - 2 * 7 <= 250)
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
        try await journal.append(.result(index: 3, key: ObjectKey("c"), .done))
      }
      let after = try readBytes(plan.path + ".journal")
      #expect(Self.unfinished(after).starts(with: Self.unfinished(bytes)))
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
      let bytes = Self.unfinished(try await write(for: plan))
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
        let opened = Self.unfinished(try readBytes(path))
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
        try writeBytes(Self.unfinished(bytes) + rest.utf8, to: path)
        expectAllOfIt(try Journal.replay(of: plan))
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

  /// Every byte of a record counts, and every record where it is.
  @Test func whatWasChangedMovedOrTakenOutIsDamage() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let bytes = try await write(for: plan)
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
      func text(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }
      // One digit, and another change would count as done.
      var changed = lines
      let digit = try #require(changed[7].firstIndex(of: UInt8(ascii: "0")))
      changed[7][digit] = UInt8(ascii: "3")
      try expectRefusal(plan, journal: text(changed), "its line 8 is damaged")
      var moved = lines
      moved.swapAt(7, 8)
      try expectRefusal(plan, journal: text(moved), "its line 8 is damaged")
      var shorter = lines
      shorter.remove(at: 7)
      try expectRefusal(plan, journal: text(shorter), "its line 8 is damaged")
      var longer = lines
      longer.insert(lines[7], at: 7)
      try expectRefusal(plan, journal: text(longer), "its line 9 is damaged")
      var other = lines
      other[0][other[0].count - 4] ^= 1
      try expectRefusal(plan, journal: text(other), "its first line is damaged")
    }
  }

  /// A tail that was on the disk and is not there any more is told from one that was never written whole.
  @Test func aLostTailIsNoticed() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let path = plan.path + ".journal"
      let bytes = try await write(for: plan)
      let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.dropLast()
      for end in ends + ends.dropFirst().map({ $0 - 5 }) {
        try writeBytes(bytes[...end], to: path)
        let error = try #require(throws: FileFormatError.self) { try open(plan) }
        #expect(error.description.contains("its end is missing"))
        #expect(error.description.contains("fixacl rollback \(path)"))
        // Whoever only reads it does not take it for whole either.
        let whenRead = try #require(throws: FileFormatError.self) { try Journal.replay(of: plan) }
        #expect(whenRead.description.contains("its end is missing"))
        #expect(try readBytes(path) == Array(bytes[...end]))
        // What is there can be undone.
        let undo = try Undo.open(path, isDryRun: true)
        #expect(undo.replay.isCut)
      }
      try writeBytes(bytes, to: path)
      #expect(try !Undo.open(path, isDryRun: true).replay.isCut)
    }
  }

  /// A rollback of what is left does not make it whole, however much it adds.
  @Test func aLostTailStaysLost() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let path = plan.path + ".journal"
      let bytes = try await write(for: plan)
      let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
      try writeBytes(bytes[...ends[ends.count - 2]], to: path)
      for _ in 0..<3 {
        let undo = try Undo.open(path, isDryRun: false)
        #expect(undo.replay.isCut)
        for _ in 0..<20 {
          try await undo.journal?.append(.rollback(index: 3, key: ObjectKey("c"), .failed))
        }
      }
      let whole = try readBytes(path)
      #expect(whole.count > bytes.count)
      #expect(try #require(throws: FileFormatError.self) { try open(plan) }.description.contains("its end is missing"))
      // A record that was being written when the machine lost power is still told from damage.
      try writeBytes(whole + Array("{\"i\":3,\"rollback\":\"failed\"}\n".utf8), to: path)
      #expect(try Undo.open(path, isDryRun: true).replay.isCut)
    }
  }

  /// Records whose seals fit, of objects that the plan does not have there.
  @Test func recordsNameTheirObject() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      _ = try await write([.result(index: 3, key: ObjectKey("d"), .done)], for: plan)
      for error in [
        try #require(throws: FileFormatError.self) { try open(plan) },
        try #require(throws: FileFormatError.self) { try Journal.replay(of: plan) },
      ] {
        #expect(error.description.contains("and the plan name different objects for change 3"))
      }
    }
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      _ = try await write(
        [
          .result(index: 3, key: ObjectKey("c"), .failed),
          .result(index: 3, key: ObjectKey("d"), .done),
        ], for: plan)
      let error = try #require(throws: FileFormatError.self) { try Journal.replay(of: plan) }
      #expect(error.description.contains("names two objects for change 3"))
    }
  }

  /// Gives lines new seals, and the first line the length that fits.
  private static func resealed(_ text: some StringProtocol) -> [UInt8] {
    var seal = JournalSeal()
    var bytes: [UInt8] = []
    for line in text.split(separator: "\n") {
      guard let end = line.ranges(of: ",\"sum\":\"").last?.lowerBound else { continue }
      bytes += seal.seal(Array(line[..<end].utf8) + [UInt8(ascii: "}")])
    }
    let place = JournalHeader.synchronizedOffset
    bytes.replaceSubrange(
      place..<place + JournalHeader.synchronizedDigits, with: JournalHeader.digits(bytes.count))
    return bytes
  }

  /// Seals are no secret: what a journal says has to be what its plan says, or it is no undo of what is done next.
  @Test(arguments: [
    // Of another bucket, another server, another intent, other accounts.
    ("\"name\":\"assets\"", "\"name\":\"others\"", "its first line and the plan"),
    ("127.0.0.1:8000", "127.0.0.1:8001", "its first line and the plan"),
    ("\"changes\":6", "\"changes\":7", "its first line and the plan"),
    ("\"strategy\":\"auto\"", "\"strategy\":\"copy\"", "its first line and the plan"),
    ("\"allVersions\":false", "\"allVersions\":true", "its first line and the plan"),
    (
      "\"desired\":{", "\"credentials\":{\"profile\":\"p\",\"ownerProfiles\":[],\"ownerRoles\":[]},\"desired\":{",
      "its first line and the plan"
    ),
    // ACLs that the plan's intent does not lead to.
    ("\"from\":1", "\"from\":2", "already allows every reader"),
    ("\"to\":2", "\"to\":1", "is not what its 'desired' makes of"),
    ("\"etag\":\"", "\"etag\":\"\\r\\n", "no object has the ETag"),
  ])
  func aJournalSaysWhatItsPlanSays(text: String, replacement: String, reason: String) async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let whole = String(decoding: try await write(for: plan), as: UTF8.self)
      let range = try #require(whole.firstRange(of: text), "the journal has no \(text)")
      #expect(Self.resealed(whole) == Array(whole.utf8))
      try expectRefusal(
        plan, journal: Self.resealed(whole[..<range.lowerBound] + replacement + whole[range.upperBound...]), reason)
    }
  }

  /// Rollback puts back what apply has dropped, and a journal from elsewhere can name anybody there: they are told first.
  @Test func whatApplyHasDropped() async throws {
    try await withTemporaryFolder { folder in
      var sample = SamplePlan.mixed
      sample.desired.droppedGrantees = [Sample.other]
      let plan = try sample.open(in: folder)
      _ = try await write([Self.grant], for: plan)
      #expect(try Undo.open(plan.path, isDryRun: true).dropped.isEmpty)
    }
    try await withTemporaryFolder { folder in
      var sample = SamplePlan.mixed
      sample.desired.droppedGrantees = [Sample.other]
      let plan = try sample.open(in: folder)
      _ = try await write(
        [
          .begins(
            index: 0, Sample.change("a/1.html"), from: .owned(by: Sample.tools, .user(Sample.other)),
            to: .owned(by: Sample.tools, .user(Sample.oai)))
        ], for: plan)
      #expect(try Undo.open(plan.path, isDryRun: true).dropped == [.user(Sample.other)])
    }
  }

  /// A journal whose first line was never written whole has nothing to undo, and is no plan that is of no use.
  @Test(arguments: ["", "{\"format\":\"fixacl-jou", "\0\0\0\0"])
  func aJournalWithoutItsFirstLine(content: String) throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      try writeBytes(content.utf8, to: plan.path + ".journal")
      for name in [plan.path, plan.path + ".journal"] {
        let error = try #require(throws: FileFormatError.self) { try Undo.open(name, isDryRun: true) }
        #expect(error.description.contains("\(plan.path).journal: it is empty, or does not begin as a journal does"))
      }
    }
  }

  /// The journal of a plan that another plan has taken the place of is that plan's undo still.
  @Test func theJournalOfAnotherPlanIsSetAside() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      var other = SamplePlan.mixed
      other.createdAt = "2026-11-23T10:15:01Z"
      let otherPlan = try other.open(in: folder)
      let bytes = try await write(for: otherPlan)
      let aside = "\(path).\(otherPlan.digest.dropFirst(7).prefix(12)).journal"
      let plan = try SamplePlan.mixed.open(in: folder)
      #expect(try Journal.replay(of: plan).isEmpty)
      do {
        let (journal, replay) = try open(plan)
        #expect(journal.setAside == aside)
        #expect(replay.isEmpty)
        try await journal.append(Self.grant)
      }
      #expect(try readBytes(aside) == bytes)
      #expect(try Undo.open(aside, isDryRun: true).replay.touchedCount == 3)
      #expect(try Undo.open(path, isDryRun: true).replay.touchedCount == 1)
      // When that plan is there again, its journal is brought back.
      _ = try other.open(in: folder)
      #expect(try Undo.open(path, isDryRun: true).replay.touchedCount == 3)
      let (journal, replay) = try open(try Plan(path: path))
      #expect(journal.setAside == "\(path).\(plan.digest.dropFirst(7).prefix(12)).journal")
      #expect(replay.finishedCount == 2)
      #expect(FileKind(ofPath: aside) == .missing)
    }
  }

  /// The name of what is set aside has the beginning of a digest, and another digest can begin alike.
  @Test func digestsThatBeginAlike() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let other = plan.digest.dropLast(8) + "00000000"
      let line = "{\"format\":\"fixacl-journal/1\",\"plan\":\"\(other)\"}\n"
      try writeBytes(line.utf8, to: plan.path + ".journal")
      let (journal, replay) = try open(plan)
      #expect(replay.isEmpty)
      #expect(try readBytes(#require(journal.setAside)) == Array(line.utf8))
    }
  }

  /// The journal alone is the undo.
  @Test func undoNeedsNoPlan() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      _ = try await write(for: plan)
      let path = plan.path
      for content in [nil, "", "{}", "not a plan\n"] as [String?] {
        if let content { try writeBytes(content.utf8, to: path) } else { try #require(unlink(path) == 0) }
        for name in [path, path + ".journal"] {
          let undo = try Undo.open(name, isDryRun: true)
          #expect((undo.planProblem != nil) == (name == path))
          #expect(undo.bucket == plan.header.bucket && undo.desired == plan.header.desired)
          var changes = undo.changes
          var found: [ResolvedChange] = []
          while let change = try changes.next() { found.append(change) }
          #expect(found.map(\.index) == [0, 3])
          #expect(found.map(\.change.key) == [ObjectKey("a/1.html"), ObjectKey("c")])
          #expect(found.map(\.change.owner) == [Sample.tools, Sample.tools])
          #expect(found.map(\.change.action) == [.grant, .copy])
          #expect(found[0].from == .owned(by: Sample.tools))
          #expect(found[1].to == .owned(by: Sample.site, .user(Sample.oai)))
        }
      }
    }
  }

  @Test func undoIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      #expect(throws: FileFormatError.self) { try Undo.open(path, isDryRun: true) }
      let plan = try SamplePlan.mixed.open(in: folder)
      let none = try #require(throws: FileFormatError.self) { try Undo.open(path, isDryRun: true) }
      #expect(none.description.contains("there is no journal \(path).journal"))
      var other = SamplePlan.mixed
      other.createdAt = "2026-11-23T10:15:01Z"
      _ = try await write(for: plan)
      _ = try other.open(in: folder)
      let error = try #require(throws: FileFormatError.self) { try Undo.open(path, isDryRun: true) }
      #expect(error.description.contains("the journal of another plan (\(plan.digest))"))
      #expect(error.description.contains("'fixacl rollback \(path).journal'"))
      // A journal of the first format needs its plan.
      let first =
        #"{"format":"fixacl-journal/1","plan":"\#(plan.digest)","at":"now"}"# + "\n"
        + #"{"change":0,"key":"a/1.html","begins":true,"at":"now"}"# + "\n"
      try writeBytes(first.utf8, to: folder + "/old.journal")
      let old = try #require(throws: FileFormatError.self) { try Undo.open(folder + "/old.journal", isDryRun: true) }
      #expect(old.description.contains("such journals need their plan"))
      try SamplePlan.mixed.write(to: folder + "/old")
      #expect(try Undo.open(folder + "/old.journal", isDryRun: true).replay.touchedCount == 1)
    }
  }

  /// Each distinct ACL once, whatever names it, and however many there are.
  @Test func manyACLs() async throws {
    let acls = (0..<5000).map { AccessControlList.owned(by: Sample.tools, .user(CanonicalID("guest \($0)"))) }
    var encoder = JournalEncoder(seal: nil)
    var defined = 0
    var known: [Int: AccessControlList] = [:]
    for (index, acl) in (acls + acls.suffix(100)).enumerated() {
      let line = try JournalLine(
        parsing: encoder.line(
          .begins(index: index, Sample.change("k"), from: acl, to: acls[0]), at: "now"
        ).dropLast()[...])
      defined += line.beginning.acls.count
      known.merge(line.beginning.acls) { $1 }
      #expect(line.beginning.from.flatMap { known[$0] } == acl)
      #expect(line.beginning.to.flatMap { known[$0] } == acls[0])
    }
    // One more after the numbers were given anew.
    #expect(defined == 5001)
    #expect(known.count <= JournalEncoder.maximumACLs)
  }

  /// Whatever order they come in: those that were written last are found without being looked up.
  @Test func listsInTurns() async throws {
    let acls = (0..<20).map { AccessControlList.owned(by: Sample.tools, .user(CanonicalID("guest \($0)"))) }
    var encoder = JournalEncoder(seal: JournalSeal())
    var seal = JournalSeal()
    var known: [Int: AccessControlList] = [:]
    for index in 0..<500 {
      let (from, to) = (acls[index * 7 % 20], acls[index * index % 13])
      let bytes = encoder.line(.begins(index: index, Sample.change("k"), from: from, to: to), at: "now")
      let isSealed = seal.accept(bytes[...])
      #expect(isSealed)
      let line = try JournalLine(parsing: bytes.dropLast()[...])
      known.merge(line.beginning.acls) { $1 }
      #expect(line.beginning.from.flatMap { known[$0] } == from)
      #expect(line.beginning.to.flatMap { known[$0] } == to)
    }
    #expect(known.count == 20)
  }

  /// What a server says is of any length, and a line is not.
  @Test func longErrors() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let text = String(repeating: "é\u{1}", count: 8 << 20)
      let failure = ObjectFailure(operation: text, status: 400, code: text, requestID: text, message: text)
      let bytes = try await write(
        [.result(index: 3, key: ObjectKey("c"), .failed, JournalCause(error: failure))], for: plan)
      #expect(bytes.count < 16_384)
      #expect(try Journal.replay(of: plan).finishedCount == 0)
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
      ("{\"format\":\"fixacl-journal/2\"", nil),
      ("{\"format\":\"fixacl-journal/3\"", "does not begin as a journal"),
      ("{\"format\":\"fixacl-journal/2\",\"plan\":\"x\"}\n", "its first line is damaged"),
      ("{\"format\":\"fixacl-journal/3\",\"plan\":\"x\"}\n", "it has the format 'fixacl-journal/3'"),
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
      let error = try #require(throws: FileFormatError.self) { try open(plan) }
      #expect(error.description.contains(plan.path + ".journal: Is a directory. Nothing was changed"))
      #expect(throws: FileFormatError.self) { try Journal.replay(of: plan) }
    }
  }

  @Test(arguments: ["\"done\"", "\"already\"", "\"stale\"", "\"failed\""])
  func whatIsFinal(result: String) throws {
    let isFinal = result == "\"done\"" || result == "\"already\""
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let lines = [
        #"{"format":"fixacl-journal/1","plan":"\#(plan.digest)","at":"now"}"#,
        #"{"change":3,"key":"c","copyBegins":{"tags":[{"key":"k","value":"v"}]},"at":"now"}"#,
        #"{"change":3,"key":"c","result":\#(result),"at":"now"}"#,
        // The same again is not counted again.
        #"{"change":3,"key":"c","result":\#(result),"at":"now"}"#,
        // Words of a later version are passed over.
        #"{"change":0,"key":"a/1.html","result":"stale","colour":"red","at":"now"}"#,
        "",
      ]
      try writeBytes(lines.joined(separator: "\n").utf8, to: plan.path + ".journal")
      let replay = try Journal.replay(of: plan)
      #expect(replay.isFinished(3) == isFinal)
      #expect(replay.finishedCount == (isFinal ? 1 : 0))
      #expect(replay.unconfirmedCopies == (isFinal ? [:] : [3: CopyIntent(tags: [ObjectTag(key: "k", value: "v")])]))
    }
  }

  /// A copy that was begun twice: the tags that count are those that were there last.
  @Test func lastTagsCount() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let first = [ObjectTag(key: "k", value: "1")]
      let second = [ObjectTag(key: "k", value: "2")]
      _ = try await write(
        [first, second].map { .copyBegins(index: 3, key: ObjectKey("c"), CopyIntent(tags: $0)) }, for: plan)
      #expect(try Journal.replay(of: plan).unconfirmedCopies == [3: CopyIntent(tags: second)])
    }
  }

  @Test func secondApplyIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      var first: (journal: Journal, replay: JournalReplay)? = try open(plan)
      // Locks belong to open files, not to processes, so this is what another process would meet.
      let error = try #require(throws: FileFormatError.self) { try open(plan) }
      #expect(error.description.hasPrefix("another fixacl is applying \(plan.path) (it holds the lock of"))
      #expect(error.description.contains(plan.path + ".journal"))
      // The first one is not disturbed, and its journal may be read.
      try await first?.journal.append(Self.records[6])
      #expect(try Journal.replay(of: plan).finishedCount == 1)
      first = nil
      #expect(try open(plan).replay.finishedCount == 1)
    }
  }

  /// Whatever still holds the file: what wrote its last record lets go of it a moment later.
  @Test func theLockEndsWithTheJournal() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      for _ in 0..<50 { _ = try await write([Self.records[6]], for: plan) }
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
              .result(index: index, key: ObjectKey("key \(1000 + index)"), .done))
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
      let changes = try lines.dropFirst().map { try JournalLine(parsing: $0).index }
      #expect(changes.sorted() == Array(0..<1000))
      #expect(try Journal.replay(of: plan).finishedCount == 1000)
    }
  }

  @Test func fullDiskIsAnError() async throws {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let (journal, _) = try open(plan)
      try await journal.append(Self.records[2])
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
      try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try open(plan) },
      try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try Journal.replay(of: plan) },
    ]
    for error in errors {
      #expect(error.description.hasPrefix("fixacl cannot use \(path): "), sourceLocation: sourceLocation)
      #expect(error.description.contains(reason), sourceLocation: sourceLocation)
      #expect(error.description.contains("Nothing was changed."), sourceLocation: sourceLocation)
    }
    #expect(try readBytes(path) == bytes, sourceLocation: sourceLocation)
  }
}
