import FoundationEssentials
import Testing

@testable import AWSKit

/// Documents that no honest server sends.
@Suite struct SAXParserHostileTests {
  private static func verdict(_ bytes: [UInt8]) -> XMLVerdict {
    XMLVerdict { () throws(XMLError) in _ = try XMLElement(parsing: bytes, root: "R") }
  }

  private static func verdict(_ text: String) -> XMLVerdict {
    verdict(Array(text.utf8))
  }

  @Test(arguments: [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R><a b=\"c\">\u{e9}&amp;</a><!-- x --><![CDATA[y]]></R>",
    "<R xmlns='u'><Key>k</Key></R>",
  ])
  func aDocumentCutAtAnyByteIsMalformed(document: String) {
    let bytes = Array(document.utf8)
    #expect(Self.verdict(bytes) == .fine)
    for length in 0..<bytes.count {
      #expect(Self.verdict(Array(bytes[..<length])) == .malformed, "after \(length) bytes")
    }
  }

  @Test(arguments: [
    // Empty, or nothing but blanks.
    "", " ", "\n\n", "\u{feff}", "<?xml version=\"1.0\"?>", "<!-- nothing -->",
    // No XML.
    "OK", "null", "{\"Code\": \"SlowDown\"}", "Service Unavailable\n", "\u{0}",
    // Not well-formed.
    "<R>", "<R", "<", "</R>", "<R></r>", "<R><a></R></a>", "<R a></R>", "<R a=1></R>", "<R a='1' a='2'/>",
    "<R>&</R>", "<R>&unknown;</R>", "<R>&#xZ;</R>", "<R>&#;</R>", "<R>a]]>b</R>", "<R>a<b</R>", "<1R/>",
    "<R>&lt</R>",
    "<R/><R/>", "<R/>x", "x<R/>", "<R/>&amp;", "<R></R></R>", "<R><!-- -- --></R>", "<R><!-- </R>",
    "<R><![CDATA[ </R>", "<R><?xml version='1.0'?></R>", "x <?xml version='1.0'?><R/>",
    "<?xml version='1.0' encoding='no-such-encoding'?><R/>", "<p:R/>", "<R><p:a/></R>",
    // Characters that XML cannot hold.
    "<R>\u{0}</R>", "<R>\u{1}</R>", "<R>&#1;</R>", "<R>&#x0;</R>", "<R>&#xD800;</R>", "<R>&#x110000;</R>",
    "<R>&#xFFFF;</R>", "<R>\u{ffff}</R>", "<R a='\u{1}'/>", "<R a='&#1;'/>", "<R><a>&#27;</a></R>",
    "<R>&#99999999999999999999;</R>",
  ])
  func whatIsNotWellFormedIsRefused(document: String) {
    #expect(Self.verdict(document) == .malformed)
  }

  @Test(arguments: [
    ("<html><head><title>502 Bad Gateway</title></head><body>\u{e4}</body></html>", "html"),
    ("<Error><Code>InternalError</Code></Error>", "Error"),
    ("<r/>", "r"), ("<RR/>", "RR"), ("<x><R/></x>", "x"), ("<x:Error xmlns:x='u'/>", "Error"),
    ("<\u{e9}/>", "\u{e9}"),
  ])
  func anotherDocumentIsNamed(document: String, root: String) {
    #expect(Self.verdict(document) == .unexpectedRoot(root))
  }

  @Test(arguments: [
    "<!DOCTYPE R><R/>", "<!DOCTYPE html><html></html>", "<!DOCTYPE R []><R/>",
    "<!DOCTYPE R SYSTEM 'http://127.0.0.1:1/'><R/>",
    "<!DOCTYPE R PUBLIC '-//x' 'file:///etc/passwd'><R/>", "<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>",
    "<!DOCTYPE R [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><R>&a;</R>",
    "<!DOCTYPE R [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/e.dtd'> %p;]><R/>",
    "<?xml version='1.0'?><!-- c --><!DOCTYPE R [<!ATTLIST R a CDATA 'x'>]><R/>",
    // Where there can be none.
    "<R><!DOCTYPE R></R>", "<R/><!DOCTYPE R>", "<R><!ENTITY a 'b'></R>",
  ])
  func documentTypesAreRefused(document: String) {
    #expect(Self.verdict(document) == .malformed)
  }

