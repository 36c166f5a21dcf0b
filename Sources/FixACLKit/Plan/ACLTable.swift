package import AWSKit

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

/// The distinct ACLs of a plan, each named by a hash of its content.
///
/// A bucket has few distinct ACLs, however many objects it has. The name depends on the ACL alone, so it is the same in
/// every plan, whatever the order of the scan.
package struct ACLTable: Sendable, Equatable {
  package private(set) var acls: [ACLName: AccessControlList] = [:]
  private var names: [AccessControlList: ACLName] = [:]

  package init() {}

  package subscript(name: ACLName) -> AccessControlList? { acls[name] }

  package func contains(_ acl: AccessControlList) -> Bool { names[acl] != nil }

  /// The ACLs in the order of their names.
  package var sorted: [(name: ACLName, acl: AccessControlList)] {
    acls.sorted { $0.key < $1.key }.map { (name: $0.key, acl: $0.value) }
  }

  /// The ACL's name; adds the ACL to the table if it is missing.
  package mutating func insert(_ acl: AccessControlList) -> ACLName {
    if let name = names[acl] { return name }
    let hash = Self.hash(of: acl)
    let name = ACLName(hash.text)
    if insert(acl, named: name) { return name }
    // Nobody can find two such ACLs; if somebody does, the second gets its full hash as its name.
    let wholeName = ACLName(hash.wholeText)
    insert(acl, named: wholeName)
    return wholeName
  }

  /// Adds an ACL under the name that a plan gives it.
  ///
  /// - Returns: false if another ACL has this name; the table is then unchanged.
  @discardableResult
  package mutating func insert(_ acl: AccessControlList, named name: ACLName) -> Bool {
    if let present = acls[name] { return present == acl }
    acls[name] = acl
    names[acl] = name
    return true
  }

  /// Removes ACLs from the table.
  mutating func remove(_ others: Set<ACLName>) {
    for name in others.intersection(acls.keys) {
      if let acl = acls.removeValue(forKey: name) { names[acl] = nil }
    }
  }

  /// Adds the ACLs of another table.
  ///
  /// - Throws: if the tables use one name for two different ACLs.
  package mutating func merge(_ other: ACLTable) throws(FileFormatError) {
    for (name, acl) in other.acls where !insert(acl, named: name) {
      throw FileFormatError("two ACLs of the bucket have the same name '\(name.text)', so fixacl cannot make a plan.")
    }
  }

  /// A plan's name for an ACL: a hash of its JSON.
  package static func name(of acl: AccessControlList) -> ACLName {
    ACLName(hash(of: acl).text)
  }

  /// Whether this or an earlier version gives the ACL this name.
  static func isName(_ name: String, of acl: AccessControlList) -> Bool {
    hash(of: acl).isNamed(name)
  }

  private static func hash(of acl: AccessControlList) -> ContentHash {
    var json = JSONWriter()
    acl.write(to: &json)
    return ContentHash(of: json.bytes)
  }
}
