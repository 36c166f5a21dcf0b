internal import AWSKit

/// Settings of buckets that the sandbox does not have: it answers that none is set, as AWS does, so that tools that ask
/// for all of them continue. A client that sets one is told that the sandbox does not do that.
extension S3Service {
  func getBucketAccelerate(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("AccelerateConfiguration", attributes: Self.namespace) { _ in }
  }

  func getBucketNotification(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("NotificationConfiguration", attributes: Self.namespace) { _ in }
  }

  /// Takes an empty one only, which sends nothing.
  func putBucketNotification(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard try call.document("NotificationConfiguration").children.isEmpty else {
      throw .notImplemented("notifications")
    }
    return SandboxResponse()
  }

  func getBucketLifecycle(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    throw ServiceError(
      404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist",
      details: [("BucketName", bucket.name)])
  }

  func getBucketReplication(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    throw ServiceError(
      404, "ReplicationConfigurationNotFoundError", "The replication configuration was not found",
      details: [("BucketName", bucket.name)])
  }

  /// Lifecycle and replication: what is not there is deleted.
  func deleteUnsetSetting(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    SandboxResponse(204)
  }

  // MARK: Configurations with IDs

  func getAnalytics(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try noConfigurations(call, list: "ListBucketAnalyticsConfigurationResult")
  }

  func getIntelligentTiering(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try noConfigurations(call, list: "ListBucketIntelligentTieringConfigurationsOutput")
  }

  func getMetrics(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try noConfigurations(call, list: "ListMetricsConfigurationsResult")
  }

  /// A list without members, or the refusal of the one that a request names.
  private func noConfigurations(_ call: S3Call, list: String) throws(ServiceError) -> SandboxResponse {
    guard call.text("id") == nil else { return try deleteConfiguration(call) }
    return .xml(list, attributes: Self.namespace) { $0.element("IsTruncated", text: "false") }
  }

  func deleteConfiguration(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try deleteConfiguration(call)
  }

  private func deleteConfiguration(_ call: S3Call) throws(ServiceError) -> SandboxResponse {
    guard call.text("id") != nil else { throw .invalidArgument("Missing required parameter: id") }
    throw ServiceError(404, "NoSuchConfiguration", "The specified configuration does not exist.")
  }
}