  @Test func entitiesAreNeverExpanded() {
    var document = "<!DOCTYPE R [<!ENTITY a0 'aaaaaaaaaaaaaaaa'>"
    for level in 1...30 {
      document += "<!ENTITY a\(level) '" + String(repeating: "&a\(level - 1);", count: 16) + "'>"
    }
    #expect(Self.verdict(document + "]><R>&a30;</R>") == .malformed)
  }

  @Test func aFileIsNotReadThroughAnEntity() throws {
    let secret = FileManager.default.temporaryDirectory.appending(path: "fixacl-\(UUID().uuidString)")
    try Data("secret".utf8).write(to: secret)
    defer { try? FileManager.default.removeItem(at: secret) }
    let document = "<!DOCTYPE R [<!ENTITY a SYSTEM '\(secret.path)'>]><R>&a;</R>"
    var handler = Everything()
    #expect(
      XMLVerdict { () throws(XMLError) in
        try SAXParser.parse(Array(document.utf8), root: "R", into: &handler)
      } == .malformed)
    #expect(handler.text == "")
  }

  /// Collects all text there is.
  private struct Everything: XMLHandler {
    var text = ""

    mutating func begin(_ name: XMLName, depth: Int) {}

    mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
      self.text += String(decoding: text, as: UTF8.self)
    }
  }

  @Test(
    arguments: [
      [0xff], [0xc3], [0xc3, 0x28], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80], [0x80],
    ] as [[UInt8]])
  func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
    #expect(Self.verdict(Array("<R>a".utf8) + bytes + Array("b</R>".utf8)) == .malformed)
    #expect(Self.verdict(Array("<R>".utf8) + bytes + Array("</R>".utf8)) == .malformed)
    #expect(Self.verdict(Array("<R a='".utf8) + bytes + Array("'/>".utf8)) == .malformed)
    #expect(Self.verdict(Array("<R><".utf8) + bytes + Array("/></R>".utf8)) == .malformed)
    #expect(Self.verdict(bytes) == .malformed)
  }

  @Test func junkIsRefused() {
    // A linear congruential generator: the same junk every time.
    var state: UInt32 = 1
    for length in 1..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<length {
        state = state &* 1_664_525 &+ 1_013_904_223
        bytes.append(UInt8(state >> 24))
      }
      #expect(Self.verdict(bytes) == .malformed)
      #expect(Self.verdict(Array("<R>".utf8) + bytes) == .malformed)
    }
    #expect(Self.verdict([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3]) == .malformed, "gzip")
  }

  @Test(arguments: [(255, XMLVerdict.fine), (256, .malformed), (1_000_000, .malformed)])
  func depthIsLimited(depth: Int, verdict: XMLVerdict) {
    let document =
      "<R>" + String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth) + "</R>"
    #expect(Self.verdict(document) == verdict)
  }

  @Test func aMessageShowsNoControlCharacters() {
    let error = #expect(throws: XMLError.self) {
      try XMLElement(parsing: Array("<R>&\u{1b}[2J\u{202e}x;</R>".utf8), root: "R")
    }
    let shown = error?.description ?? ""
    #expect(shown.hasPrefix("the answer is not well-formed XML: "))
    #expect(shown == shown.escapedForTerminal)
    #expect(shown.hasSuffix(", line 1"))
  }

  @Test func anErrorNamesTheLine() {
    let error = #expect(throws: XMLError.self) {
      try XMLElement(parsing: Array("<R>\n<a>\n</b>\n</R>".utf8), root: "R")
    }
    #expect(error?.description.hasSuffix(", line 3") == true)
  }
}
