/// A small document as a tree. Listings, which are long, have a handler of their own.
package struct XMLElement: Sendable {
  package let name: String
  package internal(set) var text = ""
  package internal(set) var children: [XMLElement] = []

  /// The first child with that name.
  package subscript(name: String) -> XMLElement? {
    children.first { $0.name == name }
  }

  /// All children with that name.
  package func all(_ name: String) -> some Sequence<XMLElement> {
    children.lazy.filter { $0.name == name }
  }

  /// Parses a document whose root must have the name `root`.
  package init(parsing bytes: [UInt8], root: StaticString) throws(XMLError) {
    var builder = Builder()
    try SAXParser.parse(bytes, root: root, into: &builder)
    guard let element = builder.finished else { throw .malformed("it is empty") }
    self = element
  }

  private init(name: String) {
    self.name = name
  }

  private struct Builder: XMLHandler {
    var open: [XMLElement] = []
    var finished: XMLElement?

    mutating func begin(_ name: XMLName, depth: Int) {
      open.append(XMLElement(name: name.text))
    }

    mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
      guard var element = open.popLast() else { return }
      // Blanks between an element's children are not its text.
      if element.children.isEmpty { element.text = String(decoding: text, as: UTF8.self) }
      if open.isEmpty {
        finished = element
      } else {
        open[open.count - 1].children.append(element)
      }
    }
  }
}
