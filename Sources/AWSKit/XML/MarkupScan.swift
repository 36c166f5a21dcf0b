internal import Glibc

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
    var place = 0
    while let start = document.firstIndex(of: UInt8(ascii: "<"), from: place) {
      if let section = sections.first(where: { stands($0.start, in: document, at: start) }) {
        place = end(of: section.end, in: document, from: start + section.start.utf8CodeUnitCount)
        continue
      }
      var attributes = 0
      place = start + 1
      while place < document.count, document[place] != UInt8(ascii: ">") {
        let byte = document[place]
        place += 1
        guard byte == doubleQuote || byte == singleQuote else { continue }
        attributes += 1
        guard attributes <= maximumAttributes else { return true }
        place = document.firstIndex(of: byte, from: place).map { $0 + 1 } ?? document.count
      }
    }
    return false
  }

  private static let doubleQuote = UInt8(ascii: "\"")
  private static let singleQuote = UInt8(ascii: "'")

  /// Sections whose text may look like markup, with their ends.
  private static let sections: [(start: StaticString, end: StaticString)] = [
    ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"),
  ]

  private static func stands(_ text: StaticString, in document: UnsafeRawBufferPointer, at place: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard let base = document.baseAddress, document.count - place >= count else { return false }
    return memcmp(base + place, text.utf8Start, count) == 0
  }

  /// The place behind the next `text`; the end if there is none.
  private static func end(of text: StaticString, in document: UnsafeRawBufferPointer, from start: Int) -> Int {
    var start = start
    while let place = document.firstIndex(of: text.utf8Start.pointee, from: start) {
      if stands(text, in: document, at: place) { return place + text.utf8CodeUnitCount }
      start = place + 1
    }
    return document.count
  }
}
