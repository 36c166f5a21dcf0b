internal import Foundation
internal import AWSKit

/// What names the files of an inventory report, and where all of it goes (User Guide: "Locating your inventory list").
struct InventoryManifest: Sendable {
  /// A file of rows.
  struct File: Sendable, Encodable {
    enum CodingKeys: String, CodingKey {
      case key, size
      case checksum = "MD5checksum"
    }

    let key: String
    /// Bytes.
    let size: Int
    /// MD5, in hexadecimal digits.
    let checksum: String
  }

  let sourceBucket: String
  let destinationBucket: String
  /// `DESTINATION-PREFIX/SOURCE-BUCKET/CONFIGURATION-ID/`.
  let folder: String
  let schema: String
  let createdAt: Timestamp
  var files: [File] = []

  init(
    sourceBucket: String, destinationBucket: String, prefix: String, id: String, schema: String, createdAt: Timestamp
  ) {
    self.sourceBucket = sourceBucket
    self.destinationBucket = destinationBucket
    folder = (prefix.isEmpty ? "" : prefix + "/") + "\(sourceBucket)/\(id)/"
    self.schema = schema
    self.createdAt = createdAt
  }

  /// Where a file of rows goes.
  ///
  /// - Parameter name: a UUID.
  func dataKey(_ name: String) -> String { "\(folder)data/\(name).csv.gz" }

  /// `2026-11-26T17-30Z`.
  private var time: String { createdAt.extended.prefix(16).replacing(":", with: "-") + "Z" }

  /// Where the manifest goes, and what is in it.
  var document: (key: String, content: [UInt8]) {
    struct Document: Encodable {
      let sourceBucket: String
      let destinationBucket: String
      let version = "2016-11-30"
      let creationTimestamp: String
      let fileFormat = "CSV"
      let fileSchema: String
      let files: [File]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try? encoder.encode(
      Document(
        sourceBucket: sourceBucket, destinationBucket: "arn:aws:s3:::" + destinationBucket,
        creationTimestamp: String(createdAt.seconds * 1000), fileSchema: schema, files: files))
    return ("\(folder)\(time)/manifest.json", data.map(Array.init) ?? [])
  }

  /// The manifest for Apache Hive.
  var symlinks: (key: String, content: [UInt8]) {
    let time = time.dropLast().replacing("T", with: "-")
    let lines = files.map { "s3://\(destinationBucket)/\($0.key)\n" }
    return ("\(folder)hive/dt=\(time)/symlink.txt", Array(lines.joined().utf8))
  }

  /// What is written last.
  static func checksumKey(ofManifest key: String) -> String {
    key.replacing(/manifest\.json$/, with: "manifest.checksum")
  }
}
