/// Percent-encoding as AWS documents it for Signature Version 4, written apart from AWSKit's.
enum PercentCoding {
  /// Everything but letters, digits and `-._~` becomes `%` and two capital digits; a path's slashes can be kept.
  static func encode(_ bytes: some Collection<UInt8>, keepingSlashes: Bool = false) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(Hexadecimal.uppercaseDigits[Int(byte >> 4)])
        result.append(Hexadecimal.uppercaseDigits[Int(byte & 15)])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }

  /// Decodes `%XX`, and `+` as a blank in a query; nil if a percent sign is not followed by two digits.
  static func decode(_ text: some Collection<UInt8>, plusIsBlank: Bool = true) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(Hexadecimal.value), let low = rest.next().flatMap(Hexadecimal.value) else {
          return nil
        }
        result.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: result.append(0x20)
      default: result.append(byte)
      }
    }
    return result
  }
}
