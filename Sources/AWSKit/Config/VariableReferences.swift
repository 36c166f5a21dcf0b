/// References to environment variables in a path, `$NAME` and `${NAME}`, as Python's `expandvars` has them, which the
/// AWS CLI uses for the paths of its files.
enum VariableReferences {
  /// The text with each variable's value. What names no variable stays.
  static func expand(_ text: String, value: (String) -> String?) -> String {
    pieces(of: text).map { piece in piece.name.flatMap(value) ?? String(piece.text) }.joined()
  }

  /// The names of the variables, in order.
  static func names(in text: String) -> [String] { pieces(of: text).compactMap(\.name) }

  private struct Piece {
    let text: Substring
    /// Nil for text between references.
    var name: String?
  }

  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      if dollar > rest.startIndex { pieces.append(Piece(text: rest[..<dollar])) }
      rest = rest[dollar...]
      let reference = reference(rest)
      pieces.append(reference)
      rest = rest[reference.text.endIndex...]
    }
    if !rest.isEmpty { pieces.append(Piece(text: rest)) }
    return pieces
  }

  /// The reference at the beginning of a text that begins with a dollar sign, or that sign alone.
  private static func reference(_ text: Substring) -> Piece {
    let after = text.dropFirst()
    if after.first == "{", let end = after.firstIndex(of: "}") {
      return Piece(text: text[...end], name: String(after[after.index(after: after.startIndex)..<end]))
    }
    let name = after.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return name.isEmpty ? Piece(text: text.prefix(1)) : Piece(text: text[..<name.endIndex], name: String(name))
  }
}
