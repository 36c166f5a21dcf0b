package import AWSKit

/// Something to know about a report that a plan is made from.
package enum InventoryNotice: Sendable {
  /// The report is read, which S3 began to make then.
  case report(InventoryPlace, created: Timestamp, now: Timestamp)
  /// So many objects were looked up in the bucket.
  case lookedUp(Int, InventoryRefresh)
}
