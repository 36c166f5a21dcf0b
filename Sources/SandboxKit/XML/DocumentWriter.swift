/// Writes the sandbox's XML documents, apart from AWSKit's writer; listings, which are long, have a `ListingWriter`.
struct DocumentWriter {
  private(set) var bytes: [UInt8] = []

  /// Writes `<name attributes>…</name>` around what `content` writes. Attributes are taken as they are.
  mutating func element(_ name: String, attributes: String = "", _ content: (inout DocumentWriter) -> Void) {
    bytes.append(UInt8(ascii: "<"))
    bytes += name.utf8
    bytes += attributes.utf8
    bytes.append(UInt8(ascii: ">"))
    content(&self)
    bytes += "</".utf8
    bytes += name.utf8
    bytes.append(UInt8(ascii: ">"))
  }

  /// Writes an element that holds only text.
  mutating func element(_ name: String, attributes: String = "", text: String) {
    element(name, attributes: attributes) { $0.write(text) }
  }

  /// Writes an element as it was read, without its attributes.
  mutating func element(_ node: XMLNode) {
    element(node.name) { writer in
      writer.write(node.text)
      for child in node.children { writer.element(child) }
    }
  }

  private mutating func write(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      // Written as it is, a parser would make a line feed of it.
      case UInt8(ascii: "\r"): bytes += "&#13;".utf8
      default: bytes.append(byte)
      }
    }
  }
}
