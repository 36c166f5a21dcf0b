internal import Crypto
package import S3Kit

/// A short stand-in for what a copy has to keep: two that differ tell that something was lost or changed.
package struct Fingerprint: Hashable, Sendable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// Of everything that an object has besides content, ACL and tags: content headers, user metadata, storage class,
  /// website redirect, encryption and lock.
  ///
  /// - Parameter lock: as a copy should have it; S3 shows it only to whoever may see it.
  package init(_ head: ObjectHead, lock: ObjectLockState?) {
    self.init { json in
      json.name("headers")
      json.object { json in
        for (name, value) in head.contentHeaders { json.member(name, value) }
      }
      json.name("metadata")
      json.array { json in
        for (name, value) in head.userMetadata.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) {
          json.string(name)
          json.string(value)
        }
      }
      json.member("storageClass", head.storageClass)
      json.member("redirect", head.websiteRedirectLocation)
      // S3 encrypts everything by now; what is not said to be is from before.
      let encryption = head.encryption ?? .s3Managed
      json.member("encryption", encryption.algorithm)
      json.member("kmsKey", encryption.kmsKeyID)
      json.member("bucketKey", encryption.usesBucketKey)
      json.member("retention", lock?.retention?.mode)
      json.member("until", lock?.retention.map { String($0.until.prefix(19)) })
      json.member("legalHold", lock?.hasLegalHold ?? false)
    }
  }

  /// Of an object's tags, whose order means nothing.
  package init(_ tags: [ObjectTag]) {
    self.init { json in
      for tag in tags.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        json.member(tag.key, tag.value)
      }
    }
  }

  private init(_ content: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object(content)
    self.init(Hex.encode(SHA256.hash(data: json.bytes).prefix(6)))
  }
}
