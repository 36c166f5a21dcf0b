package import AWSKit

/// A change with the ACLs that it names.
package struct ResolvedChange: Sendable {
  package let change: Change
  /// Its index in the plan.
  package let index: Int
  /// Nil if the ACL could not be read.
  package let from: AccessControlList?
  /// Nil if the change is blocked.
  package let to: AccessControlList?
}

/// Hands out changes one by one.
package protocol ChangeReader: Sendable {
  /// - Returns: nil after the last.
  /// - Throws: if their file cannot be read any further.
  mutating func next() throws(FileFormatError) -> ResolvedChange?
}

/// Some of a plan's changes.
package struct ChangeSubset: Sendable {
  package let count: Int
  /// Whether a change is one of them, by its index in the plan.
  package let contains: @Sendable (Int) -> Bool

  package init(count: Int, contains: @escaping @Sendable (Int) -> Bool) {
    self.count = count
    self.contains = contains
  }
}

/// The changes of a plan, in their order.
struct PlanChangeReader: ChangeReader {
  private let plan: Plan
  private var changes: Plan.Changes
  private let includesBlocked: Bool
  /// How many are still to be chosen.
  private var wanted: Int
  /// Of how many.
  private var population: Int
  private let subset: ChangeSubset?

  /// - Parameters:
  ///   - includesBlocked: whether changes that nothing can be done about are handed out too.
  ///   - sample: how many to choose at random; nil for all.
  ///   - subset: of which they are chosen; nil for all changes.
  init(_ plan: Plan, includesBlocked: Bool = false, sample: Int? = nil, of subset: ChangeSubset? = nil) {
    self.plan = plan
    self.includesBlocked = includesBlocked
    wanted = sample ?? .max
    population = subset?.count ?? plan.changeCount
    self.subset = subset
    changes = plan.changes()
  }

  mutating func next() throws(FileFormatError) -> ResolvedChange? {
    while wanted > 0, let (index, change) = try changes.next() {
      let to = change.action == .blocked ? nil : plan.acl(change.to)
      guard to != nil || includesBlocked else { continue }
      if let subset, !subset.contains(index) { continue }
      // Each set of that many is as likely as any other (Knuth, selection sampling).
      if wanted < .max {
        defer { population -= 1 }
        guard Int.random(in: 0..<max(1, population)) < wanted else { continue }
        wanted -= 1
      }
      return ResolvedChange(change: change, index: index, from: plan.acl(change.from), to: to)
    }
    return nil
  }
}
