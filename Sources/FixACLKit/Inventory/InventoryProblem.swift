package import AWSKit

/// Why a report cannot be used. Nothing is planned from a part of it.
package enum InventoryProblem: Error, Sendable {
  /// A file of the report cannot be read from the destination bucket.
  case unreadable(name: String, AWSError)
  case file(FileError)
  /// The file is not a manifest of a report.
  case notManifest(InventoryPlace, detail: String)
  /// The manifest is another than its checksum says.
  case otherChecksum(InventoryPlace)
  /// The checksum, which S3 writes last, is missing.
  case incomplete(InventoryPlace)
  /// The report is about another bucket than the one that is planned.
  case otherBucket(report: String, planned: String)
  /// The report has a format that fixacl does not read.
  case unknownFormat(String)
  /// Columns that the plan needs.
  case missingColumns([String])
  /// Old versions are wanted, and the report has current ones only.
  case onlyCurrentVersions
  /// A file of the report is not as the manifest says, or cannot be understood.
  case damaged(name: String, detail: String)
  /// One key has more versions than fit into memory.
  case tooManyVersions(ObjectKey)
  /// Somebody stopped the reading.
  case interrupted
}

/// What is wrong with a file of a report, from code that does not know its name.
struct InventoryDamage: Error {
  let detail: String

  init(_ detail: String) {
    self.detail = detail
  }
}
