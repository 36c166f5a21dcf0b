/// Server-side encryption with S3's keys or KMS keys: of an object, or a bucket's default.
package struct ObjectEncryption: Hashable, Sendable {
  /// `AES256`, `aws:kms` or `aws:kms:dsse`; a bucket's default may also be `none`.
  package let algorithm: String
  /// Nil for the account's AWS managed key.
  package let kmsKeyID: String?
  package let usesBucketKey: Bool

  package init(algorithm: String, kmsKeyID: String? = nil, usesBucketKey: Bool = false) {
    self.algorithm = algorithm
    self.kmsKeyID = kmsKeyID
    self.usesBucketKey = usesBucketKey
  }

  /// SSE-S3.
  package static let s3Managed = ObjectEncryption(algorithm: "AES256")

  /// No default encryption: servers other than S3 then store objects unencrypted.
  package static let off = ObjectEncryption(algorithm: "none")

  /// Whether reading the object needs a KMS permission.
  package var usesKMS: Bool { algorithm.hasPrefix("aws:kms") }

  /// Whether a request can ask for it. S3 chooses some algorithms by itself, such as `aws:fsx`.
  package var canBeAskedFor: Bool { ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) }

  var headers: [(name: String, value: String)] {
    var headers = [("x-amz-server-side-encryption", algorithm)]
    if let kmsKeyID { headers.append(("x-amz-server-side-encryption-aws-kms-key-id", kmsKeyID)) }
    // Without this header, the bucket's default would apply.
    if algorithm == "aws:kms" || usesBucketKey {
      headers.append(("x-amz-server-side-encryption-bucket-key-enabled", usesBucketKey ? "true" : "false"))
    }
    return headers
  }
}
