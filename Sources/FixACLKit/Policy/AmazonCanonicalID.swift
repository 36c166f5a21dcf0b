package import AWSKit

/// Amazon's form of a canonical user ID, 64 hexadecimal digits, and the forms of IDs that people take for one.
package enum AmazonCanonicalID {
  /// The ID as S3 shows it, in lower case; nil if the text cannot be one.
  package static func normalized(_ id: CanonicalID) -> CanonicalID? {
    guard id.value.utf8.count == 64, isHexadecimal(id.value) else { return nil }
    return CanonicalID(id.value.lowercased())
  }

  /// Whether it stands for anonymous requests: the owner of objects that were uploaded without credentials (S3 User
  /// Guide, ACL overview; Ceph RadosGW uses a name of its own).
  package static func isAnonymous(_ id: CanonicalID) -> Bool {
    ["65a011a29cdf8ec533ec3d1ccaae921c", "anonymous"].contains(id.value)
  }

  /// The ID in an OAI's ARN, or in the form that distributions have it in; nil for anything else.
  package static func originAccessIdentity(in text: String) -> String? {
    if case .originAccessIdentity(let id) = PolicyPrincipal(kind: "AWS", text), isCloudFrontID(id) { return id }
    let prefix = "origin-access-identity/cloudfront/"
    guard text.hasPrefix(prefix), isCloudFrontID(String(text.dropFirst(prefix.count))) else { return nil }
    return String(text.dropFirst(prefix.count))
  }

  /// The ID in a distribution's ARN; nil for anything else.
  package static func distribution(in text: String) -> String? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 6, parts[0] == "arn", parts[2] == "cloudfront", parts[5].hasPrefix("distribution/") else {
      return nil
    }
    let id = String(parts[5].dropFirst("distribution/".count))
    return isCloudFrontID(id) ? id : nil
  }

  /// Whether it looks like a CloudFront ID: `E`, then capitals and digits.
  package static func isCloudFrontID(_ text: String) -> Bool {
    (8...32).contains(text.utf8.count) && text.utf8.first == UInt8(ascii: "E")
      && text.utf8.allSatisfy { isDigit($0) || (0x41...0x5a).contains($0) }
  }

  /// Whether all of it is hexadecimal digits.
  package static func isHexadecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Whether a byte is a decimal digit.
  package static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
