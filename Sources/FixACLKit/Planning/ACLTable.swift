internal import Crypto
package import S3Kit

/// The short name of an ACL in a plan.
package struct ACLName: Hashable, Sendable, Comparable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package static func < (left: ACLName, right: ACLName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

/// The distinct ACLs of a plan, each with a name made of its content.
///
/// A bucket has few of them, however many objects it has. Since the name depends on nothing but the ACL, it is
/// the same in every plan, and whoever scanned first.
package struct ACLTable: Sendable, Equatable {
  package private(set) var acls: [ACLName: AccessControlList] = [:]
  private var names: [AccessControlList: ACLName] = [:]

  package init() {}

  package subscript(name: ACLName) -> AccessControlList? { acls[name] }

  /// The ACLs in the order of their names.
  package var sorted: [(name: ACLName, acl: AccessControlList)] {
    acls.sorted { $0.key < $1.key }.map { (name: $0.key, acl: $0.value) }
  }

  /// The ACL's name; it is added to the table if it is not in it.
  package mutating func insert(_ acl: AccessControlList) -> ACLName {
    if let name = names[acl] { return name }
    let name = Self.name(of: acl)
    insert(acl, named: name)
    return name
  }

  /// Adds an ACL under the name that a plan gave it.
  package mutating func insert(_ acl: AccessControlList, named name: ACLName) {
    let previous = acls.updateValue(acl, forKey: name)
    precondition(previous == nil || previous == acl, "two ACLs have the name \(name.text)")
    names[acl] = name
  }

  /// Takes ACLs out of the table.
  mutating func remove(_ others: Set<ACLName>) {
    for name in others.intersection(acls.keys) {
      if let acl = acls.removeValue(forKey: name) { names[acl] = nil }
    }
  }

  package mutating func merge(_ other: ACLTable) {
    for (name, acl) in other.acls { insert(acl, named: name) }
  }

  /// The first 48 bits of a SHA-256: two of 10,000 ACLs have the same with a probability of 1 in 5 million.
  package static func name(of acl: AccessControlList) -> ACLName {
    var json = JSONWriter()
    acl.write(to: &json)
    return ACLName(Hex.encode(SHA256.hash(data: json.bytes).prefix(6)))
  }
}

extension AccessControlList {
  /// `{"owner":…,"grants":[{"id"|"uri":…,"permission":…}]}`, as in a plan.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("owner", owner.value)
      json.name("grants")
      json.array { json in
        for grant in grants { grant.write(to: &json) }
      }
    }
  }
}

/// An ACL as a plan has it.
struct ACLDocument: Decodable {
  let owner: String
  let grants: [GrantDocument]

  var acl: AccessControlList? {
    let grants = grants.compactMap(\.grant)
    guard grants.count == self.grants.count else { return nil }
    return AccessControlList(owner: CanonicalID(owner), grants: grants)
  }
}

/// A grant as a plan has it.
struct GrantDocument: Decodable {
  let id: String?
  let uri: String?
  let permission: String

  var grant: Grant? {
    guard let permission = Permission(rawValue: permission) else { return nil }
    switch (id, uri) {
    case (let id?, nil): return Grant(.canonicalUser(CanonicalID(id)), permission)
    case (nil, let uri?): return Grant(.group(uri), permission)
    default: return nil
    }
  }
}
