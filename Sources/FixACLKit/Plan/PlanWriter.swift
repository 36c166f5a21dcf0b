internal import Crypto
internal import Dispatch
internal import Glibc
package import AWSKit

/// The lines of a plan's changes, in chunks of the listing, kept in a file until the scan is complete: a temporary file
/// or a checkpoint.
///
/// Chunks come in any order. Memory holds one entry for each chunk with changes, so 3 million changes cost a few
/// megabytes; chunks that follow each other in the file as in the listing share one.
package struct PlanSpool: Sendable {
  /// Where the lines of one chunk are.
  struct Block: Sendable {
    let firstKey: ObjectKey
    let page: Int
    let offset: Int
    var length: Int
  }

  /// The longest time that data written to a checkpoint may stay unsynchronized.
  private static let synchronizationInterval = Duration.seconds(5)

  private let file: OpenFile
  let isCheckpoint: Bool
  private var blocks: [Block] = []
  private var size = 0
  private var lastSynchronized = ContinuousClock.now

  /// - Parameter folder: for the temporary file.
  package init(folder: String) throws(FileError) {
    file = try OpenFile(temporaryIn: folder)
    isCheckpoint = false
  }

  /// Continues a checkpoint of `size` bytes.
  init(checkpoint file: OpenFile, size: Int, blocks: [Block]) {
    self.file = file
    isCheckpoint = true
    self.size = size
    self.blocks = blocks
  }

  /// Appends a chunk's changes: each a line of JSON, followed by a comma and a line feed.
  ///
  /// - Parameters:
  ///   - head: bytes to write before them.
  ///   - page: orders chunks that begin with the same key, which has more versions than fit into one chunk.
  ///   - isNext: whether no change of another chunk can be between these and those appended last.
  package mutating func append(
    _ lines: [UInt8], head: [UInt8] = [], firstKey: ObjectKey, page: Int = 0, isNext: Bool = false
  ) throws(FileError) {
    guard !lines.isEmpty || !head.isEmpty else { return }
    // In one write, so that a kill leaves all of it or a prefix.
    try file.write(head + lines)
    if !lines.isEmpty, isNext, head.isEmpty, let last = blocks.last, last.offset + last.length == size {
      blocks[blocks.count - 1].length += lines.count
    } else if !lines.isEmpty {
      blocks.append(Block(firstKey: firstKey, page: page, offset: size + head.count, length: lines.count))
    }
    size += head.count + lines.count
    guard isCheckpoint, ContinuousClock.now - lastSynchronized > Self.synchronizationInterval else { return }
    lastSynchronized = .now
    // Nothing waits for it: without it, a resumed scan only starts from an earlier state.
    DispatchQueue.global(qos: .utility).async { [file] in try? file.synchronize() }
  }

  /// Passes the lines on in key order, in pieces of at most 1 MiB; the last line has no comma.
  func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
    let ordered = blocks.sorted { $0.firstKey == $1.firstKey ? $0.page < $1.page : $0.firstKey < $1.firstKey }
    for (index, block) in ordered.enumerated() {
      let length = index == ordered.count - 1 ? block.length - ",\n".utf8.count : block.length
      var done = 0
      while done < length {
        let piece = try file.read(min(1 << 20, length - done), at: block.offset + done)
        guard !piece.isEmpty else {
          throw FileFormatError("the findings of the scan are lost: its temporary file became shorter.")
        }
        done += piece.count
        try body(piece)
      }
    }
    if !ordered.isEmpty { try body([UInt8(ascii: "\n")]) }
  }
}

