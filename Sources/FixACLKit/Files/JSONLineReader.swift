internal import Glibc
internal import AWSKit

/// Lets a `switch` compare a member's name or value with literals byte by byte, without making a String.
func ~= (literal: StaticString, bytes: ArraySlice<UInt8>) -> Bool {
  bytes.withUnsafeBytes { bytes in
    bytes.count == literal.utf8CodeUnitCount
      && (bytes.isEmpty || memcmp(bytes.baseAddress!, literal.utf8Start, bytes.count) == 0)
  }
}

/// Reads a JSON object of one line, member by member, as bytes. Plans and journals have millions of lines, and no value
/// is nested deeper than an array of objects.
package struct JSONLineReader: ~Copyable {
  /// The line is not the JSON expected here.
  package struct Damage: Error {
    package init() {}
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Reads an object. `body` gets each member's name and must read its value.
  package mutating func object(_ body: (inout JSONLineReader, _ name: ArraySlice<UInt8>) throws -> Void) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      let name = try word()
      try expect(":")
      try body(&self, name)
    } while take(",")
    try expect("}")
  }

  /// Reads an array. `body` reads each element.
  package mutating func array(_ body: (inout JSONLineReader) throws -> Void) throws {
    try expect("[")
    if take("]") { return }
    repeat { try body(&self) } while take(",")
    try expect("]")
  }

  /// Whether everything has been read.
  package mutating func isAtEnd() -> Bool {
    skipBlanks()
    return position == bytes.endIndex
  }

  /// A string's bytes with its escapes resolved; a slice of the line itself if it has none.
  package mutating func word() throws -> ArraySlice<UInt8> {
    try expect("\"")
    var result: [UInt8] = []
    var start = position
    while true {
      skipPlainText()
      guard position < bytes.endIndex else { break }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        let rest = bytes[start..<position]
        position += 1
        return result.isEmpty ? rest : (result + rest)[...]
      case UInt8(ascii: "\\"):
        result += bytes[start..<position]
        position += 1
        result += String(try escape()).utf8
        start = position
      default: throw Damage()
      }
    }
    throw Damage()
  }

  /// Moves on to the next quotation mark, escape or control character.
  private mutating func skipPlainText() {
    let start = position - bytes.startIndex
    position += bytes.withUnsafeBufferPointer { bytes in
      var count = start
      while count < bytes.count {
        let byte = bytes[count]
        guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 else { break }
        count += 1
      }
      return count - start
    }
  }

  /// A copy of a string's bytes.
  mutating func string() throws -> [UInt8] {
    Array(try word())
  }

  package mutating func text() throws -> String {
    let bytes = try word()
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Damage() }
    return text
  }

  /// Nil for null.
  package mutating func optionalText() throws -> String? {
    takeWord("null") ? nil : try text()
  }

  package mutating func integer() throws -> Int {
    skipBlanks()
    let sign = take("-") ? -1 : 1
    let start = position
    var value = 0
    while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(sign * Int(bytes[position] & 15))
      guard !overflow, !carry else { throw Damage() }
      value = sum
      position += 1
    }
    guard position > start else { throw Damage() }
    return value
  }

  package mutating func bool() throws -> Bool {
    if takeWord("true") { return true }
    guard takeWord("false") else { throw Damage() }
    return false
  }

  /// Skips a value of any kind, such as a member that a later version has added.
  ///
  /// - Parameter depth: the deepest nesting accepted, so that a line of brackets cannot overflow the stack.
  package mutating func skip(depth: Int = 16) throws {
    skipBlanks()
    guard position < bytes.endIndex, depth > 0 else { throw Damage() }
    switch bytes[position] {
    case UInt8(ascii: "{"): try object { reader, _ in try reader.skip(depth: depth - 1) }
    case UInt8(ascii: "["): try array { try $0.skip(depth: depth - 1) }
    case UInt8(ascii: "\""): _ = try word()
    default:
      let start = position
      while position < bytes.endIndex, !Self.endsScalar(bytes[position]) { position += 1 }
      guard position > start else { throw Damage() }
    }
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || isBlank(byte)
  }

  /// The character that an escape sequence stands for.
  private mutating func escape() throws -> Unicode.Scalar {
    guard position < bytes.endIndex else { throw Damage() }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try hexadecimal()
      guard (0xd800..<0xdc00).contains(high) else {
        guard let scalar = Unicode.Scalar(high) else { throw Damage() }
        return scalar
      }
      guard take("\\"), take("u") else { throw Damage() }
      let low = try hexadecimal()
      guard (0xdc00..<0xe000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
      else { throw Damage() }
      return scalar
    default: throw Damage()
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard bytes.endIndex - position >= 4 else { throw Damage() }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Hex.value(byte) else { throw Damage() }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }

  private mutating func skipBlanks() {
    while position < bytes.endIndex, Self.isBlank(bytes[position]) { position += 1 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard take(character) else { throw Damage() }
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    skipBlanks()
    let length = word.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: length)
    guard bytes.endIndex - position >= length, bytes[position..<position + length].elementsEqual(expected) else {
      return false
    }
    position += length
    return true
  }
}
