import AWSKit
import TestSupport
import Testing

@Suite struct GzipDecoderTests {
  private static let text = Array((0..<10_000).flatMap { "line \($0) of a log that repeats itself\n".utf8 })

  /// Decodes a file that is read in pieces of some length.
  private static func decode(_ file: [UInt8], pieceLength: Int = 1 << 20) throws -> [UInt8] {
    let decoder = GzipDecoder()
    var result: [UInt8] = []
    for start in stride(from: 0, to: file.count, by: pieceLength) {
      let piece = Array(file[start..<min(file.count, start + pieceLength)])
      try decoder.decode(piece.span) { piece in piece.withUnsafeBufferPointer { result += $0 } }
    }
    try decoder.finish()
    return result
  }

  @Test(arguments: [1, 2, 7, 1000, 1 << 20])
  func anyPieces(pieceLength: Int) throws {
    let file = try gzipped(Self.text)
    #expect(try Self.decode(file, pieceLength: pieceLength) == Self.text)
  }

  @Test func nothing() throws {
    #expect(try Self.decode(try gzipped([])) == [])
  }

  @Test(arguments: [3, 1 << 20])
  func membersFollowEachOther(pieceLength: Int) throws {
    let (first, second) = (try gzipped(Self.text), try gzipped("the end\n".utf8))
    let padding = [UInt8](repeating: 0, count: 512)
    let whole = Self.text + Array("the end\n".utf8)
    #expect(try Self.decode(first + second, pieceLength: pieceLength) == whole)
    #expect(try Self.decode(first + padding + second + padding, pieceLength: pieceLength) == whole)
  }

  @Test func everyPlaceWhereItMayEnd() throws {
    let file = try gzipped("some words\n".utf8)
    for count in 0..<file.count {
      #expect(throws: GzipDecoder.Failure.truncated) { try Self.decode(Array(file.prefix(count))) }
    }
  }

  @Test func damage() throws {
    let file = try gzipped(Self.text)
    var passedOn = 0
    for place in [0, 2, 10, file.count / 2, file.count - 6] {
      var damaged = file
      damaged[place] ^= 0x55
      let decoder = GzipDecoder()
      do {
        try decoder.decode(damaged.span) { passedOn += $0.count }
        Issue.record("damage at \(place) is not seen")
      } catch GzipDecoder.Failure.damaged {
        // It stays so.
        #expect(throws: GzipDecoder.Failure.self) { try decoder.decode(file.span) { _ in } }
        #expect(throws: GzipDecoder.Failure.self) { try decoder.finish() }
      }
    }
    #expect(passedOn > 0)
    #expect(throws: GzipDecoder.Failure.self) { try Self.decode(file + Array("no member".utf8)) }
  }

  /// What is passed on at a time does not grow with what is in the file.
  @Test func bomb() throws {
    let file = try gzipped([UInt8](repeating: 0, count: 8 << 20))
    #expect(file.count < 10_000)
    let decoder = GzipDecoder()
    var (total, longest) = (0, 0)
    for _ in 0..<16 {
      try decoder.decode(file.span) { piece in
        total += piece.count
        longest = max(longest, piece.count)
      }
    }
    try decoder.finish()
    #expect(total == 128 << 20)
    #expect(longest <= 128 << 10)
  }
}
