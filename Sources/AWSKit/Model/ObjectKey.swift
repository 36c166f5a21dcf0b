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
