internal import Crypto

/// Reads a file in blocks of 1 MiB. The first reading notes a hash of each; later ones hand out nothing else than what was
/// read then, whoever has written to the file meanwhile.
struct FileBlocks {
  static let length = 1 << 20

  private let file: OpenFile
  private var digests: [SHA256.Digest] = []
  private let isNoting: Bool
  /// The number of the next block.
  private var next: Int

  /// For the first reading.
  init(noting file: OpenFile) {
    self.file = file
    isNoting = true
    next = 0
  }

  /// For reading once more what was read to its end before.
  ///
  /// - Parameter offset: in the first block that is wanted.
  init(again first: FileBlocks, from offset: Int) {
    file = first.file
    digests = first.digests
    isNoting = false
    next = offset / Self.length
  }

  /// The next block; empty at the end.
  ///
  /// - Throws: `FileError`; `FileFormatError.Detail` where it is not what it was.
  mutating func read() throws -> [UInt8] {
    guard isNoting || next < digests.count else { return [] }
    let block = try readWhole(at: next * Self.length)
    // An empty one was noted too, so that nothing can follow it.
    let digest = SHA256.hash(data: block)
    if isNoting {
      digests.append(digest)
    } else if digest != digests[next] {
      throw FileFormatError.Detail("its bytes from \(next * Self.length) on are not those that were checked")
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
