internal import AWSKit

extension PlanHeader: Decodable {
  /// The names of the members that precede the ACLs, in their order.
  enum CodingKeys: String, CodingKey {
    case format, tool, createdAt, bucket, credentials, inventory, desired, summary, alternative, owners
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else { throw FileFormatError.Detail("it has the format '\(format)'") }
    self.init(
      tool: try values.decode(String.self, forKey: .tool),
      createdAt: try values.decode(String.self, forKey: .createdAt),
      bucket: try values.decode(BucketSettings.self, forKey: .bucket),
      desired: try values.decode(Intent.self, forKey: .desired),
      summary: try values.decode(PlanSummary.self, forKey: .summary),
      alternative: try values.decodeIfPresent(OwnershipAlternative.self, forKey: .alternative))
    credentials = try values.decodeIfPresent(CredentialNames.self, forKey: .credentials) ?? CredentialNames()
    inventory = try values.decodeIfPresent(InventorySource.self, forKey: .inventory)
    // Commands that people paste into a shell are never taken from a file.
    alternative?.makeCommands(for: bucket, profile: credentials.profile)
    // Early versions wrote owners' IDs in full, and had no table of names.
    guard let names = try values.decodeIfPresent([String: String].self, forKey: .owners) else { return }
    let ids = Set(names.values.map { CanonicalID($0) })
    guard names.allSatisfy({ OwnerNames.isName($0, of: CanonicalID($1)) }), ids.count == names.count,
      ids == Set(summary.owners.keys)
    else { throw FileFormatError.Detail("its 'owners' are not those of its summary") }
  }
}
