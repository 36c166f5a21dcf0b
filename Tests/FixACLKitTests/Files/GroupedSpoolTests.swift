import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct GroupedSpoolTests {
  private static func content(_ spool: GroupedSpool, of group: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try spool.forEachPiece(of: group) { bytes += $0 }
    return bytes
  }

  /// Whatever the memory, each group gives back what was added to it, in order.
  @Test(arguments: [1, 100, 2000, 1 << 20], [1, 7, 300])
  func groupsComeBack(maximumBytes: Int, groups: Int) throws {
    var generator = SeededGenerator(seed: UInt64(maximumBytes + groups))
    var spool = GroupedSpool(maximumBytes: maximumBytes)
    var expected = [[UInt8]](repeating: [], count: groups)
    for number in 0..<5000 {
      // Most go to a few groups, as in a plan.
      let group = Int.random(in: 0..<Int.random(in: 1...groups, using: &generator), using: &generator)
      let bytes = Array("\(number);".utf8)
      try spool.append(bytes, to: group)
      expected[group] += bytes
    }
    #expect(spool.isInFile == (maximumBytes < 20000))
    for group in 0..<groups { #expect(try Self.content(spool, of: group) == expected[group]) }
    // It can be read again.
    #expect(try Self.content(spool, of: 0) == expected[0])
    #expect(try Self.content(spool, of: groups).isEmpty)
  }

  /// What was added at once comes back at once.
  @Test func nothingIsDivided() throws {
    var spool = GroupedSpool(maximumBytes: 64)
    for number in 0..<500 { try spool.append(Array("<\(number)>".utf8), to: number % 3) }
    for group in 0..<3 {
      try spool.forEachPiece(of: group) { #expect($0.first == UInt8(ascii: "<") && $0.last == UInt8(ascii: ">")) }
    }
  }
}
