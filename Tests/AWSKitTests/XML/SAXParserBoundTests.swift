import Testing

@testable import AWSKit

/// Documents that would take long, and those that begin late.
@Suite struct SAXParserBoundTests {
  private static func verdict(_ text: String) -> XMLVerdict {
    XMLVerdict { () throws(XMLError) in _ = try XMLElement(parsing: Array(text.utf8), root: "R") }
  }

  private static func attributes(_ count: Int, value: String = "\"\"") -> String {
    (0..<count).map { " a\($0)=\(value)" }.joined()
  }

  @Test(arguments: [" ", "\n\n", "   \r\n\t", String(repeating: " ", count: 100_000)])
  func blanksBeforeTheDocumentAreNoHarm(blanks: String) {
    #expect(Self.verdict(blanks + "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<R/>") == .fine)
    #expect(Self.verdict(blanks + "<R/>") == .fine)
    #expect(Self.verdict(blanks) == .malformed)
  }

  @Test(arguments: [
    attributes(17), attributes(17, value: "'>'"), attributes(17, value: "\"'\""), attributes(100_000),
    "><!-- it's --><a" + attributes(17), "><![CDATA[ <b c=' ]]><a" + attributes(17),
    "><!-- <a ' --><a" + attributes(17) + "'",
    "><?p <a \" ?><a" + attributes(17) + "\"",
  ])
  func anElementHasFewAttributes(attributes: String) {
    #expect(Self.verdict("<R\(attributes)/></R>") == .malformed)
    #expect(MarkupScan.hasTooMany("<R\(attributes)/>"))
  }

  @Test(arguments: [
    attributes(16), attributes(16, value: "'>'"), ">" + String(repeating: "=\"\" '", count: 100) + "</R",
    "><![CDATA[<a\(attributes(99))>]]></R", "><!-- <a\(attributes(99))> --></R",
    ">" + String(repeating: "<a b='c' d=\"e\"/>", count: 100) + "</R",
  ])
  func whatLooksLikeThemIsNone(content: String) {
    #expect(!MarkupScan.hasTooMany("<R\(content)>"))
  }

  @Test(arguments: ["<", "<!--", "<![CDATA[", "<?", "<a '", "<a '" + String(repeating: "\"", count: 99), "'"])
  func whatEndsEarlyIsLookedAtOnce(document: String) {
    #expect(!MarkupScan.hasTooMany(String(repeating: "'", count: 20) + document))
  }

  @Test func aDocumentHasNotAnyNumberOfElements() {
    #expect(Self.verdict("<R>" + String(repeating: "<a/>", count: 199_999) + "</R>") == .fine)
    #expect(Self.verdict("<R>" + String(repeating: "<a/>", count: 200_000) + "</R>") == .malformed)
  }
}

extension MarkupScan {
  fileprivate static func hasTooMany(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { hasTooManyAttributes($0) }
  }
}
