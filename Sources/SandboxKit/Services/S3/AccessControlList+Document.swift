internal import AWSKit

extension AccessControlList {
  /// Reads the document that PutObjectAcl and PutBucketAcl take.
  init(document: [UInt8]) throws(MalformedXML) {
    let policy = try XMLNode(parsing: document, root: "AccessControlPolicy")
    guard let owner = policy["Owner"]?["ID"]?.text, !owner.isEmpty, let list = policy["AccessControlList"] else {
      throw MalformedXML()
    }
    var grants: [Grant] = []
    for element in list.all("Grant") {
      guard let permission = Permission(rawValue: element["Permission"]?.text ?? ""), let grantee = element["Grantee"]
      else { throw MalformedXML() }
      if let id = grantee["ID"]?.text, !id.isEmpty {
        grants.append(Grant(.canonicalUser(CanonicalID(id)), permission))
      } else if let uri = grantee["URI"]?.text, !uri.isEmpty {
        grants.append(Grant(.group(uri), permission))
      } else {
        throw MalformedXML()
      }
    }
    self.init(owner: CanonicalID(owner), grants: grants)
  }

  /// Whether a document grants something to an e-mail address, which S3 takes no more.
  static func namesEmailAddress(document: [UInt8]) -> Bool {
    guard let policy = try? XMLNode(parsing: document, root: "AccessControlPolicy") else { return false }
    return policy["AccessControlList"]?.all("Grant").contains { $0["Grantee"]?["EmailAddress"] != nil } ?? false
  }

  /// The document that GetObjectAcl and GetBucketAcl answer with.
  var document: [UInt8] {
    var writer = DocumentWriter()
    writer.element("AccessControlPolicy", attributes: S3Service.namespace) { writer in
      writer.element("Owner") { $0.element("ID", text: owner.value) }
      writer.element("AccessControlList") { writer in
        for grant in grants {
          writer.element("Grant") { writer in
            switch grant.grantee {
            case .canonicalUser(let id):
              writer.element("Grantee", attributes: Self.canonicalUser) { $0.element("ID", text: id.value) }
            case .group(let uri):
              writer.element("Grantee", attributes: Self.group) { $0.element("URI", text: uri) }
            }
            writer.element("Permission", text: grant.permission.rawValue)
          }
        }
      }
    }
    return writer.bytes
  }

  private static let canonicalUser =
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\""
  private static let group = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\""
}
