/// HeadObject's view of an object: everything a copy must preserve, and what prevents a copy. An object, since it is large
/// and passed on by many.
package final class ObjectHead: Sendable {
  package let content: ContentIdentity
  /// Nil on a bucket that never had versions. Versions from before versioning have the ID `null`.
  package let versionID: String?
  /// The headers stored with the object, such as Content-Type and Cache-Control, unnormalized.
  package let contentHeaders: [(name: String, value: String)]
  /// User metadata: names without `x-amz-meta-`. Non-ASCII values are encoded by RFC 2047 in both directions.
  package let userMetadata: [(name: String, value: String)]
  /// Whether a copy would lose or change metadata: entries that S3 cannot send (`x-amz-missing-meta`), or bytes that
  /// are not UTF-8.
  package let hasUnreadableMetadata: Bool
  /// `STANDARD` if S3 names none.
  package let storageClass: String
  package let websiteRedirectLocation: String?
  /// The number of tags. Nil if there are none, or the caller may not see them.
  package let tagCount: Int?
  package let isDeleteMarker: Bool
  /// Nil if the server names none.
  package let encryption: ObjectEncryption?
  /// Whether it is encrypted with a key of the customer's own (SSE-C).
  package let hasCustomerKey: Bool
  /// Nil if the object has no lock, or the caller may not see it.
  package let lock: ObjectLockState?
  /// Its checksum, if one is stored and was requested.
  package let checksum: Checksum?
  /// Whether the object is archived and not restored.
  package let isArchived: Bool
  /// The number of parts it was uploaded in, if one of them was requested.
  package let partCount: Int?

  /// Without its quotation marks.
  package var etag: String { content.etag }
  /// Bytes.
  package var size: Int { content.size }

  /// A checksum that is stored with an object.
  package struct Checksum: Sendable, Equatable {
    /// As `x-amz-checksum-algorithm` has it: `CRC64NVME`, `SHA256`, …
    package let algorithm: String
    package let value: String
    /// Whether it is computed over the parts' checksums, and so depends on their sizes.
    package let isComposite: Bool
  }

  /// The headers that S3 stores with an object and returns with it.
  private static let storedHeaders = [
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type",
    "Expires",
  ]

  /// The storage classes whose objects have to be restored before they can be read.
  package static let archiveClasses: Set<String> = ["GLACIER", "DEEP_ARCHIVE"]

  init(_ response: HTTPResponse) throws(XMLError) {
    let headers = response.headers
    guard let etag = headers["etag"], let size = headers["content-length"].flatMap({ Int($0) }),
      (0..<ListedObject.sizeBound).contains(size)
    else { throw .invalid("an object without an ETag or a length") }
    guard etag.utf8.count <= ListedObject.maximumTextLength else {
      throw .invalid("an ETag of \(etag.utf8.count) bytes")
    }
    let unquoted = String(decoding: etag.utf8.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    content = ContentIdentity(etag: unquoted, size: size)
    versionID = try response.versionID
    contentHeaders = Self.storedHeaders.compactMap { name in headers[name].map { (name, $0) } }
    userMetadata = headers.fields(withPrefix: "x-amz-meta-")
    hasUnreadableMetadata =
      !headers.isValidUTF8 || headers["x-amz-missing-meta"].map { $0 != "0" } ?? false
    storageClass = headers["x-amz-storage-class"] ?? "STANDARD"
    websiteRedirectLocation = headers["x-amz-website-redirect-location"]
    tagCount = headers["x-amz-tagging-count"].flatMap { Int($0) }
    isDeleteMarker = headers["x-amz-delete-marker"] == "true"
    encryption = headers["x-amz-server-side-encryption"].map { algorithm in
      ObjectEncryption(
        algorithm: algorithm, kmsKeyID: headers["x-amz-server-side-encryption-aws-kms-key-id"],
        usesBucketKey: headers["x-amz-server-side-encryption-bucket-key-enabled"] == "true")
    }
    hasCustomerKey = headers["x-amz-server-side-encryption-customer-algorithm"] != nil
    lock = Self.lock(headers)
    checksum = Self.checksum(headers)
    // `ongoing-request="false", expiry-date=…` for a restored archive. For Intelligent-Tiering's archives only the
    // header x-amz-archive-status shows it.
    let isRestored = headers["x-amz-restore"]?.hasPrefix("ongoing-request=\"false\"") ?? false
    isArchived =
      (Self.archiveClasses.contains(storageClass) || headers["x-amz-archive-status"] != nil) && !isRestored
    partCount = headers["x-amz-mp-parts-count"].flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
  }

  private static func lock(_ headers: HTTPHeaders) -> ObjectLockState? {
    var lock = ObjectLockState(hasLegalHold: headers["x-amz-object-lock-legal-hold"] == "ON")
    let mode = headers["x-amz-object-lock-mode"]
    if let mode, let until = headers["x-amz-object-lock-retain-until-date"] {
      lock.retention = ObjectLockState.Retention(mode: mode, until: until)
    }
    if headers["x-amz-object-lock-event-hold"] == "ON" {
      lock.eventHold = ObjectLockState.EventHold(
        mode: mode,
        duration: .init(
          days: headers["x-amz-object-lock-event-hold-duration-days"],
          years: headers["x-amz-object-lock-event-hold-duration-years"]))
    }
    return lock == ObjectLockState() ? nil : lock
  }

  private static func checksum(_ headers: HTTPHeaders) -> Checksum? {
    let fields = headers.fields(withPrefix: "x-amz-checksum-")
    guard let (name, value) = fields.first(where: { $0.name != "type" }) else { return nil }
    let type = fields.first { $0.name == "type" }?.value
    return Checksum(
      algorithm: name.uppercased(), value: value,
      isComposite: type.map { $0 == "COMPOSITE" } ?? value.utf8.contains(UInt8(ascii: "-")))
  }
}

extension AWSClient {
  /// HeadObject. Needs `s3:GetObject`, and READ or to be the object's owner.
  ///
  /// - Parameters:
  ///   - versionID: nil for the current version; for another, `s3:GetObjectVersion` is needed.
  ///   - withChecksum: whether S3 should return the checksum; for a KMS-encrypted object this needs `kms:Decrypt`.
  ///   - part: returns the size of this part instead; nil for the whole object.
  package func headObject(
    bucket: String, key: ObjectKey, versionID: String? = nil, withChecksum: Bool = false, part: Int? = nil
  ) async throws(AWSError) -> ObjectHead {
    var operation = AWSOperation("HeadObject", .head, bucket: bucket, key: key, versionID: versionID) {
      response throws(XMLError) in
      try ObjectHead(response)
    }
    if withChecksum { operation.headers.append(("x-amz-checksum-mode", "ENABLED")) }
    if let part { operation.query.append(("partNumber", Array("\(part)".utf8))) }
    return try await run(operation)
  }
}

extension AWSError {
  /// Whether this is S3's answer to a HEAD without the key of an object that a customer's key encrypts: 400 without a
  /// word. It is the same for a session's credentials that S3 rejects, which `AWSClient` finds out.
  package var meansCustomerKey: Bool {
    kind == .service && operation == "HeadObject" && status == 400 && !refusesCredentials
  }
}
