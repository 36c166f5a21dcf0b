import Testing

@testable import AWSKit

/// Documents of nothing but elements and text are read without libxml2; and never otherwise than by it.
@Suite struct PlainXMLParserTests {
  private struct Recorder: XMLHandler {
    var events: [String] = []

    mutating func begin(_ name: XMLName, depth: Int) { events.append("\(depth) <\(name.text)>") }

    mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
      events.append("\(depth) \(Array(text)) </\(name.text)>")
    }
  }

  /// What the parser makes of a document; nil if it gives up.
  private static func plain(_ document: [UInt8]) -> [String]? {
    var recorder = Recorder()
    let isParsed = document.withUnsafeBytes { PlainXMLParser.parse($0, root: "R", into: &recorder) }
    return isParsed ? recorder.events : nil
  }

  /// What libxml2 makes of it; nil if it refuses it.
  private static func full(_ document: [UInt8]) -> [String]? {
    var recorder = Recorder()
    do throws(XMLError) {
      try SAXParser.parseWithLibXML2(document, root: "R", into: &recorder)
      return recorder.events
    } catch {
      return nil
    }
  }

  @Test(arguments: [
    "<R></R>", "<R/>", "<R>text</R>", "<R>\n  <a>1</a>\n\t<b><c/></b>\n</R>\n", "<R>before<a>in</a>after</R>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R/>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n \t<R/> \n",
    "<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><a>b</a></R>",
    "<R><G xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>1</ID></G></R>",
    "<R><G xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"></G></R>",
    "<R>&lt;&gt;&amp;&quot;&apos;&#34;&#39;</R>", "<R>a&amp;b<c>&quot;d&quot;</c>e&amp;f</R>", "<R>&amp;lt;</R>",
    "<R>caf\u{e9} \u{4e2d} \u{1f600} \u{fffd} \u{e000} \u{10ffff} \u{85}\u{7f}</R>", "<R>]]</R>", "<R>\"'</R>",
    "<R><a-b_c.9/></R>", "<R>=/?!;#</R>", "<R>1234567&amp;</R>", "<R>12345678&lt;</R>", "<R>\u{e9}&amp;\u{e9}</R>",
  ])
  func plainDocumentsAreRead(document: String) throws {
    let events = try #require(Self.plain(Array(document.utf8)))
    #expect(events == Self.full(Array(document.utf8)))
  }

  @Test(arguments: [
    // Fine, but not plain.
    "<?xml version='1.0' encoding='UTF-8'?><R/>", "<?xml version=\"1.0\"?><R/>", "\u{feff}<R/>",
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><R>\u{e9}</R>", "<!-- c --><R/>", "<R><!-- c --></R>",
    "<R/><!-- c -->",
    "<R><![CDATA[a]]></R>", "<R><?p i?></R>", "<R a=\"b\"/>", "<R xmlns=\"urn:x\"/>", "<R xmlns='u'/>", "<R ></R>",
    "<R></R >", "<R />", "<x:R xmlns:x=\"urn:x\"/>", "<R>&#65;</R>", "<R>&#x41;</R>", "<R>a\r\nb</R>", "<R>a>b</R>",
    "<R><\u{e9}/></R>", "<R><_a/></R>",
    "<R>" + String(repeating: "<a>", count: 32)
      + String(repeating: "</a>", count: 32) + "</R>",
    // Not the document that was asked for.
    "<r/>", "<RR/>", "<Error/>",
    // Not well-formed.
    "", "R", "<", "<R", "<R>", "<R/", "<R></R", "<R></", "</R>", "<R></r>", "<R></RR>", "<R><a></R></a>", "<R/><R/>",
    "<R/>x",
    "x<R/>", "<R>&</R>", "<R>&amp</R>", "<R>&unknown;</R>", "<R>&#34</R>", "<R>]]></R>", "<R><1/></R>", "<R><-a/></R>",
    "<R>\u{0}</R>", "<R>\u{1f}</R>", "<R>\u{ffff}</R>", "<R>\u{fffe}</R>", "<R>\u{1}<a/></R>", "<R>&x;<a/></R>",
    "<R><p:a/></R>",
    "<!DOCTYPE R><R/>", "<R/>\u{0}", "<R>\u{ffff}<a/></R>", "<R><></></R>", "<R></a></R>", "<R><a/>", "<R><a/></R></R>",
  ])
  func everythingElseIsLeftToLibXML2(document: String) {
    #expect(Self.plain(Array(document.utf8)) == nil)
  }

  @Test(
    arguments: [
      [0xff], [0x80], [0xc3], [0xc3, 0x28], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xef, 0xbf, 0xbe], [0xef, 0xbf, 0xbf], [0xef, 0xbb],
    ] as [[UInt8]])
  func whatIsNoTextIsLeftToLibXML2(bytes: [UInt8]) {
    for text in [bytes, [0x61] + bytes, bytes + [0x61], bytes + Array("&amp;".utf8), bytes + Array("<a/>".utf8)] {
      let document = Array("<R>".utf8) + text + Array("</R>".utf8)
      #expect(Self.plain(document) == nil)
      #expect(Self.full(document) == nil)
    }
  }

  @Test func aDocumentCutAtAnyByteIsLeftToLibXML2() {
    let document = Array(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><a>\u{e9}&quot;</a><b/></R>"
        .utf8)
    #expect(Self.plain(document) != nil)
    for length in 0..<document.count { #expect(Self.plain(Array(document[..<length])) == nil, "after \(length) bytes") }
  }

  @Test func sizesHaveLimits() {
    func verdict(_ text: String) -> Bool { Self.plain(Array(text.utf8)) != nil }
    #expect(verdict("<R><\(String(repeating: "a", count: 63))/></R>"))
    #expect(!verdict("<R><\(String(repeating: "a", count: 64))/></R>"))
    #expect(verdict("<R>" + String(repeating: "<a>", count: 31) + String(repeating: "</a>", count: 31) + "</R>"))
    #expect(verdict("<R>" + String(repeating: "<a/>", count: 99_999) + "</R>"))
    #expect(!verdict("<R>" + String(repeating: "<a/>", count: 100_000) + "</R>"))
    #expect(verdict("<R>" + String(repeating: "a", count: 8_999_993) + "</R>"))
    #expect(!verdict("<R>" + String(repeating: "a", count: 8_999_994) + "</R>"))
  }

  @Test func aParserThatGivesUpLeavesNothingBehind() throws {
    // libxml2 begins again: what the other one has told counts for nothing.
    var recorder = Recorder()
    try SAXParser.parse(Array("<R><a>1</a><b>&#50;</b></R>".utf8), root: "R", into: &recorder)
    #expect(recorder.events == Self.full(Array("<R><a>1</a><b>2</b></R>".utf8)))
  }

  @Test(arguments: 0..<8)
  func neitherDiffersFromTheOther(seed: UInt64) {
    let pieces: [[UInt8]] =
      [
        "<R>", "</R>", "<R/>", "<a>", "</a>", "<a/>", "<bc>", "</bc>", "<a", "</", ">", "<", "/", " ", "\n", "\t", "\r",
        "&", ";",
        "&amp;", "&quot;", "&lt;", "&gt;", "&apos;", "&#34;", "&#39;", "&#9;", "]]>", "]]", "x", "12345678", "\u{e9}",
        "\u{ffff}",
        "\u{1}", "<!-- c -->", "<![CDATA[", "<?p?>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "\u{1f600}",
        " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"", "<!DOCTYPE R>", "<x:a>",
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"", "<a></a>", "<a>b</a>",
        "<bc>\n</bc>",
      ].map { Array($0.utf8) } + [[0xc3], [0x80], [0xed, 0xa0, 0x80]]
    var random = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % bound
    }
    var accepted = 0
    for _ in 0..<4000 {
      // Most have few pieces, so that some are well-formed.
      let inside = (0..<next(6)).map { _ in pieces[next(pieces.count)] }.joined()
      let document = next(4) > 0 ? Array("<R>".utf8) + inside + Array("</R>".utf8) : Array(inside)
      guard let events = Self.plain(document) else { continue }
      accepted += 1
      #expect(events == Self.full(document), "\(String(decoding: document, as: UTF8.self))")
    }
    #expect(accepted > 100)
  }
}
