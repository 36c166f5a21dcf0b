internal import AWSKit

/// Divides the decompressed bytes of a CSV report into rows, and these into fields.
///
/// Nothing is made for a row: its fields are views of the bytes, and only what must be decoded is copied.
final class InventoryCSV {
  /// Where a field is, without its quotation marks.
  private struct Field {
    var start = 0
    var end = 0
    /// Whether quotation marks in it are doubled.
    var isDoubled = false
  }

  /// The longest row, in bytes.
  private static let maximumRowLength = 1 << 20
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")

  private let columns: [InventoryField?]
  private let sourceBucket: [UInt8]
  private var buffer: [UInt8] = []
  private var fields = [Field](repeating: Field(), count: InventoryField.allCases.count)
  /// Holds what is decoded of the row, a key and an ACL: decoding makes neither longer.
  private let scratch = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 2 * InventoryRow.maximumTextLength, alignment: 16)
  private let hasVersions: Bool
  private let hasEncryption: Bool
  private let hasStorageClass: Bool
  /// Rows so far.
  private(set) var count = 0

  init(columns: [InventoryField?], sourceBucket: String) {
    self.columns = columns
    self.sourceBucket = Array(sourceBucket.utf8)
    hasVersions = columns.contains(.versionID)
    hasEncryption = columns.contains(.encryption)
    hasStorageClass = columns.contains(.storageClass)
  }

  deinit { scratch.deallocate() }

  /// Takes the next bytes, and passes on the rows that end in them.
  ///
  /// - Throws: `InventoryDamage`, and what `body` throws.
  func take(_ piece: Span<UInt8>, _ body: (InventoryRow) throws -> Void) throws {
    // Taken out, so that the rows can be read while this object changes.
    var buffer = self.buffer
    self.buffer = []
    piece.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    var position = 0
    try buffer.withUnsafeBytes { bytes in
      while let end = try findRow(bytes, from: position) {
        if let row = try row(bytes, isEmpty: bytes[position] == Self.lineFeed || end - position == 2) { try body(row) }
        position = end
      }
    }
    buffer.removeSubrange(..<position)
    guard buffer.count <= Self.maximumRowLength else { throw damage("it is longer than any row") }
    self.buffer = buffer
  }

  /// Passes on the last row if it has no line feed.
  ///
  /// - Throws: `InventoryDamage`, and what `body` throws.
  func finish(_ body: (InventoryRow) throws -> Void) throws {
    guard !buffer.isEmpty else { return }
    let end = [Self.lineFeed]
    try take(end.span, body)
    guard buffer.isEmpty else { throw damage("a quotation mark is missing") }
  }

  private func damage(_ detail: String) -> InventoryDamage { InventoryDamage("row \(count + 1): \(detail)") }

  /// Finds the fields of the row that begins at `start`.
  ///
  /// - Returns: where the next row begins; nil if the row's end has not come yet.
  private func findRow(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(InventoryDamage) -> Int? {
    var position = start
    var column = 0
    while true {
      guard position < bytes.count else { return nil }
      var field = Field()
      if bytes[position] == Self.quote {
        field.start = position + 1
        var end = field.start
        while true {
          guard let found = bytes.firstIndex(of: Self.quote, from: end) else { return nil }
          end = found
          guard end + 1 < bytes.count else { return nil }
          guard bytes[end + 1] == Self.quote else { break }
          field.isDoubled = true
          end += 2
        }
        field.end = end
        position = end + 1
      } else {
        field.start = position
        while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed { position += 1 }
        guard position < bytes.count else { return nil }
        field.end = position
        if bytes[position] == Self.lineFeed, position > field.start, bytes[position - 1] == UInt8(ascii: "\r") {
          field.end = position - 1
        }
      }
      guard column < columns.count else { throw damage("it has more than \(columns.count) fields") }
      if let known = columns[column] { fields[known.rawValue] = field }
      column += 1
      switch bytes[position] {
      case Self.comma: position += 1
      case Self.lineFeed:
        // An empty line has none, and no quotation marks.
        guard column == columns.count || column == 1 && field.start == start && field.end == start else {
          throw damage("it has \(column) fields instead of \(columns.count)")
        }
        return position + 1
      case UInt8(ascii: "\r"):
        guard position + 1 < bytes.count else { return nil }
        guard bytes[position + 1] == Self.lineFeed, column == columns.count else {
          throw damage("there is text behind a quotation mark")
        }
        return position + 2
      default: throw damage("there is text behind a quotation mark")
      }
    }
  }

  /// The row whose fields were found; nil for an empty line.
  private func row(_ bytes: UnsafeRawBufferPointer, isEmpty: Bool) throws(InventoryDamage) -> InventoryRow? {
    if isEmpty, columns.count > 1 { return nil }
    func text(_ field: InventoryField) -> UnsafeRawBufferPointer {
      let field = fields[field.rawValue]
      return UnsafeRawBufferPointer(rebasing: bytes[field.start..<field.end])
    }
    guard text(.bucket).elementsEqual(sourceBucket) else { throw damage("it is about another bucket") }
    var row = InventoryRow()
    let (key, acl, etag) = (text(.key), text(.acl), text(.etag))
    guard max(key.count, acl.count, etag.count) <= InventoryRow.maximumTextLength else {
      throw damage("a field is longer than any text of S3")
    }
    row.key = try decodedKey(key)
    row.acl = fields[InventoryField.acl.rawValue].isDoubled ? plain(acl, at: key.count) : acl
    row.etag = Self.withoutMarks(etag)
    row.owner = text(.owner)
    row.size = Self.number(text(.size))
    row.modified = InventoryTime(text(.lastModified))
    if hasEncryption { row.usesKMS = InventoryRow.usesKMS(encryptionStatus: text(.encryption)) }
    if hasStorageClass { row.storageClass = text(.storageClass) }
    if hasVersions {
      row.versionID = text(.versionID)
      guard let isLatest = Self.flag(text(.isLatest)), let isDeleteMarker = Self.flag(text(.isDeleteMarker)) else {
        throw damage("IsLatest or IsDeleteMarker is neither true nor false")
      }
      (row.isLatest, row.isDeleteMarker) = (isLatest, isDeleteMarker)
    }
    count += 1
    return row
  }

  /// The key, of which S3 percent-encodes some bytes, with `+` for a space.
  private func decodedKey(_ key: UnsafeRawBufferPointer) throws(InventoryDamage) -> UnsafeRawBufferPointer {
    var isPlain = true
    for byte in key where byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+") {
      isPlain = false
      break
    }
    guard !isPlain else { return key }
    var (from, to) = (0, 0)
    while from < key.count {
      switch key[from] {
      case UInt8(ascii: "%"):
        guard from + 2 < key.count, let high = Hex.value(key[from + 1]), let low = Hex.value(key[from + 2]) else {
          throw damage("its key is not percent-encoded as it should be")
        }
        scratch[to] = high << 4 | low
        from += 2
      case UInt8(ascii: "+"): scratch[to] = UInt8(ascii: " ")
      default: scratch[to] = key[from]
      }
      (from, to) = (from + 1, to + 1)
    }
    return kept(0..<to)
  }

  /// A text whose quotation marks are doubled, with single ones.
  private func plain(_ text: UnsafeRawBufferPointer, at start: Int) -> UnsafeRawBufferPointer {
    var (from, to) = (0, start)
    while from < text.count {
      scratch[to] = text[from]
      to += 1
      from += text[from] == Self.quote ? 2 : 1
    }
    return kept(start..<to)
  }

  /// A part of the scratch, which stays in its place until the next row.
  private func kept(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(scratch)[range])
  }

  /// The text without quotation marks of its own, as some programs write ETags.
  static func withoutMarks(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, text.count)
    while start < end, text[start] == quote { start += 1 }
    while end > start, text[end - 1] == quote { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }

  private static func flag(_ text: UnsafeRawBufferPointer) -> Bool? {
    if text.elementsEqual("true".utf8) { return true }
    return text.elementsEqual("false".utf8) ? false : nil
  }

  /// Nil for anything but a number of digits that an object can have as its size.
  private static func number(_ text: UnsafeRawBufferPointer) -> Int? {
    guard (1...18).contains(text.count) else { return nil }
    var value = 0
    for byte in text {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}
