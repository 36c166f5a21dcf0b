internal import Crypto
internal import FoundationEssentials
package import AWSKit

/// A plan file. Opening it checks that it is whole and unedited.
package final class Plan: Sendable {
  package let path: String
  /// Whether it was read from stdin, so that no path names it.
  package let isFromStandardInput: Bool
  package let header: PlanHeader
  package let acls: ACLTable
  /// The digest, which names the plan.
  package let digest: String
  /// The number of changes, blocked ones included.
  package let changeCount: Int
  /// The object owners whose credentials the changes need.
  package let ownersNeeded: Set<CanonicalID>

  private let file: OpenFile
  private let blocks: FileBlocks
  private let firstChangeOffset: Int
  private let owners: OwnerNames

  /// Opens a plan and reads all of it once, before anything is done with it.
  ///
  /// - Parameter sight: gets each change as it is read. Nothing may come of it unless the plan is then opened: the
  ///   digest is at the end.
  /// - Throws: `FileFormatError` where it is not a plan, is of another version, damaged, cut short or edited.
  package convenience init(path: String, _ sight: (Change) -> Void = { _ in }) throws(FileFormatError) {
    try self.init(named: path, sight) { () throws(FileError) in try OpenFile(path, .reading) }
  }

  /// - Parameter name: nil for stdin.
  private init(
    named name: String?, _ sight: (Change) -> Void, _ open: () throws -> OpenFile
  ) throws(FileFormatError) {
    let path = name ?? "stdin"
    do {
      let file = try open()
      guard file.isRegularFile else {
        throw FileFormatError.Detail("it is not a regular file, and fixacl reads a plan more than once: save it first")
      }
      var scanner = PlanScanner(file)
      let contents = try scanner.scan(sight)
      self.path = path
      isFromStandardInput = name == nil
      self.file = file
      header = contents.header
      owners = OwnerNames(contents.header.summary.owners.keys)
      acls = contents.acls
      digest = contents.digest
      changeCount = contents.changeCount
      ownersNeeded = contents.ownersNeeded
      blocks = contents.blocks
      firstChangeOffset = contents.firstChangeOffset
    } catch let error as FileError {
      throw FileFormatError("\(error). Make a plan with 'fixacl plan BUCKET -o FILE'.")
    } catch let error as FileFormatError.Detail {
      throw FileFormatError(
        "\(path.escapedForTerminal) is not a usable plan: \(error.text). Nothing was changed. Make a new plan with"
          + " 'fixacl plan'.")
    } catch {
      throw FileFormatError(
        "\(path.escapedForTerminal) is not a usable plan: \(error). Nothing was changed. Make a new plan with"
          + " 'fixacl plan'.")
    }
  }

  /// Reads a plan from stdin, through a file without a name.
  ///
  /// - Parameter sight: gets each change as it is read, as if the plan were a file.
  /// - Throws: as if the plan were a file.
  package static func standardInput(_ sight: (Change) -> Void = { _ in }) throws(FileFormatError) -> Plan {
    try Plan(named: nil, sight) {
      let copy = try OpenFile(temporaryIn: TemporaryPlace.folder)
      while case let piece = try OpenFile.readStandardInput(1 << 20), !piece.isEmpty { try copy.write(piece) }
      return copy
    }
  }

  /// Where the plan really is, with links resolved.
  package var realPath: String { file.realPath }

  /// Whether its path is a symbolic link.
  var isLink: Bool { OpenFile.isLink(path) }

  /// Releases the lock.
  func unlock() { file.unlock() }

  /// Locks the plan's file itself, which is the same file under all of its names. The lock ends with this object.
  ///
  /// - Returns: false if another process holds it.
  package func tryLock() throws(FileError) -> Bool {
    do {
      return try file.tryLock()
    } catch {
      // NFS cannot lock a file that is open for reading only.
      guard error.isOfLocking else { throw error }
      return true
    }
  }

  /// The changes from the first one, read on demand: exactly those that were checked when the plan was opened.
  package func changes() -> Changes {
    Changes(
      reader: LineReader(again: blocks, offset: firstChangeOffset), count: changeCount, path: path, acls: acls,
      owners: owners)
  }

  /// The ACL that a change names.
  package func acl(_ name: ACLName?) -> AccessControlList? {
    name.flatMap { acls[$0] }
  }

  /// Iterates over a plan's changes.
  package struct Changes {
    private var reader: LineReader
    private let count: Int
    private let path: String
    private let acls: ACLTable
    private let owners: OwnerNames
    private var index = 0

    fileprivate init(reader: LineReader, count: Int, path: String, acls: ACLTable, owners: OwnerNames) {
      self.reader = reader
      self.count = count
      self.path = path
      self.acls = acls
      self.owners = owners
    }

    /// The next change and its index in the plan; nil after the last.
    package mutating func next() throws(FileFormatError) -> (index: Int, change: Change)? {
      guard index < count else { return nil }
      do {
        guard let line = try reader.next() else { throw FileFormatError.Detail("it became shorter") }
        defer { index += 1 }
        return (index, try Change(parsing: line.withoutComma, acls: acls, owners: owners))
      } catch {
        let reason = (error as? FileFormatError.Detail)?.text ?? "\(error)"
        throw FileFormatError(
          "\(path.escapedForTerminal) was changed while fixacl read it (\(reason)). Run the command again with a plan that"
            + " nobody writes to.")
      }
    }
  }
}

