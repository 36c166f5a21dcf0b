package import AWSKit

/// Something to know about a report that a plan is made from.
package enum InventoryNotice: Sendable {
  /// The report is read, which S3 began to make then.
  case report(InventoryPlace, created: Timestamp, now: Timestamp)
  /// The report has no column of storage classes.
  case noStorageClasses
  /// The setting up was stopped before all was made.
  ///
  /// - Parameter hasPolicy: whether the destination's policy has the statement.
  case setupInterrupted(bucket: String, destination: String, hasPolicy: Bool)
  /// So many objects were looked up in the bucket.
  case lookedUp(Int, InventoryRefresh)
}
