/// What a bucket's inventory contains, and where it goes (API Reference: InventoryConfiguration).
struct InventoryConfiguration: Sendable {
  /// What a report tells of an object besides its key, in the order in which AWS's reports have the columns (User Guide:
  /// "Amazon S3 Inventory", inventory list; the newest ones last).
  enum Field: String, CaseIterable, Sendable {
    case size = "Size"
    case lastModifiedDate = "LastModifiedDate"
    case etag = "ETag"
    case storageClass = "StorageClass"
    case isMultipartUploaded = "IsMultipartUploaded"
    case replicationStatus = "ReplicationStatus"
    case encryptionStatus = "EncryptionStatus"
    case objectLockRetainUntilDate = "ObjectLockRetainUntilDate"
    case objectLockMode = "ObjectLockMode"
    case objectLockLegalHoldStatus = "ObjectLockLegalHoldStatus"
    case intelligentTieringAccessTier = "IntelligentTieringAccessTier"
    case bucketKeyStatus = "BucketKeyStatus"
    case checksumAlgorithm = "ChecksumAlgorithm"
    case objectAccessControlList = "ObjectAccessControlList"
    case objectOwner = "ObjectOwner"
    case lifecycleExpirationDate = "LifecycleExpirationDate"
    case intelligentTieringReferenceDate = "IntelligentTieringReferenceDate"
    case objectLockEventHoldStatus = "ObjectLockEventHoldStatus"
    case objectLockEventHoldDuration = "ObjectLockEventHoldDuration"
  }

  /// How the files of a report are encrypted.
  enum Encryption: Sendable {
    case s3
    /// With a key of KMS.
    case kms(String)
  }

  let id: String
  let isEnabled: Bool
  /// Of the keys; empty for all.
  let keyPrefix: String
  let includesAllVersions: Bool
  /// In the order of the columns.
  let fields: [Field]
  /// `CSV`, `ORC` or `Parquet`.
  let format: String
  let destinationBucket: String
  let destinationPrefix: String
  let encryption: Encryption?
  /// As it was put.
  let document: XMLNode

  /// The most of a bucket.
  static let maximumCount = 1000
}

extension InventoryConfiguration {
  /// Reads the document of a PutBucketInventoryConfiguration.
  init(_ document: XMLNode, id: String) throws(ServiceError) {
    self.document = document
    self.id = id
    guard id.wholeMatch(of: /[a-zA-Z0-9._-]{1,64}/) != nil else {
      throw .invalidArgument("The specified configuration ID is invalid.")
    }
    guard document["Id"]?.text == id else { throw .invalidArgument("The ID in the URL is not that of the document.") }
    func choice(_ node: XMLNode?, _ values: String...) throws(ServiceError) -> String {
      guard let text = node?.text, values.contains(text) else { throw .malformedXML }
      return text
    }
    isEnabled = try choice(document["IsEnabled"], "true", "false") == "true"
    includesAllVersions = try choice(document["IncludedObjectVersions"], "All", "Current") == "All"
    _ = try choice(document["Schedule"]?["Frequency"], "Daily", "Weekly")
    if let filter = document["Filter"] {
      guard let prefix = filter["Prefix"]?.text else { throw .malformedXML }
      keyPrefix = prefix
    } else {
      keyPrefix = ""
    }
    let names = document["OptionalFields"]?.children.map(\.text) ?? []
    guard Set(names).count == names.count, names.allSatisfy({ Field(rawValue: $0) != nil }) else {
      throw .malformedXML
    }
    fields = Field.allCases.filter { names.contains($0.rawValue) }
    guard let destination = document["Destination"]?["S3BucketDestination"] else { throw .malformedXML }
    format = try choice(destination["Format"], "CSV", "ORC", "Parquet")
    destinationPrefix = destination["Prefix"]?.text ?? ""
    let parts = (destination["Bucket"]?.text ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "s3", !parts[5].isEmpty else {
      throw .invalidArgument("Invalid bucket ARN.")
    }
    destinationBucket = String(parts[5])
    switch destination["Encryption"]?.children.first {
    case nil: encryption = nil
    case let node? where node.name == "SSE-S3": encryption = .s3
    case let node? where node.name == "SSE-KMS":
      guard let key = node["KeyId"]?.text, !key.isEmpty else { throw .malformedXML }
      encryption = .kms(key)
    default: throw .malformedXML
    }
  }
}
