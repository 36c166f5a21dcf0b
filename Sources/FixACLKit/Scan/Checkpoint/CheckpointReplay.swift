internal import FoundationEssentials
internal import AWSKit

/// The content of a checkpoint: the state that a scan resumes from.
struct CheckpointReplay {
  /// What a record contributes, and where its lines are.
  private struct Entry {
    let record: CheckpointRecord
    let offset: Int
    let length: Int
    /// The ACLs that its lines name.
    let names: Set<ACLName>
  }

  /// Nil if not even the first line is complete.
  private(set) var header: CheckpointHeader?
  private(set) var blocks: [PlanSpool.Block] = []
  private(set) var summary = PlanSummary()
  private(set) var grantees: [Grantee: Int] = [:]
  private(set) var acls = ACLTable()
  private(set) var gaps: [KeyInterval] = []
  /// The length of the file up to its last complete record.
  private(set) var length = 0

  private let audit: ChangeAudit?
  /// The ACLs of all records so far, counted or not.
  private var knownACLs = ACLTable()
  /// The names of ACLs in the lines that count.
  private var names: Set<ACLName> = []
  private var intervals: [KeyInterval] = []
  /// Records of parts of keys, by where they begin; the last one recorded wins.
  private var parts: [ListingMarker?: [Entry]] = [:]

  /// - Parameters:
  ///   - audit: judges the changes.
  ///   - accept: throws if the first line rules out resuming.
  /// - Throws: `FileError`; `FileFormatError.Detail` if the file is not a checkpoint, or is damaged before its end. The
  ///   incomplete last record of a killed program or after a power failure is ignored.
  init(_ file: OpenFile, audit: ChangeAudit?, accept: (CheckpointHeader) throws -> Void) throws {
    self.audit = audit
    let size = try Self.writtenSize(of: file)
    try readHeader(file, size: size)
    guard let header else { return }
    try accept(header)
    while length < size, try readRecord(file, size: size) {}
    try addWholeKeys()
    guard let gaps = KeyInterval.gaps(between: intervals) else {
      throw FileFormatError.Detail("two of its records overlap")
    }
    self.gaps = gaps
    guard names.allSatisfy({ acls[$0] != nil }) else {
      throw FileFormatError.Detail("its records name an ACL that they do not contain")
    }
    do {
      try summary.check()
    } catch {
      throw FileFormatError.Detail("the counts of its records do not add up")
    }
  }

  /// Whether the file is empty or a checkpoint, of any version and however damaged.
  static func mayBeCheckpoint(_ file: OpenFile) throws -> Bool {
    let beginning = Array("{\"begun\":".utf8)
    let bytes = try file.read(beginning.count, at: 0)
    return try writtenSize(of: file) == 0 || beginning.starts(with: bytes)
  }

