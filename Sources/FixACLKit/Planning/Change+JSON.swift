internal import Crypto
internal import S3Kit

/// The short names of a plan's object owners, made of their IDs: what a change says where no ACL of its tells the owner.
struct OwnerNames: Sendable {
  private var ids: [String: CanonicalID] = [:]

  init(_ owners: some Sequence<CanonicalID>) {
    for id in owners { ids[Self.name(of: id)] = id }
  }

  /// The owner of that name; what is no name is an ID itself.
  subscript(name: String) -> CanonicalID { ids[name] ?? CanonicalID(name) }

  /// The first 48 bits of a SHA-256, as of an ACL's name.
  static func name(of id: CanonicalID) -> String {
    Hex.encode(SHA256.hash(data: Array(id.value.utf8)).prefix(6))
  }
}

extension Change {
  /// Writes one line of a plan, without the comma and the line end.
  ///
  /// There can be millions of them, so what goes without saying is left out: no version, no ACL, the owner that the ACL
  /// `from` names, and the most frequent reason.
  ///
  /// - Parameter acls: holds `from`.
  package func write(to json: inout JSONWriter, acls: ACLTable) {
    json.object { json in
      json.name("key")
      json.string(key.bytes)
      if let versionID { json.member("versionId", versionID) }
      json.member("etag", etag)
      json.member("size", size)
      json.member("lastModified", lastModified)
      if from.flatMap({ acls[$0]?.owner }) != owner { json.member("owner", OwnerNames.name(of: owner)) }
      json.member("action", action.rawValue)
      if let from { json.member("from", from.text) }
      if let to { json.member("to", to.text) }
      if reason != .readerMissing { json.member("reason", reason.rawValue) }
      if let kept { json.member("kept", kept.text) }
      if let tags { json.member("tags", tags.text) }
    }
  }

  /// Reads one line of a plan, without the comma and the line end.
  ///
  /// - Throws: `JSONLineReader.Damage` where it is no change.
  init(parsing line: ArraySlice<UInt8>, acls: ACLTable, owners: OwnerNames) throws {
    var reader = JSONLineReader(line)
    var key: [UInt8]?
    var (versionID, etag, lastModified, owner): (String?, String?, String?, String?)
    var size: Int?
    var action: ChangeAction?
    var (from, to): (ACLName?, ACLName?)
    var reason = ChangeReason.readerMissing as ChangeReason?
    var (kept, tags): (Fingerprint?, Fingerprint?)
    try reader.object { reader, name in
      switch name {
      case "key": key = try reader.string()
      case "versionId": versionID = try reader.optionalText()
      case "etag": etag = try reader.text()
      case "size": size = try reader.integer()
      case "lastModified": lastModified = try reader.text()
      case "owner": owner = try reader.text()
      case "action": action = ChangeAction(rawValue: try reader.text())
      case "from": from = try reader.optionalText().map(ACLName.init)
      case "to": to = try reader.optionalText().map(ACLName.init)
      case "reason": reason = ChangeReason(rawValue: try reader.text())
      case "kept": kept = try reader.optionalText().map(Fingerprint.init)
      case "tags": tags = try reader.optionalText().map(Fingerprint.init)
      default: try reader.skip()
      }
    }
    guard reader.isAtEnd(), let key, !key.isEmpty, let etag, let size, let lastModified, let action, let reason,
      let id = owner.map({ owners[$0] }) ?? from.flatMap({ acls[$0]?.owner })
    else { throw JSONLineReader.Damage() }
    self.init(
      key: ObjectKey(key), versionID: versionID, etag: etag, size: size, lastModified: lastModified, owner: id,
      action: action, from: from, to: to, reason: reason, kept: kept, tags: tags)
    guard self.key.isValidUTF8 else { throw JSONLineReader.Damage() }
  }
}
