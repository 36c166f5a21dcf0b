import Testing

@testable import AWSKit

@Suite struct XMLWriterTests {
  private static func write(_ text: String) -> [UInt8] {
    var writer = XMLWriter()
    writer.element("a", text: text)
    return writer.bytes
  }

  @Test(arguments: [
    ("", "<a></a>"), ("plain caf\u{e9}", "<a>plain caf\u{e9}</a>"), ("<&>", "<a>&lt;&amp;&gt;</a>"),
    ("]]>", "<a>]]&gt;</a>"), ("\"'", "<a>\"'</a>"), ("&amp;", "<a>&amp;amp;</a>"),
    ("a\rb\n\tc", "<a>a&#13;b\n\tc</a>"),
    ("</a><b>", "<a>&lt;/a&gt;&lt;b&gt;</a>"),
  ])
  func textIsEscaped(text: String, written: String) throws {
    #expect(String(decoding: Self.write(text), as: UTF8.self) == written)
    #expect(try XMLElement(parsing: Self.write(text), root: "a").text == text)
  }

  @Test func elementsNest() {
    var writer = XMLWriter()
    writer.element("a", attributes: " b=\"c\"") { writer in
      writer.element("d", text: "1")
      writer.element("e") { _ in }
    }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "<a b=\"c\"><d>1</d><e></e></a>")
  }
}
