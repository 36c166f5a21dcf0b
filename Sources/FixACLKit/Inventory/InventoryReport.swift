package import AWSKit

/// A report that was read, checked and sorted.
package struct InventoryReport: Sendable {
  /// How many rows the report has.
  package let rows: Int
  /// Owners and ACLs by their numbers.
  let owners: [CanonicalID]
  let acls: [ReportedACL]
  let rules: InventorySorter.Rules
  let runs: [InventorySorter.Run]

  /// The objects from the first one.
  func merge(countsOwn: @escaping @Sendable (InventoryTime) -> Bool) -> InventoryMerge {
    InventoryMerge(runs: runs, rules: rules, countsOwn: countsOwn)
  }

  /// The keys of all objects that would be looked at, in order, with one for each version.
  package func keysToLookAt() throws -> [ObjectKey] {
    let pages = merge { _ in true }
    var keys: [ObjectKey] = []
    while let page = try pages.next() {
      try page.forEach { key, record in
        keys.append(key)
        _ = (owner(record.owner), grants(record.acl), record.time.text)
      }
    }
    return keys
  }

  func owner(_ text: InventoryRecord.Text) -> CanonicalID? {
    switch text {
    case .none: nil
    case .number(let number): owners.indices.contains(number) ? owners[number] : nil
    case .inline(let bytes): CanonicalID(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The grants; nil if the report does not tell them.
  func grants(_ text: InventoryRecord.Text) -> [Grant]? {
    let acl: ReportedACL =
      switch text {
      case .none: .unknown
      case .number(let number): acls.indices.contains(number) ? acls[number] : .unknown
      case .inline(let bytes): ReportedACL(bytes)
      }
    return if case .grants(let grants) = acl { grants } else { nil }
  }
}
