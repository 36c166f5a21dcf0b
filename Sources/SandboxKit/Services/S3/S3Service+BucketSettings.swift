internal import AWSKit

/// Location, Object Ownership, Requester Pays, versioning and default encryption of a bucket.
extension S3Service {
  func getBucketLocation(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    var writer = DocumentWriter()
    // The first region has no name in this answer.
    let region = bucket.region == "us-east-1" ? "" : bucket.region
    writer.element("LocationConstraint", attributes: Self.namespace, text: region)
    return .xml(document: writer.bytes)
  }

  // MARK: Object Ownership

  func getBucketOwnershipControls(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard let ownership = bucket.ownership else {
      throw ServiceError(
        404, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found",
        details: [("BucketName", bucket.name)])
    }
    return .xml("OwnershipControls", attributes: Self.namespace) { writer in
      writer.element("Rule") { $0.element("ObjectOwnership", text: ownership.rawValue) }
    }
  }

  func putBucketOwnershipControls(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let rules = try call.document("OwnershipControls").all("Rule")
    guard rules.count == 1, let ownership = ObjectOwnership(rawValue: rules[0]["ObjectOwnership"]?.text ?? "") else {
      throw .malformedXML
    }
    try Self.checkOwnership(of: bucket, ownership)
    bucket.ownership = ownership
    return SandboxResponse()
  }

  func deleteBucketOwnershipControls(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.ownership = nil
    return SandboxResponse(204)
  }

  // MARK: Requester Pays

  func getBucketRequestPayment(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("RequestPaymentConfiguration", attributes: Self.namespace) {
      $0.element("Payer", text: bucket.payer.rawValue)
    }
  }

  func putBucketRequestPayment(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let configuration = try call.document("RequestPaymentConfiguration")
    guard let payer = Payer(rawValue: configuration["Payer"]?.text ?? "") else { throw .malformedXML }
    bucket.payer = payer
    return SandboxResponse()
  }

  // MARK: Versioning

  func getBucketVersioning(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("VersioningConfiguration", attributes: Self.namespace) { writer in
      if bucket.versioning != .unversioned { writer.element("Status", text: bucket.versioning.rawValue) }
    }
  }

  func putBucketVersioning(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let document = try call.document("VersioningConfiguration")
    if let deletion = document["MfaDelete"]?.text, deletion != "Disabled" { throw .notImplemented("MFA delete") }
    switch document["Status"]?.text {
    case nil where document["MfaDelete"] == nil:
      throw ServiceError(
        400, "IllegalVersioningConfigurationException", "The Versioning element must be specified")
    case "Enabled": bucket.versioning = .enabled
    case "Suspended":
      guard !bucket.hasObjectLock else {
        throw ServiceError(
          409, "InvalidBucketState",
          "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
      }
      bucket.versioning = .suspended
    default: throw .malformedXML
    }
    return SandboxResponse()
  }

  // MARK: Encryption

  func getBucketEncryption(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    // Every bucket has a default since 2023: SSE-S3.
    let encryption = bucket.defaultEncryption
    return .xml("ServerSideEncryptionConfiguration", attributes: Self.namespace) { writer in
      writer.element("Rule") { writer in
        writer.element("ApplyServerSideEncryptionByDefault") { writer in
          writer.element("SSEAlgorithm", text: encryption.algorithm)
          if let key = encryption.keyID { writer.element("KMSMasterKeyID", text: key) }
        }
        writer.element("BucketKeyEnabled", text: encryption.usesBucketKey ? "true" : "false")
      }
    }
  }

  func putBucketEncryption(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let rules = try call.document("ServerSideEncryptionConfiguration").all("Rule")
    guard rules.count == 1, let rule = rules.first, let defaults = rule["ApplyServerSideEncryptionByDefault"],
      let algorithm = defaults["SSEAlgorithm"]?.text, ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm)
    else { throw .malformedXML }
    guard algorithm != "AES256" || defaults["KMSMasterKeyID"] == nil else {
      throw .invalidArgument(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        "ApplyServerSideEncryptionByDefault")
    }
    bucket.encryption = ObjectAttributes.Encryption(
      algorithm: algorithm, keyID: defaults["KMSMasterKeyID"]?.text,
      usesBucketKey: rule["BucketKeyEnabled"]?.text == "true")
    return SandboxResponse()
  }

  func deleteBucketEncryption(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.encryption = nil
    return SandboxResponse(204)
  }
}
