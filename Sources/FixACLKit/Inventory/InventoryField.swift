/// A column of a report that fixacl uses.
package enum InventoryField: Int, CaseIterable, Sendable {
  case bucket, key, versionID, isLatest, isDeleteMarker, size, lastModified, etag, encryption, acl, owner,
    storageClass

  /// The column's name in a CSV report's schema.
  package var name: String {
    switch self {
    case .bucket: "Bucket"
    case .key: "Key"
    case .versionID: "VersionId"
    case .isLatest: "IsLatest"
    case .isDeleteMarker: "IsDeleteMarker"
    case .size: "Size"
    case .lastModified: "LastModifiedDate"
    case .etag: "ETag"
    case .encryption: "EncryptionStatus"
    case .acl: "ObjectAccessControlList"
    case .owner: "ObjectOwner"
    case .storageClass: "StorageClass"
    }
  }

  /// The column that a schema calls so; nil for one that fixacl does not use.
  ///
  /// CSV and Parquet write the same names in two ways: `ObjectOwner` and `object_owner`.
  init?(named name: some StringProtocol) {
    let name = Self.plain(name)
    guard let field = Self.allCases.first(where: { Self.plain($0.name) == name }) else { return nil }
    self = field
  }

  private static func plain(_ name: some StringProtocol) -> String {
    String(decoding: name.utf8.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self).lowercased()
  }

  /// The columns without which there is no plan.
  static let needed: [InventoryField] = [.bucket, .key, .size, .lastModified, .etag, .acl, .owner]
  /// The columns that a report of all versions has besides.
  static let ofVersions: [InventoryField] = [.versionID, .isLatest, .isDeleteMarker]
}
