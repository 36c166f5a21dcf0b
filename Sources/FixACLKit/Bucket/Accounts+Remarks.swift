package import AWSKit

/// An odd choice of profiles.
package enum AccountRemark: Sendable, Equatable {
  /// The profile that lists the bucket does not belong to the bucket's owner.
  case isNotBucketOwner(profile: String, CanonicalID, bucketOwner: CanonicalID)
  /// Two profiles belong to one account; the first is used.
  case isSameAccount(first: String, second: String, CanonicalID)
  /// A profile for object owners belongs to the bucket's owner.
  case isBucketOwner(profile: String)
  /// A profile belongs to an account that owns no object of the scan.
  case ownsNothing(profile: String, CanonicalID)
}

extension Accounts {
  /// What can be told before a scan.
  package var remarks: [AccountRemark] {
    var remarks: [AccountRemark] = []
    if let id = main.canonicalID, id != bucketOwner {
      remarks.append(.isNotBucketOwner(profile: main.name, id, bucketOwner: bucketOwner))
    }
    var first: [CanonicalID: Account] = [:]
    for account in owners {
      guard let id = account.canonicalID else { continue }
      if let same = first[id] {
        remarks.append(.isSameAccount(first: same.name, second: account.name, id))
      } else if id == bucketOwner {
        remarks.append(.isBucketOwner(profile: account.name))
      }
      first[id] = first[id] ?? account
    }
    return remarks
  }

  /// What can be told after a scan.
  ///
  /// - Parameter objectOwners: everybody but the bucket owner who owns an object of those that were scanned.
  package func remarks(onOwners objectOwners: Set<CanonicalID>) -> [AccountRemark] {
    owners.compactMap { account in
      guard let id = account.canonicalID, id != bucketOwner, !objectOwners.contains(id) else { return nil }
      return .ownsNothing(profile: account.name, id)
    }
  }
}
