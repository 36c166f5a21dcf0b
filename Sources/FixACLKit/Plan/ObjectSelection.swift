package import AWSKit

/// Which objects a scan covers, by what is known of them besides the form of their keys.
package struct ObjectSelection: Sendable, Equatable {
  /// The owners whose objects are wanted, sorted; empty for all.
  package var owners: [CanonicalID]
  /// Only objects modified at this moment or later.
  package var modifiedSince: Timestamp?
  /// The list of keys that were asked for; nil for all keys.
  package var keys: KeyListDigest?
  /// Whether objects of the bucket owner are repaired too.
  package var includesOwn: Bool

  package init(
    owners: some Sequence<CanonicalID> = [], modifiedSince: Timestamp? = nil, keys: KeyListDigest? = nil,
    includesOwn: Bool = false
  ) {
    self.owners = Set(owners).sorted()
    self.modifiedSince = modifiedSince
    self.keys = keys
    self.includesOwn = includesOwn
  }

  /// Whether objects are left out, so that nothing can be said of the whole bucket.
  package var isPartial: Bool { !owners.isEmpty || modifiedSince != nil || keys != nil }
}

/// What a plan remembers of a list of keys: two lists of the same keys have the same.
package struct KeyListDigest: Sendable, Equatable {
  /// The number of different keys.
  package let count: Int
  /// The SHA-256 of the sorted keys, in hexadecimal digits.
  package let sha256: String

  package init(count: Int, sha256: String) {
    self.count = count
    self.sha256 = sha256
  }
}

extension KeyListDigest: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case count, sha256
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.count, count)
      json.member(CodingKeys.sha256, sha256)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      count: try values.decode(Int.self, forKey: .count), sha256: try values.decode(String.self, forKey: .sha256))
    guard count >= 0 else { throw FileFormatError.Detail("its 'keysFrom' has \(count) keys") }
  }
}
