import Testing

@testable import fixacl

/// Text is broken between words, and what people paste is not broken.
@Suite struct TextLayoutTests {
  private static let layout = TextLayout(columns: 30)

  static let rows: [(text: String, prefix: String, hanging: Int, lines: [String])] = [
    ("", "note: ", 6, ["note: "]),
    ("short", "note: ", 6, ["note: short"]),
    ("exactly thirty columns ok", "123: ", 5, ["123: exactly thirty columns ok"]),
    ("one more than thirty columns", "123: ", 5, ["123: one more than thirty", "     columns"]),
    // A command in quotation marks stays together, with what follows its end; an apostrophe begins none.
    ("the owner's keys: 'aws s3 ls x'.", "", 2, ["the owner's keys:", "  'aws s3 ls x'."]),
    ("look ('aws s3api get-x', or b) and go", "", 0, ["look ('aws s3api get-x', or b)", "and go"]),
    // Without an end it is no quotation.
    ("failed: 'a key and words that go on", "", 2, ["failed: 'a key and words that", "  go on"]),
    // A word that is too wide for the paragraph's indent, and one that is too wide for any line.
    ("1234567890123456789012", "  label      ", 13, ["  label", "    1234567890123456789012"]),
    (
      "see 123456789012345678901234567890123", "note: ", 6,
      ["note: see", "    123456789012345678901234567890123"]
    ),
    ("123456789012345678901234567890123 x", "note: ", 6, ["note: 123456789012345678901234567890123", "      x"]),
    ("blanks  in a key", "", 0, ["blanks  in a key"]),
  ]

  @Test(arguments: rows)
  func linesAreBrokenBetweenWords(row: (text: String, prefix: String, hanging: Int, lines: [String])) {
    #expect(Self.layout.lines(of: row.text, prefix: row.prefix, hanging: row.hanging) == row.lines)
  }

  /// In a log a message is one line.
  @Test func withoutAWidthNothingIsBroken() {
    let text = String(repeating: "word ", count: 100) + "end"
    #expect(TextLayout(columns: nil).lines(of: text, prefix: "note: ", hanging: 6) == ["note: " + text])
  }

  @Test func commandsStandOnLinesOfTheirOwn() {
    let command = "fixacl apply plan.json --owner-profile tools --owner-profile other"
    let message = Message(.note, "next", "to make all changes:", commands: [command, "b"])
    #expect(message.lines(Self.layout) == ["note: to make all changes:", "  " + command, "  b"])
    #expect(message.lines(TextLayout(columns: nil)) == message.lines(Self.layout))
    #expect(
      String(decoding: message.json, as: UTF8.self)
        == #"{"level":"note","event":"next","message":"to make all changes:","commands":["\#(command)","b"]}"#)
  }

  /// Whoever wrote a part of a message: it is escaped before it is laid out.
  @Test func textIsEscaped() {
    let message = Message(.error, "failed", "a\nb\u{1b}[2J", commands: ["c\rd"])
    #expect(message.lines(Self.layout) == ["error: a\\nb\\u{1b}[2J", "  c\\rd"])
  }
}
