package import AWSKit

/// Where the manifest of an S3 Inventory report is: in the destination bucket, or in a copy on this machine.
package enum InventoryPlace: Sendable, Equatable, CustomStringConvertible {
  case object(bucket: String, key: ObjectKey)
  case file(String)

  private static let ending = ".json"

  /// Parses what a user types: `s3://BUCKET/…/manifest.json`, or the path of a file.
  ///
  /// - Returns: nil for anything that does not end in `.json`.
  package init?(_ text: String) {
    guard text.hasSuffix(Self.ending) else { return nil }
    let scheme = "s3://"
    guard text.hasPrefix(scheme) else {
      self = .file(text)
      return
    }
    let rest = text.dropFirst(scheme.count)
    let name = rest.prefix { $0 != "/" }
    let key = rest.dropFirst(name.count + 1)
    guard !name.isEmpty, key.utf8.count > Self.ending.utf8.count, BucketName.isPlausible(String(name)) else {
      return nil
    }
    self = .object(bucket: String(name), key: ObjectKey(String(key)))
  }

  /// The manifest's checksum, which S3 writes last: `manifest.checksum` beside it.
  var checksum: InventoryPlace {
    func replaced(_ bytes: [UInt8]) -> [UInt8] { bytes.dropLast(Self.ending.utf8.count) + ".checksum".utf8 }
    return switch self {
    case .object(let bucket, let key): .object(bucket: bucket, key: ObjectKey(replaced(key.bytes)))
    case .file(let path): .file(String(decoding: replaced(Array(path.utf8)), as: UTF8.self))
    }
  }

  /// As the user typed it.
  package var text: String {
    switch self {
    case .object(let bucket, let key): "s3://\(bucket)/\(key.text)"
    case .file(let path): path
    }
  }

  package var description: String { text.escapedForTerminal }
}
