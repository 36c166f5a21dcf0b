#if canImport(Glibc)
  import Glibc
#endif

/// An object's key: bytes, compared and ordered as bytes, as in S3.
///
/// Not a `String`: Swift compares strings by canonical equivalence, so keys that differ only in Unicode normalization
/// (NFC, NFD) would be equal.
package struct ObjectKey: Hashable, Sendable {
  /// The longest key, in bytes (S3 User Guide, "Object key naming guidelines").
  package static let maximumLength = 1024

  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(_ string: String) {
    self.bytes = Array(string.utf8)
  }

  /// Whether the key is valid UTF-8, as S3 promises for every key.
  package var isValidUTF8: Bool {
    // Most are ASCII. Without an early exit, so that the compiler can process many bytes at once.
    var marks: UInt8 = 0
    for byte in bytes { marks |= byte }
    return marks < 0x80 || String(validating: bytes, as: UTF8.self) != nil
  }

  /// The key as text. Exact if `isValidUTF8`; otherwise with replacement characters, for display only.
  package var text: String {
    String(decoding: bytes, as: UTF8.self)
  }

  package func hasPrefix(_ prefix: ObjectKey) -> Bool {
    bytes.starts(with: prefix.bytes)
  }

  package static func == (left: ObjectKey, right: ObjectKey) -> Bool {
    left.bytes == right.bytes
  }
}

extension ObjectKey: Comparable {
  package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    left.bytes.withUnsafeBytes { left in right.bytes.withUnsafeBytes { right in order(left, right) } } < 0
  }

  /// Negative, zero or positive if the left key comes before, equals or comes after the right one.
  package static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    if let leftStart = left.baseAddress, let rightStart = right.baseAddress {
      let order = memcmp(leftStart, rightStart, min(left.count, right.count))
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}

extension ObjectKey: CustomStringConvertible {
  /// The key with control and escape characters escaped: a key is untrusted text and may reach a terminal.
  package var description: String {
    text.escapedForTerminal
  }
}

extension String {
  /// The text, shortened to so many bytes with an ellipsis if necessary.
  func cut(toBytes maximum: Int) -> String {
    guard utf8.count > maximum else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: maximum)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }

  /// The text with every character escaped that could move a terminal's cursor, change its colours, reorder its line or
  /// be invisible: C0 and C1 controls, DEL, and Unicode's bidirectional and line controls, tags and other invisible
  /// characters.
  ///
  /// Escaping twice changes nothing more.
  package var escapedForTerminal: String {
    guard unicodeScalars.contains(where: \.isUnsafeOnTerminal) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      guard scalar.isUnsafeOnTerminal else {
        result.unicodeScalars.append(scalar)
        continue
      }
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would do anything but show it.
  package var isUnsafeOnTerminal: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: true
    case 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180f, 0x200b...0x200f, 0x2028...0x202e: true
    case 0x2060...0x206f, 0x3164, 0xfeff, 0xffa0, 0xfff0...0xfffb, 0x1bca0...0x1bca3, 0x1d173...0x1d17a: true
    case 0xe0000...0xe0fff: true
    default: false
    }
  }
}
