internal import Crypto

/// Reads a file in blocks of 1 MiB. The first reading records a hash of each block; later readings return only bytes
/// with the same hashes, even if somebody has written to the file meanwhile.
struct FileBlocks {
  static let length = 1 << 20

  private let file: OpenFile
  private var digests: [SHA256.Digest] = []
  private let isNoting: Bool
  /// The number of the next block.
  private var next: Int

  /// Begins the first reading.
  init(noting file: OpenFile) {
    self.file = file
    isNoting = true
    next = 0
  }

  /// Reads a file again that has been read to its end.
  ///
  /// - Parameter offset: a position in the first block to return.
  init(again first: FileBlocks, from offset: Int) {
    file = first.file
    digests = first.digests
    isNoting = false
    next = offset / Self.length
  }

  /// The next block; empty at the end.
  ///
  /// - Throws: `FileError`; `FileFormatError.Detail` if the block has changed.
  mutating func read() throws -> [UInt8] {
    guard isNoting || next < digests.count else { return [] }
    let block = try readWhole(at: next * Self.length)
    // The empty block at the end is recorded too, so nothing can be appended.
    let digest = SHA256.hash(data: block)
    if isNoting {
      digests.append(digest)
    } else if digest != digests[next] {
      throw FileFormatError.Detail("its bytes from \(next * Self.length) on have changed since they were checked")
    }
    next += 1
    return block
  }

  private func readWhole(at offset: Int) throws(FileError) -> [UInt8] {
    var block = try file.read(Self.length, at: offset)
    while !block.isEmpty, block.count < Self.length {
      let rest = try file.read(Self.length - block.count, at: offset + block.count)
      if rest.isEmpty { break }
      block += rest
    }
    return block
  }
}
