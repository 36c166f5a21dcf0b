/// What tells an object's content from another's: the ETag and the size.
package struct ContentIdentity: Sendable, Hashable {
  /// Without its quotation marks.
  package let etag: String
  /// Bytes.
  package let size: Int

  package init(etag: String, size: Int) {
    self.etag = etag
    self.size = size
  }
}
