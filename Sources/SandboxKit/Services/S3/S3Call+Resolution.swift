internal import AWSKit

extension S3Call {
  /// Splits the path into bucket and key, and finds the operation.
  ///
  /// - Throws: 501 for what the sandbox does not do.
  static func resolve(
    _ request: SandboxRequest
  ) throws(ServiceError) -> (operation: Operation, bucketName: String, key: ObjectKey) {
    guard let path = request.path, path.first == UInt8(ascii: "/") else {
      throw ServiceError(400, "InvalidURI", "Couldn't parse the specified URI.")
    }
    let end = path.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
    let bucketName = String(decoding: path[1..<end], as: UTF8.self)
    let key = ObjectKey(Array(path[end...].dropFirst()))
    guard key.isValidUTF8 else { throw ServiceError(400, "InvalidURI", "Couldn't parse the specified URI.") }
    guard key.bytes.count <= 1024 else { throw ServiceError(400, "KeyTooLongError", "Your key is too long") }
    let names = Set(request.query.map(\.name))
    let method = request.method
    let operation: Operation?
    if bucketName.isEmpty {
      operation = method == "GET" && key.bytes.isEmpty ? .listBuckets : nil
    } else if bucketName == "v20180820", request[header: "x-amz-account-id"] != nil {
      operation = accountOperation(method, key.text)
    } else if key.bytes.isEmpty {
      operation = bucketOperation(method, names)
    } else {
      operation = objectOperation(method, names, isCopy: request[header: "x-amz-copy-source"] != nil)
    }
    guard let operation else {
      throw .notImplemented("\(method) with \(names.isEmpty ? "no parameter" : names.sorted().joined(separator: ", "))")
    }
    return (operation, bucketName, key)
  }

  /// Of S3 Control, whose paths no bucket's name can be taken for: it needs a header that S3 does not have.
  private static func accountOperation(_ method: String, _ path: String) -> Operation? {
    guard path == "configuration/publicAccessBlock" else { return nil }
    switch method {
    case "GET": return .getAccountPublicAccessBlock
    case "PUT": return .putAccountPublicAccessBlock
    case "DELETE": return .deleteAccountPublicAccessBlock
    default: return nil
    }
  }

  /// Sub-resources that S3 knows, so that one that is not done here is never taken for a plain request.
  private static let subresources: Set<String> = [
    "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory",
    "legal-hold", "lifecycle", "location", "logging", "metadataTable", "metrics", "notification", "object-lock",
    "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore",
    "renameObject", "retention", "select", "session", "tagging", "torrent", "uploads", "versioning", "versions",
    "website",
  ]

  private static func bucketOperation(_ method: String, _ names: Set<String>) -> Operation? {
    guard let sub = names.intersection(subresources).first else {
      switch method {
      case "GET": return names.contains("list-type") ? .listObjectsV2 : .listObjects
      case "PUT": return .createBucket
      case "DELETE": return .deleteBucket
      case "HEAD": return .headBucket
      default: return nil
      }
    }
    switch (method, sub) {
    case ("GET", "versions"): return .listObjectVersions
    case ("GET", "location"): return .getBucketLocation
    case ("GET", "acl"): return .getBucketACL
    case ("PUT", "acl"): return .putBucketACL
    case ("GET", "policy"): return .getBucketPolicy
    case ("PUT", "policy"): return .putBucketPolicy
    case ("DELETE", "policy"): return .deleteBucketPolicy
    case ("GET", "policyStatus"): return .getBucketPolicyStatus
    case ("GET", "publicAccessBlock"): return .getPublicAccessBlock
    case ("PUT", "publicAccessBlock"): return .putPublicAccessBlock
    case ("DELETE", "publicAccessBlock"): return .deletePublicAccessBlock
    case ("GET", "ownershipControls"): return .getBucketOwnershipControls
    case ("PUT", "ownershipControls"): return .putBucketOwnershipControls
    case ("DELETE", "ownershipControls"): return .deleteBucketOwnershipControls
    case ("GET", "versioning"): return .getBucketVersioning
    case ("PUT", "versioning"): return .putBucketVersioning
    case ("GET", "requestPayment"): return .getBucketRequestPayment
    case ("PUT", "requestPayment"): return .putBucketRequestPayment
    case ("GET", "encryption"): return .getBucketEncryption
    case ("PUT", "encryption"): return .putBucketEncryption
    case ("DELETE", "encryption"): return .deleteBucketEncryption
    case ("GET", "object-lock"): return .getObjectLockConfiguration
    case ("PUT", "object-lock"): return .putObjectLockConfiguration
    case ("GET", "uploads"): return .listMultipartUploads
    case ("POST", "delete"): return .deleteObjects
    default: return nil
    }
  }

  private static func objectOperation(_ method: String, _ names: Set<String>, isCopy: Bool) -> Operation? {
    if names.contains("uploadId") {
      switch method {
      case "PUT": return isCopy ? .uploadPartCopy : .uploadPart
      case "GET": return .listParts
      case "POST": return .completeMultipartUpload
      case "DELETE": return .abortMultipartUpload
      default: return nil
      }
    }
    guard let sub = names.intersection(subresources).first else {
      switch method {
      case "GET": return .getObject
      case "HEAD": return .headObject
      case "PUT": return isCopy ? .copyObject : .putObject
      case "DELETE": return .deleteObject
      default: return nil
      }
    }
    switch (method, sub) {
    case ("GET", "acl"): return .getObjectACL
    case ("PUT", "acl"): return .putObjectACL
    case ("GET", "tagging"): return .getObjectTagging
    case ("PUT", "tagging"): return .putObjectTagging
    case ("DELETE", "tagging"): return .deleteObjectTagging
    case ("GET", "retention"): return .getObjectRetention
    case ("PUT", "retention"): return .putObjectRetention
    case ("GET", "legal-hold"): return .getObjectLegalHold
    case ("PUT", "legal-hold"): return .putObjectLegalHold
    case ("POST", "restore"): return .restoreObject
    case ("POST", "uploads"): return .createMultipartUpload
    default: return nil
    }
  }
}
