/// Reads a small XML document, apart from AWSKit's parser: what the product writes wrongly must not be read as meant.
///
/// It takes XML 1.0 in UTF-8 without a document type, as S3 does, and is strict about everything that a client could
/// get wrong: tags, references, characters. Attributes are checked and dropped; namespaces are not told apart.
struct XMLReader {
  /// Deeper documents are refused; those of AWS have some ten levels.
  private static let maximumDepth = 100

  private let bytes: [UInt8]
  private var position = 0

  static func read(_ document: [UInt8]) throws(MalformedXML) -> XMLNode {
    guard String(validating: document, as: UTF8.self) != nil else { throw MalformedXML() }
    var reader = XMLReader(bytes: document)
    return try reader.document()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func document() throws(MalformedXML) -> XMLNode {
    _ = skip("\u{feff}")
    try skipMiscellany()
    guard peek() == UInt8(ascii: "<") else { throw MalformedXML() }
    let root = try element(depth: 1)
    try skipMiscellany()
    guard position == bytes.count else { throw MalformedXML() }
    return root
  }

  /// Blanks, comments and processing instructions, of which the XML declaration is taken for one.
  private mutating func skipMiscellany() throws(MalformedXML) {
    while true {
      skipBlanks()
      if try skipComment() { continue }
      guard try skipInstruction() else { return }
    }
  }

  private mutating func skipComment() throws(MalformedXML) -> Bool {
    guard skip("<!--") else { return false }
    _ = try text(before: "-->")
    return true
  }

  private mutating func skipInstruction() throws(MalformedXML) -> Bool {
    guard skip("<?") else { return false }
    _ = try text(before: "?>")
    return true
  }

  // MARK: Elements

  private mutating func element(depth: Int) throws(MalformedXML) -> XMLNode {
    guard depth <= Self.maximumDepth, skip("<") else { throw MalformedXML() }
    let name = try name()
    // The prefix of a namespace does not count.
    let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    var node = XMLNode(name: String(decoding: local, as: UTF8.self))
    try skipAttributes()
    if skip("/>") { return node }
    guard skip(">") else { throw MalformedXML() }
    let content = try content(of: &node, depth: depth)
    guard try self.name() == name else { throw MalformedXML() }
    skipBlanks()
    guard skip(">") else { throw MalformedXML() }
    if node.children.isEmpty { node.text = String(decoding: content, as: UTF8.self) }
    return node
  }

  /// Everything up to the end tag, whose `</` is read too.
  private mutating func content(of node: inout XMLNode, depth: Int) throws(MalformedXML) -> [UInt8] {
    var text: [UInt8] = []
    while let byte = peek() {
      if byte != UInt8(ascii: "<") {
        try readText(to: &text, until: UInt8(ascii: "<"))
      } else if skip("</") {
        return text
      } else if skip("<![CDATA[") {
        text += try self.text(before: "]]>")
      } else if try !skipComment(), try !skipInstruction() {
        node.children.append(try element(depth: depth + 1))
      }
    }
    throw MalformedXML()
  }

  private mutating func skipAttributes() throws(MalformedXML) {
    var names: [ArraySlice<UInt8>] = []
    var ignored: [UInt8] = []
    while true {
      let start = position
      skipBlanks()
      guard let byte = peek(), byte != UInt8(ascii: "/"), byte != UInt8(ascii: ">") else { return }
      // A blank stands before each attribute.
      guard position > start else { throw MalformedXML() }
      let name = try name()
      guard !names.contains(name) else { throw MalformedXML() }
      names.append(name)
      skipBlanks()
      guard skip("=") else { throw MalformedXML() }
      skipBlanks()
      guard let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw MalformedXML() }
      position += 1
      try readText(to: &ignored, until: quote)
      guard peek() == quote else { throw MalformedXML() }
      position += 1
    }
  }

  private mutating func name() throws(MalformedXML) -> ArraySlice<UInt8> {
    let start = position
    while let byte = peek(), Self.isOfName(byte) { position += 1 }
    guard let first = bytes[start..<position].first, !"-.0123456789".utf8.contains(first) else { throw MalformedXML() }
    return bytes[start..<position]
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  // MARK: Characters

  /// Appends the text up to the next tag, comment or section, with what references stand for.
  private mutating func readText(to text: inout [UInt8], until end: UInt8) throws(MalformedXML) {
    while let byte = peek(), byte != end {
      switch byte {
      case UInt8(ascii: "<"): throw MalformedXML()
      case UInt8(ascii: "&"): text += try reference()
      // A line end, however it is written, is a line feed.
      case UInt8(ascii: "\r"):
        position += 1
        if peek() == UInt8(ascii: "\n") { position += 1 }
        text.append(UInt8(ascii: "\n"))
      default:
        try checkByte()
        if byte == UInt8(ascii: "]"), bytes[position...].starts(with: "]]>".utf8) { throw MalformedXML() }
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func reference() throws(MalformedXML) -> [UInt8] {
    guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw MalformedXML() }
    let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      let isHexadecimal = name.hasPrefix("#x")
      let digits = name.dropFirst(isHexadecimal ? 2 : 1)
      guard name.hasPrefix("#"), digits.first?.isHexDigit ?? false,
        let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value),
        value >= 0x20 || [0x09, 0x0a, 0x0d].contains(value), value & 0xfffe != 0xfffe
      else { throw MalformedXML() }
      return Array(String(scalar).utf8)
    }
  }

  /// Text that is taken as it is, up to a mark, which is read too.
  private mutating func text(before mark: StaticString) throws(MalformedXML) -> [UInt8] {
    let start = position
    while position < bytes.count {
      let end = position
      if skip(mark) { return Array(bytes[start..<end]) }
      try checkByte()
      position += 1
    }
    throw MalformedXML()
  }

  /// Refuses characters that no XML 1.0 document can hold: control characters, U+FFFE and U+FFFF.
  private func checkByte() throws(MalformedXML) {
    let byte = bytes[position]
    if byte < 0x20, byte != 0x09, byte != 0x0a, byte != 0x0d { throw MalformedXML() }
    guard byte == 0xef else { return }
    let rest = bytes[(position + 1)...]
    if rest.starts(with: [0xbf, 0xbe]) || rest.starts(with: [0xbf, 0xbf]) { throw MalformedXML() }
  }

  // MARK: Position

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  private mutating func skip(_ mark: StaticString) -> Bool {
    let count = mark.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    let isThere = mark.withUTF8Buffer { mark in
      for (offset, byte) in mark.enumerated() where bytes[position + offset] != byte { return false }
      return true
    }
    if isThere { position += count }
    return isThere
  }
}
