internal import AWSKit

/// An origin access control (OAC): has CloudFront sign its requests as the service principal, for a distribution.
struct OriginAccessControl: Sendable, Identifiable {
  /// When CloudFront signs.
  enum SigningBehavior: String, Sendable {
    case never
    case always
    /// Unless the viewer's request has an Authorization header that is forwarded; here none is.
    case noOverride = "no-override"
  }

  let id: String
  let name: String
  let description: String
  let signingBehavior: SigningBehavior
  /// Of the account that it belongs to.
  let accountID: String
  let etag: String

  func write(to writer: inout DocumentWriter) {
    writer.element("Id", text: id)
    writer.element("OriginAccessControlConfig", writeConfig)
  }

  func writeConfig(to writer: inout DocumentWriter) {
    writer.element("Name", text: name)
    writer.element("Description", text: description)
    writer.element("SigningProtocol", text: "sigv4")
    writer.element("SigningBehavior", text: signingBehavior.rawValue)
    writer.element("OriginAccessControlOriginType", text: "s3")
  }

  /// As lists have it.
  func writeSummary(to writer: inout DocumentWriter) {
    writer.element("OriginAccessControlSummary") { writer in
      writer.element("Id", text: id)
      writeConfig(to: &writer)
    }
  }
}
