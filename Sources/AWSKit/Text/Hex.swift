/// Hexadecimal digits, by table lookup.
package enum Hex {
  package static let lowercaseDigits = Array("0123456789abcdef".utf8)
  package static let uppercaseDigits = Array("0123456789ABCDEF".utf8)

  /// Two lower-case digits for each byte.
  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    // Digests and arrays have contiguous storage.
    bytes.withContiguousStorageIfAvailable(encode) ?? Array(bytes).withUnsafeBufferPointer(encode)
  }

  private static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      write(bytes, to: text)
      return bytes.count * 2
    }
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to text: UnsafeMutableBufferPointer<UInt8>) {
    lowercaseDigits.withUnsafeBufferPointer { digits in
      for (index, byte) in bytes.enumerated() {
        text[index * 2] = digits[Int(byte >> 4)]
        text[index * 2 + 1] = digits[Int(byte & 15)]
      }
    }
  }

  /// Appends two lower-case digits for each byte.
  package static func write(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count * 2) { digits in
      write(bytes.bindMemory(to: UInt8.self), to: digits)
      text += digits
    }
  }

  /// Appends the 16 lower-case digits of a number.
  package static func write(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 60, through: 0, by: -4) {
      bytes.append(lowercaseDigits[Int(truncatingIfNeeded: number >> UInt64(shift)) & 15])
    }
  }

  /// Decodes two digits to each byte; nil if the text is anything else.
  package static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var digits = text.utf8.makeIterator()
    while let digit = digits.next() {
      guard let high = value(digit), let low = digits.next().flatMap(value) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The value of one digit, in either case.
  package static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
