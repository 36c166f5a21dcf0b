import Testing

@testable import AWSKit

@Suite struct XMLElementTests {
  private static func parse(_ text: String) throws -> XMLElement {
    try XMLElement(parsing: Array(text.utf8), root: "R")
  }

  @Test(arguments: [
    ("<R>text</R>", "text"),
    ("<R/>", ""), ("<R></R>", ""), ("<R> </R>", " "), ("<R>\n\t </R>", "\n\t "), ("<R> a  b </R>", " a  b "),
    ("<R>&lt;&gt;&amp;&quot;&apos;</R>", "<>&\"'"),
    ("<R>&#65;&#x42;&#10;&#13;&#9;&#x1F600;</R>", "AB\n\r\t\u{1f600}"),
    ("<R>a\r\nb\rc</R>", "a\nb\nc"),
    ("<R><![CDATA[<a>&amp;]]></R>", "<a>&amp;"),
    ("<R>a<![CDATA[b]]>c<![CDATA[]]>d</R>", "abcd"),
    ("<R>a<!-- <b> -->c</R>", "ac"),
    ("<R>a<?pi <b>?>c</R>", "ac"),
    ("<R a=\"1\" b='&lt;'>t</R>", "t"),
    ("<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">t</R>", "t"),
    ("<x:R xmlns:x=\"urn:x\">t</x:R>", "t"),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><?pi?>\n<R>t</R>\n<!-- c -->\n", "t"),
    ("<?xml version='1.0' standalone='yes'?><R>t</R>", "t"),
    ("\u{feff}<R>t</R>", "t"),
    (
      "<R>caf\u{e9} cafe\u{301} \u{4e2d} \u{1f600} \u{fffd}</R>",
      "caf\u{e9} cafe\u{301} \u{4e2d} \u{1f600} \u{fffd}"
    ),
    ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><R>t</R>", "t"),
    ("<R>\u{7f}\u{85}</R>", "\u{7f}\u{85}"),
  ])
  func textIsReadExactly(document: String, text: String) throws {
    let element = try Self.parse(document)
    #expect(element.name == "R")
    #expect(Array(element.text.utf8) == Array(text.utf8))
    #expect(element.children.isEmpty)
  }

  @Test func childrenAreFoundByName() throws {
    let element = try Self.parse(
      "<R>\n  <a>1</a>\n  <b><c>2</c></b>\n  <a>3</a><x:d xmlns:x='u'>4</x:d>\n</R>")
    #expect(element.children.map(\.name) == ["a", "b", "a", "d"])
    #expect(element["a"]?.text == "1")
    #expect(element.all("a").map(\.text) == ["1", "3"])
    #expect(element["b"]?["c"]?.text == "2")
    #expect(element["d"]?.text == "4")
    #expect(element["c"] == nil, "a grandchild is no child")
    #expect(element["A"] == nil, "names have a case")
    #expect(element.text == "", "blanks between children are no text")
    #expect(element["b"]?.text == "")
  }

  @Test func textIsNotMixedUpWithThatOfChildren() throws {
    let element = try Self.parse("<R>before<a>inside</a>after</R>")
    #expect(element["a"]?.text == "inside")
    #expect(element.text == "")
  }

  @Test func textOfSeveralMegabytesIsReadWhole() throws {
    // Two bytes a character, an entity in between: it comes in thousands of pieces.
    let piece = String(repeating: "\u{e9}", count: 1000) + "&amp;"
    let element = try Self.parse("<R><a>" + String(repeating: piece, count: 2000) + "</a></R>")
    let text = try #require(element["a"]?.text)
    #expect(text.utf8.count == 2001 * 2000)
    #expect(text.utf8.count(where: { $0 == UInt8(ascii: "&") }) == 2000)
  }

  @Test func manyChildrenAreAllThere() throws {
    let document = "<R>" + (0..<20_000).map { "<a>\($0)</a>" }.joined() + "</R>"
    #expect(try Self.parse(document).children.map(\.text) == (0..<20_000).map { "\($0)" })
  }
}
