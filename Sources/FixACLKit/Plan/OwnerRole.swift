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
