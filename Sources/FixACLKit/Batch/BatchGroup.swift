package import AWSKit

/// What all objects of one job of S3 Batch Operations have in common. A job does the same with each of them.
package struct BatchGroup: Sendable, Hashable {
  /// The account that the job is in: the objects' owner for grants, the bucket owner for copies.
  package var account: CanonicalID
  /// The target ACL, by its name in the plan.
  package var to: ACLName
  /// Whether the rows of its manifest name versions. Without, a task takes the version that is current then.
  package var hasVersions: Bool
  /// What a copy needs besides the ACL; nil for grants.
  package var copy: BatchCopy.Attributes?

  package init(account: CanonicalID, to: ACLName, hasVersions: Bool = false, copy: BatchCopy.Attributes? = nil) {
    self.account = account
    self.to = to
    self.hasVersions = hasVersions
    self.copy = copy
  }

  package var action: ChangeAction { copy == nil ? .grant : .copy }
}

extension BatchGroup {
  /// The group of a grant; nil for other changes.
  package init?(grant change: Change) {
    guard change.action == .grant, let to = change.to else { return nil }
    self.init(account: change.owner, to: to, hasVersions: change.versionID != nil)
  }
}

/// Why no job of S3 Batch Operations can make a change, so that it stays with apply.
package enum BatchObstacle: Sendable, Hashable {
  /// It is larger than one request copies.
  case tooLarge
  /// Its owner has to let the bucket owner read it first.
  case grantFirst
  /// It has tags that the bucket owner, whose role copies, cannot read.
  case tagsHidden
  /// A job cannot ask for its storage class.
  case storageClass
  /// A job cannot ask for its encryption in this bucket.
  case encryption
  /// The bucket owner, whose role copies, cannot read it.
  case unreadable
  /// It is not what the plan saw.
  case changed
  /// It has something that no copy can keep.
  case copy(ChangeReason)
  /// Its version's ID cannot stand in a manifest.
  case version

  /// A stable word for it, for programs.
  package var word: String {
    switch self {
    case .tooLarge: "too-large"
    case .grantFirst: "grant-first"
    case .tagsHidden: "tags-hidden"
    case .storageClass: "storage-class"
    case .encryption: "encryption"
    case .unreadable: "unreadable"
    case .changed: "changed"
    case .copy(let reason): reason.rawValue
    case .version: "version-id"
    }
  }
}

extension BatchCopy.Attributes {
  /// What a job has to ask for, so that a copy keeps what the object has.
  ///
  /// - Parameters:
  ///   - lock: the lock that the copy must have.
  ///   - standard: what the bucket encrypts with by default; nil if that is not known.
  /// - Throws: why no job can do it.
  package init(
    keeping head: ObjectHead, lock: ObjectLockState?, bucketDefault standard: ObjectEncryption?
  ) throws(BatchObstacle.Found) {
    guard head.size <= AWSClient.maximumCopySize else { throw .init(.tooLarge) }
    guard Self.storageClasses.contains(head.storageClass) else { throw .init(.storageClass) }
    self.init(storageClass: head.storageClass, redirect: head.websiteRedirectLocation, lock: lock)
    if let checksum = head.checksum, Self.checksumAlgorithms.contains(checksum.algorithm) {
      checksumAlgorithm = checksum.algorithm
    }
    let encryption = head.encryption ?? .s3Managed
    if encryption.algorithm == "aws:kms", let key = encryption.kmsKeyID {
      kmsKeyID = key
      usesBucketKey = encryption.usesBucketKey
    } else {
      // What the bucket does by default needs not be asked for, and nothing else can be.
      guard encryption == standard ?? .s3Managed else { throw .init(.encryption) }
    }
  }
}

extension BatchObstacle {
  /// The obstacle as an error.
  package struct Found: Error {
    package let obstacle: BatchObstacle

    init(_ obstacle: BatchObstacle) {
      self.obstacle = obstacle
    }
  }
}
