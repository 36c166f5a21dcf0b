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

/// The changes of a plan, in their order.
struct PlanChangeReader: ChangeReader {
  private let plan: Plan
  private var changes: Plan.Changes
  private let includesBlocked: Bool
  /// How many are still to be chosen.
  private var wanted: Int

  /// - Parameters:
  ///   - includesBlocked: whether changes that nothing can be done about are handed out too.
  ///   - sample: how many to choose at random; nil for all.
  init(_ plan: Plan, includesBlocked: Bool = false, sample: Int? = nil) {
    self.plan = plan
    self.includesBlocked = includesBlocked
    wanted = sample ?? .max
    changes = plan.changes()
  }

  mutating func next() throws(FileFormatError) -> ResolvedChange? {
    while wanted > 0, let (index, change) = try changes.next() {
      let to = change.action == .blocked ? nil : plan.acl(change.to)
      guard to != nil || includesBlocked else { continue }
      // Each set of that many is as likely as any other (Knuth, selection sampling).
      if wanted < .max {
        guard Int.random(in: 0..<plan.changeCount - index) < wanted else { continue }
        wanted -= 1
      }
      return ResolvedChange(change: change, index: index, from: plan.acl(change.from), to: to)
    }
    return nil
  }
}
