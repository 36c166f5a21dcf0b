import AWSKit
import Testing

@testable import FixACLKit

@Suite struct GlobTests {
  @Test(
    arguments: [
      // As the AWS CLI's documentation has them: a star does not stop at slashes.
      ("*", ["", "a", "a/b", "/", "."], []),
      ("*.jpg", [".jpg", "a.jpg", "a/b.jpg", "a.jpg.jpg"], ["a.jpeg", "a.jpg/", "a.JPG", "jpg"]),
      ("assets/*", ["assets/", "assets/a", "assets/a/b"], ["assets", "asset/a", "x/assets/a"]),
      ("*/index.html", ["/index.html", "a/index.html", "a/b/index.html"], ["index.html", "a/index.htm"]),
      ("a*b*c", ["abc", "aXbYc", "abbcc", "abcbc"], ["ab", "acb", "abcd", "xabc"]),
      ("**", ["", "a/b"], []),
      ("a**b", ["ab", "a/b"], ["a", "b"]),
      ("", [""], ["a"]),
      ("plain", ["plain"], ["Plain", "plain ", "plai", "plainer"]),
      // One character.
      ("?", ["a", "/", "*", "\n"], ["", "ab"]),
      ("a?c", ["abc", "a/c", "a?c"], ["ac", "abbc"]),
      ("log-????", ["log-2026"], ["log-202", "log-20266"]),
      ("?*", ["a", "ab"], [""]),
      // Sets.
      ("[abc].txt", ["a.txt", "c.txt"], ["d.txt", ".txt", "ab.txt", "[abc].txt"]),
      ("[a-c]x", ["ax", "bx", "cx"], ["dx", "Ax", "-x"]),
      ("[a-cx-z]", ["b", "y"], ["m", "-"]),
      ("[!a-c]x", ["dx", "/x", "!x"], ["ax", "bx", "x"]),
      ("[^a]", ["b", "^"], ["a", ""]),
      ("[a^]", ["a", "^"], ["b"]),
      ("[a!]", ["a", "!"], ["b"]),
      ("[a-]", ["a", "-"], ["b"]),
      ("[-a]", ["a", "-"], ["b"]),
      ("[]]", ["]"], ["[", "[]]"]),
      ("[]a]", ["]", "a"], ["b"]),
      ("[!]]", ["a", "["], ["]"]),
      ("[*?]", ["*", "?"], ["a", "ab"]),
      ("[[]", ["["], ["]", "[[]"]),
      ("*[0-9]", ["a1", "9"], ["1a", ""]),
      // A bracket that does not close is itself.
      ("[", ["["], ["a", ""]),
      ("a[b", ["a[b"], ["ab"]),
      ("[]", ["[]"], ["", "]"]),
      ("[!]", ["[!]"], ["a"]),
      ("[a", ["[a"], ["a"]),
      // Escapes.
      ("\\*", ["*"], ["a", "\\*", ""]),
      ("a\\?b", ["a?b"], ["axb"]),
      ("\\[a]", ["[a]"], ["a"]),
      ("\\\\", ["\\"], ["\\\\", ""]),
      ("a\\", ["a\\"], ["a"]),
      ("\\a", ["a"], ["\\a"]),
    ] as [(String, [String], [String])])
  func matchesTheWholeKey(pattern: String, fitting: [String], others: [String]) {
    for text in fitting { #expect(Glob(pattern).matches(text), "\(pattern) should fit \(text.debugDescription)") }
    for text in others { #expect(!Glob(pattern).matches(text), "\(pattern) should not fit \(text.debugDescription)") }
  }

  @Test(
    arguments: [
      ("caf?", "caf\u{e9}", true),
      // The same to a reader, but two scalars, and another key.
      ("caf?", "cafe\u{301}", false),
      ("caf??", "cafe\u{301}", true),
      ("caf\u{e9}", "cafe\u{301}", false),
      ("cafe\u{301}", "caf\u{e9}", false),
      ("*\u{301}", "cafe\u{301}", true),
      ("*\u{301}", "caf\u{e9}", false),
      ("[\u{e0}-\u{fc}]", "\u{e9}", true),
      ("[\u{e0}-\u{fc}]", "e", false),
      ("?", "\u{1f600}", true),
      ("?", "\u{1f44d}\u{1f3fd}", false),
      ("??", "\u{1f44d}\u{1f3fd}", true),
      ("[\u{1f600}-\u{1f64f}].png", "\u{1f642}.png", true),
      // One Character of Swift's, two of S3's.
      ("a?b", "a\r\nb", false),
      ("a??b", "a\r\nb", true),
      ("a\r*", "a\r\nb", true),
      ("?", "\u{1}", true),
      ("*\u{7f}", "a\u{7f}", true),
    ])
  func comparesUnicodeScalars(pattern: String, text: String, fits: Bool) {
    #expect(Glob(pattern).matches(text) == fits)
  }

  /// Matchers that try every star at every place need more steps here than there are atoms.
  @Test(
    arguments: [
      ("*a*a*a*b", "b", 100_000), (String(repeating: "*a", count: 60) + "b", "ab", 20_000),
      (String(repeating: "a*", count: 60) + "b", "b", 20_000),
      (String(repeating: "*?", count: 60) + "b", "b", 20_000), ("*a*[!a]*b", "ccb", 20_000),
    ])
  func endsOnPathologicalPatterns(pattern: String, ending: String, length: Int) {
    let text = String(repeating: "a", count: length)
    #expect(!Glob(pattern).matches(text))
    #expect(Glob(pattern).matches(text + ending))
  }

  /// Every pattern of up to four signs on every text of up to four, against a matcher too simple to be wrong.
  @Test func agreesWithTheDefinition() {
    let texts = Self.words(of: "ab", maximumLength: 4)
    for pattern in Self.words(of: "ab?*", maximumLength: 4) {
      let glob = Glob(pattern)
      for text in texts {
        let fits = Self.matches(Array(pattern)[...], Array(text)[...])
        if glob.matches(text) != fits { Issue.record("\(pattern) on \(text) should be \(fits)") }
      }
    }
  }

  private static func words(of alphabet: String, maximumLength: Int) -> [String] {
    var words = [""]
    var longest = [""]
    for _ in 0..<maximumLength {
      longest = longest.flatMap { word in alphabet.map { word + String($0) } }
      words += longest
    }
    return words
  }

  private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    guard let sign = pattern.first else { return text.isEmpty }
    if sign == "*" {
      return (0...text.count).contains { matches(pattern.dropFirst(), text.dropFirst($0)) }
    }
    guard let character = text.first, sign == "?" || sign == character else { return false }
    return matches(pattern.dropFirst(), text.dropFirst())
  }
}
