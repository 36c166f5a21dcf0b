internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  /// Copies one object, by the rules of the API Reference (CopyObject): the ACL, the website redirect location, the
  /// storage class, the encryption and the lock are never those of the source, metadata and tags are unless it says
  /// `REPLACE`, annotations unless it says `EXCLUDE`.
  func copyObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let (source, sourceBucket, original) = try sourceObject(call)
    try checkCopySize(original.content)
    let replacesMetadata = try directive(call, "x-amz-metadata-directive")
    let replacesTags = try directive(call, "x-amz-tagging-directive")
    let isSelf =
      sourceBucket === bucket && source.key == call.key
      && (source.versionID == nil || source.versionID == bucket.newest(call.key)?.versionID)
    if isSelf, !replacesMetadata, !changesSomething(call) {
      throw .invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
          + "metadata, storage class, website redirect location or encryption attributes.")
    }
    let acl = try uploadACL(call, bucket)
    try checkDestination(call, bucket)
    var attributes = ObjectAttributes()
    attributes.contentHeaders = original.attributes.contentHeaders
    attributes.userMetadata = original.attributes.userMetadata
    if replacesMetadata { try readMetadata(call, into: &attributes) }
    attributes.tags = try copiedTags(call, bucket, replaces: replacesTags, of: original, in: sourceBucket)
    let annotations = try copiedAnnotations(call, bucket, of: original, in: sourceBucket)
    try readPlacement(call, bucket, into: &attributes)
    // Without one, S3 computes its own; of bytes that are made up it would take too long.
    let algorithm =
      try requestedChecksumAlgorithm(call) ?? original.checksum?.algorithm
      ?? (original.content.isMadeUp ? nil : .crc64nvme)
    // Only the ETag of what came in parts is not that of the content.
    let keepsETag =
      original.partSizes.isEmpty && attributes.encryption.algorithm == "AES256" && attributes.customerKeyMD5 == nil
      && original.attributes.encryption.algorithm == "AES256" && original.attributes.customerKeyMD5 == nil
    var new = StoredObject(
      key: call.key, content: original.content, etag: keepsETag ? original.etag : "", lastModified: call.now,
      acl: acl, attributes: attributes,
      checksum: algorithm.map { ObjectChecksum($0, of: original.content.bytes) })
    new.annotations = annotations
    let copy = store(new, in: bucket)
    var response = SandboxResponse.xml("CopyObjectResult", attributes: Self.namespace) { writer in
      writer.element("LastModified", text: copy.lastModified.s3Date)
      writer.element("ETag", text: "\"\(copy.etag)\"")
      if let checksum = copy.checksum {
        writer.element(checksum.elementName, text: checksum.value)
        writer.element("ChecksumType", text: checksum.type)
      }
    }
    addEncryption(of: copy, to: &response)
    addNewVersion(of: copy, bucket, to: &response)
    if sourceBucket.versioning != .unversioned {
      response.headers.add(name: "x-amz-copy-source-version-id", value: original.versionID)
    }
    return response
  }

  /// Whether a directive says `REPLACE`.
  private func directive(_ call: S3Call, _ name: String) throws(ServiceError) -> Bool {
    switch call.header(name)?.uppercased() {
    case nil, "COPY": return false
    case "REPLACE": return true
    default: throw .invalidArgument("Unknown \(name == "x-amz-metadata-directive" ? "metadata" : "tagging") directive.")
    }
  }

  /// Whether a copy of an object over itself changes what S3 counts as a change, metadata aside.
  private func changesSomething(_ call: S3Call) -> Bool {
    [
      "x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-server-side-encryption",
      "x-amz-server-side-encryption-customer-algorithm",
    ].contains { call.header($0) != nil }
  }

  private func copiedTags(
    _ call: S3Call, _ bucket: SandboxBucket, replaces: Bool, of original: StoredObject, in sourceBucket: SandboxBucket
  ) throws(ServiceError) -> [ObjectTag] {
    guard !replaces else { return try requestedTags(call, bucket) }
    guard !original.attributes.tags.isEmpty else { return [] }
    // No ACL lets a caller read tags: a copy of a tagged object fails for a caller that may only read the object.
    guard
      authorizer(call, sourceBucket).allowsOnObject(
        "s3:GetObjectTagging", original.key, acl: original.acl, permission: nil),
      authorizer(call, bucket).allowsOnKey("s3:PutObjectTagging", call.key)
    else { throw .accessDenied }
    return original.attributes.tags
  }
}
