internal import AWSKit

/// What the sorting of a report carries of a row behind its key, in few bytes.
///
/// A flag byte and the time; of reports of all versions the version's ID; and of rows that may matter size, ETag,
/// storage class, and the numbers of owner and ACL. Owners and ACLs without a number stand there themselves.
struct InventoryRecord: Sendable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8

    /// The bucket owner owns it.
    static let isOwn = Flags(rawValue: 1)
    static let isLatest = Flags(rawValue: 2)
    static let isDeleteMarker = Flags(rawValue: 4)
    static let usesKMS = Flags(rawValue: 8)
    static let tellsKMS = Flags(rawValue: 16)
    static let hasFraction = Flags(rawValue: 32)
    /// The report does not tell enough, or contradicts itself: the object is looked up.
    static let isIncomplete = Flags(rawValue: 64)
    /// It has more than a flag byte, a time and a version.
    static let isWhole = Flags(rawValue: 128)
  }

  /// An owner or an ACL: by its number, or as it stands in the report.
  enum Text: Sendable, Hashable {
    case none
    case number(Int)
    case inline([UInt8])
  }

  var flags: Flags
  var time: InventoryTime
  var versionID: [UInt8]
  var owner = Text.none
  var acl = Text.none
  var size = 0
  var etag: [UInt8] = []
  /// Empty if the report does not tell it, or names one that S3 does not have.
  var storageClass = ""

  /// Where the flags are, and how long they and the time are.
  static let headLength = 7

  /// Reads what `InventorySorter` has written.
  init(_ bytes: UnsafeRawBufferPointer, hasVersions: Bool) throws(InventoryDamage) {
    var reader = InventoryRecordReader(bytes)
    flags = Flags(rawValue: try reader.byte())
    time = InventoryTime(
      milliseconds: try reader.milliseconds(), hasFraction: flags.contains(.hasFraction))
    versionID = hasVersions ? Array(try reader.text()) : []
    guard flags.contains(.isWhole), !reader.isAtEnd else { return }
    owner = try Self.text(&reader)
    acl = try Self.text(&reader)
    size = try reader.number()
    etag = Array(try reader.text())
    let number = try reader.number()
    if (1...StorageClassCount.names.count).contains(number) { storageClass = StorageClassCount.names[number - 1] }
  }

  /// The number of a storage class in a record; 0 for one that S3 does not have.
  static func number(ofStorageClass text: UnsafeRawBufferPointer) -> Int {
    guard !text.isEmpty else { return 0 }
    return (StorageClassCount.names.firstIndex { text.elementsEqual($0.utf8) } ?? -1) + 1
  }

  /// Reads what was in the temporary file.
  static func stored(_ bytes: UnsafeRawBufferPointer, hasVersions: Bool) throws(FileFormatError) -> InventoryRecord {
    do throws(InventoryDamage) {
      return try InventoryRecord(bytes, hasVersions: hasVersions)
    } catch {
      throw lost
    }
  }

  /// The temporary file is no longer as it was written.
  static var lost: FileFormatError {
    FileFormatError("what was read of the report is lost: its temporary file has changed.")
  }

  /// 0 is nothing, 1 an inline text, and more a number.
  private static func text(_ reader: inout InventoryRecordReader) throws(InventoryDamage) -> Text {
    switch try reader.number() {
    case 0: return .none
    case 1: return .inline(Array(try reader.text()))
    case let number: return .number(number - 2)
    }
  }
}

/// Reads numbers and texts one after the other.
struct InventoryRecordReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(InventoryDamage) -> UInt8 {
    guard position < bytes.count else { throw InventoryDamage("a record is cut off") }
    defer { position += 1 }
    return bytes[position]
  }

  /// Six bytes.
  mutating func milliseconds() throws(InventoryDamage) -> Int {
    var value = 0
    for _ in 0..<6 { value = value << 8 | Int(try byte()) }
    return value
  }

  mutating func number() throws(InventoryDamage) -> Int {
    var value = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      let byte = try byte()
      value |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw InventoryDamage("a record has a number without an end")
  }

  mutating func text() throws(InventoryDamage) -> UnsafeRawBufferPointer {
    let count = try number()
    guard count <= bytes.count - position else { throw InventoryDamage("a record is cut off") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

extension UnsafeMutableRawPointer {
  /// Writes a number in as few bytes as it needs, at most nine.
  ///
  /// - Returns: where the next one goes.
  func writeNumber(_ number: Int) -> UnsafeMutableRawPointer {
    var (place, rest) = (self, UInt64(bitPattern: Int64(number)))
    while rest >= 0x80 {
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      (place, rest) = (place + 1, rest >> 7)
    }
    place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    return place + 1
  }

  /// Writes a text with its length.
  func writeText(_ text: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
    let place = writeNumber(text.count)
    if let start = text.baseAddress { place.copyMemory(from: start, byteCount: text.count) }
    return place + text.count
  }
}
