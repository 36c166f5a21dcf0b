/// Why an answer is not the expected XML document.
package enum XMLError: Error, Sendable, CustomStringConvertible {
  /// Not well-formed, cut short, or with something that S3 never sends (a document type, custom entities).
  case malformed(String)
  /// Well-formed, but not the requested document.
  case unexpectedRoot(String)
  /// The right document, but something required is missing, or something is impossible.
  case invalid(String)

  package var description: String {
    switch self {
    case .malformed(let detail): "the answer is not well-formed XML: \(detail)"
    case .unexpectedRoot(let name): "the answer is a <\(name.escapedForTerminal)> document"
    case .invalid(let detail): "the answer makes no sense: \(detail)"
    }
  }
}
