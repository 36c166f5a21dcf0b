internal import AWSKit

/// An upload in parts that is not finished.
struct MultipartUpload: Sendable {
  struct Part: Sendable {
    var content: Content
    /// Without quotation marks.
    var etag: String
    var checksum: ObjectChecksum?
    var lastModified: Timestamp
  }

  let id: String
  let key: ObjectKey
  let initiator: CanonicalID
  let initiatedAt: Timestamp
  let acl: AccessControlList
  let attributes: ObjectAttributes
  let checksumAlgorithm: ObjectChecksum.Algorithm?
  /// Whether the object's checksum is that of all its bytes (`FULL_OBJECT`), and not of its parts' (`COMPOSITE`).
  let hasFullObjectChecksum: Bool
  var parts: [Int: Part] = [:]

  /// As in `x-amz-checksum-type`: S3's own checksum is of the whole object.
  var checksumType: String { hasFullObjectChecksum || checksumAlgorithm == nil ? "FULL_OBJECT" : "COMPOSITE" }
}
