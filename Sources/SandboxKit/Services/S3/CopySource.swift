internal import AWSKit

/// What `x-amz-copy-source` and the headers beside it say.
struct CopySource {
  let bucketName: String
  let key: ObjectKey
  let versionID: String?

  /// Reads `bucket/key?versionId=…`, percent-encoded, with or without a slash before it.
  init(_ call: S3Call) throws(ServiceError) {
    let invalid = ServiceError.invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    guard let header = call.header("x-amz-copy-source") else { throw invalid }
    let parts = header.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let request = SandboxRequest(
      method: "GET", uri: (header.hasPrefix("/") ? "" : "/") + parts[0] + (parts.count > 1 ? "?" + parts[1] : ""))
    guard let path = request.path?.dropFirst(), let slash = path.firstIndex(of: UInt8(ascii: "/")) else {
      throw invalid
    }
    bucketName = String(decoding: path[..<slash], as: UTF8.self)
    key = ObjectKey(Array(path[slash...].dropFirst()))
    versionID = request.text("versionId")
    guard !bucketName.isEmpty, !key.bytes.isEmpty else { throw invalid }
  }
}

extension S3Service {
  /// The object to be copied, if the caller may read it and the preconditions on it hold.
  func sourceObject(
    _ call: S3Call
  ) throws(ServiceError) -> (source: CopySource, bucket: SandboxBucket, object: StoredObject) {
    let source = try CopySource(call)
    let bucket = try existingBucket(
      source.bucketName, expectedOwner: call.header("x-amz-source-expected-bucket-owner"))
    try checkPayer(call, bucket)
    if let id = source.versionID, bucket.version(source.key, id)?.isDeleteMarker ?? false {
      throw .invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
    }
    let object = try existingObject(
      source.key, versionID: source.versionID, bucket, authorizer(call, bucket), "s3:GetObject(Version)", .read)
    try checkCustomerKey(call, of: object, prefix: "x-amz-copy-source-server-side-encryption-customer-")
    try checkDecryption(of: object, call)
    guard object.isReadable(at: call.now) else { throw Self.invalidObjectState(object) }
    try checkPreconditions(call, object)
    return (source, bucket, object)
  }

  /// More than the limit is copied in parts.
  func checkCopySize(_ content: Content) throws(ServiceError) {
    guard content.size <= state.settings.multipartLimit else {
      throw .invalidRequest(
        "The specified copy source is larger than the maximum allowable size for a copy source: "
          + String(state.settings.multipartLimit))
    }
  }

  private func checkPreconditions(_ call: S3Call, _ object: StoredObject) throws(ServiceError) {
    func date(_ name: String) -> Timestamp? { call.header(name).flatMap(Timestamp.init(rfc9110:)) }
    let wanted = call.header("x-amz-copy-source-if-match")
    if let wanted, !wanted.matches(etag: object.etag) { throw .preconditionFailed("x-amz-copy-source-If-Match") }
    if wanted == nil, let date = date("x-amz-copy-source-if-unmodified-since"), object.lastModified > date {
      throw .preconditionFailed("x-amz-copy-source-If-Unmodified-Since")
    }
    if let unwanted = call.header("x-amz-copy-source-if-none-match") {
      if unwanted.matches(etag: object.etag) { throw .preconditionFailed("x-amz-copy-source-If-None-Match") }
    } else if let date = date("x-amz-copy-source-if-modified-since"), object.lastModified <= date {
      throw .preconditionFailed("x-amz-copy-source-If-Modified-Since")
    }
  }
}
