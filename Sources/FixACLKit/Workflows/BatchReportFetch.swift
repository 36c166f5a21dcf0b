internal import Crypto
internal import AWSKit

/// Reads a job's completion report from the bucket where S3 has put it, piece by piece.
struct BatchReportFetch {
  let record: BatchJobRecord
  /// The job's ID.
  let id: String
  /// The bucket that the tasks were about.
  let bucket: String
  let client: AWSClient

  /// Bytes that are asked for at once.
  private static let pieceLength = 8 << 20

  /// The folder of the job's report, within the bucket.
  private var folder: String { (record.reportPrefix.isEmpty ? "" : record.reportPrefix + "/") + "job-\(id)/" }

  /// Where the report is, for people.
  var place: String { "s3://\(record.reportBucket)/\(folder)" }

  /// Reads all rows.
  ///
  /// - Returns: false if there is no report.
  /// - Throws: `AWSError`, `FileError` of the spool, `FileFormatError` if it is damaged or not a report.
  func read(into rows: inout BatchRows) async throws -> Bool {
    guard let manifest = try await manifest() else { return false }
    for file in manifest.files {
      // A report of one's own names nothing else.
      guard file.bucket == record.reportBucket, file.key.hasPrefix(folder) else {
        throw FileFormatError("its manifest names s3://\(file.bucket)/\(file.key), which is not below \(place)")
      }
      try await read(file, into: &rows)
    }
    return true
  }

  private func manifest() async throws -> BatchReportManifest? {
    let names = Set(BatchReportManifest.names.map { ObjectKey(folder + $0) })
    var after: ObjectKey?
    while true {
      let page = try await client.listObjects(
        bucket: record.reportBucket, prefix: ObjectKey(folder), startAfter: after)
      if let object = page.objects.first(where: { names.contains($0.key) }) {
        guard object.size > 0, object.size <= BatchReportManifest.maximumLength else {
          throw FileFormatError("its manifest has \(object.size) bytes")
        }
        let bytes = try await client.objectBytes(
          bucket: record.reportBucket, key: object.key, range: 0..<object.size, etag: nil)
        do {
          return try BatchReportManifest(parsing: bytes)
        } catch let detail as FileFormatError.Detail {
          throw FileFormatError("s3://\(record.reportBucket)/\(object.key): \(detail.text)")
        }
      }
      guard page.isTruncated, let end = page.end else { return nil }
      after = end.key
    }
  }

  private func read(_ file: BatchReportManifest.File, into rows: inout BatchRows) async throws {
    let key = ObjectKey(file.key)
    let head = try await client.headObject(bucket: file.bucket, key: key)
    var reader = BatchReportReader()
    var md5 = Insecure.MD5()
    var offset = 0
    func take(_ row: BatchReportRow) throws {
      guard row.bucket == bucket else {
        throw FileFormatError("it is about the bucket \(row.bucket.escapedForTerminal)")
      }
      try rows.add(row, of: record.number)
    }
    do {
      while offset < head.size {
        let range = offset..<min(head.size, offset + Self.pieceLength)
        let piece = try await client.objectBytes(bucket: file.bucket, key: key, range: range, etag: head.etag)
        piece.withUnsafeBytes { md5.update(bufferPointer: $0) }
        try reader.take(piece, take)
        offset = range.upperBound
      }
      try reader.finish(take)
    } catch let damage as BatchReportReader.Damage {
      throw FileFormatError(
        "s3://\(file.bucket)/\(key) is not a report: row \(damage.row): \(damage.reason)")
    }
    guard Hex.encode(md5.finalize()) == file.md5 else {
      throw FileFormatError("s3://\(file.bucket)/\(key) has another MD5 than its manifest says")
    }
  }
}
