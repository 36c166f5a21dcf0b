/// One object of a listing.
package struct ListedObject: Sendable, Hashable {
  /// Bytes of a key, a version's ID or any other text of an object (S3 User Guide, "Object key naming guidelines").
  static let maximumTextLength = 1024
  /// Bytes that no object has.
  static let sizeBound = 1_000_000_000_000_000_000

  package let key: ObjectKey
  /// Without its quotation marks.
  package let etag: String
  /// Bytes.
  package let size: Int
  /// As the server wrote it: an ISO 8601 time in UTC.
  package let lastModified: String
  package let storageClass: String
  /// Nil where the server did not tell.
  package let owner: CanonicalID?
  /// In a listing of versions, which one it is; nil in a listing of objects, which has the current ones only.
  package let version: Version?
  /// Whether the server did not tell its ETag or its size: `-` and 0 stand for them.
  package let isIncomplete: Bool

  package init(
    key: ObjectKey, etag: String, size: Int, lastModified: String, storageClass: String, owner: CanonicalID?,
    version: Version? = nil, isIncomplete: Bool = false
  ) {
    self.key = key
    self.etag = etag
    self.size = size
    self.lastModified = lastModified
    self.storageClass = storageClass
    self.owner = owner
    self.version = version
    self.isIncomplete = isIncomplete
  }

  /// One version of a key.
  package struct Version: Sendable, Hashable {
    /// `null` for one from before the bucket had versions, or while they are suspended.
    package let id: String
    package let isLatest: Bool
    /// Whether it only says that the key is deleted: it has no content, and no ACL.
    package let isDeleteMarker: Bool
  }

  /// Whether there is something newer in its place.
  package var isNoncurrent: Bool { version.map { !$0.isLatest } ?? false }
}
