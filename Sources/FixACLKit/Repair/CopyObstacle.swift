package import AWSKit

/// Reasons why an object cannot be copied in place. Checked when a change is planned, and again before it is made.
package enum CopyObstacle {
  package static func find(in head: ObjectHead) -> ChangeReason? {
    if head.hasCustomerKey { return .customerKey }
    if head.isArchived { return .archived }
    if head.hasUnreadableMetadata { return .metadata }
    return nil
  }
}
