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

  /// Not by going through all ways in which a text can fit.
  @Test func manyAsterisks() {
    let pattern = PolicyPattern(String(repeating: "*a", count: 1000) + "b")
    #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: 1024)))
  }
}
