internal import AWSKit

/// A role of an account that owns objects, which the bucket owner's credentials may assume.
package struct OwnerRole: Sendable, Hashable {
  package var arn: String
  /// What the role's trust policy demands of a caller that assumes it. AWS does not count it as a secret.
  package var externalID: String?

  package init(arn: String, externalID: String? = nil) {
    self.arn = arn
    self.externalID = externalID
  }

  /// Whether a text is the ARN of a role of an account, in a partition that is known.
  package static func isARN(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return Partition.of(arn: text) != nil && parts.count == 6 && parts[2] == "iam" && parts[3].isEmpty
      && AccountID(String(parts[4])) != nil && parts[5].hasPrefix("role/") && parts[5].utf8.count > 5
      && text.utf8.allSatisfy { (0x21..<0x7f).contains($0) }
  }
}

extension OwnerRole: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case arn
    case externalID = "externalId"
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.arn, arn)
      if let externalID { json.member(CodingKeys.externalID, externalID) }
    }
  }
}
