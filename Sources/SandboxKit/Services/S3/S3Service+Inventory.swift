internal import AWSKit

/// Inventory configurations of a bucket. `InventoryReporter` writes the reports, when it is asked to.
extension S3Service {
  func putInventory(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let id = try inventoryID(call)
    let configuration = try InventoryConfiguration(call.document("InventoryConfiguration"), id: id)
    // API Reference: PutBucketInventoryConfiguration.
    guard let target = state.buckets[configuration.destinationBucket], target.region == bucket.region else {
      throw ServiceError(
        400, "InvalidS3DestinationBucket",
        "Unable to find the destination bucket in the Region of the source bucket, or it is not accessible.")
    }
    guard bucket.inventories[id] != nil || bucket.inventories.count < InventoryConfiguration.maximumCount else {
      throw ServiceError(
        400, "TooManyConfigurations",
        "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.")
    }
    bucket.inventories[id] = configuration
    return SandboxResponse()
  }

  func getInventory(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let configuration = try inventory(call, bucket)
    return .xml("InventoryConfiguration", attributes: Self.namespace) { writer in
      for child in configuration.document.children { writer.element(child) }
    }
  }

  func deleteInventory(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.inventories[try inventory(call, bucket).id] = nil
    return SandboxResponse(204)
  }

  /// At most 100 at a time (API Reference: ListBucketInventoryConfigurations).
  func listInventories(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let token = call.text("continuation-token")
    let rest = bucket.inventories.keys.sorted().filter { $0 >= token ?? "" }
    let page = rest.prefix(100)
    return .xml("ListInventoryConfigurationsResult", attributes: Self.namespace) { writer in
      if let token { writer.element("ContinuationToken", text: token) }
      writer.element("IsTruncated", text: page.count < rest.count ? "true" : "false")
      if page.count < rest.count { writer.element("NextContinuationToken", text: rest[page.count]) }
      for id in page {
        if let document = bucket.inventories[id]?.document { writer.element(document) }
      }
    }
  }

  private func inventoryID(_ call: S3Call) throws(ServiceError) -> String {
    guard let id = call.text("id") else { throw .invalidArgument("Missing required parameter: id") }
    return id
  }

  private func inventory(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> InventoryConfiguration {
    guard let configuration = bucket.inventories[try inventoryID(call)] else {
      throw ServiceError(404, "NoSuchConfiguration", "The specified configuration does not exist.")
    }
    return configuration
  }
}
