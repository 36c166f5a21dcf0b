internal import Glibc

/// Bytes of many groups, each group's in the order in which they came.
///
/// They come mixed, and are wanted group by group. What exceeds a fixed amount of memory goes into a file without a
/// name, the longest groups first. There each block of a group is followed by a link, the place of the group's next
/// block, so memory holds two places for each group however many bytes come.
package struct GroupedSpool: Sendable {
  /// Where a block is in the file.
  fileprivate struct Block: Sendable {
    static let none = Block(offset: 0, length: 0)
    /// The bytes of a link.
    static let linkLength = 16

    var offset: Int
    var length: Int

    init(offset: Int, length: Int) {
      self.offset = offset
      self.length = length
    }

    init(link: ArraySlice<UInt8>) {
      func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
      self.init(offset: number(link.prefix(8)), length: number(link.suffix(8)))
    }

    /// As what follows the block before it.
    var link: [UInt8] {
      [offset, length].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
    }
  }

  private struct Group: Sendable {
    /// What is not in the file yet.
    var pending: [UInt8] = []
    /// Its first block in the file.
    var first = Block.none
    /// Where the link behind its last block is.
    var link = 0
  }

  private let maximumBytes: Int
  private var groups: [Group] = []
  private var file: OpenFile?
  private var size = 0
  /// The length of everything that is pending.
  private var held = 0

  /// - Parameter maximumBytes: the most that memory holds.
  init(maximumBytes: Int = 8 << 20) {
    self.maximumBytes = maximumBytes
  }

  /// Adds bytes to a group; groups have numbers from 0. What is added at once is never divided.
  mutating func append(_ bytes: [UInt8], to group: Int) throws(FileError) {
    while groups.count <= group { groups.append(Group()) }
    groups[group].pending += bytes
    held += bytes.count
    if held > maximumBytes { try flush() }
  }

  /// Whether a file had to be made.
  var isInFile: Bool { file != nil }

  /// Moves the longest groups into the file until half of the memory is free. So blocks are long unless all groups are
  /// short.
  private mutating func flush() throws(FileError) {
    let file: OpenFile
    if let present = self.file { file = present } else { file = try OpenFile(temporaryIn: TemporaryPlace.folder) }
    self.file = file
    let longest = groups.indices.filter { !groups[$0].pending.isEmpty }
      .sorted { groups[$0].pending.count > groups[$1].pending.count }
    var bytes: [UInt8] = []
    for index in longest {
      guard held > maximumBytes / 2 else { break }
      let pending = groups[index].pending
      let block = Block(offset: size + bytes.count, length: pending.count)
      if groups[index].first.length == 0 {
        groups[index].first = block
      } else {
        try file.write(block.link, at: groups[index].link)
      }
      groups[index].link = block.offset + block.length
      groups[index].pending = []
      bytes += pending
      bytes += Block.none.link
      held -= pending.count
    }
    try file.write(bytes)
    size += bytes.count
  }

  /// Passes on the bytes of a group, in pieces that divide nothing that was added at once.
  func forEachPiece(of group: Int, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var pieces = pieces(of: group)
    while let piece = try pieces.next() { try body(piece) }
  }

  /// The bytes of a group as they are now, one piece after another.
  func pieces(of group: Int) -> Pieces {
    let group = groups.indices.contains(group) ? groups[group] : Group()
    return Pieces(file: file, block: group.first, rest: group.pending)
  }

  /// The pieces of a group, which divide nothing that was added at once.
  package struct Pieces: Sendable {
    private let file: OpenFile?
    private var block: Block
    private var rest: [UInt8]

    fileprivate init(file: OpenFile?, block: Block, rest: [UInt8]) {
      self.file = file
      self.block = block
      self.rest = rest
    }

    /// The next piece; nil after the last.
    mutating func next() throws(FileError) -> ArraySlice<UInt8>? {
      if let file, block.length > 0 {
        let bytes = try file.read(block.length + Block.linkLength, at: block.offset)
        guard bytes.count == block.length + Block.linkLength else {
          throw FileError("read", file.path, reason: "it became shorter")
        }
        defer { block = Block(link: bytes.suffix(Block.linkLength)) }
        return bytes.prefix(block.length)
      }
      guard !rest.isEmpty else { return nil }
      defer { rest = [] }
      return rest[...]
    }
  }
}