/// Writes a whole plan: header, ACLs, changes, digest.
package enum PlanWriter {
  /// Where a plan is written.
  package enum Destination {
    /// A file that appears whole or not at all: written under another name, synchronized and renamed.
    case file(String)
    /// An open descriptor, such as stdout.
    case descriptor(OpenFile)
  }

  /// Begins the line after the digested part of a plan.
  static let digestPrefix = Array("\"digest\":\"".utf8)

  /// The digest as it stands in a plan.
  static func text(of digest: SHA256.Digest) -> String {
    "sha256:" + Hex.encode(digest)
  }

  /// The writing was stopped.
  package struct Interrupted: Error {}

  /// Writes a plan.
  ///
  /// - Parameter stop: ends the writing early; no file is left then.
  /// - Throws: `FileError`, or `Interrupted`.
  package static func write(
    header: PlanHeader, acls: ACLTable, spool: PlanSpool, to destination: Destination,
    stop: StopSignal = StopSignal()
  ) throws {
    switch destination {
    case .descriptor(let file):
      try write(header: header, acls: acls, spool: spool, to: file, stop: stop)
    case .file(let path):
      try OpenFile.replacing(path) { file in
        try write(header: header, acls: acls, spool: spool, to: file, stop: stop)
        try file.synchronize()
        if stop.isSet { throw Interrupted() }
      }
    }
  }

  /// What was found makes no plan that ``Plan`` takes: a checkpoint or a server told what no bucket can have.
  package struct Unusable: Error, Sendable {
    /// What is wrong with it.
    package let detail: String
  }

  /// Sees that the plan is one that ``Plan`` takes, before any of it is written: a checkpoint, or a server, may have told
  /// what no plan can say.
  package static func check(header: PlanHeader, acls: ACLTable, spool: PlanSpool) throws {
    var lines = ChangeLines(header: header, acls: acls)
    var number = 0
    do {
      var rest: [UInt8] = []
      try spool.forEachPiece { piece in
        rest += piece
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
          number += 1
          _ = try lines.take(rest[start...end], number: number)
          start = end + 1
        }
        rest.removeFirst(start)
      }
      guard rest.isEmpty, acls.acls.values.allSatisfy(\.isPlain) else {
        throw FileFormatError.Detail("an ACL or a line is damaged")
      }
      try header.check(lines)
    } catch let error as FileFormatError.Detail {
      throw Unusable(detail: error.text)
    }
  }

  /// Checks that a file can be written, before a long scan is made for it.
  package static func checkFile(_ path: String) throws(FileError) {
    try OpenFile.checkReplaceable(path)
    unlink(try OpenFile.makeTemporary(for: path).path)
  }

  private static func write(
    header: PlanHeader, acls: ACLTable, spool: PlanSpool, to file: OpenFile, stop: StopSignal
  ) throws {
    var digest = SHA256()
    func emit(_ bytes: [UInt8]) throws(FileError) {
      digest.update(data: bytes)
      try file.write(bytes)
    }
    try emit(headerLines(header))
    try emit(aclLines(acls))
    try emit(Array("\"changes\":[\n".utf8))
    try spool.forEachPiece { piece in
      if stop.isSet { throw Interrupted() }
      try emit(piece)
    }
    try emit(Array("],\n".utf8))
    try file.write(digestPrefix + text(of: digest.finalize()).utf8 + "\"\n}\n".utf8)
  }

  private static func headerLines(_ header: PlanHeader) -> [UInt8] {
    var lines = Array("{\n".utf8)
    func line(_ key: PlanHeader.CodingKeys, _ value: some JSONWritable) {
      var json = JSONWriter()
      json.member(key, value)
      lines += json.bytes
      lines += ",\n".utf8
    }
    line(.format, PlanHeader.format)
    line(.tool, header.tool)
    line(.createdAt, header.createdAt)
    line(.bucket, header.bucket)
    if !header.credentials.isEmpty { line(.credentials, header.credentials) }
    if let inventory = header.inventory { line(.inventory, inventory) }
    line(.desired, header.desired)
    line(.summary, header.summary)
    line(.alternative, header.alternative)
    line(.owners, OwnerTable(ids: header.summary.owners.keys.map { $0 }))
    return lines
  }

  private static func aclLines(_ acls: ACLTable) -> [UInt8] {
    var lines = Array("\"acls\":{\n".utf8)
    let sorted = acls.sorted
    for (index, entry) in sorted.enumerated() {
      var json = JSONWriter()
      json.name(entry.name.text)
      entry.acl.write(to: &json)
      lines += json.bytes
      lines += (index == sorted.count - 1 ? "\n" : ",\n").utf8
    }
    return lines + "},\n".utf8
  }
}

/// The plan's member `owners`: the accounts that the names in its changes stand for.
private struct OwnerTable: JSONWritable {
  let ids: [CanonicalID]

  func write(to json: inout JSONWriter) {
    json.object { json in
      for (name, id) in ids.map({ (OwnerNames.name(of: $0), $0) }).sorted(by: { $0.0 < $1.0 }) {
        json.member(name, id.value)
      }
    }
  }
}
