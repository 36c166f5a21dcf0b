/// The gzip format without compression: blocks that are stored as they are.
enum Gzip {
  static func file(of content: [UInt8]) -> [UInt8] {
    // RFC 1952: deflate, no name, no time, an unknown system.
    var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    var rest = content[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      result.append(rest.isEmpty ? 1 : 0)
      for length in [UInt16(block.count), ~UInt16(block.count)] {
        result += [UInt8(length & 0xff), UInt8(length >> 8)]
      }
      result += block
    } while !rest.isEmpty
    for value in [crc(of: content), UInt32(truncatingIfNeeded: content.count)] {
      for shift in [0, 8, 16, 24] { result.append(UInt8(value >> UInt32(shift) & 0xff)) }
    }
    return result
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
  }

  private static func crc(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xff)] ^ ($0 >> 8) }
  }
}
