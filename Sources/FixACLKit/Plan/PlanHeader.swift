internal import AWSKit

/// Everything in a plan before its ACLs and changes.
package struct PlanHeader: Sendable, Equatable {
  /// The format that this version writes, and the only one it reads.
  package static let format = "fixacl-plan/1"

  /// Program and version.
  package var tool: String
  package var createdAt: String
  package var bucket: BucketSettings
  /// Which credentials the plan was made with.
  package var credentials = CredentialNames()
  /// The report that it was made from; nil for a listing of the bucket.
  package var inventory: InventorySource?
  package var desired: Intent
  package var summary: PlanSummary
  /// The one-call alternative; nil if nothing is foreign, or the server does not support the setting.
  package var alternative: OwnershipAlternative?

  package init(
    tool: String, createdAt: String, bucket: BucketSettings, desired: Intent, summary: PlanSummary,
    alternative: OwnershipAlternative? = nil
  ) {
    self.tool = tool
    self.createdAt = createdAt
    self.bucket = bucket
    self.desired = desired
    self.summary = summary
    self.alternative = alternative
  }

  /// The value of the member `alternative`.
  package func writeAlternative(to json: inout JSONWriter) {
    alternative.write(to: &json)
  }
}
