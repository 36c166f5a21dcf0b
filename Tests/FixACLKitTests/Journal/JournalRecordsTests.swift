import FoundationEssentials
import Glibc
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// The records that say what was written, and what has been undone.
@Suite struct JournalRecordsTests {
  /// A record of the first format, whose lines have no seals.
  private static func record(_ change: Int, _ rest: String) -> String {
    let keys = ["a/1.html", #"a/2 \"odd\"\n.html"#, "b", "c", "d", "e"]
    return record(change, key: keys.indices.contains(change) ? keys[change] : "k", rest)
  }

  private static func record(_ change: Int, key: String, _ rest: String) -> String {
    #"{"change":\#(change),"key":"\#(key)",\#(rest),"at":"now"}"#
  }

  private static let begins = #""begins":true"#
  private static let done = #""result":"done""#
  private static let undone = #""rollback":"done""#

  private func version(_ id: String, _ result: String = "done") -> String {
    #""result":"\#(result)","version":"\#(id)""#
  }

  private static func journal(_ plan: Plan, _ lines: [String]) -> [UInt8] {
    let header = #"{"format":"fixacl-journal/1","plan":"\#(plan.digest)","bucket":{"name":"assets"},"at":"now"}"#
    return ([header] + lines).flatMap { Array(($0 + "\n").utf8) }
  }

  /// What a journal with these lines says of a plan with six changes.
  private func replay(_ lines: [(Int, String)]) throws -> JournalReplay {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      try writeBytes(Self.journal(plan, lines.map { Self.record($0, $1) }), to: plan.path + ".journal")
      return try Journal.replay(of: plan)
    }
  }

  /// The same for a single change.
  private func replay(_ lines: [String]) throws -> JournalReplay { try replay(lines.map { (3, $0) }) }

