internal import AWSKit

/// How much of a report is looked at again before a plan is made of it.
package enum InventoryRefresh: String, CaseIterable, Sendable {
  /// Nothing: the report is believed, and only what it does not tell is asked for.
  case none
  /// Each object that the plan would change, once.
  case changed
  /// Each object that is not the bucket owner's.
  case all
}

/// Which report a plan is made from, as the plan remembers it.
package struct InventorySource: Sendable, Equatable {
  /// Its manifest: `s3://BUCKET/KEY`, or a file.
  package let manifest: String
  /// When S3 began to make the report.
  package let createdAt: String
  /// The manifest's MD5, in hexadecimal digits, which its checksum confirms.
  package let md5: String
  package let refresh: InventoryRefresh
}

extension InventorySource: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case manifest, createdAt, md5, refresh
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.manifest, manifest)
      json.member(CodingKeys.createdAt, createdAt)
      json.member(CodingKeys.md5, md5)
      json.member(CodingKeys.refresh, refresh.rawValue)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let refresh = try values.decode(String.self, forKey: .refresh)
    guard let refresh = InventoryRefresh(rawValue: refresh) else {
      throw FileFormatError.Detail("its 'inventory' has the refresh '\(refresh.escapedForTerminal)'")
    }
    self.init(
      manifest: try values.decode(String.self, forKey: .manifest),
      createdAt: try values.decode(String.self, forKey: .createdAt), md5: try values.decode(String.self, forKey: .md5),
      refresh: refresh)
  }
}
