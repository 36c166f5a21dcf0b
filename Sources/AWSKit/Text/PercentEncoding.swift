/// Percent-encoding of bytes as Signature Version 4 needs it: everything but RFC 3986's unreserved characters becomes
/// `%` and two capital hexadecimal digits.
package enum PercentEncoding {
  /// Encodes a query's name or value, or (keeping slashes) a path.
  package static func encode(_ bytes: some Collection<UInt8>, keepingSlashes: Bool = false) -> String {
    encode(bytes, keeping: { isUnreserved($0) || keepingSlashes && $0 == UInt8(ascii: "/") })
  }

  /// Encodes what another rule than RFC 3986's does not keep.
  ///
  /// - Parameter isKept: whether a byte stands for itself.
  package static func encode(_ bytes: some Collection<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
    if bytes.allSatisfy(isKept) { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 4)
    for byte in bytes {
      if isKept(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(Hex.uppercaseDigits[Int(byte >> 4)])
        result.append(Hex.uppercaseDigits[Int(byte & 15)])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  package static func encode(_ string: String, keepingSlashes: Bool = false) -> String {
    encode(string.utf8, keepingSlashes: keepingSlashes)
  }

  /// Decodes `%XX`, and `+` as a space (as in listings with `encoding-type=url` and in queries).
  ///
  /// - Parameter plusIsBlank: false in a path, where a plus sign stands for itself.
  /// - Returns: nil if a percent sign is not followed by two hexadecimal digits.
  package static func decode(_ bytes: some Collection<UInt8>, plusIsBlank: Bool = true) -> [UInt8]? {
    var result = Array(bytes)
    guard let count = decode(&result, result.indices, plusIsBlank: plusIsBlank) else { return nil }
    result.removeLast(result.count - count)
    return result
  }

  /// Decodes in place.
  ///
  /// - Returns: the decoded length; nil if a percent sign is not followed by two hexadecimal digits. Everything before
  ///   it has been decoded then.
  static func decode(_ bytes: inout [UInt8], _ range: Range<Int>, plusIsBlank: Bool = true) -> Int? {
    bytes.withUnsafeMutableBufferPointer { bytes in
      var (from, to) = (range.lowerBound, range.lowerBound)
      while from < range.upperBound {
        switch bytes[from] {
        case UInt8(ascii: "%"):
          guard from + 2 < range.upperBound, let high = Hex.value(bytes[from + 1]), let low = Hex.value(bytes[from + 2])
          else { return nil }
          bytes[to] = high << 4 | low
          from += 2
        case UInt8(ascii: "+") where plusIsBlank: bytes[to] = 0x20
        default: bytes[to] = bytes[from]
        }
        (from, to) = (from + 1, to + 1)
      }
      return to - range.lowerBound
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
