internal import AWSKit

/// The short names of a plan's object owners. A change uses one if its ACLs do not show the owner.
struct OwnerNames: Sendable {
  /// By the names of this version and of earlier ones; nil if two owners share a name.
  private var ids: [String: CanonicalID?] = [:]

  init(_ owners: some Sequence<CanonicalID>) {
    for id in owners {
      let hash = Self.hash(of: id)
      for name in [hash.text, hash.earlierText] {
        if let present = ids[name] { ids[name] = .some(present == id ? id : nil) } else { ids[name] = .some(id) }
      }
    }
  }

  /// The owner with that name; nil if it is ambiguous. Text that is no such name is an ID itself.
  subscript(name: String) -> CanonicalID? {
    if let id = ids[name] { id } else { CanonicalID(name) }
  }

  /// A plan's name for an owner: a hash of the ID.
  static func name(of id: CanonicalID) -> String {
    hash(of: id).text
  }

  /// Whether this or an earlier version gives the owner this name.
  static func isName(_ name: String, of id: CanonicalID) -> Bool {
    hash(of: id).isNamed(name)
  }

  private static func hash(of id: CanonicalID) -> ContentHash {
    ContentHash(of: Array(id.value.utf8))
  }
}

extension Change {
  /// Writes one line of a plan, without its comma and line end.
  ///
  /// There can be millions of lines, so defaults are omitted: the current version, an unknown ACL, the owner that the
  /// ACL `from` names, and the most frequent reason.
  ///
  /// - Parameter acls: must contain `from`.
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
      if let preserved { json.member("preserved", preserved.text) }
      if let tags { json.member("tags", tags.text) }
      if let failure {
        json.name("error")
        failure.write(to: &json)
      }
    }
  }

  /// Reads one line of a plan, without its comma and line end.
  ///
  /// - Throws: `JSONLineReader.Damage` if the line is not a change.
  init(parsing line: ArraySlice<UInt8>, acls: ACLTable, owners: OwnerNames) throws {
    var reader = JSONLineReader(line)
    var key: [UInt8]?
    var (versionID, etag, lastModified, owner): (String?, String?, String?, String?)
    var size: Int?
    var action: ChangeAction?
    var (from, to): (ACLName?, ACLName?)
    var reason = ChangeReason.readerMissing as ChangeReason?
    var (preserved, tags): (AttributesDigest?, AttributesDigest?)
    var failure: ObjectFailure?
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
      case "preserved": preserved = try reader.optionalText().map(AttributesDigest.init)
      case "tags": tags = try reader.optionalText().map(AttributesDigest.init)
      case "error": failure = try ObjectFailure(reading: &reader)
      default: try reader.skip()
      }
    }
    guard reader.isAtEnd(), let key, !key.isEmpty, let etag, let size, let lastModified, let action, let reason,
      let id = owner.map({ owners[$0] }) ?? from.flatMap({ acls[$0]?.owner })
    else { throw JSONLineReader.Damage() }
    self.init(
      key: ObjectKey(key), versionID: versionID, etag: etag, size: size, lastModified: lastModified, owner: id,
      action: action, from: from, to: to, reason: reason, preserved: preserved, tags: tags, failure: failure)
    guard self.key.isValidUTF8 else { throw JSONLineReader.Damage() }
  }
}
