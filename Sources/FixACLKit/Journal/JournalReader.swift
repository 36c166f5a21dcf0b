internal import AWSKit
internal import BitCollections

/// Reads a journal line by line, and checks that it is whole.
struct JournalReader {
  let header: JournalHeader
  /// The length up to the last complete line. A killed program or a power failure can leave an incomplete line behind.
  private(set) var length: Int
  /// The seal of that line; nil for a journal of the first format.
  private(set) var seal: JournalSeal?
  /// The ACLs that the numbers stand for at this point.
  private(set) var acls: [Int: AccessControlList] = [:]

  /// How often the numbers were reassigned: number and generation together identify one ACL.
  private var generation = 0
  private var lines: LineReader
  private var lineNumber = 1

  /// - Returns: nil if not even the first line is complete, so that nothing was begun.
  /// - Throws: `FileFormatError.Detail` if the file is no journal, or is damaged.
  init?(_ file: OpenFile) throws {
    lines = LineReader(file)
    guard let line = try lines.next() else { return nil }
    guard line.last == UInt8(ascii: "\n") else {
      // A first line that was cut short is recognized by its beginning. Any other file without a line end is not ours.
      let beginnings = [JournalHeader.Format.first, .second].map { Array("{\"format\":\"\($0.rawValue)\"".utf8) }
      guard beginnings.contains(where: { line.starts(with: $0.prefix(line.count)) }) else {
        throw FileFormatError.Detail("it does not begin as a journal does")
      }
      return nil
    }
    header = try JournalHeader(parsing: line)
    if header.format == .second {
      var first = JournalSeal()
      guard first.accept(line) else { throw FileFormatError.Detail("its first line is damaged") }
      seal = first
    }
    length = lines.offset
  }

  /// The next record; nil at the end of the complete lines.
  ///
  /// - Throws: `FileFormatError.Detail` if the file is damaged before its end.
  mutating func next() throws -> JournalLine? {
    guard let line = try lines.next() else { return nil }
    lineNumber += 1
    guard line.last == UInt8(ascii: "\n") else { return nil }
    let record: JournalLine? =
      seal?.accept(line) == false ? nil : try? JournalLine(parsing: line)
    guard let record else {
      try checkRest(after: line)
      return nil
    }
    for (number, acl) in record.beginning.acls {
      if let known = acls.updateValue(acl, forKey: number), known != acl { generation += 1 }
    }
    length = lines.offset
    return record
  }

  /// Whether the file is shorter than it was before, or was once.
  var isCut: Bool { length < header.synchronized }

  /// Handles a malformed line: an error, unless it was being written when the machine lost power.
  private mutating func checkRest(after line: ArraySlice<UInt8>) throws {
    let damage = FileFormatError.Detail("its line \(lineNumber) is damaged")
    guard header.hasLostEnd || lines.offset > header.synchronized else { throw damage }
    guard var seal else {
      if try lines.next() != nil { throw damage }
      return
    }
    // If complete lines follow, it was not the last one written.
    var previous = JournalSeal(of: line)
    while let line = try lines.next() {
      guard line.last == UInt8(ascii: "\n") else { return }
      seal = previous ?? JournalSeal()
      if seal.accept(line) { throw damage }
      previous = JournalSeal(of: line)
    }
  }

  /// The change in a record that begins one; nil for any other record, and in a journal of the first format.
  ///
  /// - Throws: `FileFormatError.Detail` if it names an ACL that the journal does not define.
  func beginning(_ line: JournalLine) throws -> ResolvedChange? {
    guard line.begins, header.format == .second else { return nil }
    let beginning = line.beginning
    let from = try beginning.from.map { try acl($0) }
    guard beginning.action != .blocked, let number = beginning.to, let owner = beginning.owner ?? from?.owner,
      beginning.action == .copy || from != nil
    else { throw FileFormatError.Detail("its line \(lineNumber) does not say what was changed") }
    let change = Change(
      key: line.key, versionID: beginning.versionID, etag: beginning.etag, size: beginning.size, lastModified: "",
      owner: owner, action: beginning.action, from: beginning.from.map(name), to: name(number),
      reason: beginning.reason)
    return ResolvedChange(change: change, index: line.index, from: from, to: try acl(number))
  }

  private func name(_ number: Int) -> ACLName { ACLName("\(generation).\(number)") }

  private func acl(_ number: Int) throws -> AccessControlList {
    guard let acl = acls[number] else {
      throw FileFormatError.Detail("its line \(lineNumber) names an ACL that it does not define")
    }
    return acl
  }
}

extension JournalReplay {
  /// Reads a journal to its end.
  ///
  /// - Parameters:
  ///   - changeCount: the plan's number of changes, if the plan is known.
  ///   - check: checks that a plan could contain a change that was begun.
  init(
    _ reader: inout JournalReader, changeCount: Int?, check: (ResolvedChange) throws -> Void
  ) throws {
    self.init(changeCount: changeCount ?? reader.header.changes ?? 0, format: reader.header.format)
    while let line = try reader.next() {
      try take(line)
      guard let begun = try reader.beginning(line) else { continue }
      try check(begun)
      needs(begun.change)
    }
    isCut = reader.isCut
  }
}

/// The changes that a journal has begun, each once, in that order.
struct JournalChangeReader: ChangeReader {
  private var reader: JournalReader
  private let path: String
  /// The journal's length when it was opened. A rollback's own records follow.
  private let end: Int
  /// The changes that were passed on: one bit each.
  private var seen: BitArray

  /// - Parameters:
  ///   - file: read from its beginning.
  ///   - end: the length of what was read before.
  init(_ file: OpenFile, end: Int) throws {
    guard let reader = try JournalReader(file) else { throw FileFormatError.Detail("it became shorter") }
    self.reader = reader
    self.end = end
    path = file.path
    seen = BitArray(repeating: false, count: reader.header.changes ?? 0)
  }

  mutating func next() throws(FileFormatError) -> ResolvedChange? {
    do {
      while reader.length < end, let line = try reader.next() {
        guard let begun = try reader.beginning(line), seen.indices.contains(begun.index), !seen[begun.index]
        else { continue }
        seen[begun.index] = true
        return begun
      }
      return nil
    } catch {
      throw Journal.describe(error, path: path)
    }
  }
}
