package import AWSKit

/// `{"owner":…,"grants":[{"id"|"uri":…,"permission":…}]}`
extension AccessControlList: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case owner, grants
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.owner, owner.value)
      json.member(CodingKeys.grants, grants)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      owner: CanonicalID(try values.decode(String.self, forKey: .owner)),
      grants: try values.decode([Grant].self, forKey: .grants))
  }
}

extension Grant: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case permission
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      grantee.writeMember(to: &json)
      json.member(CodingKeys.permission, permission.rawValue)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    guard let permission = Permission(rawValue: try values.decode(String.self, forKey: .permission)) else {
      throw DecodingError.dataCorruptedError(
        forKey: .permission, in: values, debugDescription: "it is not an S3 permission")
    }
    self.init(try Grantee(from: decoder), permission)
  }
}

/// A member of the object that it belongs to, such as a grant: `"id":…` or `"uri":…`.
extension Grantee: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, uri
  }

  /// Writes its member into the open object.
  func writeMember(to json: inout JSONWriter) {
    switch self {
    case .canonicalUser(let id): json.member(CodingKeys.id, id.value)
    case .group(let uri): json.member(CodingKeys.uri, uri)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let id = try values.decodeIfPresent(String.self, forKey: .id)
    let uri = try values.decodeIfPresent(String.self, forKey: .uri)
    switch (id, uri) {
    case (let id?, nil): self = .canonicalUser(CanonicalID(id))
    case (nil, let uri?): self = .group(uri)
    default:
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "a grantee has either an 'id' or a 'uri'"))
    }
  }
}
