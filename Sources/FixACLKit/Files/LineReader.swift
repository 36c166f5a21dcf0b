internal import AWSKit

/// Reads a file line by line in constant memory.
struct LineReader {
  /// The longest line accepted. A key has at most 1,024 bytes and an ACL at most 100 grants; a header grows with the
  /// number of owners.
  static let maximumLineLength = 8 << 20

  private enum Source {
    case file(OpenFile)
    case blocks(FileBlocks)
  }

  private var source: Source
  private var buffer: [UInt8] = []
  private var position = 0
  /// The file offset of the next line.
  private(set) var offset = 0
  private var isAtEnd = false
  /// Bytes before the first line in its block.
  private var skipped = 0

  init(_ file: OpenFile, offset: Int = 0) {
    source = .file(file)
    self.offset = offset
  }

  /// Reads a file from its beginning, and records the hashes of its blocks.
  init(noting file: OpenFile) {
    source = .blocks(FileBlocks(noting: file))
  }

  /// Reads lines again from `offset`, checked against the hashes recorded before.
  init(again blocks: FileBlocks, offset: Int) {
    source = .blocks(FileBlocks(again: blocks, from: offset))
    self.offset = offset
    skipped = offset % FileBlocks.length
  }

  /// The recorded blocks, once the whole file has been read.
  var blocks: FileBlocks? {
    if case .blocks(let blocks) = source { blocks } else { nil }
  }

  /// The next line with its line feed, which only the last line of a file may lack; nil at the end.
  mutating func next() throws -> ArraySlice<UInt8>? {
    var searched = position
    while true {
      let lineFeed = buffer.withUnsafeBytes { $0.firstIndex(of: UInt8(ascii: "\n"), from: searched) }
      if let end = lineFeed { return take(upTo: end + 1) }
      if isAtEnd {
        return position == buffer.count ? nil : take(upTo: buffer.count)
      }
      guard buffer.count - position <= Self.maximumLineLength else {
        throw FileFormatError.Detail("it has a line of more than \(Self.maximumLineLength) bytes")
      }
      buffer.removeFirst(position)
      position = 0
      searched = buffer.count
      let piece = try read()
      isAtEnd = piece.isEmpty
      buffer += piece.dropFirst(skipped)
      skipped = 0
    }
  }

  private mutating func read() throws -> [UInt8] {
    switch source {
    case .file(let file):
      return try file.read(256 << 10, at: offset + buffer.count)
    case .blocks(var blocks):
      let piece = try blocks.read()
      source = .blocks(blocks)
      return piece
    }
  }

  private mutating func take(upTo end: Int) -> ArraySlice<UInt8> {
    let line = buffer[position..<end]
    offset += line.count
    position = end
    return line
  }
}
