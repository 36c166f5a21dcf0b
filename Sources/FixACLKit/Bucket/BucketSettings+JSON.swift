package import AWSKit

extension BucketSettings: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case name, region, endpoint, owner, versioning, objectOwnership, publicAccessBlock, accountPublicAccessBlock
    case encryption, objectLock, payer, policyDigest
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.name, name)
      json.member(CodingKeys.region, region)
      json.member(CodingKeys.endpoint, endpoint)
      json.member(CodingKeys.owner, owner.value)
      json.member(CodingKeys.versioning, versioning?.rawValue)
      json.member(CodingKeys.objectOwnership, objectOwnership?.rawValue)
      json.member(CodingKeys.publicAccessBlock, publicAccessBlock)
      json.member(CodingKeys.accountPublicAccessBlock, accountPublicAccessBlock)
      json.member(CodingKeys.encryption, encryption)
      json.member(CodingKeys.objectLock, objectLock)
      if payer == .requester { json.member(CodingKeys.payer, payer?.rawValue) }
      json.member(CodingKeys.policyDigest, policyDigest)
    }
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
      publicAccessBlock: try values.decodeIfPresent(PublicAccessBlock.self, forKey: .publicAccessBlock),
      accountPublicAccessBlock: try values.decodeIfPresent(PublicAccessBlock.self, forKey: .accountPublicAccessBlock),
      encryption: try values.decodeIfPresent(ObjectEncryption.self, forKey: .encryption),
      objectLock: try values.decodeIfPresent(ObjectLockConfiguration.self, forKey: .objectLock),
      payer: try values.decodeTerm(Payer.self, forKey: .payer),
      policyDigest: try values.decodeIfPresent(String.self, forKey: .policyDigest))
  }
}

extension ObjectEncryption: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case algorithm, kmsKeyId, bucketKey
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.algorithm, algorithm)
      json.member(CodingKeys.kmsKeyId, kmsKeyID)
      json.member(CodingKeys.bucketKey, usesBucketKey)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      algorithm: try values.decode(String.self, forKey: .algorithm),
      kmsKeyID: try values.decodeIfPresent(String.self, forKey: .kmsKeyId),
      usesBucketKey: try values.decode(Bool.self, forKey: .bucketKey))
  }
}

extension ObjectLockConfiguration: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case enabled, defaultMode, defaultDays, defaultYears, defaultEventHoldDays, defaultEventHoldYears
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.enabled, isEnabled)
      json.member(CodingKeys.defaultMode, defaultMode)
      json.member(CodingKeys.defaultDays, defaultDays)
      json.member(CodingKeys.defaultYears, defaultYears)
      switch defaultEventHold {
      case .days(let days): json.member(CodingKeys.defaultEventHoldDays, days)
      case .years(let years): json.member(CodingKeys.defaultEventHoldYears, years)
      case nil: break
      }
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let days = try values.decodeIfPresent(Int.self, forKey: .defaultEventHoldDays)
    let years = try values.decodeIfPresent(Int.self, forKey: .defaultEventHoldYears)
    self.init(
      isEnabled: try values.decode(Bool.self, forKey: .enabled),
      defaultMode: try values.decodeIfPresent(String.self, forKey: .defaultMode),
      defaultDays: try values.decodeIfPresent(Int.self, forKey: .defaultDays),
      defaultYears: try values.decodeIfPresent(Int.self, forKey: .defaultYears),
      defaultEventHold: days.map { .days($0) } ?? years.map { .years($0) })
  }
}

extension PublicAccessBlock: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.blockPublicAcls, blockPublicAcls)
      json.member(CodingKeys.ignorePublicAcls, ignorePublicAcls)
      json.member(CodingKeys.blockPublicPolicy, blockPublicPolicy)
      json.member(CodingKeys.restrictPublicBuckets, restrictPublicBuckets)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    blockPublicAcls = try values.decode(Bool.self, forKey: .blockPublicAcls)
    ignorePublicAcls = try values.decode(Bool.self, forKey: .ignorePublicAcls)
    blockPublicPolicy = try values.decode(Bool.self, forKey: .blockPublicPolicy)
    restrictPublicBuckets = try values.decode(Bool.self, forKey: .restrictPublicBuckets)
  }
}
