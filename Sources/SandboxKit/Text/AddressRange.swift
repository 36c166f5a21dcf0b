/// A range of IP addresses, as CIDR writes it: `203.0.113.0/24`, `2001:db8::/32`, or one address.
struct AddressRange: Sendable {
  /// Four bytes, or sixteen.
  private let bytes: [UInt8]
  let prefixLength: Int

  var isIPv6: Bool { bytes.count == 16 }

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let bytes = Self.bytes(of: parts[0]) else { return nil }
    let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
    guard let length, (0...bytes.count * 8).contains(length) else { return nil }
    self.bytes = bytes
    prefixLength = length
  }

  func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address[...]), other.count == bytes.count else { return false }
    return (0..<prefixLength).allSatisfy { bit in
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      return other[bit / 8] & mask == bytes[bit / 8] & mask
    }
  }

  private static func bytes(of text: Substring) -> [UInt8]? {
    guard text.contains(":") else {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
      let bytes = parts.compactMap { $0 }
      return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
    var halves: [[UInt8]] = []
    guard let gap = text.firstRange(of: "::") else { return groups(text).flatMap { $0.count == 16 ? $0 : nil } }
    for half in [text[..<gap.lowerBound], text[gap.upperBound...]] {
      guard let bytes = half.isEmpty ? [] : groups(half) else { return nil }
      halves.append(bytes)
    }
    let missing = 16 - halves[0].count - halves[1].count
    return missing > 0 ? halves[0] + [UInt8](repeating: 0, count: missing) + halves[1] : nil
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    for group in text.split(separator: ":", omittingEmptySubsequences: false) {
      guard (1...4).contains(group.utf8.count), let value = UInt16(group, radix: 16), bytes.count < 16 else {
        return nil
      }
      bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
    }
    return bytes
  }
}
