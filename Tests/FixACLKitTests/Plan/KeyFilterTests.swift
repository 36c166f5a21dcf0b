import AWSKit
import Testing

@testable import FixACLKit

@Suite struct KeyFilterTests {
  @Test(
    arguments: [
      ([], [], ["a", "b/c", ""], []),
      (["*.html"], [], ["a.html", "b/c.html"], ["a.css"]),
      (["*.html", "*.css"], [], ["a.html", "a.css"], ["a.js"]),
      ([], ["*.map"], ["a.js"], ["a.js.map"]),
      // An exclusion wins, wherever it stands.
      (["*.js"], ["vendor/*"], ["a.js"], ["vendor/a.js", "vendor/a.css", "a.css"]),
      (["*"], ["*"], [], ["", "a"]),
    ] as [([String], [String], [String], [String])])
  func wantsKeys(include: [String], exclude: [String], wanted: [String], others: [String]) {
    let filter = KeyFilter(include: include.map(Glob.init), exclude: exclude.map(Glob.init))
    for key in wanted { #expect(filter.matches(ObjectKey(key))) }
    for key in others { #expect(!filter.matches(ObjectKey(key))) }
  }

  /// The listing applies the prefix.
  @Test func leavesThePrefixToTheListing() {
    #expect(KeyFilter(prefix: "a/", include: [Glob("*.x")]).matches(ObjectKey("b/c.x")))
  }

  @Test func comparesByBytes() {
    let composed = KeyFilter(prefix: "caf\u{e9}", include: [Glob("\u{e9}")])
    #expect(composed == KeyFilter(prefix: "caf\u{e9}", include: [Glob("\u{e9}")]))
    #expect(composed != KeyFilter(prefix: "cafe\u{301}", include: [Glob("\u{e9}")]))
    #expect(composed != KeyFilter(prefix: "caf\u{e9}", include: [Glob("e\u{301}")]))
    #expect(composed != KeyFilter(prefix: nil, include: [Glob("\u{e9}")]))
    #expect(KeyFilter(prefix: "") != KeyFilter(prefix: nil))
    #expect(KeyFilter(include: [Glob("a")]) != KeyFilter(exclude: [Glob("a")]))
  }
}
