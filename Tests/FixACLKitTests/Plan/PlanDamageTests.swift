import FoundationEssentials
import Glibc
import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

/// What is no whole plan is refused, with the file's name and the reason.
@Suite struct PlanDamageTests {
  /// The bytes of a plan with some of each kind.
  private static func bytes(_ plan: SamplePlan = .mixed) throws -> [UInt8] {
    try withTemporaryFolder { folder in
      try plan.write(to: folder + "/plan.json")
      return try readBytes(folder + "/plan.json")
    }
  }

  /// Why the bytes are refused as a plan.
  private static func refusal(
    of bytes: some Sequence<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try withTemporaryFolder { folder in
      let path = folder + "/my plan.json"
      try writeBytes(bytes, to: path)
      return try refusal(ofFile: path, sourceLocation: sourceLocation)
    }
  }

  private static func refusal(ofFile path: String, sourceLocation: SourceLocation) throws -> String {
    let error = try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try Plan(path: path) }
    #expect(error.description.hasPrefix(path + " is not a usable plan: "), sourceLocation: sourceLocation)
    #expect(error.description.hasSuffix("Make a new plan with 'fixacl plan'."), sourceLocation: sourceLocation)
    // A reason, not a dump of some error.
    #expect(!error.description.contains("Error("), sourceLocation: sourceLocation)
    return error.description
  }

  @Test(
    arguments: [
      ("", "it is empty, or not a plan"),
      ("\n", "does not begin as a plan"),
      ("{", "it is empty, or not a plan"),
      ("{}", "it is empty, or not a plan"),
      ("{}\n", "does not begin as a plan"),
      ("null\n", "does not begin as a plan"),
      ("\u{0}\u{0}\u{0}\n", "does not begin as a plan"),
      (String(repeating: "\u{0}", count: 100_000), "it is empty, or not a plan"),
      ("{\n", "cut short"),
      ("{\n\n\n\n\n\n\n\n\n\n\n", "does not begin as a plan"),
      ("{\n\"format\":\"fixacl-plan/1\",\n", "cut short"),
      ("{\n\"format\":\"fixacl-plan/1\",\n\"acls\":{\n", "line 3 is damaged"),
      ("\"acls\":{\n", "line 1 is damaged"),
      ("<?xml version=\"1.0\"?>\n<Error/>\n", "does not begin as a plan"),
      ("fixacl: cannot plan\n", "does not begin as a plan"),
      ("{\"format\":\"fixacl-plan/1\"}\n", "jq"),
      ("{\n  \"format\": \"fixacl-plan/1\",\n  \"tool\": \"fixacl 0.1.0\",\n", "jq"),
      ("{\"format\":\"fixacl-show/1\"}\n", "does not begin as a plan"),
      // Another program's JSON, or a journal.
      ("{\n\"version\":4\n}\n", "does not begin as a plan"),
      ("{\"format\":\"fixacl-journal/1\",\"plan\":\"sha256:00\"}\n", "does not begin as a plan"),
    ])
  func whatIsNoPlan(text: String, reason: String) throws {
    #expect(try Self.refusal(of: text.utf8).contains(reason))
  }

  @Test func cutAtEveryLine() throws {
    let bytes = try Self.bytes()
    let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
    #expect(ends.count > 15)
    for end in ends.dropLast() {
      let reason = try Self.refusal(of: bytes[...end])
      #expect(reason.contains("cut short"), "cut after byte \(end): \(reason)")
    }
  }

  @Test func cutAtEveryByte() throws {
    let bytes = try Self.bytes()
    for length in 0..<bytes.count {
      let reason = try Self.refusal(of: bytes.prefix(length))
      #expect(reason.contains(length < 2 ? "it is empty, or not a plan" : "cut short"), "\(length) bytes: \(reason)")
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func oneByteChangedAnywhere(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let bytes = try Self.bytes()
    for _ in 0..<60 {
      var damaged = bytes
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: damaged[index] = damaged[index] == UInt8(ascii: "\n") ? UInt8(ascii: " ") : UInt8(ascii: "\n")
      case 2: damaged.remove(at: index)
      default: damaged.insert([0x20, 0x0a, 0x22, 0x30, 0x00, 0xff].randomElement(using: &generator)!, at: index)
      }
      if damaged != bytes { _ = try Self.refusal(of: damaged) }
    }
  }

  @Test func oneByteOfTheDigestChanged() throws {
    let bytes = try Self.bytes()
    let start = try #require(Self.position(of: "\"digest\":", in: bytes))
    for index in start..<bytes.count {
      var damaged = bytes
      damaged[index] ^= 1
      _ = try Self.refusal(of: damaged)
    }
  }

  @Test(
    arguments: [
      // What somebody may do with an editor, or with sed.
      ("\"action\":\"copy\",\"to\":", "\"action\":\"copy\", \"to\":", "edited or damaged"),
      ("\"key\":\"a/1.html\"", "\"key\":\"a/11.html\"", "edited or damaged"),
      ("\"etag\":\"e1\"", "\"etag\":\"e2\"", "edited or damaged"),
      ("\"size\":2000", "\"size\":2001", "edited or damaged"),
      ("\"size\":10,", "\"size\":11,", "edited or damaged"),
      ("\"tool\":\"fixacl", "\"tool\":\"FIXACL", "edited or damaged"),
      ("\"name\":\"assets\"", "\"name\":\"logs\"", "edited or damaged"),
      ("\"strategy\":\"auto\"", "\"strategy\":\"copy\"", "edited or damaged"),
      ("sha256:", "sha512:", "edited or damaged"),
      ("fixacl-plan/1", "fixacl-plan/2", "it has the format 'fixacl-plan/2'"),
      ("\"format\":\"fixacl-plan/1\"", "\"format\":1", "damaged"),
      ("\"action\":\"grant\"", "\"action\":\"delete\"", "is damaged"),
      ("\"action\":\"copy\"", "\"action\":\"grant\"", "edited or damaged"),
      ("\"reason\":\"grant-first\"", "\"reason\":\"because\"", "is damaged"),
      ("\"strategy\":\"auto\"", "\"strategy\":\"guess\"", "its 'strategy' is 'guess'"),
      ("\"when-blocked\"", "\"sometimes\"", "its 'dropPublicGrants' is 'sometimes'"),
      ("\"Unversioned\"", "\"Perhaps\"", "its 'versioning' is 'Perhaps'"),
      ("\"permission\":\"READ\"}],\"readers\"", "\"permission\":\"WALK\"}],\"readers\"", "its 'desired'"),
      (
        "{\"id\":\"0a1f\",\"permission\":\"READ\"}],\"readers\"", "{\"permission\":\"READ\"}],\"readers\"",
        "its 'desired'"
      ),
      ("\"byAction\":{\"grant\":2", "\"byAction\":{\"grant\":3", "edited or damaged"),
      ("\"byAction\":{\"grant\":2", "\"byAction\":{\"burn\":2", "its summary names the action 'burn'"),
      ("\"blockedBy\":{\"", "\"blockedBy\":{\"by-", "its summary names the reason 'by-"),
      ("\"byAction\":{\"grant\":2", "\"byAction\":{\"grant\":\"2\"", "is damaged"),
      ("\"byAction\":{\"grant\":2", "\"byAction\":{\"grant\":99999999999999999999", "is damaged"),
      ("\"createdAt\":", "\"created\":", "is damaged"),
      ("\"size\":10,", "", "is damaged"),
      ("\"size\":10,", "\"size\":1.5,", "is damaged"),
      ("\"size\":10,", "\"size\":-10,", "no object has the size -10"),
      ("\"etag\":\"e1\"", "\"etag\":7", "is damaged"),
      ("\"acls\":{\n", "\"acls\": {\n", "is cut short"),
      ("\"changes\":[\n", "\"changes\":[ \n", "should begin the changes"),
      ("},\n\"changes\"", "}, \n\"changes\"", "is damaged"),
      ("],\n\"digest\"", "]\n,\"digest\"", "is damaged"),
      ("\"digest\":", "\"digest\": ", "should hold its digest"),
      ("\"digest\":", "\"checksum\":", "should hold its digest"),
      ("\"\n}\n", "\"}\n", "edited or damaged"),
      ("\"\n}\n", "\",\n}\n", "edited or damaged"),
    ])
  func edited(text: String, replacement: String, reason: String) throws {
    let bytes = try Self.bytes()
    let start = try #require(Self.position(of: text, in: bytes), "the plan has no \(text)")
    var edited = bytes
    edited.replaceSubrange(start..<start + text.utf8.count, with: replacement.utf8)
    let refusal = try Self.refusal(of: edited)
    #expect(refusal.contains(reason))
  }

  @Test(arguments: ["x", "\n", " ", "}\n", "{}\n", "\u{0}", "\"digest\":\"sha256:00\"\n}\n"])
  func somethingFollows(rest: String) throws {
    #expect(try Self.refusal(of: try Self.bytes() + rest.utf8).contains("something follows its end"))
  }

  @Test func anotherPlanFollows() throws {
    #expect(try Self.refusal(of: try Self.bytes() + Self.bytes()).contains("something follows its end"))
  }

  @Test func linesOfChangesMovedRemovedOrRepeated() throws {
    let lines = try Self.bytes().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      Array($0)
    }
    func refusal(_ lines: [[UInt8]]) throws -> String { try Self.refusal(of: Array(lines.joined(separator: [0x0a]))) }
    for index in 1..<lines.count - 3 {
      var swapped = lines
      swapped.swapAt(index, index + 1)
      if swapped != lines { _ = try refusal(swapped) }
      var removed = lines
      removed.remove(at: index)
      _ = try refusal(removed)
      var repeated = lines
      repeated.insert(lines[index], at: index)
      _ = try refusal(repeated)
    }
  }

  @Test func lineEndsConverted() throws {
    let bytes = try Self.bytes().flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
    _ = try Self.refusal(of: bytes)
    _ = try Self.refusal(of: try Self.bytes().map { $0 == 0x0a ? 0x0d : $0 })
  }

  @Test func byteOrderMarkBefore() throws {
    #expect(try Self.refusal(of: [0xef, 0xbb, 0xbf] + Self.bytes()).contains("does not begin as a plan"))
  }

  /// As `jq . plan.json` and `jq -c . plan.json` would leave it.
  @Test(arguments: [JSONEncoder.OutputFormatting.prettyPrinted, []])
  func formattedAnew(formatting: JSONEncoder.OutputFormatting) throws {
    struct Plan: Codable {
      var format: String
      var tool: String
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    let plan = try JSONDecoder().decode(Plan.self, from: Data(try Self.bytes()))
    _ = try Self.refusal(of: Array(try encoder.encode(plan)) + [0x0a])
    let text = String(decoding: try Self.bytes(), as: UTF8.self)
    let spaced = text.replacing(character: "\n", with: "\n  ").replacing(character: ":", with: ": ")
    _ = try Self.refusal(of: spaced.utf8)
    _ = try Self.refusal(of: (text.replacing(character: "\n", with: "") + "\n").utf8)
  }

  /// As a disk leaves it that has lost a page.
  @Test func zerosInTheMiddle() throws {
    var bytes = try Self.bytes()
    let middle = bytes.count * 2 / 3
    bytes.replaceSubrange(middle..<middle + 64, with: [UInt8](repeating: 0, count: 64))
    #expect(try Self.refusal(of: bytes).contains("damaged"))
  }

  @Test func veryLongLine() throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 9 << 20)
    #expect(try Self.refusal(of: long).contains("a line of more than 8388608 bytes"))
    #expect(try Self.refusal(of: Array("{\n".utf8) + long + [0x0a]).contains("a line of more than"))
    let bytes = try Self.bytes()
    let start = try #require(Self.position(of: "\"changes\":[\n", in: bytes)) + "\"changes\":[\n".utf8.count
    #expect(try Self.refusal(of: bytes[..<start] + long + bytes[start...]).contains("a line of more than"))
  }

  /// A header without an end must not be kept in memory, however long it is.
  @Test func headerWithoutEnd() throws {
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + [0x0a]
    let text = Array("{\n\"format\":\"fixacl-plan/1\",\n".utf8) + [[UInt8]](repeating: line, count: 40).joined()
    #expect(try Self.refusal(of: text).contains("its header has no end"))
  }

  @Test(arguments: ["/dev/null", "/dev/zero", "/tmp"])
  func whatIsNoFile(path: String) throws {
    let error = try #require(throws: FileFormatError.self) { try Plan(path: path) }
    #expect(error.description.hasPrefix("\(path) is not a usable plan: it is not a regular file"))
  }

  /// As with `fixacl show <(fixacl plan …)`.
  @Test func pipe() throws {
    var ends: [Int32] = [0, 0]
    try #require(Glibc.pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    let error = try #require(throws: FileFormatError.self) { try Plan(path: "/dev/fd/\(ends[0])") }
    #expect(
      error.description.contains("it is not a regular file, and fixacl reads a plan more than once: save it first"))
  }

  @Test func missingFile() throws {
    let error = try #require(throws: FileFormatError.self) { try Plan(path: "/nonexistent/plan.json") }
    #expect(error.description.hasPrefix("cannot open /nonexistent/plan.json: No such file or directory. Make a plan"))
  }

  private static func position(of text: String, in bytes: [UInt8]) -> Int? {
    let text = Array(text.utf8)
    return bytes.indices.first { bytes[$0...].starts(with: text) }
  }
}

extension String {
  fileprivate func replacing(character: Character, with replacement: String) -> String {
    reduce(into: "") { $0 += $1 == character ? replacement : String($1) }
  }
}
