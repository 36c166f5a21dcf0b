/// What the parser tells of a document, element by element. Called on the thread that called `parse`.
package protocol XMLHandler {
  /// Elements whose text does not matter, so that it may hold characters that XML cannot.
  static var ignoredElements: [StaticString] { get }
  /// Why the rest of the document need not be read; asked after each child of the root.
  var rejection: XMLError? { get }
  /// An element begins; the root has depth 0.
  mutating func begin(_ name: XMLName, depth: Int)
  /// An element ends. `text` is its character data since its last child, valid during the call only.
  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>)
}

extension XMLHandler {
  package static var ignoredElements: [StaticString] { [] }
  package var rejection: XMLError? { nil }
}

/// Why an answer is not the XML document that it should be.
package enum XMLError: Error, Sendable, CustomStringConvertible {
  /// Not well-formed, cut short, or with what S3 never sends (a document type, entities of its own).
  case malformed(String)
  /// Well-formed, but another document than was asked for.
  case unexpectedRoot(String)
  /// The right document, without something that it must have, or with something that it cannot have.
  case invalid(String)

  package var description: String {
    switch self {
    case .malformed(let detail): "the answer is not well-formed XML: \(detail)"
    case .unexpectedRoot(let name): "the answer is a <\(name.escapedForTerminal)> document"
    case .invalid(let detail): "the answer makes no sense: \(detail)"
    }
  }
}
