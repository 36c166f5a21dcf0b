internal import AWSKit

extension PlanHeader: Decodable {
  private enum CodingKeys: String, CodingKey {
    case format, tool, createdAt, bucket, desired, summary, alternative, owners
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
    // Commands that people paste into a shell are never taken from a file.
    alternative?.makeCommands(for: bucket)
    // Early versions wrote owners' IDs in full, and had no table of names.
    guard let names = try values.decodeIfPresent([String: String].self, forKey: .owners) else { return }
    let ids = Set(names.values.map { CanonicalID($0) })
    guard names.allSatisfy({ OwnerNames.isName($0, of: CanonicalID($1)) }), ids.count == names.count,
      ids == Set(summary.owners.keys)
    else { throw FileFormatError.Detail("its 'owners' are not those of its summary") }
  }
}

extension BucketSettings: Decodable {
  private enum CodingKeys: String, CodingKey {
    case name, region, endpoint, owner, versioning, objectOwnership, publicAccessBlock, accountPublicAccessBlock
    case encryption, objectLock, payer, policyDigest
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      region: try values.decode(String.self, forKey: .region),
      endpoint: try values.decodeIfPresent(String.self, forKey: .endpoint),
      owner: CanonicalID(try values.decode(String.self, forKey: .owner)),
      versioning: try values.decodeTerm(VersioningState.self, forKey: .versioning),
      objectOwnership: try values.decodeTerm(ObjectOwnership.self, forKey: .objectOwnership),
      publicAccessBlock: try values.decodeIfPresent(
        PublicAccessBlockDocument.self, forKey: .publicAccessBlock)?.block,
      accountPublicAccessBlock: try values.decodeIfPresent(
        PublicAccessBlockDocument.self, forKey: .accountPublicAccessBlock)?.block,
      encryption: try values.decodeIfPresent(EncryptionDocument.self, forKey: .encryption)?.encryption,
      objectLock: try values.decodeIfPresent(ObjectLockDocument.self, forKey: .objectLock)?.configuration,
      payer: try values.decodeTerm(Payer.self, forKey: .payer),
      policyDigest: try values.decodeIfPresent(String.self, forKey: .policyDigest))
  }
}

private struct EncryptionDocument: Decodable {
  let algorithm: String
  let kmsKeyId: String?
  let bucketKey: Bool

  var encryption: ObjectEncryption {
    ObjectEncryption(algorithm: algorithm, kmsKeyID: kmsKeyId, usesBucketKey: bucketKey)
  }
}

private struct ObjectLockDocument: Decodable {
  let enabled: Bool
  let defaultMode: String?
  let defaultDays: Int?
  let defaultYears: Int?

  var configuration: ObjectLockConfiguration {
    ObjectLockConfiguration(
      isEnabled: enabled, defaultMode: defaultMode, defaultDays: defaultDays, defaultYears: defaultYears)
  }
}

private struct PublicAccessBlockDocument: Decodable {
  let blockPublicAcls: Bool
  let ignorePublicAcls: Bool
  let blockPublicPolicy: Bool
  let restrictPublicBuckets: Bool

  var block: PublicAccessBlock {
    var block = PublicAccessBlock()
    block.blockPublicAcls = blockPublicAcls
    block.ignorePublicAcls = ignorePublicAcls
    block.blockPublicPolicy = blockPublicPolicy
    block.restrictPublicBuckets = restrictPublicBuckets
    return block
  }
}

extension Intent: Decodable {
  private enum CodingKeys: String, CodingKey {
    case grants, readers, strategy, dropPublicGrants, keepPreviousOwner, allVersions, dropGrantees, prefix, include
    case exclude, requestPayer
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let documents = try values.decode([GrantDocument].self, forKey: .grants)
    let grants = documents.compactMap(\.grant)
    guard grants.count == documents.count,
      let strategy = try values.decodeTerm(Strategy.self, forKey: .strategy),
      let rule = try values.decodeTerm(PublicGrantRule.self, forKey: .dropPublicGrants)
    else { throw FileFormatError.Detail("its 'desired' says something that this version does not know") }
    self.init(
      grants: grants, readers: try values.decodeIfPresent([Reader].self, forKey: .readers) ?? [], strategy: strategy,
      dropPublicGrants: rule,
      keepsPreviousOwner: try values.decode(Bool.self, forKey: .keepPreviousOwner),
      allVersions: try values.decode(Bool.self, forKey: .allVersions),
      droppedGrantees: (try values.decodeIfPresent([String].self, forKey: .dropGrantees) ?? []).map {
        CanonicalID($0)
      },
      requestPayer: try values.decodeTerm(RequestPayer.self, forKey: .requestPayer),
      filter: KeyFilter(
        prefix: try values.decodeIfPresent(String.self, forKey: .prefix),
        include: try values.decode([String].self, forKey: .include).map(Glob.init),
        exclude: try values.decode([String].self, forKey: .exclude).map(Glob.init)))
    guard Set(grants) == Set(self.grants) else {
      throw FileFormatError.Detail("its 'desired' does not grant what its readers need")
    }
  }
}

extension PlanSummary: Decodable {
  private enum CodingKeys: String, CodingKey {
    case listed, foreign, byOwner, byAction, blockedBy, bytesToCopy, requests
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    listed = try values.decode(Int.self, forKey: .listed)
    foreign = try values.decode(Int.self, forKey: .foreign)
    bytesToCopy = try values.decode(Int.self, forKey: .bytesToCopy)
    requests = try values.decode(Int.self, forKey: .requests)
    for (id, owner) in try values.decode([String: Owner].self, forKey: .byOwner) {
      owners[CanonicalID(id)] = owner
    }
    for (name, count) in try values.decode([String: Int].self, forKey: .byAction) where count > 0 {
      guard let action = ChangeAction(rawValue: name) else {
        throw FileFormatError.Detail("its summary names the action '\(name)'")
      }
      actions[action] = count
    }
    for (name, count) in try values.decode([String: Int].self, forKey: .blockedBy) {
      guard let reason = ChangeReason(rawValue: name) else {
        throw FileFormatError.Detail("its summary names the reason '\(name)'")
      }
      blockedReasons[reason] = count
    }
  }
}

extension KeyedDecodingContainer {
  /// A word of a fixed set; nil for null; an error for any other word.
  fileprivate func decodeTerm<Term: RawRepresentable<String>>(
    _: Term.Type, forKey key: Key
  ) throws -> Term? {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
    guard let term = Term(rawValue: text) else {
      throw FileFormatError.Detail("its '\(key.stringValue)' is '\(text)'")
    }
    return term
  }
}
