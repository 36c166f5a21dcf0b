internal import AWSKit
internal import Glibc

/// Takes the rows of some files of a report, and writes them to a temporary file in sorted runs.
///
/// An external merge sort: memory holds one run, and `InventoryMerge` merges all of them. In a run each key stands without
/// what it has in common with the key before.
final class InventorySorter {
  /// Which rows are kept, and how much of each.
  struct Rules: Sendable {
    let filter: KeyFilter
    let bucketOwner: CanonicalID
    /// Whether objects of the bucket owner are looked at.
    let looksAtOwn: Bool
    /// Whether the report tells of old versions.
    let hasVersions: Bool
    /// Whether old versions are wanted.
    let wantsVersions: Bool
  }

  /// Where a run is.
  struct Run: Sendable {
    let file: OpenFile
    let range: Range<Int>
  }

  /// A row of the run in memory.
  private struct Entry {
    /// The eight bytes behind what all keys of the run have in common, which decide most comparisons.
    var mark: UInt64 = 0
    let offset: UInt32
    let recordLength: UInt32
    let keyLength: UInt16
  }

  /// The most bytes of a row in memory: its key, its record, and what numbers take.
  private static let slack = ObjectKey.maximumLength + 4 * InventoryRow.maximumTextLength + 64

  private let rules: Rules
  private let ownerBytes: [UInt8]
  private let prefix: [UInt8]
  private let texts: InventoryTexts
  private let file: OpenFile
  private let arena: UnsafeMutableRawPointer
  private let runBytes: Int
  private var used = 0
  private var entries: [Entry] = []
  private var written = 0
  private var owners = InventoryTextCache()
  private var acls = InventoryTextCache()
  private(set) var runs: [Run] = []

  /// - Parameters:
  ///   - file: a temporary file that nobody else writes to.
  ///   - runBytes: of a run in memory.
  init(_ rules: Rules, texts: InventoryTexts, file: OpenFile, runBytes: Int) {
    self.rules = rules
    ownerBytes = Array(rules.bucketOwner.value.utf8)
    prefix = rules.filter.prefix.map { Array($0.utf8) } ?? []
    self.texts = texts
    self.file = file
    self.runBytes = runBytes
    arena = .allocate(byteCount: runBytes + Self.slack, alignment: 16)
  }

  deinit { arena.deallocate() }

  /// Takes a row, unless nobody wants it.
  ///
  /// - Throws: `InventoryDamage`, `FileError`.
  func add(_ row: InventoryRow) throws {
    guard (1...ObjectKey.maximumLength).contains(row.key.count), Self.isUTF8(row.key) else {
      throw InventoryDamage("a key is longer than 1,024 bytes, empty, or not UTF-8")
    }
    guard isWanted(row) else { return }
    if used + (entries.count + 1) * MemoryLayout<Entry>.stride > runBytes { try finish() }
    let start = arena + used
    if let key = row.key.baseAddress { start.copyMemory(from: key, byteCount: row.key.count) }
    let record = start + row.key.count
    let end = try write(row, at: record)
    entries.append(
      Entry(offset: UInt32(used), recordLength: UInt32(end - record), keyLength: UInt16(row.key.count)))
    used += end - start
  }

  private static func isUTF8(_ text: UnsafeRawBufferPointer) -> Bool {
    var marks: UInt8 = 0
    for byte in text { marks |= byte }
    return marks < 0x80 || String(validating: text, as: UTF8.self) != nil
  }

  private func isWanted(_ row: InventoryRow) -> Bool {
    if rules.hasVersions, !row.isLatest, row.isDeleteMarker || !rules.wantsVersions { return false }
    if !prefix.isEmpty {
      guard row.key.count >= prefix.count, let key = row.key.baseAddress,
        prefix.withUnsafeBytes({ memcmp($0.baseAddress!, key, prefix.count) }) == 0
      else { return false }
    }
    return rules.filter.isEverything || rules.filter.matches(ObjectKey(Array(row.key)))
  }

