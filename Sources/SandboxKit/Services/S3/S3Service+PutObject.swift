internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  func putObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let given = try checkDigest(call)
    let acl = try uploadACL(call, bucket)
    try checkDestination(call, bucket)
    let attributes = try newAttributes(call, bucket)
    // What Object Lock protects must have come whole (User Guide: "Locking objects with Object Lock").
    guard attributes.lock == ObjectLock() || hasDigest(call) else {
      throw .invalidRequest(
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
    }
    let checksum = given ?? ObjectChecksum(.crc64nvme, of: call.body)
    let object = store(
      StoredObject(
        key: call.key, content: Content(call.body), lastModified: call.now, acl: acl, attributes: attributes,
        checksum: checksum), in: bucket)
    var response = SandboxResponse(headers: ["ETag": "\"\(object.etag)\""])
    response.headers.add(name: checksum.headerName, value: checksum.value)
    response.headers.add(name: "x-amz-checksum-type", value: checksum.type)
    addEncryption(of: object, to: &response)
    addNewVersion(of: object, bucket, to: &response)
    return response
  }

  /// Gives a new object its version and, unless it has one, its ETag, and makes it the current one.
  @discardableResult
  func store(_ object: StoredObject, in bucket: SandboxBucket) -> StoredObject {
    var object = object
    object.versionID = bucket.versioning == .enabled ? state.newID(length: 32) : "null"
    if object.etag.isEmpty {
      let isPlain = object.attributes.encryption.algorithm == "AES256" && object.attributes.customerKeyMD5 == nil
      // With a key of KMS or the customer's, an ETag is not the MD5 of the content.
      object.etag =
        isPlain ? object.content.etag : Content(Array((object.content.etag + state.newRequestID()).utf8)).etag
    }
    bucket.put(object)
    return object
  }

  /// Content-MD5 and the checksums that a request carries.
  ///
  /// - Returns: the checksum that S3 would keep with an object.
  @discardableResult
  func checkDigest(_ call: S3Call) throws(ServiceError) -> ObjectChecksum? {
    if let checksum = try verifyDigest(call) { return checksum }
    return try requestedChecksumAlgorithm(call).map { ObjectChecksum($0, of: call.body) }
  }

  /// For operations whose model says that a checksum is required.
  func demandDigest(_ call: S3Call) throws(ServiceError) {
    guard hasDigest(call) else {
      throw .invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    }
  }

  /// Whether a request tells the MD5 of its body, or a checksum.
  func hasDigest(_ call: S3Call) -> Bool {
    call.header("content-md5") != nil || call.header("x-amz-trailer") != nil || !Self.givenChecksums(call).isEmpty
  }

  /// Compares Content-MD5 and the checksum that a request carries with its body.
  ///
  /// - Returns: the checksum that it carries.
  @discardableResult
  func verifyDigest(_ call: S3Call) throws(ServiceError) -> ObjectChecksum? {
    if let digest = call.header("content-md5") {
      guard ObjectChecksum.isMD5(base64: digest) else {
        throw ServiceError(
          400, "InvalidDigest", "The Content-MD5 you specified was invalid.", details: [("Content-MD5", digest)])
      }
      let actual = ObjectChecksum.md5(of: call.body)
      guard digest == actual else {
        throw ServiceError(
          400, "BadDigest", "The Content-MD5 you specified did not match what we received.",
          details: [("ExpectedDigest", digest), ("CalculatedDigest", actual)])
      }
    }
    let checksums = Self.givenChecksums(call)
    guard let given = checksums.first else {
      try checkAnnouncedChecksum(call)
      return nil
    }
    guard checksums.count == 1 else {
      throw .invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    }
    guard given.hasValidLength else {
      throw .invalidRequest("Value for \(given.headerName) header is invalid.")
    }
    let checksum = ObjectChecksum(given.algorithm, of: call.body)
    guard checksum.value == given.value else {
      throw ServiceError(
        400, "BadDigest",
        "The \(given.algorithm.rawValue.uppercased()) you specified did not match the calculated checksum.")
    }
    return checksum
  }

  /// The checksums in the headers of a request, not compared with anything yet.
  static func givenChecksums(_ call: S3Call) -> [ObjectChecksum] {
    var checksums: [ObjectChecksum] = []
    // One look at each header: most requests have none.
    for (name, value) in call.request.headers where name.utf8.count > ObjectChecksum.headerPrefix.utf8.count {
      for algorithm in ObjectChecksum.Algorithm.allCases where name.isHeader(algorithm.headerName) {
        checksums.append(ObjectChecksum(algorithm, value: value))
      }
    }
    return checksums
  }

  /// A request that says which checksum follows must have it (API Reference: PutObject, `x-amz-sdk-checksum-algorithm`).
  private func checkAnnouncedChecksum(_ call: S3Call) throws(ServiceError) {
    guard call.header("x-amz-sdk-checksum-algorithm") != nil, call.header("x-amz-trailer") == nil else { return }
    throw .invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
    )
  }

  func requestedChecksumAlgorithm(_ call: S3Call) throws(ServiceError) -> ObjectChecksum.Algorithm? {
    guard let name = call.header("x-amz-checksum-algorithm") ?? call.header("x-amz-sdk-checksum-algorithm") else {
      return nil
    }
    guard let algorithm = ObjectChecksum.Algorithm(rawValue: name.lowercased()) else {
      // AWS knows these too.
      if ["MD5", "SHA512", "XXHASH3", "XXHASH64", "XXHASH128"].contains(name.uppercased()) {
        throw .notImplemented("the checksum algorithm \(name)")
      }
      throw .invalidRequest(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
          + "CRC64NVME, SHA1, SHA256]")
    }
    return algorithm
  }

  /// If-Match, which takes an ETag only, or If-None-Match, which takes `*` only, of a write (API Reference: PutObject,
  /// CopyObject, CompleteMultipartUpload; User Guide: "How to prevent object overwrites with conditional writes").
  ///
  /// - Parameter upload: the multipart upload to complete, if any.
  func checkDestination(
    _ call: S3Call, _ bucket: SandboxBucket, completing upload: MultipartUpload? = nil
  ) throws(ServiceError) {
    let (wanted, unwanted) = (call.header("if-match"), call.header("if-none-match"))
    guard let name = wanted != nil ? "If-Match" : unwanted != nil ? "If-None-Match" : nil else { return }
    guard wanted == nil || unwanted == nil else {
      throw .unhonoured(
        "header", "If-Match,If-None-Match", "Multiple conditional request headers present in the request")
    }
    guard (wanted ?? "") != "*", (unwanted ?? "*") == "*" else {
      throw .unhonoured("header", name, "We don't accept the provided value of \(name) header for this API")
    }
    let current = bucket.newest(call.key).flatMap { $0.isDeleteMarker ? nil : $0 }
    if let wanted {
      guard let current else {
        throw ServiceError(
          404, "NoSuchKey", "The specified key does not exist.", details: [("Key", call.key.text.xmlSafe)])
      }
      guard wanted.matches(etag: current.etag) else { throw .preconditionFailed(name) }
    } else {
      guard current == nil else { throw .preconditionFailed(name) }
    }
    guard upload?.isOvertaken != true else {
      throw ServiceError(
        409, "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
        details: [("Condition", name), ("Key", call.key.text.xmlSafe)])
    }
  }
}
