/// Scans a document before it is parsed: libxml2 compares each attribute of an element with all others.
enum MarkupScan {
  /// The most attributes of an element; S3's have at most three.
  static let maximumAttributes = 16

  /// Whether an element has more attributes than any that S3 sends.
  static func hasTooManyAttributes(_ document: UnsafeRawBufferPointer) -> Bool {
    // Without an early exit, so that the compiler can process many bytes at once. Most documents contain few such
    // characters.
    var signs = 0
    for byte in document { signs &+= byte == doubleQuote || byte == singleQuote ? 1 : 0 }
    guard signs > maximumAttributes else { return false }
    var rest = document[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...]
      if let end = sections.first(where: { rest.starts(with: $0.start.utf8) })?.end {
        rest = Self.rest(of: rest, after: end)
      } else {
        var attributes = 0
        rest = rest.dropFirst()
        while let sign = rest.firstIndex(where: { $0 == doubleQuote || $0 == singleQuote || $0 == tagEnd }),
          rest[sign] != tagEnd
        {
          attributes += 1
          guard attributes <= maximumAttributes else { return true }
          let value = rest[(sign + 1)...]
          rest = value[(value.firstIndex(of: rest[sign]).map { $0 + 1 } ?? value.endIndex)...]
        }
      }
    }
    return false
  }

  private static let doubleQuote = UInt8(ascii: "\"")
  private static let singleQuote = UInt8(ascii: "'")
  private static let tagEnd = UInt8(ascii: ">")

  /// Sections whose text may look like markup, with their ends.
  private static let sections: [(start: String, end: String)] = [
    ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"),
  ]

  private static func rest(of text: Slice<UnsafeRawBufferPointer>, after end: String) -> Slice<UnsafeRawBufferPointer> {
    let end = Array(end.utf8)
    var rest = text
    while let place = rest.firstIndex(of: end[0]) {
      rest = rest[place...]
      if rest.starts(with: end) { return rest.dropFirst(end.count) }
      rest = rest.dropFirst()
    }
    return rest[rest.endIndex...]
  }
}