/// Reads a whole plan, and checks its digest and everything that can be checked without the bucket.
private struct PlanScanner {
  struct Contents {
    var header: PlanHeader
    var acls: ACLTable
    var digest: String
    var changeCount: Int
    var ownersNeeded: Set<CanonicalID>
    var firstChangeOffset: Int
    var blocks: FileBlocks
  }

  private var reader: LineReader
  private var digest = SHA256()
  private var lineNumber = 0

  init(_ file: OpenFile) {
    reader = LineReader(noting: file)
  }

  mutating func scan(_ sight: (Change) -> Void) throws -> Contents {
    var header = try scanHeader()
    let acls = try scanACLs()
    let firstChangeOffset = reader.offset
    let lines = try scanChanges(of: header, acls: acls, sight)
    // Checked first: for an edited or damaged plan it is the plainest thing to report.
    let digest = try scanDigest()
    try header.check(lines)
    // An estimate; another version may compute it differently.
    header.summary.requests = lines.summary.requests
    guard let blocks = reader.blocks else { throw FileFormatError.Detail("it cannot be read again") }
    return Contents(
      header: header, acls: acls, digest: digest, changeCount: lines.summary.changes,
      ownersNeeded: lines.ownersNeeded, firstChangeOffset: firstChangeOffset, blocks: blocks)
  }

  /// Whether a file has a plan's first members, and other blanks between them.
  ///
  /// - Parameter beginning: what was read of it.
  private mutating func isReformatted(_ beginning: [UInt8]) throws -> Bool {
    // jq writes a member a line, or everything on one.
    let more = beginning.count < 64 ? try reader.next() ?? [] : []
    let dense = (beginning + more).prefix(256).filter { $0 != 0x20 && $0 != 0x0a && $0 != 0x09 && $0 != 0x0d }
    return dense.starts(with: "{\"format\":\"fixacl-plan/".utf8)
  }

  private mutating func scanHeader() throws -> PlanHeader {
    let beginning = Array("{\n\"format\":".utf8)
    var lines: [UInt8] = []
    while true {
      let line = try nextLine()
      if line.elementsEqual("\"acls\":{\n".utf8) { break }
      lines += line
      // A file that is not a plan at all should not have to be read whole to find out.
      guard lines.prefix(beginning.count).elementsEqual(beginning.prefix(lines.count)) else {
        throw FileFormatError.Detail(
          try isReformatted(lines)
            ? "another program, such as jq, has rewritten it, and fixacl needs the original bytes"
            : "it does not begin as a plan does")
      }
      guard lines.count <= 2 * LineReader.maximumLineLength else {
        throw FileFormatError.Detail("its header has no end")
      }
    }
    var object = lines[...].withoutComma
    object.append(UInt8(ascii: "}"))
    return try decode(PlanHeader.self, from: object)
  }

  private mutating func scanACLs() throws -> ACLTable {
    var table = ACLTable()
    while true {
      let line = try nextLine()
      if line.elementsEqual("},\n".utf8) { break }
      let object = [UInt8(ascii: "{")] + line.withoutComma + [UInt8(ascii: "}")]
      for (name, acl) in try decode([String: AccessControlList].self, from: object[...]) {
        guard acl.isPlain, ACLTable.isName(name, of: acl), table[ACLName(name)] == nil else {
          throw FileFormatError.Detail("line \(lineNumber) holds an ACL that is damaged")
        }
        table.insert(acl, named: ACLName(name))
      }
    }
    guard try nextLine().elementsEqual("\"changes\":[\n".utf8) else {
      throw FileFormatError.Detail("line \(lineNumber) should begin the changes")
    }
    return table
  }

  private mutating func scanChanges(
    of header: PlanHeader, acls: ACLTable, _ sight: (Change) -> Void
  ) throws -> ChangeLines {
    var lines = ChangeLines(header: header, acls: acls)
    while true {
      let line = try nextLine()
      if line.elementsEqual("],\n".utf8) { return lines }
      sight(try lines.take(line, number: lineNumber))
    }
  }

  private mutating func scanDigest() throws -> String {
    let expected = PlanWriter.text(of: digest.finalize())
    let line = try nextLine()
    guard line.starts(with: PlanWriter.digestPrefix) else {
      throw FileFormatError.Detail("line \(lineNumber) should hold its digest")
    }
    guard line.elementsEqual(PlanWriter.digestPrefix + expected.utf8 + "\"\n".utf8) else {
      throw FileFormatError.Detail("its digest does not match its contents: it was edited or damaged")
    }
    guard try nextLine().elementsEqual("}\n".utf8), try reader.next() == nil else {
      throw FileFormatError.Detail("something follows its end")
    }
    return expected
  }

  private mutating func nextLine() throws -> ArraySlice<UInt8> {
    guard let line = try reader.next(), line.last == UInt8(ascii: "\n") else {
      throw FileFormatError.Detail(lineNumber == 0 ? "it is empty, or not a plan" : "it is cut short")
    }
    lineNumber += 1
    line.withUnsafeBytes { digest.update(bufferPointer: $0) }
    return line
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: ArraySlice<UInt8>
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch is DecodingError {
      throw FileFormatError.Detail("line \(lineNumber) is damaged")
    }
  }
}