  @Test(
    arguments: [
      ([], false, false),
      ([begins], true, false),
      ([#""copyBegins":{"tags":[]}"#], true, false),
      ([begins, #""result":"failed""#], true, false),
      ([begins, #""result":"stale""#], true, false),
      ([begins, done], true, true),
      // Twice is not counted twice.
      ([begins, begins, done, done], true, true),
      // A run that was killed had made it, and the next one found it made.
      ([begins, #""result":"already""#], true, true),
      // Somebody else had.
      ([#""result":"already""#], false, true),
      ([#""result":"stale""#], false, false), ([#""result":"failed""#], false, false),
      // As journals were that said nothing of a beginning.
      ([done], true, true),
      ([#""copyBegins":{"tags":[]}"#, done], true, true),
      // Undone, or not.
      ([begins, done, undone], false, false),
      ([begins, done, #""rollback":"already""#], false, false),
      ([begins, done, #""rollback":"stale""#], true, true),
      ([begins, done, #""rollback":"impossible""#], true, true),
      ([begins, done, #""rollback":"failed""#], true, true),
      ([begins, undone], false, false),
      ([undone], false, false),
      ([begins, done, undone, undone], false, false),
      ([done, undone], false, false),
      // Made anew.
      ([begins, done, undone, begins], true, false),
      ([begins, done, undone, begins, done], true, true),
      ([begins, done, undone, #""result":"already""#], false, true),
      ([begins, done, undone, begins, done, undone], false, false),
    ] as [([String], Bool, Bool)])
  func whatIsTouchedAndFinished(lines: [String], isTouched: Bool, isFinished: Bool) throws {
    let replay = try replay(lines)
    #expect(replay.isTouched(3) == isTouched)
    #expect(replay.touchedCount == (isTouched ? 1 : 0))
    #expect(replay.isFinished(3) == isFinished)
    #expect(replay.finishedCount == (isFinished ? 1 : 0))
    // Of no other.
    for change in [0, 1, 2, 4, 5] {
      #expect(!replay.isTouched(change) && !replay.isFinished(change))
    }
  }

  @Test func versions() throws {
    let made = try replay([Self.begins, version("v1")])
    #expect(made.isVersion("v1", madeBy: 3) == true)
    for other in ["v2", "V1", "v1 ", "", "null"] { #expect(made.isVersion(other, madeBy: 3) == false) }
    #expect(made.isVersion("v1", madeBy: 2) == nil)
    // The one that was made last.
    let remade = try replay([Self.begins, version("v1"), Self.undone, Self.begins, version("v2")])
    #expect(remade.isVersion("v2", madeBy: 3) == true && remade.isVersion("v1", madeBy: 3) == false)
    // Undone, it is made no more; and what is made anew without a version has none.
    for lines in [[Self.undone], [Self.undone, Self.begins, Self.done]] {
      let undone = try replay([Self.begins, version("v1")] + lines)
      #expect(undone.isVersion("v1", madeBy: 3) == nil)
    }
    // What could not be undone still is.
    #expect(try replay([Self.begins, version("v1"), #""rollback":"failed""#]).isVersion("v1", madeBy: 3) == true)
    #expect(try replay([Self.begins, version("", "already")]).isVersion("", madeBy: 3) == true)
    let none = try replay([Self.begins, Self.done])
    #expect(none.isVersion("", madeBy: 3) == nil)
  }

  @Test(
    arguments: [
      ([#""upload":"u1""#], ["u1"]),
      ([#""upload":"u1""#, #""upload":"u2""#], ["u1", "u2"]),
      ([#""upload":"u1""#, #""upload":"u2""#, #""uploadEnded":true,"uploadId":"u1""#], ["u2"]),
      ([#""upload":"u1""#, #""uploadEnded":true"#], []),
      ([#""upload":"u1""#, #""uploadEnded":true"#, #""upload":"u2""#], ["u2"]),
      ([#""uploadEnded":true"#], []),
      // Completed, it is gone.
      ([#""upload":"u1""#, done], []), ([#""upload":"u1""#, #""result":"already""#], []),
      ([#""upload":"u1""#, #""result":"failed""#], ["u1"]), ([#""upload":"u1""#, #""result":"stale""#], ["u1"]),
    ] as [([String], [String])])
  func openUploads(lines: [String], uploads: [String]) throws {
    let open = JournalReplay.OpenUploads(key: ObjectKey("c"), ids: uploads)
    #expect(try replay([Self.begins] + lines).openUploads == (uploads.isEmpty ? [:] : [3: open]))
  }

  @Test(arguments: [
    #""begins":1"#, #""begins":"true""#, #""upload":7"#, #""uploadEnded":"yes""#, #""rollback":"perhaps""#,
    #""rollback":true"#, #""version":1"#, #""result":"undone""#, #""copyBegins":{}"#,
  ])
  func damagedRecords(rest: String) throws {
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let path = plan.path + ".journal"
      // The last line may have been damaged by a loss of power; no other.
      let lines = [Self.record(3, Self.begins), Self.record(3, rest)]
      try writeBytes(Self.journal(plan, lines), to: path)
      #expect(try Journal.replay(of: plan).touchedCount == 1)
      try writeBytes(Self.journal(plan, lines + [Self.record(3, Self.done)]), to: path)
      let error = try #require(throws: FileFormatError.self) { try Journal.replay(of: plan) }
      #expect(error.description.contains("its line 3 is damaged"))
    }
  }

  @Test(arguments: [begins, undone, #""upload":"u""#, #""uploadEnded":true"#, #""version":"v""#], [-1, 6, 64, .max])
  func changesThatThePlanDoesNotHave(rest: String, change: Int) throws {
    let error = try #require(throws: FileFormatError.self) { try replay([(change, rest)]) }
    #expect(error.description.contains("a change that the plan does not have"))
  }

  /// Around the ends of the words that the bits are kept in.
  @Test(arguments: [1, 63, 64, 65, 128, 129])
  func everyChangeHasBitsOfItsOwn(count: Int) throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      for index in 0..<count { sample.addGrant("key \(1000 + index)") }
      let plan = try sample.open(in: folder)
      let lines = (0..<count).filter { $0 % 3 == 0 || $0 == count - 1 }.map {
        Self.record($0, key: "key \(1000 + $0)", Self.begins)
      }
      try writeBytes(Self.journal(plan, lines), to: plan.path + ".journal")
      let replay = try Journal.replay(of: plan)
      #expect((0..<count).map { replay.isTouched($0) } == (0..<count).map { $0 % 3 == 0 || $0 == count - 1 })
      #expect(replay.touchedCount == lines.count)
      #expect(replay.finishedCount == 0)
    }
  }
}

@Suite struct JournalNameTests {
  /// What a journal says of its plan becomes a part of a file's name, and never of a path.
  @Test(arguments: [
    "../../etc/passwd", "sha256:../../x", "sha256:", "", "x/y", "sha256:\(String(repeating: "0/", count: 32))",
  ])
  func noDigestLeavesTheFolder(digest: String) {
    let name = JournalHeader.name(ofPlan: digest)
    #expect(name.utf8.count == 12 && name.allSatisfy(\.isHexDigit))
  }

  @Test func theDigitsOfADigest() {
    #expect(JournalHeader.name(ofPlan: "sha256:0123456789abcdef" + String(repeating: "0", count: 48)) == "0123456789ab")
  }
}