  private func write(_ row: InventoryRow, at start: UnsafeMutableRawPointer) throws(InventoryDamage)
    -> UnsafeMutableRawPointer
  {
    var flags: InventoryRecord.Flags = []
    let isOwn =
      row.owner.count == ownerBytes.count && ownerBytes.withUnsafeBytes { ObjectKey.order($0, row.owner) == 0 }
    if isOwn { flags.insert(.isOwn) }
    if row.isLatest { flags.insert(.isLatest) }
    if row.isDeleteMarker { flags.insert(.isDeleteMarker) }
    if let usesKMS = row.usesKMS { flags.formUnion(usesKMS ? [.usesKMS, .tellsKMS] : .tellsKMS) }
    if row.modified?.hasFraction ?? false { flags.insert(.hasFraction) }
    if row.modified == nil || row.size == nil || row.etag.isEmpty { flags.insert(.isIncomplete) }
    let isWhole = !row.isDeleteMarker && (!isOwn || rules.looksAtOwn || row.modified == nil)
    if isWhole { flags.insert(.isWhole) }
    var place = start
    place.storeBytes(of: flags.rawValue, as: UInt8.self)
    place += 1
    let time = UInt64(row.modified?.milliseconds ?? 0)
    for shift in stride(from: UInt64(40), through: 0, by: -8) {
      place.storeBytes(of: UInt8(truncatingIfNeeded: time >> shift), as: UInt8.self)
      place += 1
    }
    if rules.hasVersions {
      guard row.versionID.count <= ObjectKey.maximumLength else { throw InventoryDamage("a version ID is too long") }
      place = place.writeText(row.versionID)
    }
    guard isWhole else { return place }
    guard row.owner.count <= ObjectKey.maximumLength, row.etag.count <= ObjectKey.maximumLength else {
      throw InventoryDamage("an owner or an ETag is too long")
    }
    place = writeText(row.owner, at: place, isUnknown: Self.isUnavailable(row.owner)) { text in
      owners.number(of: text, texts.number(ofOwner:))
    }
    place = writeText(row.acl, at: place, isUnknown: row.acl.isEmpty) { text in
      acls.number(of: text, texts.number(ofACL:))
    }
    place = place.writeNumber(row.size ?? 0)
    place = place.writeText(row.etag)
    return place.writeNumber(InventoryRecord.number(ofStorageClass: row.storageClass))
  }

  private static func isUnavailable(_ owner: UnsafeRawBufferPointer) -> Bool {
    owner.isEmpty || owner.elementsEqual("UNAVAILABLE".utf8)
  }

  private func writeText(
    _ text: UnsafeRawBufferPointer, at place: UnsafeMutableRawPointer, isUnknown: Bool,
    _ number: (UnsafeRawBufferPointer) -> Int32?
  ) -> UnsafeMutableRawPointer {
    if isUnknown { return place.writeNumber(0) }
    if let number = number(text) { return place.writeNumber(Int(number) + 2) }
    return place.writeNumber(1).writeText(text)
  }

  /// Writes the run in memory, if there is one.
  func finish() throws(FileError) {
    guard !entries.isEmpty else { return }
    sort()
    let begin = written
    var piece: [UInt8] = []
    piece.reserveCapacity((256 << 10) + Self.slack)
    var previous = UnsafeRawBufferPointer(start: nil, count: 0)
    let head = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 8)
    defer { head.deallocate() }
    for entry in entries {
      let key = key(entry)
      let shared = Self.commonLength(previous, key)
      let end = head.writeNumber(shared).writeNumber(key.count - shared).writeNumber(Int(entry.recordLength))
      piece.append(contentsOf: UnsafeRawBufferPointer(start: head, count: end - head))
      let rest = Int(entry.recordLength) + key.count - shared
      piece.append(contentsOf: UnsafeRawBufferPointer(start: arena + Int(entry.offset) + shared, count: rest))
      previous = key
      if piece.count >= 256 << 10 { try flush(&piece) }
    }
    try flush(&piece)
    runs.append(Run(file: file, range: begin..<written))
    entries.removeAll(keepingCapacity: true)
    used = 0
  }

  private func flush(_ piece: inout [UInt8]) throws(FileError) {
    try file.write(piece)
    written += piece.count
    piece.removeAll(keepingCapacity: true)
  }

  private func key(_ entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: arena + Int(entry.offset), count: Int(entry.keyLength))
  }

  private func sort() {
    let first = key(entries[0])
    var shared = first.count
    for entry in entries { shared = min(shared, Self.commonLength(first, key(entry))) }
    for index in entries.indices {
      let key = key(entries[index])
      var mark: UInt64 = 0
      for position in shared..<shared + 8 { mark = mark << 8 | (position < key.count ? UInt64(key[position]) : 0) }
      entries[index].mark = mark
    }
    let arena = self.arena
    entries.sort { left, right in
      if left.mark != right.mark { return left.mark < right.mark }
      let order = ObjectKey.order(
        UnsafeRawBufferPointer(start: arena + Int(left.offset), count: Int(left.keyLength)),
        UnsafeRawBufferPointer(start: arena + Int(right.offset), count: Int(right.keyLength)))
      // Rows of one key stay in the report's order.
      return order == 0 ? left.offset < right.offset : order < 0
    }
  }

  private static func commonLength(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let most = min(left.count, right.count)
    var count = 0
    while count < most, left[count] == right[count] { count += 1 }
    return count
  }
}
