/// A role of an account that owns objects, which the bucket owner's credentials may assume.
package struct OwnerRole: Sendable, Hashable {
  package var arn: String
  /// What the role's trust policy demands of who assumes it; no secret.
  package var externalID: String?

  package init(arn: String, externalID: String? = nil) {
    self.arn = arn
    self.externalID = externalID
  }
}
