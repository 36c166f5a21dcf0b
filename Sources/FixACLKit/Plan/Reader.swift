package import AWSKit

/// A principal that must be able to read every object, and where it was named.
package struct Reader: Sendable, Hashable {
  /// Where a reader is named: in the bucket policy, or by an option.
  package enum Source: String, Sendable, CaseIterable {
    case bucketPolicy = "bucket-policy"
    case oai
    case distribution
    case grantRead = "grant-read"
    case grantFullControl = "grant-full-control"
  }

  /// The identity it uses to request objects.
  package enum Principal: Sendable, Hashable {
    /// An account or an origin access identity, which a grant can name.
    case canonicalUser(CanonicalID, Permission)
    /// An AWS service, with the ARNs and accounts that it may act for: no ACL can name it.
    case service(String, sources: [String])
  }

  package var source: Source
  package var principal: Principal
  /// The statement of the bucket policy that allows it: its Sid, or its number from 1.
  package var statement: String?
  /// The distribution that reads as this principal.
  package var distribution: String?
  /// Its ID as a CloudFront origin access identity, if it is known to be one.
  package var originAccessIdentity: String?

  package init(
    _ source: Source, _ principal: Principal, statement: String? = nil, distribution: String? = nil,
    originAccessIdentity: String? = nil
  ) {
    self.source = source
    self.principal = principal
    self.statement = statement
    self.distribution = distribution
    self.originAccessIdentity = originAccessIdentity
  }

  /// Nil for a service.
  package var canonicalID: CanonicalID? {
    guard case .canonicalUser(let id, _) = principal else { return nil }
    return id
  }

  /// The grant it needs; nil for a service.
  package var grant: Grant? {
    guard case .canonicalUser(let id, let permission) = principal else { return nil }
    return Grant(.canonicalUser(id), permission)
  }
}

extension Reader: Comparable {
  /// The order in a plan. Any total order will do, as long as it never changes.
  package static func < (left: Reader, right: Reader) -> Bool {
    left.json.lexicographicallyPrecedes(right.json)
  }

  private var json: [UInt8] {
    var json = JSONWriter()
    write(to: &json)
    return json.bytes
  }
}

extension Reader: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case source, statement, distribution, oai, id, permission, service, sources
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.source, source.rawValue)
      json.member(CodingKeys.statement, statement)
      json.member(CodingKeys.distribution, distribution)
      json.member(CodingKeys.oai, originAccessIdentity)
      switch principal {
      case .canonicalUser(let id, let permission):
        json.member(CodingKeys.id, id.value)
        json.member(CodingKeys.permission, permission.rawValue)
      case .service(let name, let sources):
        json.member(CodingKeys.service, name)
        json.member(CodingKeys.sources, sources)
      }
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .source)
    guard let source = Source(rawValue: name) else { throw FileFormatError.Detail("a reader comes from '\(name)'") }
    let principal: Principal
    if let service = try values.decodeIfPresent(String.self, forKey: .service) {
      principal = .service(service, sources: try values.decode([String].self, forKey: .sources))
    } else {
      let permission = try values.decode(String.self, forKey: .permission)
      guard let known = Permission(rawValue: permission) else {
        throw FileFormatError.Detail("a reader has the permission '\(permission)'")
      }
      principal = .canonicalUser(CanonicalID(try values.decode(String.self, forKey: .id)), known)
    }
    self.init(
      source, principal, statement: try values.decodeIfPresent(String.self, forKey: .statement),
      distribution: try values.decodeIfPresent(String.self, forKey: .distribution),
      originAccessIdentity: try values.decodeIfPresent(String.self, forKey: .oai))
  }
}
