/// Splits text into words as a POSIX shell does. Section names are quoted this way: `[profile "my site"]`.
enum ShellWords {
  /// The words; nil if a quotation is not closed or a backslash ends the text.
  static func split(_ text: String) -> [String]? {
    var words: [String] = []
    // nil between words, so that "" is a word.
    var word: String?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t", "\n", "\r":
        if let word { words.append(word) }
        word = nil
      case "'":
        guard let end = rest.firstIndex(of: "'") else { return nil }
        word = (word ?? "") + String(rest[..<end])
        rest = rest[rest.index(after: end)...]
      case "\"":
        guard let quoted = doubleQuoted(&rest) else { return nil }
        word = (word ?? "") + quoted
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        word = (word ?? "") + String(escaped)
      default:
        word = (word ?? "") + String(scalar)
      }
    }
    if let word { words.append(word) }
    return words
  }

  /// Reads up to the closing `"`. A backslash escapes only itself and quotation marks.
  private static func doubleQuoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
    var result = ""
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"":
        return result
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        if escaped != "\"" && escaped != "\\" { result += "\\" }
        result.unicodeScalars.append(escaped)
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return nil
  }
}
