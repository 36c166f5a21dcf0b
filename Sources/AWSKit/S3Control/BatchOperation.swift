/// What a job of S3 Batch Operations does with each object of its manifest.
package enum BatchOperation: Sendable, Equatable {
  /// `S3PutObjectAcl`: replaces the ACL. Its owner must be the object's.
  case putACL(AccessControlList)
  /// `S3PutObjectCopy`: copies the object over itself, with these grants and attributes.
  case copy(BatchCopy)

  /// - Parameter partition: the second part of the bucket's ARN.
  func write(partition: String, to writer: inout XMLWriter) {
    switch self {
    case .putACL(let acl):
      writer.element("S3PutObjectAcl") { writer in
        writer.element("AccessControlPolicy") { writer in
          writer.element("AccessControlList") { writer in
            writer.element("Owner") { $0.element("ID", text: acl.owner.value) }
            Self.write(acl.grants, named: "Grants", to: &writer)
          }
        }
      }
    case .copy(let copy): writer.element("S3PutObjectCopy") { copy.write(partition: partition, to: &$0) }
    }
  }

  static func write(_ grants: [Grant], named name: String, to writer: inout XMLWriter) {
    writer.element(name) { writer in
      for grant in grants {
        writer.element("member") { writer in
          writer.element("Grantee") { writer in
            writer.element("TypeIdentifier", text: grant.grantee.canonicalID == nil ? "uri" : "id")
            writer.element("Identifier", text: grant.grantee.identifier)
          }
          writer.element("Permission", text: grant.permission.rawValue)
        }
      }
    }
  }
}

/// A copy of objects over themselves by S3 Batch Operations. Content headers, metadata and tags come along by themselves.
package struct BatchCopy: Sendable, Equatable {
  /// What S3 does not take from the source: one value for all objects of a job.
  package struct Attributes: Sendable, Hashable {
    package var storageClass: String
    /// The ARN of the KMS key; nil for what the bucket encrypts with by default.
    package var kmsKeyID: String?
    package var usesBucketKey: Bool
    package var redirect: String?
    package var lock: ObjectLockState?
    /// The algorithm of the checksum; nil for the one of the source.
    package var checksumAlgorithm: String?

    package init(
      storageClass: String, kmsKeyID: String? = nil, usesBucketKey: Bool = false, redirect: String? = nil,
      lock: ObjectLockState? = nil, checksumAlgorithm: String? = nil
    ) {
      self.storageClass = storageClass
      self.kmsKeyID = kmsKeyID
      self.usesBucketKey = usesBucketKey
      self.redirect = redirect
      self.lock = lock
      self.checksumAlgorithm = checksumAlgorithm
    }

    /// The storage classes that a job can ask for (botocore's model, S3StorageClass), but for those of archives.
    package static let storageClasses: Set<String> = [
      "STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR",
    ]
    /// The checksum algorithms that a job can ask for (botocore's model, S3ChecksumAlgorithm).
    package static let checksumAlgorithms: Set<String> = ["CRC32", "CRC32C", "SHA1", "SHA256"]
  }

  package var bucket: String
  package var acl: AccessControlList
  package var attributes: Attributes
  /// Objects that were modified later are not copied; nil for no such condition. S3 knows no other here.
  package var unmodifiedSince: Timestamp?

  package init(bucket: String, acl: AccessControlList, attributes: Attributes, unmodifiedSince: Timestamp? = nil) {
    self.bucket = bucket
    self.acl = acl
    self.attributes = attributes
    self.unmodifiedSince = unmodifiedSince
  }

  func write(partition: String, to writer: inout XMLWriter) {
    writer.element("TargetResource", text: "arn:\(partition):s3:::\(bucket)")
    BatchOperation.write(acl.grants, named: "AccessControlGrants", to: &writer)
    writer.element("MetadataDirective", text: "COPY")
    if let redirect = attributes.redirect { writer.element("RedirectLocation", text: redirect) }
    // That it is named is the change without which S3 refuses to copy an object over itself.
    writer.element("StorageClass", text: attributes.storageClass)
    if let time = unmodifiedSince { writer.element("UnModifiedSinceConstraint", text: time.extended) }
    if let key = attributes.kmsKeyID { writer.element("SSEAwsKmsKeyId", text: key) }
    if let lock = attributes.lock {
      if lock.hasLegalHold { writer.element("ObjectLockLegalHoldStatus", text: "ON") }
      if let mode = lock.retention?.mode ?? lock.eventHold?.mode { writer.element("ObjectLockMode", text: mode) }
      if let retention = lock.retention { writer.element("ObjectLockRetainUntilDate", text: retention.until) }
    }
    if attributes.kmsKeyID != nil {
      writer.element("BucketKeyEnabled", text: attributes.usesBucketKey ? "true" : "false")
    }
    if let algorithm = attributes.checksumAlgorithm { writer.element("ChecksumAlgorithm", text: algorithm) }
    guard let eventHold = attributes.lock?.eventHold else { return }
    writer.element("ObjectLockEventHold", text: "ON")
    writer.write(eventHold.duration, named: "ObjectLockEventHoldDuration")
  }
}
