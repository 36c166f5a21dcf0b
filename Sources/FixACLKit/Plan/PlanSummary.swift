package import AWSKit

extension CanonicalID {
  /// Stands for the owner of an object if the listing names none.
  static let unknownOwner = CanonicalID("unknown")
}

/// Counts over a whole plan.
package struct PlanSummary: Sendable, Equatable {
  /// Counts for one object owner.
  package struct Owner: Sendable, Equatable {
    package var objects = 0
    /// Of all its objects, including those that need no work.
    package var bytes = 0
    package var changes = 0

    package init(objects: Int = 0, bytes: Int = 0, changes: Int = 0) {
      self.objects = objects
      self.bytes = bytes
      self.changes = changes
    }
  }

  /// Listed objects that pass the filters.
  package var listed = 0
  package var foreign = 0
  /// Keys of a list that was asked for which name no object.
  package var missing = 0
  /// By the owner of the objects that were looked at: the bucket owner is one only if its objects are selected.
  package var owners: [CanonicalID: Owner] = [:]
  package var actions: [ChangeAction: Int] = [:]
  package var blockedReasons: [ChangeReason: Int] = [:]
  package var bytesToCopy = 0
  /// Changes of objects whose storage class is not STANDARD.
  package var storageClasses: [String: StorageClassCount] = [:]
  /// The estimated number of requests of an apply, without retries.
  package var requests = 0

  package init() {}

  /// The number of copies.
  package var copies: Int { actions[.copy] ?? 0 }

  /// All changes, blocked ones included.
  package var changes: Int { actions.values.reduce(0) { $0.saturatingSum($1) } }

  /// How many objects were looked at: foreign ones, and the bucket owner's if they are selected.
  var lookedAt: Int { owners.values.reduce(0) { $0.saturatingSum($1.objects) } }

  /// Counts an object that is looked at.
  mutating func count(_ size: Int, of owner: CanonicalID) {
    var entry = owners[owner] ?? Owner()
    entry.objects += 1
    entry.bytes = entry.bytes.saturatingSum(size)
    owners[owner] = entry
  }

  package mutating func count(_ change: Change) {
    actions[change.action, default: 0] += 1
    owners[change.owner, default: Owner()].changes += 1
    switch change.action {
    // Read the ACL, write it. One listing covers the content of hundreds of objects.
    case .grant: requests += 2
    // Read headers and ACL, copy, read both again; a grant first takes two more.
    case .copy:
      requests += change.reason == .grantFirst ? 7 : 5
      bytesToCopy = bytesToCopy.saturatingSum(change.size)
    case .blocked: blockedReasons[change.reason, default: 0] += 1
    }
  }

  /// Whether both count the same changes. Ignores the counts that only a listing shows, and the estimate of requests.
  func hasSameChanges(as other: PlanSummary) -> Bool {
    actions == other.actions && blockedReasons == other.blockedReasons && bytesToCopy == other.bytesToCopy
      && owners.mapValues(\.changes).filter { $0.value != 0 }
        == other.owners.mapValues(\.changes).filter { $0.value != 0 }
  }

  package mutating func add(_ other: PlanSummary) {
    listed = listed.saturatingSum(other.listed)
    foreign = foreign.saturatingSum(other.foreign)
    missing = missing.saturatingSum(other.missing)
    bytesToCopy = bytesToCopy.saturatingSum(other.bytesToCopy)
    requests = requests.saturatingSum(other.requests)
    actions.merge(other.actions) { $0.saturatingSum($1) }
    blockedReasons.merge(other.blockedReasons) { $0.saturatingSum($1) }
    for (name, count) in other.storageClasses { storageClasses[name, default: StorageClassCount()].add(count) }
    owners.merge(other.owners) { a, b in
      Owner(
        objects: a.objects.saturatingSum(b.objects), bytes: a.bytes.saturatingSum(b.bytes),
        changes: a.changes.saturatingSum(b.changes))
    }
  }
}
