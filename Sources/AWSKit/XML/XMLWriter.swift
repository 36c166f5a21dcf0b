/// Writes small XML documents.
package struct XMLWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Whether a text contained something that XML cannot represent: most control characters, U+FFFE or U+FFFF.
  package private(set) var lacksCharacters = false

  package init() {}

  /// Writes `<name attributes>…</name>` around what `content` writes. Attributes are not escaped.
  package mutating func element(_ name: String, attributes: String = "", _ content: (inout XMLWriter) -> Void) {
    bytes += "<\(name)\(attributes)>".utf8
    content(&self)
    bytes += "</\(name)>".utf8
  }

  package mutating func element(_ name: String, text: String) {
    element(name) { $0.write(text: text) }
  }

  /// Writes an element that was read: its text or children, without attributes.
  package mutating func element(_ element: XMLElement) {
    self.element(element.name) { writer in
      writer.write(text: element.text)
      for child in element.children { writer.element(child) }
    }
  }

  private mutating func write(text: String) {
    if text.unicodeScalars.contains(where: \.isForbiddenInXML) { lacksCharacters = true }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      // Unescaped, a parser would turn it into a line feed.
      case 0x0d: bytes += "&#13;".utf8
      default: bytes.append(byte)
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether no document may contain it, not even as a character reference (XML 1.0, "Characters").
  fileprivate var isForbiddenInXML: Bool {
    switch value {
    case 0x09, 0x0a, 0x0d: false
    case 0..<0x20, 0xfffe, 0xffff: true
    default: false
    }
  }
}
