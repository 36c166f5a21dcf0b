/// Why S3 refuses somebody, as it says it within an account or an organization (S3 User Guide: "Troubleshoot access denied
/// (403 Forbidden) errors in Amazon S3"): `User: ARN is not authorized to perform: s3:GetObject on resource: "…" because no
/// identity-based policy allows the s3:GetObject action`.
package struct AccessDeniedSentence: Sendable, Equatable {
  /// The policy that decides.
  package enum Policy: String, Sendable, CaseIterable {
    case identity = "identity-based policy"
    case resource = "resource-based policy"
    case session = "session policy"
    case boundary = "permissions boundary"
    case serviceControl = "service control policy"
    case resourceControl = "resource control policy"
    case endpoint = "VPC endpoint policy"
  }

  package let policy: Policy
  /// What is not allowed, such as `s3:GetObject`, or `kms:Decrypt` with the object's key; nil if the sentence does not say.
  package let action: String?
  /// Whether it denies; else it does not allow. Of a resource-based policy, RestrictPublicBuckets reads as a Deny, and
  /// IgnorePublicAcls as a policy that does not allow.
  package let isExplicit: Bool

  /// Nil if the message says nothing of policies.
  package init?(_ message: String) {
    // The resource's name stands in quotation marks, and is a stranger's text.
    let end = message.lastIndex(of: "\"").map { message[message.index(after: $0)...] } ?? message[...]
    action = Self.action(in: message)
    for policy in Policy.allCases {
      if end.contains("with an explicit deny in a \(policy.rawValue)")
        || end.contains("with an explicit deny in an \(policy.rawValue)")
      {
        (self.policy, isExplicit) = (policy, true)
        return
      }
      if end.contains("because no \(policy.rawValue) allows") {
        (self.policy, isExplicit) = (policy, false)
        return
      }
    }
    return nil
  }

  /// Whether it is about the key that the object is encrypted with.
  var isAboutEncryption: Bool { action?.hasPrefix("kms:") ?? false }

  private static func action(in message: String) -> String? {
    // It stands before anything that a stranger has named.
    guard let mark = message.firstRange(of: " is not authorized to perform: ") else { return nil }
    let action = message[mark.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":") }
    return action.isEmpty ? nil : String(action)
  }
}
