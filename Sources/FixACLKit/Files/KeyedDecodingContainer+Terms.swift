extension KeyedDecodingContainer {
  /// A word of a fixed set; nil for null; an error for any other word.
  func decodeTerm<Term: RawRepresentable<String>>(_: Term.Type, forKey key: Key) throws -> Term? {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
    guard let term = Term(rawValue: text) else {
      throw FileFormatError.Detail("its '\(key.stringValue)' is '\(text)'")
    }
    return term
  }
}
