internal import Glibc

/// A range of IP addresses: `192.0.2.0/24`, `2001:db8::/32`, or one address.
struct AddressRange: Sendable, Hashable {
  /// 4 or 16.
  private let bytes: [UInt8]
  private let prefixLength: Int

  /// Nil if the text is not a range.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let bytes = Self.address(parts[0]) else { return nil }
    self.bytes = bytes
    guard parts.count == 2 else {
      prefixLength = bytes.count * 8
      return
    }
    guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
    prefixLength = length
  }

  /// Whether the address is one of the range; nil if the text is not an address.
  func contains(_ text: String) -> Bool? {
    guard let other = Self.address(text) else { return nil }
    guard other.count == bytes.count else { return false }
    return (0..<prefixLength).allSatisfy { bit in
      (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  private static func address(_ text: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if inet_pton(family, text, &bytes) == 1 { return bytes }
    }
    return nil
  }
}
