package import AWSKit

/// What stands in the way of copying an object in place. Asked when a change is planned, and again before it is made.
package enum CopyObstacle {
  package static func find(in head: ObjectHead) -> ChangeReason? {
    if head.hasCustomerKey { return .customerKey }
    if head.isArchived { return .archived }
    if head.hasUnreadableMetadata { return .metadata }
    return nil
  }
}
