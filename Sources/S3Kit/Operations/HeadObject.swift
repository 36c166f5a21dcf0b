/// What HeadObject tells of an object: everything that a copy must carry over, and what stands in its way.
package struct ObjectHead: Sendable {
  /// Without its quotation marks.
  package let etag: String
  /// Bytes.
  package let size: Int
  /// Content-Type, Cache-Control and the other headers that are stored with the object, as they came.
  package let contentHeaders: [(name: String, value: String)]
  /// User metadata: names without `x-amz-meta-`.
  package let userMetadata: [(name: String, value: String)]
  /// Whether there is metadata that a copy would lose or change: entries that S3 cannot send
  /// (`x-amz-missing-meta`), or bytes that are not UTF-8.
  package let hasUnreadableMetadata: Bool
  /// `STANDARD` where S3 names none.
  package let storageClass: String
  package let websiteRedirectLocation: String?
  /// The number of tags. Nil where there are none, and where the caller may not know.
  package let tagCount: Int?
  package let isDeleteMarker: Bool
  /// `AES256`, `aws:kms`, `aws:kms:dsse`; nil for none.
  package let serverSideEncryption: String?
  /// Whether it is encrypted with a key of the customer's own (SSE-C).
  package let hasCustomerKey: Bool
  /// The Object Lock headers that are there: mode, retention date, legal hold.
  package let objectLock: [String]
  /// `x-amz-restore`, of archived objects.
  package let restore: String?

  /// The headers that S3 stores with an object and returns with it.
  private static let storedHeaders = [
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type",
    "Expires",
  ]

  init(_ response: HTTPResponse) throws(XMLError) {
    let headers = response.headers
    guard let etag = headers["etag"], let size = headers["content-length"].flatMap({ Int($0) }), size >= 0
    else { throw .invalid("an object without an ETag or a length") }
    self.etag = String(decoding: etag.utf8.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    self.size = size
    contentHeaders = Self.storedHeaders.compactMap { name in headers[name].map { (name, $0) } }
    userMetadata = headers.fields(withPrefix: "x-amz-meta-")
    hasUnreadableMetadata =
      !headers.isValidUTF8 || headers["x-amz-missing-meta"].map { $0 != "0" } ?? false
    storageClass = headers["x-amz-storage-class"] ?? "STANDARD"
    websiteRedirectLocation = headers["x-amz-website-redirect-location"]
    tagCount = headers["x-amz-tagging-count"].flatMap { Int($0) }
    isDeleteMarker = headers["x-amz-delete-marker"] == "true"
    serverSideEncryption = headers["x-amz-server-side-encryption"]
    hasCustomerKey = headers["x-amz-server-side-encryption-customer-algorithm"] != nil
    objectLock = ["mode", "retain-until-date", "legal-hold"].compactMap { name in
      headers["x-amz-object-lock-\(name)"].map { "\(name) \($0)" }
    }
    restore = headers["x-amz-restore"]
  }
}

extension S3Client {
  /// HeadObject. Needs `s3:GetObject`, and READ or to be the object's owner.
  package func headObject(bucket: String, key: ObjectKey) async throws(S3Error) -> ObjectHead {
    try await run(
      S3Operation("HeadObject", .head, bucket: bucket, key: key) { response throws(XMLError) in
        try ObjectHead(response)
      })
  }
}
