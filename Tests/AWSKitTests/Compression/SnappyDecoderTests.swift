import Testing

@testable import AWSKit

/// Blocks of Snappy, by its description.
struct SnappyDecoderTests {
  private static func decode(_ input: [UInt8], count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    try input.withUnsafeBytes { input in
      try output.withUnsafeMutableBytes { try SnappyDecoder.decode(input, into: $0) }
    }
    return output
  }

  @Test func literalsAndCopies() throws {
    #expect(try Self.decode([0], count: 0) == [])
    #expect(try Self.decode([3, 2 << 2, 1, 2, 3], count: 3) == [1, 2, 3])
    // A literal of 2 bytes, then 8 bytes from 2 before: it overlaps what it writes.
    #expect(try Self.decode([10, 1 << 2, 7, 8, (4 << 2) | 1, 2], count: 10) == [7, 8, 7, 8, 7, 8, 7, 8, 7, 8])
    #expect(try Self.decode([6, 1 << 2, 7, 8, (3 << 2) | 2, 1, 0], count: 6) == [7, 8, 8, 8, 8, 8])
    #expect(try Self.decode([5, 0, 9, (3 << 2) | 3, 1, 0, 0, 0], count: 5) == [9, 9, 9, 9, 9])
    let long = [UInt8](repeating: 5, count: 300)
    #expect(try Self.decode([0xac, 2, 61 << 2, 0x2b, 1] + long, count: 300) == long)
  }

  @Test(
    arguments: [
      [], [3], [3, 2 << 2, 1, 2], [4, 2 << 2, 1, 2, 3], [2, 2 << 2, 1, 2, 3], [5, 0, 9, (3 << 2) | 2, 2, 0],
      [5, 0, 9, (3 << 2) | 2, 0, 0], [5, 0, 9, (3 << 2) | 2, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [5, 63 << 2, 0xff, 0xff, 0xff, 0xff, 1],
    ] as [[UInt8]])
  func damaged(input: [UInt8]) {
    #expect(throws: SnappyDecoder.Damage.self) { try Self.decode(input, count: 5) }
    #expect(throws: SnappyDecoder.Damage.self) { try Self.decode(input, count: Int(input.first ?? 0)) }
  }
}
