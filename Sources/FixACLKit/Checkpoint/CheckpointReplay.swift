internal import FoundationEssentials
internal import S3Kit

/// What a checkpoint says: the state from which a scan goes on.
struct CheckpointReplay {
  /// What a record adds, and where its lines are.
  private struct Entry {
    let record: CheckpointRecord
    let offset: Int
    let length: Int
  }

  /// Nil where not even the first line is whole.
  private(set) var header: CheckpointHeader?
  private(set) var blocks: [PlanSpool.Block] = []
  private(set) var summary = PlanSummary()
  private(set) var grantees: [Grantee: Int] = [:]
  private(set) var acls = ACLTable()
  private(set) var gaps: [KeyInterval] = []
  /// The length of the file up to the end of its last whole record.
  private(set) var length = 0

  private var intervals: [KeyInterval] = []
  /// Parts of keys, by where they begin; of two, the one that was recorded last.
  private var parts: [ListingMarker?: [Entry]] = [:]

  /// - Throws: `FileError`; `PlanError.Detail` where it is no checkpoint, or is damaged but for its end: what a killed
  ///   program, or a machine that lost power, left behind of a record is passed over.
  init(_ file: OpenFile) throws {
    let size = try Self.writtenSize(of: file)
    try readHeader(file, size: size)
    guard header != nil else { return }
    while length < size, try readRecord(file, size: size) {}
    try addWholeKeys()
    guard let gaps = KeyInterval.gaps(between: intervals) else {
      throw PlanError.Detail("two of its records overlap")
    }
    self.gaps = gaps
  }

  /// The size of a file less zeros at its end, which are space that was set aside for what was not written.
  private static func writtenSize(of file: OpenFile) throws(FileError) -> Int {
    var size = try file.size()
    while size > 0 {
      let begin = max(0, size - 64 << 10)
      let bytes = try file.read(size - begin, at: begin)
      if let last = bytes.lastIndex(where: { $0 != 0 }) { return begin + last + 1 }
      size = begin
    }
    return 0
  }

  private mutating func readHeader(_ file: OpenFile, size: Int) throws {
    var reader = LineReader(file)
    guard let line = try reader.next()?.prefix(size), !line.isEmpty else { return }
    guard line.last == UInt8(ascii: "\n") else {
      let beginning = Array("{\"begun\":".utf8)
      guard line.starts(with: beginning.prefix(line.count)) else {
        throw PlanError.Detail("it does not begin as a checkpoint does")
      }
      return
    }
    guard let header = try? JSONDecoder().decode(CheckpointHeader.self, from: Data(line)) else {
      throw PlanError.Detail("it does not begin as a checkpoint does")
    }
    guard header.format == CheckpointIdentity.format else {
      throw PlanError.Detail("it has the format '\(header.format.escapedForTerminal)'")
    }
    self.header = header
    length = line.count
  }

  /// - Returns: false where the file ends within the record.
  private mutating func readRecord(_ file: OpenFile, size: Int) throws -> Bool {
    let head = try file.read(CheckpointRecord.maximumHeadLength, at: length)
    guard let end = head.firstIndex(of: UInt8(ascii: "\n")),
      let (count, checksum) = CheckpointRecord.parseHead(head[..<end])
    else {
      // Less than a line.
      if size - length < CheckpointRecord.maximumHeadLength, !head.contains(UInt8(ascii: "\n")) { return false }
      throw PlanError.Detail("it is damaged at its byte \(length)")
    }
    let begin = length + end + 1
    guard count <= size - begin else { return false }
    let bytes = try file.read(count, at: begin)
    guard CheckpointRecord.checksum(of: bytes) == checksum, let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n"))
    else {
      // Its length is right, but what was written last may not be on the disk.
      if begin + count == size { return false }
      throw PlanError.Detail("it is damaged at its byte \(length)")
    }
    let record = try JSONDecoder().decode(CheckpointRecord.self, from: Data(bytes[..<lineEnd]))
    let entry = Entry(record: record, offset: begin + lineEnd + 1, length: count - lineEnd - 1)
    if record.interval.isWithinKey {
      parts[record.interval.after, default: []].append(entry)
    } else {
      try add(entry)
      intervals.append(record.interval)
    }
    length = begin + count
    return true
  }

  /// Takes the parts of keys that are there from the first version to the last. Of others the key is listed again, as
  /// the version that its listing would go on from may be gone.
  private mutating func addWholeKeys() throws {
    for (after, beginnings) in parts where after?.versionID == nil {
      // Only the last can have been followed by others.
      guard let first = beginnings.last else { continue }
      var chain = [first]
      while let place = chain.last?.record.interval.through, place.versionID != nil, let next = parts[place]?.last,
        chain.count <= parts.count
      {
        chain.append(next)
      }
      guard let last = chain.last?.record.interval.through, last.versionID == nil else { continue }
      for entry in chain { try add(entry) }
      intervals.append(KeyInterval(after: after, through: last))
    }
    parts = [:]
  }

  private mutating func add(_ entry: Entry) throws {
    summary.add(entry.record.summary)
    grantees.merge(entry.record.grantees, uniquingKeysWith: +)
    try acls.merge(entry.record.acls)
    guard entry.length > 0 else { return }
    blocks.append(
      PlanSpool.Block(
        firstKey: entry.record.firstKey, page: entry.record.order, offset: entry.offset, length: entry.length))
  }
}
