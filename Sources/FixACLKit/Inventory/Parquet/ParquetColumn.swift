internal import AWSKit

/// Hands out the values of a column one after the other, with one page and one dictionary in memory.
final class ParquetColumn {
  typealias Text = UnsafeRawBufferPointer

  /// The longest page or dictionary, decompressed; S3 writes pages of 1 MB.
  static let maximumPageLength = 16 << 20
  /// The longest header of a page, which may hold its smallest and greatest values.
  private static let maximumHeaderLength = 64 << 10

  /// A page's header.
  private struct Header {
    var type = -1
    var size = -1
    var storedSize = -1
    var valueCount = 0
    var encoding = -1
    var levelEncoding = 3
    /// Of a page of the second version.
    var levelLength = 0
    var repetitionLength = 0
    var isCompressed = true

    init(_ reader: inout ThriftReader) throws {
      var copy = Header()
      try reader.structure { reader, field, kind in
        switch field {
        case 1: copy.type = try reader.integer(kind)
        case 2: copy.size = try reader.integer(kind)
        case 3: copy.storedSize = try reader.integer(kind)
        case 5 where kind == .structure, 7 where kind == .structure:
          let isData = field == 5
          try reader.structure { reader, field, kind in
            switch field {
            case 1: copy.valueCount = try reader.integer(kind)
            case 2: copy.encoding = try reader.integer(kind)
            case 3 where isData: copy.levelEncoding = try reader.integer(kind)
            default: try reader.skip(kind)
            }
          }
        case 8 where kind == .structure:
          try reader.structure { reader, field, kind in
            switch field {
            case 1: copy.valueCount = try reader.integer(kind)
            case 4: copy.encoding = try reader.integer(kind)
            case 5: copy.levelLength = try reader.integer(kind)
            case 6: copy.repetitionLength = try reader.integer(kind)
            case 7: copy.isCompressed = kind == .isTrue
            default: try reader.skip(kind)
            }
          }
        default: try reader.skip(kind)
        }
      }
      self = copy
    }

    private init() {}
  }

  /// How the values of the page are stored.
  private enum Values {
    /// Where the next one begins.
    case plain(Int)
    case dictionary(ParquetRuns)
    /// Booleans as numbers of one bit.
    case runs(ParquetRuns)
  }

  private let file: OpenFile
  private let column: ParquetFooter.Column
  private let name: String
  private let codec: Int
  /// What is not read yet.
  private var range: Range<Int>
  private let page = ParquetMemory()
  private let dictionary = ParquetMemory()
  /// Where the dictionary's values are in its memory, each behind its length if it is a text.
  private var places: [UInt32] = []
  private var hasDictionary = false
  /// Where the values of the page end.
  private var end = 0
  private var left = 0
  private var values = Values.plain(0)
  private var levels: ParquetRuns?
  /// How many bits of booleans have been read.
  private var bit = 0

  /// - Throws: `InventoryDamage`.
  init(
    _ field: InventoryField, _ column: ParquetFooter.Column, _ chunk: ParquetFooter.Chunk, in file: OpenFile, size: Int
  )
    throws(InventoryDamage)
  {
    name = field.name
    self.file = file
    self.column = column
    codec = chunk.codec
    guard let range = chunk.range, range.upperBound <= size else {
      throw InventoryDamage("Parquet: \(field.name) is outside of the file")
    }
    self.range = range
    guard [0, 1, 2].contains(codec) else {
      let names = [3: "LZO", 4: "BROTLI", 5: "LZ4", 6: "ZSTD", 7: "LZ4_RAW"]
      throw InventoryDamage(
        "Parquet: it is compressed with \(names[codec] ?? "codec \(codec)"), and fixacl reads SNAPPY, GZIP and UNCOMPRESSED"
      )
    }
    guard [0, 1, 2, 6].contains(column.type) else {
      let names = [3: "INT96", 4: "FLOAT", 5: "DOUBLE", 7: "FIXED_LEN_BYTE_ARRAY"]
      throw damage("it is of the type \(names[column.type] ?? "\(column.type)"), which fixacl does not read")
    }
  }

  private func damage(_ detail: String) -> InventoryDamage { InventoryDamage("Parquet: \(name): \(detail)") }

  // MARK: - Values

