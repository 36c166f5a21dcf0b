internal import AWSKit

extension Intent: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case grants, readers, strategy, dropPublicGrants, keepPreviousOwner, allVersions, dropGrantees, requestPayer
    case prefix, include, exclude, includeOwn, objectOwners, modifiedSince, keysFrom
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.grants, grants)
      json.member(CodingKeys.readers, readers)
      json.member(CodingKeys.strategy, strategy.rawValue)
      json.member(CodingKeys.dropPublicGrants, dropPublicGrants.rawValue)
      json.member(CodingKeys.keepPreviousOwner, keepsPreviousOwner)
      json.member(CodingKeys.allVersions, allVersions)
      if !droppedGrantees.isEmpty { json.member(CodingKeys.dropGrantees, droppedGrantees.map(\.value)) }
      if let requestPayer { json.member(CodingKeys.requestPayer, requestPayer.rawValue) }
      json.member(CodingKeys.prefix, filter.prefix)
      json.member(CodingKeys.include, filter.include.map(\.pattern))
      json.member(CodingKeys.exclude, filter.exclude.map(\.pattern))
      if selection.includesOwn { json.member(CodingKeys.includeOwn, true) }
      if !selection.owners.isEmpty { json.member(CodingKeys.objectOwners, selection.owners.map(\.value)) }
      if let time = selection.modifiedSince { json.member(CodingKeys.modifiedSince, time.extended) }
      if let keys = selection.keys { json.member(CodingKeys.keysFrom, keys) }
    }
  }

  /// Reads the members that stand there only if something is selected.
  private static func selection(_ values: KeyedDecodingContainer<CodingKeys>) throws -> ObjectSelection {
    let time = try values.decodeIfPresent(String.self, forKey: .modifiedSince)
    let modifiedSince = time.flatMap { Timestamp(iso8601: $0) }
    guard modifiedSince?.extended == time else {
      throw FileFormatError.Detail("its 'modifiedSince' is not a time as this program writes it")
    }
    return ObjectSelection(
      owners: (try values.decodeIfPresent([String].self, forKey: .objectOwners) ?? []).map { CanonicalID($0) },
      modifiedSince: modifiedSince, keys: try values.decodeIfPresent(KeyListDigest.self, forKey: .keysFrom),
      includesOwn: try values.decodeIfPresent(Bool.self, forKey: .includeOwn) ?? false)
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    guard let grants = try? values.decode([Grant].self, forKey: .grants),
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
        exclude: try values.decode([String].self, forKey: .exclude).map(Glob.init)),
      selection: try Self.selection(values))
    guard Set(grants) == Set(self.grants) else {
      throw FileFormatError.Detail("its 'desired' does not grant what its readers need")
    }
  }
}
