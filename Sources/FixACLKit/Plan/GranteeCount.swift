package import AWSKit

/// A grantee, and how many objects' ACLs name it.
package struct GranteeCount: Sendable, Equatable {
  package let grantee: Grantee
  package let objects: Int

  package init(_ grantee: Grantee, objects: Int) {
    self.grantee = grantee
    self.objects = objects
  }
}

extension GranteeCount: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case objects
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      grantee.writeMember(to: &json)
      json.member(CodingKeys.objects, objects)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try Grantee(from: decoder), objects: try values.decode(Int.self, forKey: .objects))
  }
}
