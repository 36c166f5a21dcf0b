internal import AWSKit
internal import Glibc

/// Hands out the rows of a sorted report in the order of their keys, each object once, in pages.
///
/// Of rows about one object the newest counts. If two are equally new and differ, the object is looked up.
final class InventoryMerge {
  /// Memory for what is read ahead of all runs together.
  private static let aheadBytes = 12 << 20
  /// Rows to look at in one page.
  private static let pageRows = 1024
  /// Rows of one page that only count.
  private static let pageSettled = 65_536
  /// Memory for the versions of one key.
  private static let maximumGroupBytes = 24 << 20

  private let rules: InventorySorter.Rules
  /// Whether an object of the bucket owner that was modified then passes the filters.
  private let countsOwn: @Sendable (InventoryTime) -> Bool
  private let cursors: [InventoryRunCursor]
  /// Of each cursor, where its key is and how long, so that comparisons need not go there.
  private let keyStarts: [UnsafeMutableRawPointer]
  private var keyLengths: [Int]
  /// Indices of cursors, the one with the smallest key first; each is not greater than its two children.
  private var heap: [Int] = []
  private var hasBegun = false
  private var pageNumber = 0
  private var key: [UInt8] = []
  private var record: [UInt8] = []

  init(
    runs: [InventorySorter.Run], rules: InventorySorter.Rules, countsOwn: @escaping @Sendable (InventoryTime) -> Bool
  ) {
    self.rules = rules
    self.countsOwn = countsOwn
    let share = min(256 << 10, max(4 << 10, Self.aheadBytes / max(1, runs.count)))
    cursors = runs.map { InventoryRunCursor($0, pieceLength: share) }
    keyStarts = cursors.map(\.keyBytes)
    keyLengths = [Int](repeating: 0, count: runs.count)
  }

  /// - Returns: nil after the last page.
  /// - Throws: `FileError`, `FileFormatError`, `InventoryProblem`.
  func next() throws -> InventoryPage? {
    if !hasBegun {
      hasBegun = true
      for index in cursors.indices where try advance(index) { heap.append(index) }
      for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sift(from: index) }
    }
    guard !heap.isEmpty else { return nil }
    var page = InventoryPage(number: pageNumber, hasVersions: rules.hasVersions)
    pageNumber += 1
    while !heap.isEmpty, page.rows < Self.pageRows, page.settled < Self.pageSettled {
      try take()
      guard let next = heap.first, cursors[next].hasKey(key) else {
        emit(record, to: &page)
        continue
      }
      var group = [record]
      var bytes = record.count
      while let next = heap.first, cursors[next].hasKey(key) {
        try take()
        if rules.wantsVersions && rules.hasVersions {
          group.append(record)
          bytes += record.count + 64
          guard bytes <= Self.maximumGroupBytes else { throw InventoryProblem.tooManyVersions(ObjectKey(key)) }
        } else {
          group[0] = Self.newer(group[0], record)
        }
      }
      guard group.count > 1 else {
        emit(group[0], to: &page)
        continue
      }
      for record in try versions(of: group) { emit(record, to: &page) }
    }
    return page
  }

  /// Takes the row with the smallest key.
  private func take() throws {
    let cursor = cursors[heap[0]]
    key.removeAll(keepingCapacity: true)
    key.append(contentsOf: cursor.key)
    record.removeAll(keepingCapacity: true)
    cursor.withRecord { record.append(contentsOf: $0) }
    if try !advance(heap[0]) {
      let last = heap.removeLast()
      if heap.isEmpty { return }
      heap[0] = last
    }
    sift(from: 0)
  }

  private func advance(_ index: Int) throws -> Bool {
    guard try cursors[index].advance() else { return false }
    keyLengths[index] = cursors[index].key.count
    return true
  }

  private func sift(from start: Int) {
    var index = start
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let order = ObjectKey.order(
      UnsafeRawBufferPointer(start: keyStarts[left], count: keyLengths[left]),
      UnsafeRawBufferPointer(start: keyStarts[right], count: keyLengths[right]))
    return order == 0 ? left < right : order < 0
  }

  // MARK: - Rows about one key

  /// The one of two records of one object that counts.
  private static func newer(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    // The time follows the flags, its highest byte first.
    let times = (left[1..<InventoryRecord.headLength], right[1..<InventoryRecord.headLength])
    if times.0.lexicographicallyPrecedes(times.1) { return right }
    if times.1.lexicographicallyPrecedes(times.0) || left == right { return left }
    var result = left
    result[0] |= InventoryRecord.Flags([.isIncomplete, .isWhole]).rawValue
    result[0] &= ~InventoryRecord.Flags.isDeleteMarker.rawValue
    return result
  }

  /// The versions of one key as S3 lists them: the current one, then the others from the newest.
  private func versions(of records: [[UInt8]]) throws -> [[UInt8]] {
    var order: [[UInt8]] = []
    var byID: [[UInt8]: Int] = [:]
    for record in records {
      let id = try record.withUnsafeBytes { try InventoryRecord.stored($0, hasVersions: true).versionID }
      if let index = byID[id] {
        order[index] = Self.newer(order[index], record)
      } else {
        byID[id] = order.count
        order.append(record)
      }
    }
    func isLatest(_ record: [UInt8]) -> Bool { record[0] & InventoryRecord.Flags.isLatest.rawValue != 0 }
    var sorted = order.enumerated().sorted { left, right in
      if isLatest(left.element) != isLatest(right.element) { return isLatest(left.element) }
      let times = (left.element[1..<InventoryRecord.headLength], right.element[1..<InventoryRecord.headLength])
      return times.0.elementsEqual(times.1) ? left.offset < right.offset : times.1.lexicographicallyPrecedes(times.0)
    }.map(\.element)
    // A report is made while objects change: only one version can be the current one.
    for index in sorted.indices.dropFirst() { sorted[index][0] &= ~InventoryRecord.Flags.isLatest.rawValue }
    return sorted
  }

  private func emit(_ record: [UInt8], to page: inout InventoryPage) {
    let flags = InventoryRecord.Flags(rawValue: record[0])
    guard !flags.contains(.isDeleteMarker) else { return }
    guard !flags.contains(.isWhole) else { return page.append(key: key, record: record) }
    let milliseconds = record[1..<InventoryRecord.headLength].reduce(0) { $0 << 8 | Int($1) }
    page.settled += 1
    if countsOwn(InventoryTime(milliseconds: milliseconds, hasFraction: false)) { page.listed += 1 }
  }
}

