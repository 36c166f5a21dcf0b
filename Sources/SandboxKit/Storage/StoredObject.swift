package import AWSKit

/// One version of an object, or a delete marker, with everything S3 keeps of it.
package struct StoredObject: Sendable {
  package var key: ObjectKey
  /// `null` where versioning was not on.
  package var versionID = "null"
  package var isDeleteMarker = false
  package var content = Content([])
  /// Without quotation marks.
  package var etag = ""
  /// The sizes of the parts of a multipart upload, in bytes; empty for what came in one piece.
  package var partSizes: [Int] = []
  package var lastModified: Timestamp
  package var acl: AccessControlList
  package var attributes = ObjectAttributes()
  var checksum: ObjectChecksum?
  /// By their names, in order.
  package var annotations: [ObjectAnnotation] = []

  package init(
    key: ObjectKey, versionID: String = "null", content: Content = Content([]), etag: String = "",
    partSizes: [Int] = [], lastModified: Timestamp, acl: AccessControlList,
    attributes: ObjectAttributes = ObjectAttributes(), checksum: ObjectChecksum? = nil
  ) {
    self.key = key
    self.versionID = versionID
    self.content = content
    self.etag = etag
    self.partSizes = partSizes
    self.lastModified = lastModified
    self.acl = acl
    self.attributes = attributes
    self.checksum = checksum
  }

  /// Also the ACL's owner.
  package var owner: CanonicalID { acl.owner }

  /// Whether its content can be read: archived objects must be restored first.
  func isReadable(at now: Timestamp) -> Bool {
    guard StorageClass.archives.contains(attributes.storageClass) else { return true }
    return attributes.restoredUntil.map { now < $0 } ?? false
  }

  /// Whether it may not be removed or overwritten for good.
  func isLocked(at now: Timestamp, bypassingGovernance: Bool) -> Bool {
    if attributes.lock.hasLegalHold { return true }
    if let hold = attributes.lock.eventHold { return !(bypassingGovernance && hold.mode == "GOVERNANCE") }
    guard let retention = attributes.lock.retention, now < retention.until else { return false }
    return !(bypassingGovernance && retention.mode == "GOVERNANCE")
  }
}

/// A named text that is attached to a version of an object.
package struct ObjectAnnotation: Sendable {
  package let name: String
  package let payload: [UInt8]
  let lastModified: Timestamp

  package init(name: String, payload: [UInt8], lastModified: Timestamp) {
    self.name = name
    self.payload = payload
    self.lastModified = lastModified
  }

  /// Without quotation marks.
  var etag: String { Content(payload).etag }
}

/// What an upload, a copy or a multipart upload says of an object, content and ACL aside.
package struct ObjectAttributes: Sendable {
  package struct Encryption: Sendable, Hashable {
    /// `AES256`, `aws:kms`, `aws:kms:dsse`.
    package var algorithm = "AES256"
    /// The ARN of a KMS key.
    var keyID: String?
    var usesBucketKey = false
  }

  /// `Content-Type` and the other stored headers, by their usual names.
  package var contentHeaders: [(name: String, value: String)] = []
  /// Names in lower case, without `x-amz-meta-`; values as text, also beyond ASCII.
  package var userMetadata: [(name: String, value: String)] = []
  package var tags: [ObjectTag] = []
  package var storageClass = "STANDARD"
  /// Until when an archived object has been restored.
  var restoredUntil: Timestamp?
  /// Of S3 or KMS; with a customer's key (SSE-C) it is not used.
  package var encryption = Encryption()
  /// The MD5 of a customer's key (SSE-C), as it came; the key itself is not kept.
  var customerKeyMD5: String?
  var websiteRedirectLocation: String?
  var lock = ObjectLock()

  package init() {}
}

/// S3 Object Lock of one version.
struct ObjectLock: Sendable, Hashable {
  struct Retention: Sendable, Hashable {
    /// `GOVERNANCE` or `COMPLIANCE`.
    var mode: String
    var until: Timestamp
  }

  /// Lasts until it is released; then a retention begins.
  struct EventHold: Sendable, Hashable {
    /// `GOVERNANCE` or `COMPLIANCE`; nil where none was named.
    var mode: String?
    /// Of the retention that begins then; nil where none was named.
    var duration: Duration?

    struct Duration: Sendable, Hashable {
      /// How many days or years.
      var count: Int
      var isInYears: Bool

      var days: Int { isInYears ? count * 365 : count }
    }
  }

  var retention: Retention?
  /// Nil where there is none, or it was released.
  var eventHold: EventHold?
  /// `ON` or `OFF`; nil where it was never set.
  var legalHold: String?

  var hasLegalHold: Bool { legalHold == "ON" }
}

/// The storage classes of S3.
enum StorageClass {
  static let all: Set<String> = [
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
    "GLACIER_IR", "EXPRESS_ONEZONE",
  ]

  /// Must be restored before they can be read.
  static let archives: Set<String> = ["GLACIER", "DEEP_ARCHIVE"]
}
