internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  func putObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let checksum = try checkDigest(call)
    let acl = try uploadACL(call, bucket)
    try checkDestination(call, bucket)
    let attributes = try newAttributes(call, bucket)
    let object = store(
      StoredObject(
        key: call.key, content: Content(call.body), lastModified: call.now, acl: acl, attributes: attributes,
        checksum: checksum), in: bucket)
    var response = SandboxResponse(headers: ["ETag": "\"\(object.etag)\""])
    if let checksum { response.headers.add(name: checksum.headerName, value: checksum.value) }
    addEncryption(of: object, to: &response)
    addVersion(of: object, bucket, to: &response)
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
    if let digest = call.header("content-md5") {
      guard digest == ObjectChecksum.md5(of: call.body) else {
        throw ServiceError(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
      }
    }
    for algorithm in ObjectChecksum.Algorithm.allCases {
      guard let value = call.header("x-amz-checksum-" + algorithm.rawValue) else { continue }
      let checksum = ObjectChecksum(algorithm, of: call.body)
      guard checksum.value == value else {
        throw ServiceError(
          400, "BadDigest",
          "The \(algorithm.rawValue.uppercased()) you specified did not match the calculated checksum.")
      }
      return checksum
    }
    return try requestedChecksumAlgorithm(call).map { ObjectChecksum($0, of: call.body) }
  }

  func requestedChecksumAlgorithm(_ call: S3Call) throws(ServiceError) -> ObjectChecksum.Algorithm? {
    guard let name = call.header("x-amz-checksum-algorithm") ?? call.header("x-amz-sdk-checksum-algorithm") else {
      return nil
    }
    guard let algorithm = ObjectChecksum.Algorithm(rawValue: name.lowercased()) else {
      throw .invalidRequest("Checksum algorithm provided is unsupported.")
    }
    return algorithm
  }

  /// If-Match and If-None-Match of a write.
  func checkDestination(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    let current = bucket.newest(call.key).flatMap { $0.isDeleteMarker ? nil : $0 }
    if let wanted = call.header("if-match") {
      guard let current else { throw ServiceError(404, "NoSuchKey", "The specified key does not exist.") }
      guard wanted.matches(etag: current.etag) else { throw .preconditionFailed }
    }
    if let unwanted = call.header("if-none-match") {
      guard unwanted == "*" else { throw .notImplemented("If-None-Match with an ETag in a write") }
      guard current == nil else { throw .preconditionFailed }
    }
  }
}