/// Consecutive objects of a report, of which those to look at are there themselves.
struct InventoryPage: Sendable {
  /// Counts from 0, in the order of the keys.
  let number: Int
  private let hasVersions: Bool
  /// Objects that pass the filters, with nothing to look at.
  fileprivate(set) var listed = 0
  /// Objects with nothing to look at, whether they pass the filters or not.
  fileprivate var settled = 0
  private(set) var rows = 0
  private var bytes: [UInt8] = []

  fileprivate init(number: Int, hasVersions: Bool) {
    self.number = number
    self.hasVersions = hasVersions
  }

  fileprivate mutating func append(key: [UInt8], record: [UInt8]) {
    for count in [key.count, record.count] {
      withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += key
    bytes += record
    rows += 1
  }

  /// Passes on the objects to look at, in the order of their keys.
  func forEach(_ body: (ObjectKey, InventoryRecord) throws -> Void) throws {
    try bytes.withUnsafeBytes { bytes in
      var position = 0
      while position < bytes.count {
        let keyLength = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
        let recordLength = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self)))
        position += 8
        let key = ObjectKey(Array(bytes[position..<position + keyLength]))
        position += keyLength
        let record = try InventoryRecord.stored(
          UnsafeRawBufferPointer(rebasing: bytes[position..<position + recordLength]), hasVersions: hasVersions)
        position += recordLength
        try body(key, record)
      }
    }
  }
}

/// Reads the rows of a run, some at a time.
private final class InventoryRunCursor {
  private let run: InventorySorter.Run
  private let pieceLength: Int
  /// Where the next piece begins.
  private var offset: Int
  private var buffer: [UInt8] = []
  private var position = 0
  let keyBytes = UnsafeMutableRawPointer.allocate(byteCount: ObjectKey.maximumLength, alignment: 8)
  private var keyLength = 0
  private var recordRange = 0..<0

  init(_ run: InventorySorter.Run, pieceLength: Int) {
    self.run = run
    self.pieceLength = pieceLength
    offset = run.range.lowerBound
  }

  deinit { keyBytes.deallocate() }

  /// The key of the row.
  var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyBytes, count: keyLength) }

  func hasKey(_ other: [UInt8]) -> Bool {
    other.count == keyLength && other.withUnsafeBytes { ObjectKey.order($0, key) == 0 }
  }

  func withRecord(_ body: (UnsafeRawBufferPointer) -> Void) {
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[recordRange])) }
  }

  /// Goes to the next row.
  ///
  /// - Returns: false after the last.
  func advance() throws -> Bool {
    guard position < buffer.count || offset < run.range.upperBound else { return false }
    // Three numbers.
    try fill(27)
    let shared = try number()
    let rest = try number()
    let record = try number()
    guard shared <= keyLength, shared + rest <= ObjectKey.maximumLength, record <= 8 << 20 else { throw Self.lost }
    try fill(rest + record)
    guard buffer.count - position >= rest + record else { throw Self.lost }
    buffer.withUnsafeBytes {
      if rest > 0, let start = $0.baseAddress {
        (keyBytes + shared).copyMemory(from: start + position, byteCount: rest)
      }
    }
    keyLength = shared + rest
    recordRange = position + rest..<position + rest + record
    position += rest + record
    return true
  }

  private static var lost: FileFormatError { InventoryRecord.lost }

  private func number() throws -> Int {
    var value = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      guard position < buffer.count else { throw Self.lost }
      let byte = buffer[position]
      position += 1
      value |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw Self.lost
  }

  /// Sees that so many bytes are there, unless the run ends before.
  private func fill(_ count: Int) throws {
    guard buffer.count - position < count, offset < run.range.upperBound else { return }
    buffer.removeSubrange(..<position)
    position = 0
    while buffer.count < count, offset < run.range.upperBound {
      let piece = try run.file.read(min(max(pieceLength, count), run.range.upperBound - offset), at: offset)
      guard !piece.isEmpty else { throw Self.lost }
      offset += piece.count
      buffer += piece
    }
  }
}
