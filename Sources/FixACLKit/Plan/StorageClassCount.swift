internal import AWSKit

/// How many changes a plan has for objects of one storage class, for what they cost.
package struct StorageClassCount: Sendable, Equatable {
  package var grants = 0
  package var copies = 0
  package var bytesToCopy = 0

  package init(grants: Int = 0, copies: Int = 0, bytesToCopy: Int = 0) {
    self.grants = grants
    self.copies = copies
    self.bytesToCopy = bytesToCopy
  }

  /// The classes that S3 has a price for (S3 API Reference, "StorageClass"). Others count as the first.
  package static let names = [
    "STANDARD", "INTELLIGENT_TIERING", "STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE",
    "REDUCED_REDUNDANCY",
  ]

  var isEmpty: Bool { grants == 0 && copies == 0 }

  mutating func add(_ other: StorageClassCount) {
    grants = grants.saturatingSum(other.grants)
    copies = copies.saturatingSum(other.copies)
    bytesToCopy = bytesToCopy.saturatingSum(other.bytesToCopy)
  }
}

extension PlanSummary {
  /// Counts the storage class of an object that is changed.
  ///
  /// Only classes that are not STANDARD are kept, and only those that S3 has: a server may name any.
  mutating func count(_ change: Change, storageClass: String) {
    guard change.action != .blocked, storageClass != "STANDARD", StorageClassCount.names.contains(storageClass) else {
      return
    }
    storageClasses[storageClass, default: StorageClassCount()].add(
      change.action == .grant
        ? StorageClassCount(grants: 1) : StorageClassCount(copies: 1, bytesToCopy: change.size))
  }

  /// Changes by storage class, STANDARD included.
  package var changesByStorageClass: [String: StorageClassCount] {
    let others = storageClasses.values.reduce(into: StorageClassCount()) { $0.add($1) }
    let standard = StorageClassCount(
      grants: max(0, (actions[.grant] ?? 0) - others.grants), copies: max(0, copies - others.copies),
      bytesToCopy: max(0, bytesToCopy - others.bytesToCopy))
    return standard.isEmpty ? storageClasses : storageClasses.merging(["STANDARD": standard]) { $1 }
  }
}

extension StorageClassCount: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case grants, copies, bytesToCopy
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.grants, grants)
      json.member(CodingKeys.copies, copies)
      json.member(CodingKeys.bytesToCopy, bytesToCopy)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      grants: try values.decode(Int.self, forKey: .grants), copies: try values.decode(Int.self, forKey: .copies),
      bytesToCopy: try values.decode(Int.self, forKey: .bytesToCopy))
    guard grants >= 0, copies >= 0, bytesToCopy >= 0 else {
      throw FileFormatError.Detail("its summary has a negative number")
    }
  }
}
