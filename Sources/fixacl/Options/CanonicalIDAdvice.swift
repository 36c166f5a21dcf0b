internal import AWSKit
internal import FixACLKit

/// What to write instead of a text that cannot be a canonical ID on Amazon.
enum CanonicalIDAdvice {
  /// The command that shows an account's canonical ID.
  static let command = "aws s3api list-buckets --query Owner.ID --output text"

  /// What a text is that is not a canonical ID, and which option or command gives the right one: whole sentences.
  static func text(for text: String) -> String {
    let shown = "'\(text.escapedForTerminal)'"
    if AmazonCanonicalID.isAnonymous(CanonicalID(text)) {
      return "\(shown) means everybody without credentials, and fixacl adds no public grant."
    }
    let bare = String(text.filter { $0 != "\"" && $0 != "'" })
    if bare != text, AmazonCanonicalID.normalized(CanonicalID(bare)) != nil {
      return "\(shown) has quotation marks: leave them out."
    }
    if text.utf8.contains(UInt8(ascii: ",")) { return "\(shown) names several: repeat the option for each." }
    let lowercased = text.lowercased()
    if lowercased.hasPrefix("uri=") || lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://")
      || ["*", "allusers", "authenticatedusers", "public", "everyone", "everybody"].contains(lowercased)
    {
      return "\(shown) is a group or everybody, and fixacl adds no public grant. Name an account or an OAI."
    }
    if lowercased.hasPrefix("emailaddress=") || text.utf8.contains(UInt8(ascii: "@")) {
      return "\(shown) is an e-mail address, which S3 no longer accepts as a grantee. \(ofAccount("the account"))"
    }
    if text.hasPrefix("arn:") { return adviceOnARN(text, shown: shown) }
    if let id = AmazonCanonicalID.originAccessIdentity(in: text) {
      return "\(shown) names an OAI: use --oai \(id.escapedForTerminal)."
    }
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    if digits.count == 12, digits.allSatisfy(AmazonCanonicalID.isDigit) {
      return
        "\(shown) is an account number, and ACLs name accounts by canonical IDs. \(ofAccount("that account"))"
    }
    if AmazonCanonicalID.isCloudFrontID(text) {
      return
        "\(shown) is a CloudFront ID: use --oai \(text) for an OAI, --distribution \(text) for a distribution."
    }
    if let mark = uniqueIDMarks[String(text.prefix(4))], text.utf8.count >= 16, text.utf8.allSatisfy(isPlain) {
      return "\(shown) is \(mark), which no ACL can name. \(ofAccount("its account"))"
    }
    if lowercased.hasSuffix(".amazonaws.com") {
      return
        "\(shown) is a service, which only the bucket policy can allow, and no ACL. Use --distribution E… for origin"
        + " access control."
    }
    if lowercased.hasSuffix(".cloudfront.net") {
      return "\(shown) is a distribution's domain name: use --distribution with the ID that 'aws cloudfront"
        + " list-distributions' shows for it."
    }
    if AmazonCanonicalID.isHexadecimal(text), text.utf8.count > 20 {
      return
        "\(shown) has \(text.utf8.count) hexadecimal digits, but a canonical ID has 64. Check that you copied all of it."
        + " \(ofAccount("the account"))"
    }
    return "\(shown) is not a canonical ID, which has 64 hexadecimal digits. \(ofAccount("the account"))"
      + " For an OAI use --oai E… instead."
  }

  private static func adviceOnARN(_ text: String, shown: String) -> String {
    if let id = AmazonCanonicalID.originAccessIdentity(in: text) { return "\(shown) is an OAI's ARN: use --oai \(id)." }
    if let id = AmazonCanonicalID.distribution(in: text) {
      return "\(shown) is a distribution's ARN: use --distribution \(id)."
    }
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let service = parts.count > 2 ? parts[2] : ""
    guard service == "iam" || service == "sts" else {
      return
        "\(shown) is not an ARN of an account or an OAI. \(ofAccount("the account")) For an OAI use --oai E… instead."
    }
    let account = parts.count > 4 && parts[4].utf8.count == 12 ? "the account \(parts[4])" : "its account"
    return "\(shown) is an ARN, but an ACL names a whole account by its canonical ID, never a user or a role."
      + " \(ofAccount(account.escapedForTerminal))"
  }

  private static func ofAccount(_ account: String) -> String {
    "'\(command)' with a profile of \(account) shows its canonical ID."
  }

  /// By which IDs of IAM's begin ("IAM identifiers", IAM User Guide).
  private static let uniqueIDMarks = [
    "AIDA": "a user's unique ID", "AROA": "a role's unique ID", "AGPA": "a user group's unique ID",
    "AIPA": "an instance profile's unique ID", "ANPA": "a policy's unique ID", "ANVA": "a policy version's unique ID",
    "AKIA": "an access key's ID", "ASIA": "a temporary access key's ID",
  ]

  private static func isPlain(_ byte: UInt8) -> Bool {
    AmazonCanonicalID.isDigit(byte) || (0x41...0x5a).contains(byte)
  }
}
