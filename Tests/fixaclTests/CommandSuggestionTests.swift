import Testing

@testable import fixacl

struct CommandSuggestionTests {
  private static let names = ["explain", "plan", "show", "apply", "verify", "rollback", "help"]

  @Test(arguments: [
    ("aply", "apply"), ("appply", "apply"), ("aplpy", "apply"), ("rolback", "rollback"), ("roll", "rollback"),
    ("paln", "plan"), ("plna", "plan"), ("Show", "show"), ("ver", "verify"), ("explian", "explain"), ("hlep", "help"),
    ("polish", nil), ("delete", nil), ("s", nil), ("", nil), ("bucket", nil),
    (String(repeating: "apply", count: 10_000), nil),
  ])
  func nearest(typed: String, expected: String?) {
    #expect(CommandSuggestion.nearest(to: typed, of: Self.names) == expected)
  }

  @Test func distance() {
    #expect(CommandSuggestion.distance("kitten", "sitting") == 3)
    #expect(CommandSuggestion.distance("ab", "ba") == 1)
    #expect(CommandSuggestion.distance("", "abc") == 3)
  }

  @Test(arguments: [["plan", "b"], ["help"], ["help", "plan"], ["--version"], [], ["man-page"]])
  func noMistake(arguments: [String]) {
    #expect(CommandSuggestion.mistake(in: arguments) == nil)
  }
}
