extension AccessControlList {
  /// Reads an AccessControlPolicy document of an object or a bucket.
  ///
  /// Ignores display names: S3 is withdrawing them, and some servers send none.
  package init(parsing bytes: [UInt8]) throws(XMLError) {
    let policy = try XMLElement(parsing: bytes, root: "AccessControlPolicy")
    guard let owner = policy["Owner"]?["ID"]?.text, !owner.isEmpty else {
      throw .invalid("an ACL without an owner")
    }
    guard let list = policy["AccessControlList"] else { throw .invalid("an ACL without a list of grants") }
    var grants: [Grant] = []
    for element in list.all("Grant") {
      guard let permission = element["Permission"].flatMap({ Permission(rawValue: $0.text) }) else {
        throw .invalid("a grant with the permission '\(element["Permission"]?.text ?? "")'")
      }
      guard let grantee = element["Grantee"] else { throw .invalid("a grant without a grantee") }
      if let id = grantee["ID"]?.text, !id.isEmpty {
        grants.append(Grant(.canonicalUser(CanonicalID(id)), permission))
      } else if let uri = grantee["URI"]?.text, !uri.isEmpty {
        grants.append(Grant(.group(uri), permission))
      } else {
        throw .invalid("a grantee with neither an ID nor a URI")
      }
    }
    self.init(owner: CanonicalID(owner), grants: grants)
  }

  /// The document for PutObjectAcl.
  package var xml: [UInt8] { document.bytes }

  /// The same, with a record of characters that XML cannot represent.
  var document: XMLWriter {
    let namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
    let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
    var writer = XMLWriter()
    writer.element("AccessControlPolicy", attributes: namespace) { writer in
      writer.element("Owner") { $0.element("ID", text: owner.value) }
      writer.element("AccessControlList") { writer in
        for grant in grants {
          writer.element("Grant") { writer in
            switch grant.grantee {
            case .canonicalUser(let id):
              writer.element("Grantee", attributes: " \(instance) xsi:type=\"CanonicalUser\"") {
                $0.element("ID", text: id.value)
              }
            case .group(let uri):
              writer.element("Grantee", attributes: " \(instance) xsi:type=\"Group\"") {
                $0.element("URI", text: uri)
              }
            }
            writer.element("Permission", text: grant.permission.rawValue)
          }
        }
      }
    }
    return writer
  }

  /// The first grantee that a quoted header value cannot represent: after a quotation mark in it, another grantee could
  /// follow. Nil if there is none.
  var granteeThatCannotBeQuoted: Grantee? {
    grants.first { grant in
      let bytes = grant.grantee.identifier.utf8
      return bytes.isEmpty
        || bytes.contains { byte in
          switch byte {
          case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: ","): true
          default: !(0x20...0x7e).contains(byte)
          }
        }
    }?.grantee
  }

  /// The equivalent `x-amz-grant-*` headers; valid only if each grantee can be quoted.
  var grantHeaders: [(name: String, value: String)] {
    Permission.allCases.compactMap { permission in
      let grantees = grants.filter { $0.permission == permission }.map { grant in
        switch grant.grantee {
        case .canonicalUser(let id): "id=\"\(id.value)\""
        case .group(let uri): "uri=\"\(uri)\""
        }
      }
      guard !grantees.isEmpty else { return nil }
      let name = permission.rawValue.lowercased().split(separator: "_").joined(separator: "-")
      return ("x-amz-grant-" + name, grantees.joined(separator: ", "))
    }
  }
}
