import AWSKit

/// An ACL as the model has it: who may do what. Nothing of the program's own ACLs but the grants that were sent.
struct ModelACL: Sendable, Equatable, CustomStringConvertible {
  var owner: String
  /// Elementary permissions by canonical ID or group.
  var rights: [String: Set<String>] = [:]

  static let allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"
  static let authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"

  init(owner: String, grants: Set<Grant> = []) {
    self.owner = owner
    for grant in grants { add(grant.permission.rawValue, to: grant.grantee.identifier) }
  }

  /// Reads what GetObjectAcl answers.
  init(parsing document: [UInt8]) throws {
    let policy = try XMLElement(parsing: document, root: "AccessControlPolicy")
    self.init(owner: policy["Owner"]?["ID"]?.text ?? "")
    for grant in policy["AccessControlList"]?.children ?? [] {
      let grantee = grant["Grantee"]?["ID"]?.text ?? grant["Grantee"]?["URI"]?.text ?? "?"
      add(grant["Permission"]?.text ?? "?", to: grantee)
    }
  }

  mutating func add(_ permission: String, to grantee: String) {
    rights[grantee, default: []].formUnion(Self.elements(permission))
  }

  func allows(_ permission: String, to grantee: String) -> Bool {
    rights[grantee, default: []].isSuperset(of: Self.elements(permission))
  }

  /// Whether it lets the grantee do so, by name or since everybody may.
  func allowsAlsoAsPublic(_ permission: String, to grantee: String, publicCounts: Bool) -> Bool {
    allows(permission, to: grantee)
      || (publicCounts && (allows(permission, to: Self.allUsers) || allows(permission, to: Self.authenticatedUsers)))
  }

  var withoutPublicGrants: ModelACL {
    var acl = self
    acl.rights[Self.allUsers] = nil
    acl.rights[Self.authenticatedUsers] = nil
    return acl
  }

  var hasPublicGrants: Bool { self != withoutPublicGrants }

  private static func elements(_ permission: String) -> Set<String> {
    permission == "FULL_CONTROL" ? ["READ", "READ_ACP", "WRITE_ACP"] : [permission]
  }

  var description: String {
    let grants = rights.sorted { $0.key < $1.key }.map { "\($0.key.suffix(12)): \($0.value.sorted())" }
    return "owner \(owner.prefix(8)), " + grants.joined(separator: ", ")
  }
}
