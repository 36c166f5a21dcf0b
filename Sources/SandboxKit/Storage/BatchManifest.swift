internal import AWSKit

/// The objects of a job of S3 Batch Operations: rows of CSV without a header, their keys URL-encoded (User Guide:
/// "Specifying a manifest").
struct BatchManifest: Sendable {
  /// What a column holds, as the job names it.
  enum Column: String, Sendable {
    case bucket = "Bucket"
    case key = "Key"
    case versionID = "VersionId"
    case ignored = "Ignore"
  }

  /// An object of the job.
  struct Row: Sendable {
    let bucket: String
    let key: ObjectKey
    /// Nil where the manifest has no versions.
    let versionID: String?
  }

  /// A manifest that no job can work through.
  struct Invalid: Error {
    let reason: String
  }

  private let columns: [Column]
  private var rows: CSVRows

  init(_ bytes: [UInt8], columns: [Column]) {
    self.columns = columns
    rows = CSVRows(bytes)
  }

  /// How many objects there are.
  ///
  /// - Parameter isOfOneBucket: whether all must be in the same one, as those of a copy (User Guide: "Copy objects").
  /// - Throws: `Invalid`, where a row is not as all must be.
  static func count(_ bytes: [UInt8], columns: [Column], isOfOneBucket: Bool) throws(Invalid) -> Int {
    var manifest = BatchManifest(bytes, columns: columns)
    var (bucket, hasVersions): (String?, Bool?) = (nil, nil)
    while let row = try manifest.next() {
      guard !isOfOneBucket || bucket == nil || bucket == row.bucket else {
        throw Invalid(reason: "The manifest names objects of more than one bucket")
      }
      guard hasVersions == nil || hasVersions == (row.versionID != nil) else {
        throw Invalid(reason: "The manifest has a version for some of its objects only")
      }
      bucket = row.bucket
      hasVersions = row.versionID != nil
    }
    return manifest.rows.count
  }

  /// The next object; nil at the end.
  mutating func next() throws(Invalid) -> Row? {
    guard let fields = rows.next() else { return nil }
    func invalid(_ reason: String) -> Invalid {
      Invalid(reason: "Invalid Manifest Content: row \(rows.count) \(reason)")
    }
    guard fields.count == columns.count else { throw invalid("has \(fields.count) fields, not \(columns.count)") }
    var (bucket, key, versionID): (String?, ObjectKey?, String?) = (nil, nil, nil)
    for (column, field) in zip(columns, fields) {
      switch column {
      case .bucket: bucket = String(decoding: field, as: UTF8.self)
      case .key: key = PercentCoding.decode(field).map { ObjectKey($0) }
      case .versionID: versionID = field.isEmpty ? nil : String(decoding: field, as: UTF8.self)
      case .ignored: break
      }
    }
    guard let bucket, !bucket.isEmpty else { throw invalid("has no bucket") }
    guard let key, !key.bytes.isEmpty, key.isValidUTF8 else { throw invalid("has a key that is not URL-encoded") }
    return Row(bucket: bucket, key: key, versionID: versionID)
  }
}
