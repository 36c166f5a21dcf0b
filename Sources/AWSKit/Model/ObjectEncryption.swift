/// How S3 encrypts an object at rest, by keys of its own or of KMS; also what a bucket does by default.
package struct ObjectEncryption: Hashable, Sendable {
  /// `AES256`, `aws:kms` or `aws:kms:dsse`; of a bucket's default also `none`.
  package let algorithm: String
  /// Nil for the key that S3 has in the account.
  package let kmsKeyID: String?
  package let usesBucketKey: Bool

  package init(algorithm: String, kmsKeyID: String? = nil, usesBucketKey: Bool = false) {
    self.algorithm = algorithm
    self.kmsKeyID = kmsKeyID
    self.usesBucketKey = usesBucketKey
  }

  /// SSE-S3.
  package static let s3Managed = ObjectEncryption(algorithm: "AES256")

  /// No default: other servers than S3 then store objects as they come.
  package static let off = ObjectEncryption(algorithm: "none")

  /// Whether it takes a right in KMS to read the object.
  package var usesKMS: Bool { algorithm.hasPrefix("aws:kms") }

  /// Whether a request can ask for it: S3 names some that it alone can choose, such as `aws:fsx`.
  package var canBeAskedFor: Bool { ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) }

  var headers: [(name: String, value: String)] {
    var headers = [("x-amz-server-side-encryption", algorithm)]
    if let kmsKeyID { headers.append(("x-amz-server-side-encryption-aws-kms-key-id", kmsKeyID)) }
    // Where it is not said, the bucket's default counts.
    if algorithm == "aws:kms" || usesBucketKey {
      headers.append(("x-amz-server-side-encryption-bucket-key-enabled", usesBucketKey ? "true" : "false"))
    }
    return headers
  }
}
