package import AWSKit

/// A change with the ACLs that it names.
package struct ResolvedChange: Sendable {
  package let change: Change
  /// Its place in the plan, from 0.
  package let index: Int
  /// Nil where the ACL could not be read.
  package let from: AccessControlList?
  package let to: AccessControlList
}

/// Hands out changes one by one, those aside that nothing can be done about.
protocol ChangeReader: Sendable {
  /// - Returns: nil after the last.
  /// - Throws: where the file that they are in cannot be read on.
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
