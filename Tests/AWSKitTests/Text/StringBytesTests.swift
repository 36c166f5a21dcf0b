import Testing

@testable import AWSKit

@Suite struct StringBytesTests {
  private static let texts = [
    "", "a", "b", "ab", "0123456789abcde", "0123456789abcdef", String(repeating: "a", count: 64),
    String(repeating: "a", count: 63) + "b", "caf\u{e9}", "cafe\u{301}", "\u{1f600}",
    // The same letter with its marks in another order.
    "a\u{323}\u{307}", "a\u{307}\u{323}",
  ]

  @Test(arguments: texts)
  func onlyTheSameBytesAreTheSame(text: String) {
    for other in Self.texts {
      #expect(text.hasSameBytes(as: other) == (Array(text.utf8) == Array(other.utf8)))
      #expect((CanonicalID(text) == CanonicalID(other)) == (Array(text.utf8) == Array(other.utf8)))
    }
    #expect(text.hasSameBytes(as: String(decoding: Array(text.utf8), as: UTF8.self)))
  }
}
