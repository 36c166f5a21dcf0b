package import AWSKit

/// Amazon's form of a canonical user ID (64 hexadecimal digits), and the other IDs that people mistake for one.
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

  /// The command that shows an account's canonical ID.
  package static let command = "aws s3api list-buckets --query Owner.ID --output text"

  /// What a text is if it is no canonical ID, and which option or command gives the right one: whole sentences.
  package static func advice(for text: String) -> String {
    let shown = "'\(text.escapedForTerminal)'"
    if isAnonymous(CanonicalID(text)) {
      return "\(shown) stands for everybody without credentials: fixacl adds no public grant."
    }
    let bare = String(text.filter { $0 != "\"" && $0 != "'" })
    if bare != text, normalized(CanonicalID(bare)) != nil { return "\(shown): leave out the quotation marks." }
    if text.utf8.contains(UInt8(ascii: ",")) { return "\(shown) names several: repeat the option for each." }
    let lowercased = text.lowercased()
    if lowercased.hasPrefix("uri=") || lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://")
      || ["*", "allusers", "authenticatedusers", "public", "everyone", "everybody"].contains(lowercased)
    {
      return "\(shown) is a group or everybody: fixacl adds no public grant. Name an account or an OAI."
    }
    if lowercased.hasPrefix("emailaddress=") || text.utf8.contains(UInt8(ascii: "@")) {
      return "\(shown) is an e-mail address, which S3 takes for a grantee no more. \(ofAccount("the account"))"
    }
    if text.hasPrefix("arn:") { return adviceOnARN(text, shown: shown) }
    if let id = originAccessIdentity(in: text) { return "\(shown) names an OAI: use --oai \(id.escapedForTerminal)." }
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    if digits.count == 12, digits.allSatisfy(isDigit) {
      return
        "\(shown) is an account number, and ACLs know accounts by their canonical IDs. \(ofAccount("that account"))"
    }
    if isCloudFrontID(text) {
      return
        "\(shown) is an ID of CloudFront's: use --oai \(text) for an OAI, --distribution \(text) for a distribution."
    }
    if let mark = uniqueIDMarks[String(text.prefix(4))], text.utf8.count >= 16, text.utf8.allSatisfy(isPlain) {
      return "\(shown) is \(mark), which no ACL can name. \(ofAccount("its account"))"
    }
    if lowercased.hasSuffix(".amazonaws.com") {
      return
        "\(shown) is a service, which no ACL can let in, but the bucket policy: use --distribution E… for an origin"
        + " access control."
    }
    if lowercased.hasSuffix(".cloudfront.net") {
      return "\(shown) is a distribution's domain name: use --distribution with the ID that 'aws cloudfront"
        + " list-distributions' shows for it."
    }
    if isHexadecimal(text), text.utf8.count > 20 {
      return
        "\(shown) has \(text.utf8.count) hexadecimal digits, and a canonical ID has 64: see that it is copied whole."
        + " \(ofAccount("the account"))"
    }
    return "\(shown) is no canonical ID, which has 64 hexadecimal digits. \(ofAccount("the account"))"
      + " For an OAI use --oai E…."
  }

  /// The ID in an OAI's ARN, or in the form that distribution configurations use; nil for anything else.
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

  private static func adviceOnARN(_ text: String, shown: String) -> String {
    if let id = originAccessIdentity(in: text) { return "\(shown) is an OAI's ARN: use --oai \(id)." }
    if let id = distribution(in: text) { return "\(shown) is a distribution's ARN: use --distribution \(id)." }
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let service = parts.count > 2 ? parts[2] : ""
    guard service == "iam" || service == "sts" else {
      return "\(shown) is an ARN of no account and no OAI. \(ofAccount("the account")) For an OAI use --oai E…."
    }
    let account = parts.count > 4 && parts[4].utf8.count == 12 ? "the account \(parts[4])" : "its account"
    return "\(shown) is an ARN, and an ACL names a whole account by its canonical ID, never a user or a role."
      + " \(ofAccount(account.escapedForTerminal))"
  }

  private static func ofAccount(_ account: String) -> String {
    "'\(command)' with a profile of \(account) shows its canonical ID."
  }

  /// Prefixes of IAM's unique IDs ("IAM identifiers", IAM User Guide).
  private static let uniqueIDMarks = [
    "AIDA": "a user's unique ID", "AROA": "a role's unique ID", "AGPA": "a user group's unique ID",
    "AIPA": "an instance profile's unique ID", "ANPA": "a policy's unique ID", "ANVA": "a policy version's unique ID",
    "AKIA": "an access key's ID", "ASIA": "a temporary access key's ID",
  ]

  private static func isHexadecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isPlain(_ byte: UInt8) -> Bool { isDigit(byte) || (0x41...0x5a).contains(byte) }
}
