internal import AWSKit

extension PlanSummary: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case listed, foreign, missing, changes, byOwner, byAction, blockedBy, byStorageClass, bytesToCopy, requests
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.listed, listed)
      json.member(CodingKeys.foreign, foreign)
      if missing != 0 { json.member(CodingKeys.missing, missing) }
      json.member(CodingKeys.changes, changes)
      json.name(CodingKeys.byOwner.rawValue)
      json.object { json in
        for (id, owner) in owners.sorted(by: { $0.key < $1.key }) {
          json.name(id.value)
          owner.write(to: &json)
        }
      }
      json.name(CodingKeys.byAction.rawValue)
      json.object { json in
        for action in ChangeAction.allCases { json.member(action.rawValue, actions[action] ?? 0) }
      }
      json.name(CodingKeys.blockedBy.rawValue)
      json.object { json in
        for reason in ChangeReason.allCases where (blockedReasons[reason] ?? 0) > 0 {
          json.member(reason.rawValue, blockedReasons[reason] ?? 0)
        }
      }
      if !storageClasses.isEmpty {
        json.name(CodingKeys.byStorageClass.rawValue)
        json.object { json in
          for (name, count) in storageClasses.sorted(by: { $0.key < $1.key }) {
            json.name(name)
            count.write(to: &json)
          }
        }
      }
      json.member(CodingKeys.bytesToCopy, bytesToCopy)
      json.member(CodingKeys.requests, requests)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    listed = try values.decode(Int.self, forKey: .listed)
    foreign = try values.decode(Int.self, forKey: .foreign)
    missing = try values.decodeIfPresent(Int.self, forKey: .missing) ?? 0
    bytesToCopy = try values.decode(Int.self, forKey: .bytesToCopy)
    requests = try values.decode(Int.self, forKey: .requests)
    storageClasses = try values.decodeIfPresent([String: StorageClassCount].self, forKey: .byStorageClass) ?? [:]
    if let name = storageClasses.keys.first(where: { !StorageClassCount.names.contains($0) }) {
      throw FileFormatError.Detail("its summary names the storage class '\(name)'")
    }
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

extension PlanSummary.Owner: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case objects, bytes, changes
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.objects, objects)
      json.member(CodingKeys.bytes, bytes)
      json.member(CodingKeys.changes, changes)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      objects: try values.decode(Int.self, forKey: .objects), bytes: try values.decode(Int.self, forKey: .bytes),
      changes: try values.decode(Int.self, forKey: .changes))
  }
}
