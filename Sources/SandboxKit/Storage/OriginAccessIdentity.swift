internal import Crypto
internal import AWSKit

/// An origin access identity (OAI): what CloudFront reads a bucket as, and what an ACL names by its canonical ID.
struct OriginAccessIdentity: Sendable, Identifiable {
  let id: String
  let canonicalID: CanonicalID
  let callerReference: String
  let comment: String
  /// Of the account that it belongs to.
  let accountID: String
  let etag: String

  /// - Parameter canonicalID: nil for one that is made of the ID.
  init(
    id: String, canonicalID: CanonicalID? = nil, callerReference: String, comment: String, accountID: String,
    etag: String
  ) {
    self.id = id
    self.canonicalID =
      canonicalID ?? CanonicalID(Hexadecimal.encode(SHA256.hash(data: Array("fixacl-sandbox OAI \(id)".utf8))))
    self.callerReference = callerReference
    self.comment = comment
    self.accountID = accountID
    self.etag = etag
  }

  func write(to writer: inout DocumentWriter) {
    writer.element("Id", text: id)
    writer.element("S3CanonicalUserId", text: canonicalID.value)
    writer.element("CloudFrontOriginAccessIdentityConfig", writeConfig)
  }

  func writeConfig(to writer: inout DocumentWriter) {
    writer.element("CallerReference", text: callerReference)
    writer.element("Comment", text: comment)
  }

  /// As lists have it.
  func writeSummary(to writer: inout DocumentWriter) {
    writer.element("CloudFrontOriginAccessIdentitySummary") { writer in
      writer.element("Id", text: id)
      writer.element("S3CanonicalUserId", text: canonicalID.value)
      writer.element("Comment", text: comment)
    }
  }
}
