import FixACLKit
import AWSKit

extension FuzzTarget {
  /// Completion reports: S3 writes them, and whoever may write where they are.
  static let batch = [
    /// The first byte is the length of the pieces, and the rest is the file.
    FuzzTarget("batch-report") { bytes in
      let file = Array(bytes.dropFirst())
      let whole = rows(file, pieceLength: max(1, file.count))
      let inPieces = rows(file, pieceLength: max(1, Int(bytes.first ?? 1)))
      require(whole.rows == inPieces.rows, "pieces make no difference to the rows")
      require(whole.damage == inPieces.damage, "nor to what is wrong")
      for row in whole.rows {
        require(row.key.isValidUTF8 && (1...ObjectKey.maximumLength).contains(row.key.bytes.count), "keys can be keys")
        require(row.status.map { (0...999).contains($0) } ?? true, "a status has three digits")
      }
      lookUp(whole.rows)
    },
    FuzzTarget("batch-report-manifest") { bytes in
      guard let manifest = try? BatchReportManifest(parsing: bytes) else { return }
      for file in manifest.files { require(file.md5.utf8.count == 32, "a file has an MD5") }
    },
  ]

  private static func rows(
    _ file: [UInt8], pieceLength: Int
  ) -> (rows: [BatchReportRow], damage: BatchReportReader.Damage?) {
    var reader = BatchReportReader()
    var rows: [BatchReportRow] = []
    do {
      for start in stride(from: 0, to: file.count, by: pieceLength) {
        try reader.take(Array(file[start..<min(file.count, start + pieceLength)])) { rows.append($0) }
      }
      try reader.finish { rows.append($0) }
      return (rows, nil)
    } catch let damage as BatchReportReader.Damage {
      return (rows, damage)
    } catch { fatalError("property: nothing else goes wrong: \(error)") }
  }

  /// Each row is found again, or one of the same object that failed.
  private static func lookUp(_ found: [BatchReportRow]) {
    var rows = BatchRows(boundaries: found.prefix(1).map(\.key), maximumBytes: 64)
    do {
      for row in found { try rows.add(row, of: 1) }
      var lookup = rows.lookup()
      for row in found {
        let result = try lookup.result(of: row.key, version: row.versionID ?? "", job: 1)
        require(result != nil, "a row is found again")
        require(row.hasSucceeded || result?.hasSucceeded == false, "what failed once has failed")
      }
    } catch {
      fatalError("property: rows are kept: \(error)")
    }
  }
}
