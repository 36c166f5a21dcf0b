import AWSKit
import TestSupport

/// Compares what a rollback made of a repaired bucket with what was there at first: every grant is back, and a copy is gone
/// where the version that it was made of is still there.
struct RestorationComparison {
  let model: RepairModel
  let before: BucketReading
  let repaired: BucketReading
  let restored: BucketReading

  /// Whether an object was copied, and nothing can undo that.
  func keepsCopy(of object: RandomObject) -> Bool {
    guard let last = object.uploads.last, case .copied = outcome(of: object, object.uploads.count - 1) else {
      return false
    }
    if last.isLocked { return true }
    switch model.round.versioning {
    case "Enabled": return false
    // A null version takes the place of the one that there is; where there is none, it must be known to be the copy.
    case "Suspended":
      return before.versions[object.key]?.last?.id == "null" || !model.server.tellsVersionsOfCopies
    default: return true
    }
  }

  func faults(of object: RandomObject) -> [String] {
    let old = before.versions[object.key] ?? []
    let kept = keepsCopy(of: object)
    let expected = kept ? repaired.versions[object.key] ?? [] : old.filter { isStillThere($0, object) }
    let found = restored.versions[object.key] ?? []
    guard found.map(\.id) == expected.map(\.id) else {
      return ["\(object.key): \(found.count) versions after the rollback, instead of \(expected.count)"]
    }
    let count = found.count
    return zip(expected, found).enumerated().compactMap { place, versions in
      let (expected, found) = versions
      let isCopy = kept && place == count - 1
      let wanted = isCopy ? expected.acl : acl(of: expected, among: old, object, copyIsKept: kept)
      guard found.acl != wanted else { return nil }
      return "\(object.key): its ACL is \(found.acl?.description ?? "none") and not \(wanted?.description ?? "none")"
    }
  }

  /// Whether no copy took the version's place.
  private func isStillThere(_ version: BucketReading.Version, _ object: RandomObject) -> Bool {
    guard version.id == "null", model.round.versioning == "Suspended", !object.isDeleted,
      case .copied = outcome(of: object, object.uploads.count - 1)
    else { return true }
    return false
  }

  /// The ACL that a version must have again.
  private func acl(
    of version: BucketReading.Version, among old: [BucketReading.Version], _ object: RandomObject, copyIsKept: Bool
  ) -> ModelACL? {
    guard let index = old.firstIndex(where: { $0.id == version.id }) else { return version.acl }
    guard index < object.uploads.count else { return old[index].acl }
    switch outcome(of: object, index) {
    // Grants that the server hid when the plan was made are not known to anybody.
    case .granted: return old[index].acl.map { model.visible($0) }
    case .copied(_, .some): return copyIsKept ? version.acl : old[index].acl.map { model.visible($0) }
    default: return old[index].acl
    }
  }

  private func outcome(of object: RandomObject, _ version: Int) -> RepairModel.Outcome {
    model.outcome(of: object, version: version)
  }
}
