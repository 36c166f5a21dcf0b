import Testing

@testable import AWSKit

@Suite struct TerminalEscapingTests {
  @Test(arguments: [
    ("", ""),
    (
      "plain caf\u{e9} cafe\u{301} \u{1f600} \u{4e2d} \\n",
      "plain caf\u{e9} cafe\u{301} \u{1f600} \u{4e2d} \\n"
    ),
    ("a\nb\rc\td", "a\\nb\\rc\\td"),
    ("a\r\nb", "a\\r\\nb"),
    ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
    ("bell\u{7}back\u{8}", "bell\\u{7}back\\u{8}"),
    ("nul\u{0}", "nul\\u{0}"),
    ("del\u{7f}", "del\\u{7f}"),
    // C1: one character that terminals take for an escape sequence's beginning.
    ("\u{9b}31m", "\\u{9b}31m"),
    ("\u{80}\u{85}\u{9f}\u{a0}", "\\u{80}\\u{85}\\u{9f}\u{a0}"),
    ("exe.\u{202e}gpj", "exe.\\u{202e}gpj"),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    ("\u{feff}", "\\u{feff}"),
    // An accent makes one Character of itself and the control before it.
    ("\u{1b}\u{301}", "\\u{1b}\u{301}"),
  ])
  func controlsAreEscapedAndAllElseStays(text: String, escaped: String) {
    #expect(Array(text.escapedForTerminal.utf8) == Array(escaped.utf8))
  }

  /// The characters with Unicode's property Bidi_Control.
  @Test(arguments: [0x61c, 0x200e, 0x200f] + Array(0x202a...0x202e) + Array(0x2066...0x2069))
  func everyBidirectionalControlIsEscaped(value: Int) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect("a\(scalar)b".escapedForTerminal == "a\\u{\(String(value, radix: 16))}b")
  }

  /// What is not seen makes two keys look alike, or hides words: tags, what has no width, fillers, annotations.
  @Test(
    arguments: [0xad, 0x34f, 0x115f, 0x1160, 0x3164, 0xffa0, 0x180e, 0xe0001, 0xe0100] + Array(0x200b...0x200f)
      + Array(0x2060...0x206f) + Array(0xfff9...0xfffb) + Array(0xe0020...0xe007f))
  func whatIsNotSeenIsEscaped(value: Int) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let escaped = "a\(scalar)b".escapedForTerminal
    #expect(escaped == "a\\u{\(String(value, radix: 16))}b")
    // Whoever escapes once more changes nothing.
    #expect(escaped.escapedForTerminal == escaped)
  }

  @Test func everyControlCharacterIsEscaped() throws {
    for value in Array(0..<0x20) + Array(0x7f..<0xa0) {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(scalar.properties.generalCategory == .control)
      let escaped = String(Character(scalar)).escapedForTerminal
      #expect(escaped.first == "\\" && escaped.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
    }
  }
}
