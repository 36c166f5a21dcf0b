/// Decodes Parquet's hybrid of repeated and bit-packed numbers, in which levels and indices of dictionaries are written.
struct ParquetRuns {
  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private var position = 0
  /// How many of the run are left.
  private var left = 0
  private var repeated: Int?
  /// Where the run's bits begin, and how many have been read.
  private var start = 0
  private var bit = 0

  /// - Parameter width: the bits of a number, up to 32.
  init(_ bytes: UnsafeRawBufferPointer, width: Int) {
    self.bytes = bytes
    self.width = width
  }

  private static var damage: InventoryDamage { InventoryDamage("Parquet: a page ends too early") }

  mutating func next() throws(InventoryDamage) -> Int {
    if left == 0 { try begin() }
    left -= 1
    if let repeated { return repeated }
    var value = 0
    var got = 0
    while got < width {
      let index = start + bit >> 3
      let shift = bit & 7
      let taken = min(8 - shift, width - got)
      value |= (Int(bytes[index]) >> shift & (1 << taken - 1)) << got
      got += taken
      bit += taken
    }
    return value
  }

  private mutating func begin() throws(InventoryDamage) {
    var head = 0
    var shift = 0
    while true {
      guard position < bytes.count, shift <= 35 else { throw Self.damage }
      let byte = Int(bytes[position])
      position += 1
      head |= (byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    guard head >> 1 > 0 else { throw Self.damage }
    if head & 1 == 1 {
      // Groups of eight numbers; the last ones of a page may stand for nothing, and their bytes may be missing.
      let groups = head >> 1
      let whole = groups * width
      let there = min(whole, bytes.count - position)
      left = width == 0 ? groups * 8 : min(groups * 8, there * 8 / width)
      guard left > 0 else { throw Self.damage }
      start = position
      bit = 0
      position += there
      repeated = nil
    } else {
      left = head >> 1
      let count = (width + 7) / 8
      guard bytes.count - position >= count else { throw Self.damage }
      var value = 0
      for index in 0..<count { value |= Int(bytes[position + index]) << (8 * index) }
      position += count
      repeated = value
    }
  }
}
