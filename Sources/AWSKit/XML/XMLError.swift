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
