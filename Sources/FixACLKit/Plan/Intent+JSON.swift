internal import AWSKit

extension Intent: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case grants, readers, strategy, dropPublicGrants, keepPreviousOwner, allVersions, dropGrantees, requestPayer
    case prefix, include, exclude
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
    }
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
        exclude: try values.decode([String].self, forKey: .exclude).map(Glob.init)))
    guard Set(grants) == Set(self.grants) else {
      throw FileFormatError.Detail("its 'desired' does not grant what its readers need")
    }
  }
}
