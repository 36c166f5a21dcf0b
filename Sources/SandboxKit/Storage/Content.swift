internal import Crypto
internal import AWSKit

/// The bytes of an object, some of them perhaps made up when they are read: a virtual object of gigabytes, and a copy
/// of it in parts, take no memory.
package struct Content: Sendable {
  private enum Piece: Sendable {
    case bytes(ArraySlice<UInt8>)
    /// Bytes that follow from a number and their place.
    case generated(seed: UInt64, Range<Int>)

    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .generated(_, let range): range.count
      }
    }
  }

  private var pieces: [Piece]
  /// Bytes.
  package let size: Int

  private init(pieces: [Piece]) {
    self.pieces = pieces
    size = pieces.reduce(0) { $0 + $1.count }
  }

  package init(_ bytes: [UInt8]) {
    self.init(pieces: bytes.isEmpty ? [] : [.bytes(bytes[...])])
  }

  package init(generatedFrom seed: UInt64, size: Int) {
    self.init(pieces: [.generated(seed: seed, 0..<size)])
  }

  /// Whether some of the bytes are made when they are read.
  var isMadeUp: Bool {
    pieces.contains {
      if case .generated = $0 { true } else { false }
    }
  }

  init(joining parts: [Content]) {
    self.init(pieces: parts.flatMap(\.pieces))
  }

  /// A part of it, without making the bytes.
  func slice(_ range: Range<Int>) -> Content {
    var result: [Piece] = []
    var start = 0
    for piece in pieces {
      let wanted = range.clamped(to: start..<start + piece.count)
      if !wanted.isEmpty {
        let (from, to) = (wanted.lowerBound - start, wanted.upperBound - start)
        switch piece {
        case .bytes(let bytes):
          result.append(.bytes(bytes[bytes.startIndex + from..<bytes.startIndex + to]))
        case .generated(let seed, let range):
          result.append(.generated(seed: seed, range.lowerBound + from..<range.lowerBound + to))
        }
      }
      start += piece.count
    }
    return Content(pieces: result)
  }

  /// The bytes themselves.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(size)
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): result += bytes
      case .generated(let seed, let range): for place in range { result.append(Self.byte(at: place, seed: seed)) }
      }
    }
    return result
  }

  /// The ETag of an object that was uploaded in one piece, without quotation marks. That of bytes that are made up is
  /// made up too, or gigabytes would have to be hashed.
  var etag: String {
    if case .generated(let seed, let range)? = pieces.first, pieces.count == 1 {
      var text: [UInt8] = []
      Self.writeETag(generatedFrom: seed &+ UInt64(range.lowerBound) &* 31, size: size, to: &text)
      return String(decoding: text, as: UTF8.self)
    }
    return Hexadecimal.encode(Insecure.MD5.hash(data: bytes))
  }

  /// The ETag of bytes that are made up: 32 hexadecimal digits.
  static func writeETag(generatedFrom seed: UInt64, size: Int, to text: inout [UInt8]) {
    for number in [seed ^ 0x6578_6163_7469_7479, seed &+ UInt64(size)] { Hexadecimal.write(number, to: &text) }
  }

  private static func byte(at place: Int, seed: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: (seed &+ UInt64(place >> 3)) &* 0x9e37_79b9_7f4a_7c15 >> (UInt64(place & 7) * 8))
  }
}
