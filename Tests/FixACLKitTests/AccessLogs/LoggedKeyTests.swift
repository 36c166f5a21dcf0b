import AWSKit
import Testing

@testable import FixACLKit

@Suite struct LoggedKeyTests {
  private func key(_ logged: String, _ request: String) -> String? {
    LoggedKey.key(Array(logged.utf8), request: Array("GET \(request) HTTP/1.1".utf8))?.text
  }

  @Test func requestDecides() {
    // Encoded twice, once, and not at all.
    #expect(key("a%2520b", "/assets/a%20b") == "a b")
    #expect(key("a%20b", "/assets/a%20b?versionId=1%20") == "a b")
    #expect(key("a/b.html", "/a/b.html") == "a/b.html")
    // A key that looks encoded.
    #expect(key("a%2520b", "/a%2520b") == "a%20b")
    #expect(key("a%252520b", "/a%2520b") == "a%20b")
    // Forms.
    #expect(key("a+b", "/assets/a%20b") == "a b")
    #expect(key("a%2Bb", "/assets/a%20b") == "a b")
    #expect(key("a%2Bb", "/assets/a%2Bb") == "a+b")
    #expect(key("a%252Bb", "/assets/a+b") == "a+b")
    #expect(key("caf%25C3%25A9", "/caf%C3%A9") == "caf\u{e9}")
    #expect(key("%2522", "/\"") == "\"")
  }

  @Test func requestSaysNothing() {
    #expect(key("dir/a%2520b/index.html", "/dir/a%20b/") == "dir/a b/index.html")
    #expect(key("a%20b", "-") == "a b")
    #expect(key("100%25", "-") == "100%")
    #expect(key("100%", "-") == "100%")
    #expect(LoggedKey.key(Array("a%2520b".utf8), request: []) == ObjectKey("a b"))
  }

  @Test func noKey() {
    #expect(key("-", "/assets?versioning") == nil)
    #expect(key("-", "/assets/-") == "-")
    #expect(key("%25FF", "/assets/%FF") == nil, "no key is anything but UTF-8")
    #expect(key(String(repeating: "k", count: 1025), "/x") == nil)
    #expect(key("", "/") == nil)
  }
}
