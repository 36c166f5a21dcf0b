package import S3Kit

/// What stands in the way of copying an object in place. Asked when a change is planned, and again before it is made.
package enum CopyObstacle {
  /// The most bytes that one CopyObject takes (S3 API Reference, CopyObject: 5 GB, which are 5 GiB).
  package static let maximumSize = 5 << 30

  private static let archiveClasses: Set<String> = ["GLACIER", "DEEP_ARCHIVE"]

  /// What a listing shows already, before any request for the object itself.
  package static func find(size: Int, storageClass: String, versioning: VersioningState?) -> ChangeReason? {
    if versioning != .unversioned { return .versionedBucket }
    if size > maximumSize { return .tooLarge }
    if archiveClasses.contains(storageClass) { return .archived }
    return nil
  }

  /// What only the object itself shows.
  package static func find(in head: ObjectHead) -> ChangeReason? {
    if head.size > maximumSize { return .tooLarge }
    if archiveClasses.contains(head.storageClass) { return .archived }
    if !head.objectLock.isEmpty { return .objectLock }
    if head.hasCustomerKey { return .encryption }
    if let encryption = head.serverSideEncryption, encryption != "AES256" { return .encryption }
    return nil
  }
}
