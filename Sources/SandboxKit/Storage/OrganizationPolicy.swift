internal import Foundation
internal import AWSKit

/// The effective S3 policy of an account in an organization (Organizations User Guide: "Amazon S3 policies").
struct OrganizationPolicy: Sendable {
  /// JSON, as DescribeEffectivePolicy tells it.
  let content: String
  let updatedAt: Timestamp
  /// Whether it switches all of Block Public Access on.
  let blocksPublicAccess: Bool

  /// - Parameter content: `{"s3_attributes": {"public_access_block_configuration": "all"}}`.
  init?(content: String, at now: Timestamp) {
    guard let document = try? JSONSerialization.jsonObject(with: Data(content.utf8)) as? [String: Any],
      let attributes = document["s3_attributes"] as? [String: Any],
      let value = attributes["public_access_block_configuration"] as? String, value == "all" || value == "none"
    else { return nil }
    self.content = content
    updatedAt = now
    blocksPublicAccess = value == "all"
  }
}
