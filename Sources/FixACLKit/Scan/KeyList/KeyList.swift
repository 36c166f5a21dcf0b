internal import Crypto
internal import HeapModule
package import AWSKit

/// The keys of `--keys-from`: sorted as S3 sorts them, each once, in a temporary file.
///
/// An external merge sort: runs of limited size are sorted in memory and written one after the other, and every reading
/// merges them. So a list takes as much memory as a run, however long it is.
package struct KeyList: Sendable {
  /// Somebody stopped the reading.
  package struct Interrupted: Error {}

  /// Memory for a run that is being sorted, in bytes; and for what is read ahead of all runs together.
  private static let runBytes = 8 << 20
  /// The most lines that are kept to be shown.
  private static let maximumExamples = 5

  package let digest: KeyListDigest
  /// How many lines no key can be: longer than 1,024 bytes, or not UTF-8.
  package let unusableCount: Int
  /// Some of them, without what is longer than a key.
  package let unusableExamples: [ObjectKey]
  private let file: OpenFile
  private let runs: [Range<Int>]

  /// Reads a list to its end.
  ///
  /// - Parameters:
  ///   - separator: ends each key; the last one may lack it. Nothing between two is not a key.
  ///   - folder: for the temporary file.
  ///   - runBytes: of a run in memory.
  /// - Throws: `FileError`, `Interrupted`.
  package init(
    reading input: OpenFile, separator: UInt8, folder: String, stop: StopSignal, runBytes: Int = runBytes
  ) throws {
    let file = try OpenFile(temporaryIn: folder)
    var sorter = KeySorter(file: file, runBytes: runBytes)
    var line: [UInt8] = []
    var (unusableCount, unusableExamples) = (0, [ObjectKey]())
    func take(_ line: [UInt8]) throws {
      guard !line.isEmpty else { return }
      let key = ObjectKey(line)
      if line.count <= ObjectKey.maximumLength, key.isValidUTF8 { return try sorter.add(line) }
      unusableCount += 1
      if unusableExamples.count < Self.maximumExamples {
        unusableExamples.append(ObjectKey(Array(line.prefix(ObjectKey.maximumLength))))
      }
    }
    while true {
      guard let piece = try input.readNext(256 << 10, stop: stop) else { throw Interrupted() }
      guard !piece.isEmpty else { break }
      var rest = piece[...]
      while let end = rest.firstIndex(of: separator) {
        line += rest[..<end].prefix(ObjectKey.maximumLength + 1 - line.count)
        try take(line)
        line.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      // What is longer than a key need not be kept.
      line += rest.prefix(ObjectKey.maximumLength + 1 - line.count)
    }
    try take(line)
    try sorter.finish()
    (self.unusableCount, self.unusableExamples) = (unusableCount, unusableExamples)
    self.file = file
    runs = sorter.runs
    var reader = Reader(file: file, runs: sorter.runs)
    var hash = SHA256()
    var count = 0
    while let key = try reader.next() {
      if stop.isSet { throw Interrupted() }
      hash.update(data: KeySorter.lengthBytes(key.bytes.count) + key.bytes)
      count += 1
    }
    digest = KeyListDigest(count: count, sha256: Hex.encode(hash.finalize()))
  }

  /// The keys from the first one.
  func reader() -> Reader { Reader(file: file, runs: runs) }

  /// Hands out the keys of a list in order, each once.
  struct Reader {
    /// The next key of a run.
    private struct Head: Comparable {
      let key: ObjectKey
      let run: Int

      static func < (left: Head, right: Head) -> Bool { left.key < right.key }
      static func == (left: Head, right: Head) -> Bool { left.key == right.key }
    }

    private var runs: [KeyRunReader]
    private var heads: Heap<Head> = []
    private var hasBegun = false
    private var last: ObjectKey?

    /// - Parameter runs: where a `KeySorter` has written them.
    init(file: OpenFile, runs: [Range<Int>]) {
      let share = KeyList.runBytes / max(1, runs.count)
      self.runs = runs.map { KeyRunReader(file: file, range: $0, pieceLength: min(64 << 10, max(4 << 10, share))) }
    }

    /// - Returns: nil after the last.
    mutating func next() throws -> ObjectKey? {
      if !hasBegun {
        hasBegun = true
        for run in runs.indices { try advance(run) }
      }
      while let head = heads.popMin() {
        try advance(head.run)
        guard head.key != last else { continue }
        last = head.key
        return head.key
      }
      return nil
    }

    private mutating func advance(_ run: Int) throws {
      if let key = try runs[run].next() { heads.insert(Head(key: key, run: run)) }
    }
  }
}

/// Sorts keys in runs, and writes these one after the other. A key is its length in two bytes, then its bytes.
struct KeySorter {
  /// A key of the run in memory.
  private struct Entry {
    let offset: Int
    let count: Int
  }

  private let file: OpenFile
  private let runBytes: Int
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var written = 0
  /// Where the runs are in the file.
  private(set) var runs: [Range<Int>] = []

  init(file: OpenFile, runBytes: Int) {
    self.file = file
    self.runBytes = runBytes
  }

  mutating func add(_ key: [UInt8]) throws(FileError) {
    if bytes.count + key.count + (entries.count + 1) * MemoryLayout<Entry>.stride > runBytes { try finish() }
    entries.append(Entry(offset: bytes.count, count: key.count))
    bytes += key
  }

  /// Writes the run in memory, if there is one.
  mutating func finish() throws(FileError) {
    guard !entries.isEmpty else { return }
    let begin = written
    var sorted = entries
    bytes.withUnsafeBytes { bytes in
      func key(_ entry: Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[entry.offset..<entry.offset + entry.count])
      }
      sorted.sort { ObjectKey.order(key($0), key($1)) < 0 }
    }
    var piece: [UInt8] = []
    for entry in sorted {
      piece += Self.lengthBytes(entry.count)
      piece += bytes[entry.offset..<entry.offset + entry.count]
      guard piece.count >= 256 << 10 else { continue }
      try flush(&piece)
    }
    try flush(&piece)
    runs.append(begin..<written)
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  private mutating func flush(_ piece: inout [UInt8]) throws(FileError) {
    try file.write(piece)
    written += piece.count
    piece.removeAll(keepingCapacity: true)
  }

  static func lengthBytes(_ count: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
  }
}

/// Reads the keys of a run, some at a time.
private struct KeyRunReader {
  private let file: OpenFile
  private let pieceLength: Int
  /// What is not read yet.
  private var range: Range<Int>
  private var buffer: ArraySlice<UInt8> = []

  init(file: OpenFile, range: Range<Int>, pieceLength: Int) {
    self.file = file
    self.range = range
    self.pieceLength = pieceLength
  }

  mutating func next() throws -> ObjectKey? {
    guard !buffer.isEmpty || !range.isEmpty else { return nil }
    let length = try take(2).reduce(0) { $0 << 8 | Int($1) }
    return ObjectKey(Array(try take(length)))
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    while buffer.count < count {
      let piece = try file.read(min(pieceLength, range.count), at: range.lowerBound)
      guard !piece.isEmpty else {
        throw FileFormatError("what was read of the list of keys is lost: its temporary file became shorter.")
      }
      range = range.lowerBound + piece.count..<range.upperBound
      buffer = buffer + piece
    }
    defer { buffer = buffer.dropFirst(count) }
    return buffer.prefix(count)
  }
}
