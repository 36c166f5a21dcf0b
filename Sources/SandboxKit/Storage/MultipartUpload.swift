internal import AWSKit

/// An upload in parts that is finished.
struct CompletedUpload: Sendable {
  let key: ObjectKey
  /// The body of the request that finished it.
  let request: [UInt8]
  let answer: SandboxResponse
  /// Of the object that it has become.
  let versionID: String
  let etag: String
}

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
  /// Who began it: the canonical ID of an account, or the ARN of somebody in it.
  let initiator: String
  let initiatedAt: Timestamp
  let acl: AccessControlList
  let attributes: ObjectAttributes
  let checksumAlgorithm: ObjectChecksum.Algorithm?
  /// Whether the object's checksum is that of all its bytes (`FULL_OBJECT`), and not of its parts' (`COMPOSITE`).
  let hasFullObjectChecksum: Bool
  var parts: [Int: Part] = [:]
  /// Whether something else was written under the key, or deleted, since it began.
  var isOvertaken = false

  /// As in `x-amz-checksum-type`; nil without an algorithm.
  var checksumType: String? {
    checksumAlgorithm == nil ? nil : hasFullObjectChecksum ? "FULL_OBJECT" : "COMPOSITE"
  }
}
