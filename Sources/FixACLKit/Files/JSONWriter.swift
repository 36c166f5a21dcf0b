internal import AWSKit

/// Writes JSON byte by byte, with members in the order of the calls: the same state always gives the same bytes, and
/// each change is one line. No general encoder does both.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  /// Whether the next value of the open object or array needs a comma before it.
  private var needsComma = false

  /// Begins an empty document.
  ///
  /// - Parameter capacity: bytes to reserve.
  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Ends the document, and gives its bytes up.
  package consuming func finish() -> [UInt8] { bytes }

  package mutating func object(_ content: (inout JSONWriter) -> Void) {
    value(UInt8(ascii: "{"), UInt8(ascii: "}"), content)
  }

  package mutating func array(_ content: (inout JSONWriter) -> Void) {
    value(UInt8(ascii: "["), UInt8(ascii: "]"), content)
  }

  /// Writes the name of the next member of the open object; its value must follow.
  package mutating func name(_ name: String) {
    string(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func string(_ text: some Sequence<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    let isWritten = text.withContiguousStorageIfAvailable { text in
      guard text.allSatisfy({ !Self.needsEscape($0) }) else { return false }
      bytes += text
      return true
    }
    if isWritten != true { escape(text) }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  private mutating func escape(_ text: some Sequence<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x0a: bytes += "\\n".utf8
      case 0x0d: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      // DEL is escaped too, so that a plan can be printed on a terminal.
      case 0..<0x20, 0x7f: bytes += "\\u00\(Hex.encode(CollectionOfOne(byte)))".utf8
      default: bytes.append(byte)
      }
    }
  }

  package mutating func string(_ text: String) {
    string(text.utf8)
  }

  package mutating func number(_ number: Int) {
    literal(String(number))
  }

  package mutating func bool(_ value: Bool) {
    literal(value ? "true" : "false")
  }

  package mutating func null() {
    literal("null")
  }

  package mutating func member(_ name: String, _ text: String?) {
    self.name(name)
    if let text { string(text) } else { null() }
  }

  package mutating func member(_ name: String, _ value: Int) {
    self.name(name)
    number(value)
  }

  package mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  private mutating func value(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(open)
    needsComma = false
    content(&self)
    bytes.append(close)
    needsComma = true
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes += text.utf8
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}
