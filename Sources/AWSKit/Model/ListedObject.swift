/// One object of a listing.
package struct ListedObject: Sendable, Hashable {
  /// The longest key, version ID or other text of an object, in bytes (S3 User Guide, "Object key naming guidelines").
  static let maximumTextLength = 1024
  /// A size that no object reaches.
  static let sizeBound = 1_000_000_000_000_000_000

  package let key: ObjectKey
  package let content: ContentIdentity
  /// As the server wrote it: an ISO 8601 time in UTC.
  package let lastModified: String
  package let storageClass: String
  /// Nil if the server did not name it.
  package let owner: CanonicalID?
  /// The version, in a listing of versions; nil in a listing of current objects.
  package let version: Version?
  /// Whether the server omitted the ETag or the size, which are then `-` and 0.
  package let isIncomplete: Bool

  package init(
    key: ObjectKey, etag: String, size: Int, lastModified: String, storageClass: String, owner: CanonicalID?,
    version: Version? = nil, isIncomplete: Bool = false
  ) {
    self.key = key
    content = ContentIdentity(etag: etag, size: size)
    self.lastModified = lastModified
    self.storageClass = storageClass
    self.owner = owner
    self.version = version
    self.isIncomplete = isIncomplete
  }

  /// One version of a key.
  package struct Version: Sendable, Hashable {
    /// `null` for a version from before versioning, or from while it was suspended.
    package let id: String
    package let isLatest: Bool
    /// Whether it only marks the key as deleted: it has no content and no ACL.
    package let isDeleteMarker: Bool

    package init(id: String, isLatest: Bool, isDeleteMarker: Bool) {
      self.id = id
      self.isLatest = isLatest
      self.isDeleteMarker = isDeleteMarker
    }
  }

  /// Without its quotation marks.
  package var etag: String { content.etag }
  /// Bytes.
  package var size: Int { content.size }

  /// Whether a newer version exists.
  package var isNoncurrent: Bool { version.map { !$0.isLatest } ?? false }
}
