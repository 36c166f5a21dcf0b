/// A place in a bucket, for manifests or reports.
package struct BatchPlace: Sendable, Equatable {
  package let bucket: String
  /// Without a slash at its end; empty for the bucket itself.
  package let prefix: String

  package init(bucket: String, prefix: String) {
    self.bucket = bucket
    var prefix = prefix[...]
    while prefix.hasSuffix("/") { prefix.removeLast() }
    self.prefix = String(prefix)
  }

  /// What keys in it begin with.
  package var folder: String { prefix.isEmpty ? "" : prefix + "/" }

  package var description: String { "s3://\(bucket)/\(folder)" }
}
