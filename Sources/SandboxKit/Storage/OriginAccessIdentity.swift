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

  /// What stays of it in policies once it is deleted.
  var uniqueID: String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return "AIDA" + String(SHA256.hash(data: Array(id.utf8)).prefix(17).map { letters[Int($0) % 32] })
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

extension BucketPolicy {
  /// The policy once an identity is deleted: its unique ID, which matches nobody, is in its place (IAM User Guide: "AWS
  /// JSON policy elements: Principal", of users and roles that are deleted).
  func forgetting(_ identity: OriginAccessIdentity) -> BucketPolicy {
    let text = String(decoding: source, as: UTF8.self)
    let byID = #/"CanonicalUser"(\s*:\s*)"(\w+)"/#
    let changed = text.replacing(Caller.originAccessIdentityARN(identity.id), with: identity.uniqueID).replacing(byID) {
      $0.2 == identity.canonicalID.value ? "\"AWS\"\($0.1)\"\(identity.uniqueID)\"" : String($0.0)
    }
    guard changed != text, let policy = try? BucketPolicy(parsing: Array(changed.utf8)) else { return self }
    return policy
  }
}
