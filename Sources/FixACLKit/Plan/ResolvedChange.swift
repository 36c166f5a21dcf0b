package import AWSKit

/// A change with the ACLs that it names.
package struct ResolvedChange: Sendable {
  package let change: Change
  /// Its index in the plan.
  package let index: Int
  /// Nil if the ACL could not be read.
  package let from: AccessControlList?
  package let to: AccessControlList
}

/// Iterates over changes, without the blocked ones.
protocol ChangeReader: Sendable {
  /// - Returns: nil after the last.
  /// - Throws: if their file cannot be read any further.
  mutating func next() throws(FileFormatError) -> ResolvedChange?
}

/// The changes of a plan, in their order.
struct PlanChangeReader: ChangeReader {
  private let plan: Plan
  private var changes: Plan.Changes

  init(_ plan: Plan) {
    self.plan = plan
    changes = plan.changes()
  }

  mutating func next() throws(FileFormatError) -> ResolvedChange? {
    while let (index, change) = try changes.next() {
      guard change.action != .blocked, let to = plan.acl(change.to) else { continue }
      return ResolvedChange(change: change, index: index, from: plan.acl(change.from), to: to)
    }
    return nil
  }
}
