internal import AWSKit

/// Divides what is read piece by piece into lines, in bounded memory.
struct LogLines {
  /// What comes next of a piece.
  enum Next {
    /// A line within the piece.
    case inPiece(Range<Int>)
    /// A line that began in an earlier piece: `kept`.
    case kept
    /// The end of a line that is too long.
    case tooLong
  }

  /// The longest line. CloudFront logs no request whose URL is longer than 8,192 bytes, or whose headers are longer than
  /// 20 KB, each of which triples if it is encoded.
  static let maximumLength = 128 << 10

  /// The line that began in an earlier piece.
  private(set) var kept: [UInt8] = []
  private var isPassingOver = false
  private var isKeptComplete = false

  /// The next line of a piece, without its line feed.
  ///
  /// - Parameter position: where to continue; 0 at first.
  /// - Returns: nil if the piece has no other line that ends. What is left is kept.
  mutating func next(in piece: Span<UInt8>, _ position: inout Int) -> Next? {
    if isKeptComplete {
      kept.removeAll(keepingCapacity: true)
      isKeptComplete = false
    }
    let start = position
    guard let end = piece.firstIndex(of: UInt8(ascii: "\n"), from: start) else {
      position = piece.count
      keep(piece, start..<piece.count)
      return nil
    }
    position = end + 1
    if kept.isEmpty, !isPassingOver, end - start <= Self.maximumLength { return .inPiece(start..<end) }
    keep(piece, start..<end)
    isKeptComplete = true
    if isPassingOver {
      isPassingOver = false
      return .tooLong
    }
    return .kept
  }

  /// The last line, if no line feed ends it.
  mutating func finish() -> Next? {
    if isPassingOver { return .tooLong }
    return kept.isEmpty || isKeptComplete ? nil : .kept
  }

  private mutating func keep(_ piece: Span<UInt8>, _ range: Range<Int>) {
    guard !isPassingOver else { return }
    guard kept.count + range.count <= Self.maximumLength else {
      isPassingOver = true
      kept.removeAll()
      return
    }
    kept += piece.bytes(range)
  }
}

extension Span<UInt8> {
  /// The first place of a byte, from `start` on.
  func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    withUnsafeBufferPointer { UnsafeRawBufferPointer($0).firstIndex(of: byte, from: start) }
  }

  /// The last place of a byte.
  func lastIndex(of byte: UInt8) -> Int? {
    withUnsafeBufferPointer { $0.lastIndex(of: byte) }
  }

  /// A copy of a part.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    extracting(range).withUnsafeBufferPointer { Array($0) }
  }

  /// Whether a part is this text.
  func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return extracting(range).withUnsafeBufferPointer { bytes in
      bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
  }

  /// Whether a part is these bytes.
  func matches(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
    range.count == other.count && extracting(range).withUnsafeBufferPointer { $0.elementsEqual(other) }
  }

  /// A number of so many digits; nil if there is anything else, or more digits than any field has.
  func number(at position: Int, digits: Int) -> Int? {
    guard position >= 0, position + digits <= count, digits <= 18 else { return nil }
    var value = 0
    for index in position..<position + digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self[index]) else { return nil }
      value = 10 * value + Int(self[index] - UInt8(ascii: "0"))
    }
    return value
  }

  /// The next field up to a separator.
  ///
  /// - Parameter position: where it begins; then where the next one does.
  /// - Returns: nil at the end of the line.
  func field(_ position: inout Int, separator: UInt8) -> Range<Int>? {
    guard position < count else { return nil }
    let start = position
    let end = firstIndex(of: separator, from: start) ?? count
    position = end + 1
    return start..<end
  }
}
