package import AWSKit

/// Hash of the attributes that a copy must preserve. Different hashes mean that something was lost or changed.
package struct AttributesDigest: Hashable, Sendable {
  package let text: String
  /// The hash that an earlier version would have written; nil if this one was read from a plan.
  private var earlierText: String?

  package init(_ text: String) {
    self.text = text
  }

  /// Hashes everything but content, ACL and tags: content headers, user metadata, storage class, website redirect,
  /// encryption and lock.
  ///
  /// - Parameter lock: the lock that the copy should have. HeadObject shows a lock only to accounts that may see it.
  package init(_ head: ObjectHead, lock: ObjectLockState?) {
    let kept = KeptProperties(head)
    self.init(head, lock: lock, headers: kept.headers, metadata: kept.metadata)
  }

  /// Whether it is the hash of such an object. Also accepts the hash over the unnormalized headers, which earlier
  /// versions wrote.
  func fits(_ head: ObjectHead, lock: ObjectLockState?) -> Bool {
    let asTheyCame = AttributesDigest(
      head, lock: lock, headers: head.contentHeaders,
      metadata: head.userMetadata.sorted { ($0.name, $0.value) < ($1.name, $1.value) })
    return AttributesDigest(head, lock: lock).isSame(as: self) || asTheyCame.isSame(as: self)
  }

  private init(
    _ head: ObjectHead, lock: ObjectLockState?, headers: [(name: String, value: String)],
    metadata: [(name: String, value: String)]
  ) {
    self.init { json in
      json.name("headers")
      json.object { json in
        for (name, value) in headers { json.member(name, value) }
      }
      json.name("metadata")
      json.array { json in
        for (name, value) in metadata {
          json.string(name)
          json.string(value)
        }
      }
      json.member("storageClass", head.storageClass)
      json.member("redirect", head.websiteRedirectLocation)
      // S3 encrypts everything now; an object without this header is older than that.
      let encryption = head.encryption ?? .s3Managed
      json.member("encryption", encryption.algorithm)
      json.member("kmsKey", encryption.kmsKeyID)
      json.member("bucketKey", encryption.usesBucketKey)
      json.member("retention", lock?.retention?.mode)
      json.member("until", lock?.retention.map { String($0.until.prefix(19)) })
      json.member("legalHold", lock?.hasLegalHold ?? false)
      // Left out where there is none: plans from before it was known have these hashes.
      guard let eventHold = lock?.eventHold else { return }
      json.member("eventHold", true)
      if lock?.retention == nil { json.member("eventHoldMode", eventHold.mode) }
      switch eventHold.duration {
      case .days(let days): json.member("eventHoldDays", days)
      case .years(let years): json.member("eventHoldYears", years)
      case nil: break
      }
    }
  }

  /// Hashes an object's tags, in no particular order.
  package init(_ tags: [ObjectTag]) {
    self.init { json in
      for tag in tags.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        json.member(tag.key, tag.value)
      }
    }
  }

  /// Whether a plan's hash stands for the same attributes.
  package func isSame(as planned: AttributesDigest) -> Bool {
    text == planned.text || earlierText == planned.text
  }

  package static func == (left: AttributesDigest, right: AttributesDigest) -> Bool {
    left.text == right.text
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }

  private init(_ content: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object(content)
    let hash = ContentHash(of: json.bytes)
    self.init(hash.text)
    earlierText = hash.earlierText
  }
}
