internal import AWSKit

/// Logging, attribute-based access control and tags of a bucket.
extension S3Service {
  func getBucketLogging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("BucketLoggingStatus", attributes: Self.namespace) { writer in
      if let logging = bucket.logging { writer.element(logging) }
    }
  }

  func putBucketLogging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let logging = try call.document("BucketLoggingStatus")["LoggingEnabled"]
    if let logging {
      guard let target = logging["TargetBucket"]?.text, logging["TargetPrefix"] != nil else { throw .malformedXML }
      if let region = state.buckets[target]?.region, region != bucket.region {
        throw ServiceError(
          403, "CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ",
          details: (bucket.region == "us-east-1" ? [] : [("SourceBucketLocation", bucket.region)])
            + [("TargetBucketLocation", region)])
      }
      guard state.buckets[target]?.owner == bucket.owner else {
        throw ServiceError(
          400, "InvalidTargetBucketForLogging",
          "The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants "
            + "for the log-delivery group.", details: [("TargetBucket", target)])
      }
    }
    bucket.logging = logging
    return SandboxResponse()
  }

  func getBucketABAC(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml("AbacStatus", attributes: Self.namespace) {
      $0.element("Status", text: bucket.hasABAC ? "Enabled" : "Disabled")
    }
  }

  func putBucketABAC(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    switch try call.document("AbacStatus")["Status"]?.text {
    case "Enabled": bucket.hasABAC = true
    case "Disabled": bucket.hasABAC = false
    default: throw .malformedXML
    }
    return SandboxResponse()
  }

  func getBucketTagging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard !bucket.tags.isEmpty else {
      throw ServiceError(
        404, "NoSuchTagSet", "The TagSet does not exist", details: [("BucketName", bucket.name)])
    }
    return .xml("Tagging", attributes: Self.namespace) { writer in
      writer.element("TagSet") { writer in
        for tag in bucket.tags {
          writer.element("Tag") {
            $0.element("Key", text: tag.key)
            $0.element("Value", text: tag.value)
          }
        }
      }
    }
  }

  func putBucketTagging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard let set = try call.document("Tagging")["TagSet"] else { throw .malformedXML }
    bucket.tags = try Self.checked(
      tags: Self.tags(set.all("Tag")), most: 50, reserved: "System tags cannot be added/updated by requester")
    return SandboxResponse(204)
  }

  func deleteBucketTagging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.tags = []
    return SandboxResponse(204)
  }
}
