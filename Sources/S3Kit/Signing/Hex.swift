/// Hexadecimal digits by table.
package enum Hex {
  static let lowercaseDigits = Array("0123456789abcdef".utf8)
  static let uppercaseDigits = Array("0123456789ABCDEF".utf8)

  /// Two lower-case digits a byte.
  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    for byte in bytes {
      result.append(lowercaseDigits[Int(byte >> 4)])
      result.append(lowercaseDigits[Int(byte & 15)])
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The value of one digit, in either case.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
