internal import AWSKit

extension Plan {
  /// The policies that the plan's jobs need.
  ///
  /// - Parameters:
  ///   - report: where the reports go; nil if that is not known yet.
  ///   - manifest: where the manifests go; nil if that is not known yet.
  package func batchPolicies(roles: [String], report: BatchPlace?, manifest: BatchPlace?) -> BatchPolicies {
    let unknown = (bucket: "BUCKET", folder: "PREFIX/")
    return BatchPolicies(
      partition: Region(header.bucket.region).map { Partition.of($0).name } ?? "aws", bucket: header.bucket.name,
      hasGrants: header.summary.actions[.grant] ?? 0 > 0, hasCopies: header.summary.copies > 0,
      hasObjectLock: header.bucket.objectLock?.isEnabled ?? false, roles: roles,
      report: report.map { ($0.bucket, $0.folder) } ?? unknown,
      manifest: manifest.map { ($0.bucket, $0.folder) } ?? unknown)
  }
}
