internal import AWSKit

/// Reads the rows of a report in Parquet: a small strict reader of flat files, because Debian has no library for them.
///
/// It reads what S3 writes and what pyarrow writes by default: PLAIN and dictionary pages of both versions, in SNAPPY, GZIP or
/// nothing. Everything else is refused by its name. Memory holds one page and one dictionary of each column.
struct ParquetFile {
  /// The longest footer; that of a million rows takes some kilobytes.
  private static let maximumFooterLength = 32 << 20

  private let file: OpenFile
  private let size: Int
  private let footer: ParquetFooter
  private let sourceBucket: [UInt8]
  private let hasVersions: Bool

  /// - Throws: `InventoryDamage`, `FileError`.
  init(_ file: OpenFile, size: Int, manifest: InventoryManifest) throws {
    try self.init(file, size: size, sourceBucket: manifest.sourceBucket, hasVersions: manifest.hasAllVersions)
  }

  init(_ file: OpenFile, size: Int, sourceBucket: String, hasVersions: Bool) throws {
    self.file = file
    self.size = size
    self.sourceBucket = Array(sourceBucket.utf8)
    self.hasVersions = hasVersions
    guard size >= 12 else { throw InventoryDamage("Parquet: it is too short") }
    let tail = try file.read(8, at: size - 8)
    guard tail.count == 8, try file.read(4, at: 0) == ParquetFooter.magic, Array(tail.suffix(4)) == ParquetFooter.magic
    else { throw InventoryDamage("Parquet: it does not begin or end with PAR1") }
    let length = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= size - 12, length <= Self.maximumFooterLength else {
      throw InventoryDamage("Parquet: its metadata is longer than the file, or than fixacl reads")
    }
    let bytes = try file.read(length, at: size - 8 - length)
    guard bytes.count == length else { throw InventoryDamage("Parquet: the file became shorter") }
    footer = try bytes.withUnsafeBytes { try ParquetFooter($0) }
    let needed = InventoryField.needed + (hasVersions ? InventoryField.ofVersions : [])
    let missing = needed.filter { footer.columns[$0] == nil }
    guard missing.isEmpty else {
      throw InventoryDamage("Parquet: it lacks \(missing.map(\.name).joined(separator: ", "))")
    }
  }

  /// Passes on the rows.
  ///
  /// - Throws: `InventoryDamage`, `FileError`, and what `body` throws.
  func forEachRow(_ body: (InventoryRow) throws -> Void) throws {
    for group in footer.groups where group.rowCount > 0 {
      var columns: [InventoryField: ParquetColumn] = [:]
      for (field, column) in footer.columns {
        guard hasVersions || !InventoryField.ofVersions.contains(field), let chunk = group.chunks[field] else {
          continue
        }
        columns[field] = try ParquetColumn(field, column, chunk, in: file, size: size)
      }
      let reading = try Reading(columns)
      for _ in 0..<group.rowCount { try body(try reading.row(sourceBucket)) }
      for column in columns.values { try column.finish() }
    }
  }

  /// The columns of one group of rows.
  private struct Reading {
    private let bucket, key, size, lastModified, etag, acl, owner: ParquetColumn
    private let versionID, isLatest, isDeleteMarker, encryption, storageClass: ParquetColumn?

    init(_ columns: [InventoryField: ParquetColumn]) throws(InventoryDamage) {
      func column(_ field: InventoryField) throws(InventoryDamage) -> ParquetColumn {
        guard let column = columns[field] else { throw InventoryDamage("Parquet: it lacks \(field.name)") }
        return column
      }
      bucket = try column(.bucket)
      key = try column(.key)
      size = try column(.size)
      lastModified = try column(.lastModified)
      etag = try column(.etag)
      acl = try column(.acl)
      owner = try column(.owner)
      versionID = columns[.versionID]
      isLatest = columns[.isLatest]
      isDeleteMarker = columns[.isDeleteMarker]
      encryption = columns[.encryption]
      storageClass = columns[.storageClass]
    }

    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    func row(_ sourceBucket: [UInt8]) throws -> InventoryRow {
      guard let name = try bucket.text(), name.elementsEqual(sourceBucket) else {
        throw InventoryDamage("a row is about another bucket")
      }
      guard let key = try key.text() else { throw InventoryDamage("a row has no key") }
      var row = InventoryRow()
      row.key = key
      row.size = try size.number()
      if let size = row.size, !(0..<1_000_000_000_000_000_000).contains(size) { row.size = nil }
      row.modified = try lastModified.time()
      row.etag = InventoryCSV.withoutMarks(try etag.text() ?? Self.nothing)
      row.acl = try acl.text() ?? Self.nothing
      row.owner = try owner.text() ?? Self.nothing
      if let encryption { row.usesKMS = try encryption.text().flatMap { InventoryRow.usesKMS(encryptionStatus: $0) } }
      if let storageClass { row.storageClass = try storageClass.text() ?? Self.nothing }
      if let versionID, let isLatest, let isDeleteMarker {
        row.versionID = try versionID.text() ?? Self.nothing
        guard let latest = try isLatest.bool() else { throw InventoryDamage("a row does not tell IsLatest") }
        row.isLatest = latest
        row.isDeleteMarker = try isDeleteMarker.bool() ?? false
      }
      guard max(row.acl.count, row.etag.count) <= InventoryRow.maximumTextLength else {
        throw InventoryDamage("a value is longer than any text of S3")
      }
      return row
    }
  }
}
