/// Hexadecimal digits, written apart from AWSKit's so that a mistake there does not confirm itself.
enum Hexadecimal {
  static let lowercaseDigits = Array("0123456789abcdef".utf8)
  static let uppercaseDigits = Array("0123456789ABCDEF".utf8)

  /// Two lower-case digits a byte.
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.underestimatedCount * 2)
    for byte in bytes {
      digits.append(lowercaseDigits[Int(byte >> 4)])
      digits.append(lowercaseDigits[Int(byte & 15)])
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Appends the 16 lower-case digits of a number.
  static func write(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      bytes.append(lowercaseDigits[Int(number >> shift & 15)])
    }
  }

  /// The bytes of two digits each; nil if the text is something else.
  static func decode(_ text: String) -> [UInt8]? {
    let values = text.utf8.map(value)
    guard values.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: values.count, by: 2) {
      guard let high = values[index], let low = values[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The value of one digit, in either case.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
