import Testing

@testable import FixACLKit

@Suite struct PolicyPatternTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true), ("?", "", false), ("?", "a", true),
    ("a*c", "abbc", true), ("a*c", "ac", true), ("a*c", "acb", false), ("a*b*c", "aXbYbc", true), ("**", "x", true),
    ("a?c", "abc", true), ("a?c", "ac", false), ("*a", "ba", true), ("*a", "ab", false),
    ("s3:Get*", "s3:GetObject", true),
  ])
  func matches(pattern: String, text: String, fits: Bool) {
    #expect(PolicyPattern(pattern).matches(Array(text.utf8)) == fits)
  }

  @Test(arguments: [
    ("b/*", "b/", true, true), ("b/*", "b/x/", true, true), ("b/x/*", "b/", false, true), ("b/x*", "b/y", false, false),
    ("b/*.html", "b/", false, true), ("b/*.html", "b/a.html", false, true), ("*", "b/", true, true),
    ("b", "b/", false, false), ("b/?", "b/", false, true), ("b/?*", "b/", false, true), ("b/?*", "b/x", true, true),
    ("b/x", "b/x", false, true), ("?/*", "b/", true, true), ("", "b/", false, false),
  ])
  func coversAndOverlaps(pattern: String, prefix: String, covers: Bool, overlaps: Bool) {
    #expect(PolicyPattern(pattern).covers(everythingWith: Array(prefix.utf8)) == covers)
    #expect(PolicyPattern(pattern).overlaps(with: Array(prefix.utf8)) == overlaps)
  }

  /// The definition, as it stands: every way in which the text can fit is gone through.
  private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return matches(pattern.dropFirst(), text) || !text.isEmpty && matches(pattern, text.dropFirst())
    }
    return (first == "?" || first == text.first) && !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
  }

  @Test func itIsWhatTheDefinitionSays() {
    func words(_ alphabet: [String], _ length: Int) -> [String] {
      (0..<length).reduce(into: [""]) { words, _ in words += words.flatMap { word in alphabet.map { word + $0 } } }
    }
    let texts = Set(words(["a", "b"], 4))
    for pattern in Set(words(["a", "b", "*", "?"], 4)) {
      for text in texts {
        #expect(PolicyPattern(pattern).matches(Array(text.utf8)) == Self.matches(pattern[...], text[...]))
      }
      let longer = texts.filter { Self.matches(pattern[...], $0[...]) }
      for prefix in texts where prefix.utf8.count <= 2 && longer.contains(where: { $0.hasPrefix(prefix) }) {
        #expect(PolicyPattern(pattern).overlaps(with: Array(prefix.utf8)))
      }
    }
  }

  /// Not by going through all ways in which a text can fit, nor by every asterisk at each byte of it.
  @Test(arguments: [
    String(repeating: "*a", count: 1000) + "b", String(repeating: "*", count: 1 << 20) + "b",
    String(repeating: "a*", count: 1 << 19) + "b", "*" + String(repeating: "a", count: 1 << 20),
  ])
  func manyAsterisks(pattern: String) {
    let pattern = PolicyPattern(pattern)
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1024)
    for _ in 0..<20 {
      #expect(!pattern.matches(text))
      #expect(!pattern.covers(everythingWith: text))
    }
  }
}
