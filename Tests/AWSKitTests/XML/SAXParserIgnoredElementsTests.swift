import Testing

@testable import AWSKit

/// Characters that XML cannot hold are forgiven in elements whose text does not matter, and nowhere else.
@Suite struct SAXParserIgnoredElementsTests {
  private struct Handler: XMLHandler {
    static let ignoredElements: [StaticString] = ["Token", "Echo"]
    var texts: [String] = []

    mutating func begin(_ name: XMLName, depth: Int) {}

    mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
      texts.append("\(depth) \(name.text) \(String(decoding: text, as: UTF8.self))")
    }
  }

  private static func parse(_ document: String) throws -> [String] {
    var handler = Handler()
    try SAXParser.parse(Array(document.utf8), root: "R", into: &handler)
    return handler.texts
  }

  @Test(arguments: [
    "<R><Token>&#1;</Token><Key>k</Key></R>",
    "<R><Token>a&#x1;b&#31;</Token><Echo>&#0;</Echo><Key>k</Key></R>",
    "<R><Token>a\u{1}b</Token><Key>k</Key></R>",
    "<R><Token>\u{1b}</Token><Key>k</Key></R>",
  ])
  func inIgnoredElementsTheyAreForgiven(document: String) throws {
    let texts = try Self.parse(document)
    #expect(texts.contains("1 Key k"))
    #expect(texts.last?.hasPrefix("0 R") == true)
  }

  @Test(arguments: [
    "<R><Key>&#1;</Key></R>",
    "<R><Key>\u{1}</Key></R>",
    "<R><Key>a&#1;b</Key><Token>t</Token></R>",
    "<R><Key a='&#1;'>k</Key></R>",
    "<R>&#1;<Key>k</Key></R>",
    "<R><Key>k</Key>&#1;</R>",
    "<R><Token><Key>&#1;</Key></Token></R>",
    "<R><Token>&#1;<Key>k</Key></Token></R>",
    "<R><token>&#1;</token></R>",
    "<R><Tokens>&#1;</Tokens></R>",
    "<R><Token>&#1;</Token><Key>&#1;</Key></R>",
    // Forgiven is that character, and nothing else.
    "<R><Token>&#1;&unknown;</Token></R>",
    "<R><Token>&#1;</Key></R>",
    "<R><Token>&#1;</Token>",
    "<R><Token>&#1;",
  ])
  func everywhereElseTheyAreRefused(document: String) {
    #expect(
      XMLVerdict { () throws(XMLError) in
        var handler = Handler()
        try SAXParser.parse(Array(document.utf8), root: "R", into: &handler)
      } == .malformed)
  }

  @Test func theElementIsNamed() {
    let error = #expect(throws: XMLError.self) { _ = try Self.parse("<R><Key>a&#1;b</Key></R>") }
    #expect(
      error?.description == "the answer is not well-formed XML: <Key> holds a character that XML cannot")
  }
}
