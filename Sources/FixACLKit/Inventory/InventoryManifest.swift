package import AWSKit

/// What a report's `manifest.json` says: which bucket it is about, when it was made, and its files.
package struct InventoryManifest: Sendable {
  /// A file with rows.
  struct File: Sendable {
    let key: ObjectKey
    /// Bytes.
    let size: Int
    /// In lower-case hexadecimal digits.
    let md5: String
  }

  /// How the rows are stored.
  enum Format: Sendable {
    case csv
    case parquet
  }

  /// The longest manifest: one of some 250,000 files.
  static let maximumBytes = 64 << 20

  package let sourceBucket: String
  /// Where the files are.
  let destinationBucket: String
  package let created: Timestamp
  let format: Format
  /// The columns of a CSV file in their order; nil for those that fixacl does not use.
  let columns: [InventoryField?]
  let files: [File]

  /// - Throws: `InventoryProblem`.
  init(parsing bytes: [UInt8], of place: InventoryPlace) throws(InventoryProblem) {
    var content = Content()
    do {
      var reader = JSONLineReader(bytes[...])
      try content.read(&reader)
      guard reader.isAtEnd() else { throw JSONLineReader.Damage() }
    } catch {
      throw .notManifest(place, detail: "it is not the JSON that S3 writes")
    }
    func missing(_ name: String) -> InventoryProblem { .notManifest(place, detail: "it has no '\(name)'") }
    guard let source = content.sourceBucket else { throw missing("sourceBucket") }
    guard let destination = content.destinationBucket else { throw missing("destinationBucket") }
    guard let milliseconds = content.created, (0...253_402_300_799_999).contains(milliseconds) else {
      throw missing("creationTimestamp")
    }
    guard let format = content.format else { throw missing("fileFormat") }
    guard let schema = content.schema else { throw missing("fileSchema") }
    guard let files = content.files else { throw missing("files") }
    sourceBucket = source
    destinationBucket = destination.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    guard BucketName.isPlausible(destinationBucket) else {
      throw .notManifest(place, detail: "its 'destinationBucket' is not a bucket's ARN")
    }
    created = Timestamp(seconds: milliseconds / 1000)
    self.files = files
    switch format.lowercased() {
    case "csv":
      self.format = .csv
      columns = schema.split(separator: ",", omittingEmptySubsequences: false).map {
        InventoryField(named: $0.filter { $0 != " " })
      }
    case "parquet":
      self.format = .parquet
      columns = Self.parquetColumns(schema)
    default: throw .unknownFormat(format)
    }
    let present = columns.compactMap(\.self)
    guard Set(present).count == present.count else { throw .notManifest(place, detail: "it names a column twice") }
    guard columns.count <= Self.maximumColumns else { throw .notManifest(place, detail: "it has too many columns") }
    let needed =
      InventoryField.needed
      + (present.contains { InventoryField.ofVersions.contains($0) } ? InventoryField.ofVersions : [])
    let absent = needed.filter { !present.contains($0) }
    guard absent.isEmpty else { throw .missingColumns(absent.map(\.name)) }
  }

  /// More than S3 has.
  private static let maximumColumns = 1000

  /// Whether it tells of old versions too.
  package var hasAllVersions: Bool { columns.contains(.versionID) }

  /// Whether it tells of storage classes, on which prices depend.
  package var hasStorageClasses: Bool { columns.contains(.storageClass) }

  /// Bytes of all files.
  var totalBytes: Int { files.reduce(0) { $0.saturatingSum($1.size) } }

  /// The columns of `message s3.inventory { required binary bucket (UTF8); … }`.
  private static func parquetColumns(_ schema: String) -> [InventoryField?] {
    let body = schema.drop { $0 != "{" }.dropFirst()
    return body.split(separator: ";").map { member in
      let words = member.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "(" }
      return words.count < 3 ? nil : InventoryField(named: words[2])
    }
  }

  /// The members as they stand in the file.
  private struct Content {
    var sourceBucket: String?
    var destinationBucket: String?
    var created: Int?
    var format: String?
    var schema: String?
    var files: [File]?

    mutating func read(_ reader: inout JSONLineReader) throws {
      try reader.object { reader, name in
        switch name {
        case "sourceBucket": sourceBucket = try reader.text()
        case "destinationBucket": destinationBucket = try reader.text()
        case "creationTimestamp": created = Int(try reader.text())
        case "fileFormat": format = try reader.text()
        case "fileSchema": schema = try reader.text()
        case "files":
          var found: [File] = []
          try reader.array { found.append(try Self.file(&$0)) }
          files = found
        default: try reader.skip()
        }
      }
    }

    private static func file(_ reader: inout JSONLineReader) throws -> File {
      var key: ObjectKey?
      var size: Int?
      var md5: String?
      try reader.object { reader, name in
        switch name {
        case "key": key = ObjectKey(try reader.string())
        case "size": size = try reader.integer()
        case "MD5checksum": md5 = try reader.text().lowercased()
        default: try reader.skip()
        }
      }
      guard let key, let size, let md5, size >= 0, (1...ObjectKey.maximumLength).contains(key.bytes.count),
        key.isValidUTF8, Hex.decode(md5)?.count == 16
      else { throw JSONLineReader.Damage() }
      return File(key: key, size: size, md5: md5)
    }
  }
}
