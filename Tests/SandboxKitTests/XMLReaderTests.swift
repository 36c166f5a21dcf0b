import Testing

@testable import SandboxKit

@Suite("The sandbox's XML reader")
struct XMLReaderTests {
  @Test(
    "reads the text of an element",
    arguments: [
      ("<a>text</a>", "text"), ("<a/>", ""), ("<a></a >", ""), ("<a x='1' y=\"2\" >t</a>", "t"),
      ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><a>t</a>\n<!-- d -->", "t"),
      ("\u{feff}<a>t</a>", "t"), ("<n:a xmlns:n=\"u\">t</n:a>", "t"),
      ("<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"), ("<a>&#13;&#x1F600;&#233;</a>", "\r😀é"),
      ("<a>1<![CDATA[<b>&amp;]]>2</a>", "1<b>&amp;2"), ("<a>1<!-- 2 -->3<?p 4?>5</a>", "135"),
      ("<a>1\r\n2\r3</a>", "1\n2\n3"), ("<a> \t\n</a>", " \t\n"), ("<a>漢</a>", "漢"),
    ] as [(String, String)])
  func text(document: String, expected: String) throws {
    let node = try XMLNode(parsing: Array(document.utf8), root: "a")
    #expect(node.text == expected)
    #expect(node.children.isEmpty)
  }

  @Test("reads children in their order, and no blanks between them")
  func children() throws {
    let node = try XMLNode(parsing: Array("<a>\n <b>1</b>\n <c><d/></c> <b>2</b>\n</a>".utf8), root: "a")
    #expect(node.text == "")
    #expect(node.children.map(\.name) == ["b", "c", "b"])
    #expect(node.all("b").map(\.text) == ["1", "2"])
    #expect(node["c"]?["d"]?.text == "")
  }

  @Test(
    "refuses what is not well-formed",
    arguments: [
      "", " ", "a", "<a>", "<a", "<a><b></a></b>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a", "</a>", "<a>&x;</a>",
      "<a>&amp</a>", "<a>&#0;</a>", "<a>&#8;</a>", "<a>&#xD800;</a>", "<a>&#xFFFF;</a>", "<a>&#;</a>", "<a>&#+65;</a>",
      "<a>\u{8}</a>", "<a>\u{ffff}</a>", "<a>\u{fffe}</a>", "<a>]]></a>", "<a>a < b</a>", "<a x=1/>", "<a x='1'y='2'/>",
      "<a x='1' x='2'/>", "<a x='<'/>", "<a x/>", "<1a/>", "<-a/>", "<a><!-- </a>", "<a><![CDATA[</a>",
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<b/>",
    ])
  func malformed(document: String) {
    #expect(throws: MalformedXML.self) { try XMLNode(parsing: Array(document.utf8), root: "a") }
  }

  @Test("refuses bytes that are no UTF-8, and nesting without end")
  func hostile() {
    let deep = String(repeating: "<a>", count: 100_000)
    for document in [Array("<a>".utf8) + [0xff] + Array("</a>".utf8), Array(deep.utf8)] {
      #expect(throws: MalformedXML.self) { try XMLNode(parsing: document, root: "a") }
    }
  }

  @Test("what is written is read as it was meant", arguments: ["", "a<b>&\"'", "1\r\n2", "]]>", " 漢 "])
  func roundTrip(text: String) throws {
    var writer = DocumentWriter()
    writer.element("a") { $0.element("b", text: text) }
    #expect(try XMLNode(parsing: writer.bytes, root: "a")["b"]?.text == text)
  }
}