  /// The size of a file without the zeros at its end: some file systems allocate space before the data is written.
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
        throw FileFormatError.Detail("it does not begin as a checkpoint does")
      }
      return
    }
    guard let header = try? JSONDecoder().decode(CheckpointHeader.self, from: Data(line)) else {
      throw FileFormatError.Detail("it does not begin as a checkpoint does")
    }
    guard header.format == CheckpointIdentity.format else {
      throw FileFormatError.Detail("it has the format '\(header.format.escapedForTerminal)'")
    }
    self.header = header
    length = line.count
  }

  /// - Returns: false if the file ends within the record.
  private mutating func readRecord(_ file: OpenFile, size: Int) throws -> Bool {
    let head = try file.read(CheckpointRecord.maximumHeadLength, at: length)
    guard let end = head.firstIndex(of: UInt8(ascii: "\n")),
      let (count, checksum) = CheckpointRecord.parseHead(head[..<end])
    else {
      // Less than a line.
      if size - length < CheckpointRecord.maximumHeadLength, !head.contains(UInt8(ascii: "\n")) { return false }
      throw FileFormatError.Detail("it is damaged at its byte \(length)")
    }
    let begin = length + end + 1
    guard count <= size - begin else { return false }
    let bytes = try file.read(count, at: begin)
    guard CheckpointRecord.checksum(of: bytes) == checksum, let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n"))
    else {
      // Its length is right, but the last write may not have reached the disk.
      if begin + count == size { return false }
      throw FileFormatError.Detail("it is damaged at its byte \(length)")
    }
    let record = try JSONDecoder().decode(CheckpointRecord.self, from: Data(bytes[..<lineEnd]))
    let names: Set<ACLName>
    do {
      names = try check(bytes[(lineEnd + 1)...], of: record)
    } catch {
      throw FileFormatError.Detail("its record at byte \(length) makes no sense: \(error.text)")
    }
    let entry = Entry(record: record, offset: begin + lineEnd + 1, length: count - lineEnd - 1, names: names)
    if record.interval.isWithinKey {
      parts[record.interval.after, default: []].append(entry)
    } else {
      try add(entry)
      intervals.append(record.interval)
    }
    length = begin + count
    return true
  }

  /// Audits a record as if it were a part of a plan: a checksum only reveals damage.
  ///
  /// - Returns: the names of ACLs in its lines.
  private mutating func check(
    _ bytes: ArraySlice<UInt8>, of record: CheckpointRecord
  ) throws(FileFormatError.Detail) -> Set<ACLName> {
    do {
      try knownACLs.merge(record.acls)
    } catch {
      throw FileFormatError.Detail("it has two ACLs with one name")
    }
    guard record.interval.isInOrder else { throw FileFormatError.Detail("it ends before it begins") }
    try record.summary.check()
    guard record.grantees.values.allSatisfy({ (0...record.summary.lookedAt).contains($0) }) else {
      throw FileFormatError.Detail("its counts do not add up")
    }
    var lines = ChangeLines(acls: knownACLs, owners: OwnerNames(record.summary.owners.keys), audit: audit)
    var names: Set<ACLName> = []
    var number = 0
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      guard rest[..<end].last == UInt8(ascii: ",") else { throw FileFormatError.Detail("a line has no comma") }
      let change = try lines.take(rest[...end], number: number + 1)
      guard number > 0 || change.key == record.firstKey, record.interval.mayHold(change.key) else {
        throw FileFormatError.Detail("line \(number + 1) is of another part of the bucket")
      }
      number += 1
      names.formUnion([change.from, change.to].compactMap(\.self))
      rest = rest[(end + 1)...]
    }
    if let fault = lines.fault { throw fault }
    guard rest.isEmpty, lines.summary.hasSameChanges(as: record.summary) else {
      throw FileFormatError.Detail("its summary does not match its lines")
    }
    return names
  }

  /// Adds the keys whose versions are all recorded. Other keys are listed again, since the version to continue from may
  /// be gone.
  private mutating func addWholeKeys() throws {
    var keys: [(interval: KeyInterval, chain: [Entry])] = []
    for (after, beginnings) in parts where after?.versionID == nil {
      // Only the last one can have been continued by others.
      guard let first = beginnings.last else { continue }
      var chain = [first]
      while let place = chain.last?.record.interval.through, place.versionID != nil, let next = parts[place]?.last,
        chain.count <= parts.count
      {
        chain.append(next)
      }
      guard let last = chain.last?.record.interval.through, last.versionID == nil else { continue }
      keys.append((KeyInterval(after: after, through: last), chain))
    }
    // A part of an earlier run, which was killed, can end where one of a later run does that listed the key again.
    for index in KeyInterval.disjoint(keys.map(\.interval), from: intervals) {
      // Runs number their pages each from the beginning.
      for (page, entry) in keys[index].chain.enumerated() { try add(entry, page: page) }
      intervals.append(keys[index].interval)
    }
    parts = [:]
  }

  /// - Parameter page: orders the records of one key.
  private mutating func add(_ entry: Entry, page: Int = 0) throws {
    summary.add(entry.record.summary)
    grantees.merge(entry.record.grantees) { $0.saturatingSum($1) }
    try acls.merge(entry.record.acls)
    names.formUnion(entry.names)
    guard entry.length > 0 else { return }
    blocks.append(
      PlanSpool.Block(
        firstKey: entry.record.firstKey, page: page, offset: entry.offset, length: entry.length))
  }
}
