/// An origin of a CloudFront distribution, and the identity that it is read with.
package struct DistributionOrigin: Sendable, Hashable {
  package var id = ""
  package var domainName: String
  /// Put before each viewer's path; begins with a slash unless it is empty.
  package var path = ""
  /// The ID of the origin access identity that reads.
  package var originAccessIdentity: String?
  /// The ID of the origin access control, with which CloudFront reads as a service principal.
  package var originAccessControl: String?

  package init(
    id: String = "", domainName: String, path: String = "", originAccessIdentity: String? = nil,
    originAccessControl: String? = nil
  ) {
    self.id = id
    self.path = path
    self.domainName = domainName
    self.originAccessIdentity = originAccessIdentity
    self.originAccessControl = originAccessControl
  }
}
