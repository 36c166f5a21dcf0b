/// A copy of an object over itself, which makes the caller's account its owner: everything that the new object gets.
///
/// S3 keeps little by itself: the ACL, the website redirect, the storage class, the encryption and the lock are never
/// taken from the source (S3 API Reference, CopyObject), and it wants something to change. So all that the object
/// has is sent again, with `x-amz-metadata-directive: REPLACE`, which every server accepts.
package struct InPlaceCopy: Sendable {
  package let head: ObjectHead
  package let acl: AccessControlList
  /// The encryption of the copy; nil for what the bucket does by default.
  package let encryption: ObjectEncryption?
  /// The lock of the copy; nil for what the bucket does by default.
  package let lock: ObjectLockState?
  /// The tags of the copy; nil for S3 to take them over, which needs `s3:GetObjectTagging` if there are any.
  package let tags: [ObjectTag]?
  /// Whether S3 is to see that the object at the destination is still the one that `head` tells of. AWS does so since
  /// late 2025; other servers pass over it, or answer 501.
  package var guardsDestination: Bool

  package init(
    head: ObjectHead, acl: AccessControlList, encryption: ObjectEncryption?, lock: ObjectLockState?,
    tags: [ObjectTag]? = nil, guardsDestination: Bool = true
  ) {
    self.head = head
    self.acl = acl
    self.encryption = encryption
    self.lock = lock
    self.tags = tags
    self.guardsDestination = guardsDestination
  }

  /// All headers of a request are 8 KB at most on AWS, metadata 2 KB of them: tags that would not fit are put after it.
  package static let maximumTagHeaderLength = 2048

  /// Whether the tags fit into the request; if not, it makes an object without tags.
  package var sendsTags: Bool { tags.map { ObjectTag.header($0).utf8.count <= Self.maximumTagHeaderLength } ?? false }

  /// Why the request must not be sent: what it grants goes into headers.
  var obstacle: String? {
    acl.granteeThatCannotBeQuoted.map {
      "the grantee '\($0.identifier)' holds a character that the header of a copy cannot, so the copy was not asked for"
    }
  }

  /// What CopyObject and CreateMultipartUpload have in common.
  var headers: [(name: String, value: String)] {
    var headers = [("x-amz-storage-class", head.storageClass)]
    headers += head.contentHeaders.compactMap { name, value in
      let value = name == "Content-Encoding" ? Self.storedCodings(value) : value
      return value.isEmpty ? nil : (name, value)
    }
    headers += head.userMetadata.map { ("x-amz-meta-" + $0.name, $0.value) }
    if let location = head.websiteRedirectLocation { headers.append(("x-amz-website-redirect-location", location)) }
    headers += encryption?.headers ?? []
    headers += lock?.headers ?? []
    if let checksum = head.checksum { headers.append(("x-amz-checksum-algorithm", checksum.algorithm)) }
    if let tags, !tags.isEmpty, sendsTags { headers.append(("x-amz-tagging", ObjectTag.header(tags))) }
    return headers + acl.grantHeaders
  }

  /// The codings of the content: `aws-chunked`, which some servers hand back, is about the transfer alone, and the
  /// server would take the copy's body for chunks.
  private static func storedCodings(_ value: String) -> String {
    let codings = value.split(separator: ",").map { $0.drop { $0 == " " } }
    guard codings.contains(where: { $0.lowercased().hasPrefix("aws-chunked") }) else { return value }
    return codings.filter { !$0.lowercased().hasPrefix("aws-chunked") }.joined(separator: ",")
  }

  func sourceHeaders(bucket: String, key: ObjectKey) -> [(name: String, value: String)] {
    let path = PercentEncoding.encode(bucket) + "/" + PercentEncoding.encode(key.bytes, keepingSlashes: true)
    // No version: what is not the newest any more must not be put on top of what is.
    return [("x-amz-copy-source", "/" + path), ("x-amz-copy-source-if-match", "\"\(head.etag)\"")]
  }

  var destinationHeaders: [(name: String, value: String)] {
    guardsDestination ? [("If-Match", "\"\(head.etag)\"")] : []
  }

  /// S3 sends blanks now and then while it copies, too slowly for a transfer that waits for data.
  static let stallTimeoutSeconds = 900
  /// An hour for a copy of up to 5 GiB, however it goes on.
  static let deadlineSeconds = 3600
}

/// What became of a copy.
package struct CopyOutcome: Sendable, Equatable {
  /// The version that it made, where the server tells.
  package let versionID: String?

  package init(versionID: String?) {
    self.versionID = versionID
  }
}