  /// The next text, which lives until the next call; nil for null.
  func text() throws -> Text? {
    guard try hasValue() else { return nil }
    guard column.type == 6 else { throw damage("it is not text") }
    switch values {
    case .plain(let start):
      guard end - start >= 4 else { throw damage("a page ends too early") }
      let count = Int(UInt32(littleEndian: page.bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
      guard count <= end - start - 4 else { throw damage("a page ends too early") }
      values = .plain(start + 4 + count)
      return Text(rebasing: page.bytes[start + 4..<start + 4 + count])
    case .dictionary(var runs):
      let index = try runs.next()
      values = .dictionary(runs)
      return text(dictionary.bytes, at: try place(index))
    case .runs: throw damage("it is not text")
    }
  }

  /// The next number; nil for null.
  func number() throws -> Int? {
    guard try hasValue() else { return nil }
    let width = column.type == 1 ? 4 : 8
    guard column.type == 1 || column.type == 2 else { throw damage("it is not a number") }
    switch values {
    case .plain(let start):
      guard end - start >= width else { throw damage("a page ends too early") }
      values = .plain(start + width)
      return number(page.bytes, at: start)
    case .dictionary(var runs):
      let index = try runs.next()
      values = .dictionary(runs)
      return number(dictionary.bytes, at: try place(index))
    case .runs: throw damage("it is not a number")
    }
  }

  /// The next boolean; nil for null.
  func bool() throws -> Bool? {
    guard try hasValue() else { return nil }
    guard column.type == 0 else { throw damage("it is not a boolean") }
    switch values {
    case .plain(let start):
      let index = start + bit >> 3
      guard index < end else { throw damage("a page ends too early") }
      defer { bit += 1 }
      return page.bytes[index] >> UInt8(bit & 7) & 1 == 1
    case .runs(var runs):
      let value = try runs.next()
      values = .runs(runs)
      return value == 1
    case .dictionary: throw damage("it is not a boolean")
    }
  }

  /// The next time; nil for null, and for one that no object has.
  func time() throws -> InventoryTime? {
    guard let units = column.unitsPerMillisecond else { throw damage("it is not a time") }
    guard let number = try number() else { return nil }
    let milliseconds = number / units
    guard (0...253_402_300_799_999).contains(milliseconds) else { return nil }
    return InventoryTime(milliseconds: milliseconds, hasFraction: true)
  }

  private func place(_ index: Int) throws(InventoryDamage) -> Int {
    guard index >= 0, index < places.count else { throw damage("the dictionary has no value \(index)") }
    return Int(places[index])
  }

  private func text(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Text {
    let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    return Text(rebasing: bytes[offset + 4..<offset + 4 + count])
  }

  private func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    column.type == 1
      ? Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
      : Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
  }

  /// Goes to the next value, and says whether it is one.
  private func hasValue() throws -> Bool {
    while left == 0 { try nextPage() }
    left -= 1
    return try levels?.next() ?? 1 == 1
  }

  /// Sees that no values are left.
  func finish() throws {
    guard left == 0 else { throw damage("it has more values than rows") }
  }

  // MARK: - Pages

  private func nextPage() throws {
    guard !range.isEmpty else { throw damage("it has fewer values than rows") }
    let head = try file.read(min(Self.maximumHeaderLength, range.count), at: range.lowerBound)
    let (header, length) = try head.withUnsafeBytes { bytes in
      var reader = ThriftReader(bytes)
      return (try Header(&reader), reader.position)
    }
    let start = range.lowerBound + length
    guard header.storedSize >= 0, header.storedSize <= range.upperBound - start,
      (0...Self.maximumPageLength).contains(header.size), header.storedSize <= Self.maximumPageLength,
      header.valueCount >= 0
    else { throw damage("a page is longer than its column, or than fixacl reads") }
    let stored = start..<start + header.storedSize
    range = stored.upperBound..<range.upperBound
    switch header.type {
    case 0: try takeData(header, stored)
    case 1: break
    case 2: try takeDictionary(header, stored)
    case 3: try takeDataOfSecondVersion(header, stored)
    default: break
    }
  }

  private func takeData(_ header: Header, _ stored: Range<Int>) throws {
    try load(stored, size: header.size, into: page)
    var start = 0
    levels = nil
    if column.isOptional {
      guard header.levelEncoding == 3 else { throw damage("its levels are BIT_PACKED, which fixacl does not read") }
      let (text, next) = try prefixed(from: 0)
      levels = ParquetRuns(text, width: 1)
      start = next
    }
    try begin(header, from: start)
  }

  private func takeDataOfSecondVersion(_ header: Header, _ stored: Range<Int>) throws {
    guard header.repetitionLength == 0, header.levelLength >= 0, header.levelLength <= header.storedSize,
      header.levelLength <= header.size
    else { throw damage("a page's levels are longer than the page") }
    // Levels are not compressed, and stand before the values.
    page.reserve(header.size)
    let levelBytes = try file.read(header.levelLength, at: stored.lowerBound)
    guard levelBytes.count == header.levelLength else { throw damage("the file became shorter") }
    levelBytes.withUnsafeBytes { page.storage.copyMemory(from: $0) }
    try load(
      stored.lowerBound + header.levelLength..<stored.upperBound, size: header.size - header.levelLength, into: page,
      at: header.levelLength, isCompressed: header.isCompressed)
    levels = column.isOptional ? ParquetRuns(Text(rebasing: page.bytes[0..<header.levelLength]), width: 1) : nil
    try begin(header, from: header.levelLength)
  }

  /// Begins with the values of the page.
  private func begin(_ header: Header, from start: Int) throws {
    end = header.size
    left = header.valueCount
    bit = 0
    switch header.encoding {
    case 0: values = .plain(start)
    case 2, 8:
      guard hasDictionary, column.type != 0 else { throw damage("a page needs a dictionary, and there is none") }
      guard start < end else {
        // Nulls only.
        values = .dictionary(ParquetRuns(Text(start: nil, count: 0), width: 0))
        return
      }
      let width = Int(page.bytes[start])
      guard width <= 32 else { throw damage("an index has \(width) bits") }
      values = .dictionary(ParquetRuns(Text(rebasing: page.bytes[start + 1..<end]), width: width))
    case 3 where column.type == 0:
      let (text, _) = try prefixed(from: start)
      values = .runs(ParquetRuns(text, width: 1))
    default:
      let names = [
        3: "RLE", 4: "BIT_PACKED", 5: "DELTA_BINARY_PACKED", 6: "DELTA_LENGTH_BYTE_ARRAY", 7: "DELTA_BYTE_ARRAY",
        9: "BYTE_STREAM_SPLIT",
      ]
      throw damage("it is encoded as \(names[header.encoding] ?? "\(header.encoding)"), which fixacl does not read")
    }
  }

  /// A part of the page that its length precedes, in four bytes.
  private func prefixed(from start: Int) throws(InventoryDamage) -> (Text, next: Int) {
    guard page.bytes.count - start >= 4 else { throw damage("a page ends too early") }
    let count = Int(UInt32(littleEndian: page.bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
    guard count <= page.bytes.count - start - 4 else { throw damage("a page ends too early") }
    return (Text(rebasing: page.bytes[start + 4..<start + 4 + count]), start + 4 + count)
  }

  private func takeDictionary(_ header: Header, _ stored: Range<Int>) throws {
    guard header.encoding == 0 || header.encoding == 2, !hasDictionary, header.valueCount <= header.size else {
      throw damage("its dictionary cannot be understood")
    }
    hasDictionary = true
    try load(stored, size: header.size, into: dictionary)
    var position = 0
    let bytes = dictionary.bytes
    for _ in 0..<header.valueCount {
      if column.type == 6 {
        guard bytes.count - position >= 4 else { throw damage("its dictionary ends too early") }
        let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
        guard count <= bytes.count - position - 4 else { throw damage("its dictionary ends too early") }
        places.append(UInt32(position))
        position += 4 + count
      } else {
        let width = column.type == 1 ? 4 : 8
        guard bytes.count - position >= width else { throw damage("its dictionary ends too early") }
        places.append(UInt32(position))
        position += width
      }
    }
  }

  /// Reads stored bytes, and decompresses them.
  private func load(
    _ stored: Range<Int>, size: Int, into memory: ParquetMemory, at offset: Int = 0, isCompressed: Bool = true
  ) throws {
    memory.reserve(offset + size)
    let input = try file.read(stored.count, at: stored.lowerBound)
    guard input.count == stored.count else { throw damage("the file became shorter") }
    let output = UnsafeMutableRawBufferPointer(rebasing: memory.storage[offset..<offset + size])
    switch isCompressed ? codec : 0 {
    case 1:
      do {
        try input.withUnsafeBytes { try SnappyDecoder.decode($0, into: output) }
      } catch {
        // A page of nulls only may have nothing that was compressed.
        guard input.isEmpty, size == 0 else { throw damage("a page is no Snappy") }
      }
    case 2: try gunzip(input, into: output)
    default:
      guard input.count == size else { throw damage("a page has another length than it says") }
      input.withUnsafeBytes { output.copyMemory(from: $0) }
    }
    memory.setCount(offset + size)
  }

  private func gunzip(_ input: [UInt8], into output: UnsafeMutableRawBufferPointer) throws {
    if input.isEmpty, output.isEmpty { return }
    let decoder = GzipDecoder()
    var written = 0
    try decoder.decode(input.span) { piece in
      guard piece.count <= output.count - written else { throw damage("a page is longer than it says") }
      piece.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: output[written..<written + piece.count]).copyMemory(from: $0)
      }
      written += piece.count
    }
    try decoder.finish()
    guard written == output.count else { throw damage("a page is shorter than it says") }
  }
}

/// Memory that grows, and keeps its place while it need not.
final class ParquetMemory {
  private(set) var storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
  private var count = 0

  deinit { storage.deallocate() }

  /// What is in it.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[0..<count]) }

  /// Sees that so many bytes fit.
  func reserve(_ size: Int) {
    count = 0
    guard storage.count < size else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size + size / 4, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(storage))
    storage.deallocate()
    storage = larger
  }

  func setCount(_ count: Int) { self.count = count }
}
