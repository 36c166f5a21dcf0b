/// A copy of an object over itself, which makes the caller's account its owner: everything the new object gets.
///
/// S3 preserves little by itself: ACL, website redirect, storage class, encryption and lock are never taken from the
/// source (S3 API Reference, CopyObject), and the request must change something. So everything is sent again, with
/// `x-amz-metadata-directive: REPLACE`, which every server accepts.
package struct InPlaceCopy: Sendable {
  package let head: ObjectHead
  package let acl: AccessControlList
  /// The encryption of the copy; nil for the bucket's default.
  package let encryption: ObjectEncryption?
  /// The lock of the copy; nil for the bucket's default.
  package let lock: ObjectLockState?
  /// The tags of the copy; nil to let S3 copy them, which needs `s3:GetObjectTagging` if there are any.
  package let tags: [ObjectTag]?
  /// Whether S3 should check the precondition that the destination is still the object of `head`. AWS does so since
  /// late 2025; other servers ignore it, or answer 501.
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

  /// On AWS a request's headers have at most 8 KB, of which metadata takes up to 2 KB. Longer tags are sent after the
  /// copy.
  package static let maximumTagHeaderLength = 2048

  /// Whether the tags fit into the request. If not, it creates an object without tags.
  package var sendsTags: Bool { tags.map { ObjectTag.header($0).utf8.count <= Self.maximumTagHeaderLength } ?? false }

  /// Why the request must not be sent: its grants become headers.
  var obstacle: String? {
    acl.granteeThatCannotBeQuoted.map {
      "the grantee '\($0.identifier)' holds a character that the header of a copy cannot, so the copy was not asked for"
    }
  }

  /// The headers common to CopyObject and CreateMultipartUpload.
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

  /// The codings of the content. `aws-chunked`, which some servers return, concerns the transfer only; the server would
  /// take the copy's body for chunks.
  private static func storedCodings(_ value: String) -> String {
    let codings = value.split(separator: ",").map { $0.drop { $0 == " " } }
    guard codings.contains(where: { $0.lowercased().hasPrefix("aws-chunked") }) else { return value }
    return codings.filter { !$0.lowercased().hasPrefix("aws-chunked") }.joined(separator: ",")
  }

  func sourceHeaders(bucket: String, key: ObjectKey) -> [(name: String, value: String)] {
    let path = PercentEncoding.encode(bucket) + "/" + PercentEncoding.encode(key.bytes, keepingSlashes: true)
    // Without a version: an old version must never be put on top of a newer one.
    return [("x-amz-copy-source", "/" + path), ("x-amz-copy-source-if-match", "\"\(head.etag)\"")]
  }

  var destinationHeaders: [(name: String, value: String)] {
    guardsDestination ? [("If-Match", "\"\(head.etag)\"")] : []
  }

  /// S3 sends blanks from time to time while it copies, too rarely for the usual stall timeout.
  static let stallTimeoutSeconds = 900
  /// An hour for a copy of up to 5 GiB, however slow.
  static let deadlineSeconds = 3600
}

/// The result of a copy.
package struct CopyOutcome: Sendable, Equatable {
  /// The version it created, if the server names it.
  package let versionID: String?

  package init(versionID: String?) {
    self.versionID = versionID
  }
}
