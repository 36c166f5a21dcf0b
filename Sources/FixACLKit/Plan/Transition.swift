internal import OrderedCollections
package import AWSKit

/// What many objects have in common: the same action for the same reason, from one ACL to another.
package struct Transition: Hashable, Sendable {
  package let action: ChangeAction
  package let reason: ChangeReason
  package let owner: CanonicalID
  package let from: ACLName?
  package let to: ACLName?
  /// Whether it concerns old versions.
  package let isNoncurrent: Bool
  /// The server's answer, the same for all, if the objects cannot be read.
  package let failure: ObjectFailure?

  package init(_ change: Change) {
    action = change.action
    reason = change.reason
    owner = change.owner
    from = change.from
    to = change.to
    isNoncurrent = change.versionID != nil
    failure = change.failure?.kind
  }
}

/// The difference between two ACLs, grant by grant.
package struct ACLDiff: Sendable, Equatable {
  package let added: [Grant]
  package let removed: [Grant]
  package let kept: [Grant]

  /// - Parameters:
  ///   - from: nil if unknown; then no grant is known to be removed.
  ///   - to: nil if nothing changes.
  package init(from: AccessControlList?, to: AccessControlList?) {
    let before = from?.grants ?? []
    let after = to?.grants ?? before
    let known = Set(before)
    let wanted = Set(after)
    added = after.filter { !known.contains($0) }
    removed = before.filter { !wanted.contains($0) }
    kept = before.filter { wanted.contains($0) }
  }
}

/// One transition of a plan, and the number of its objects.
package struct TransitionGroup: Sendable {
  package let transition: Transition
  package let diff: ACLDiff
  package private(set) var count = 0
  /// The total size of its objects.
  package private(set) var bytes = 0
  /// The first objects, up to the requested number.
  package private(set) var names: [ObjectName] = []
  /// The server's answer for the first object, if it cannot be read.
  package let example: ObjectFailure?

  /// Begins the transition of its first change, without counting that.
  fileprivate init(_ transition: Transition, first: Change, in plan: Plan) {
    self.transition = transition
    diff = ACLDiff(from: plan.acl(first.from), to: plan.acl(first.to))
    example = first.failure
  }

  fileprivate mutating func add(_ change: Change, maximumKeys: Int) {
    count += 1
    bytes += change.size
    if names.count < maximumKeys { names.append(change.name) }
  }
}

extension Plan {
  /// The plan's transitions, the most frequent first. Reads the plan once.
  ///
  /// - Parameter maximumKeys: the number of keys to keep of each.
  package func transitions(maximumKeys: Int) throws(FileFormatError) -> [TransitionGroup] {
    var groups: OrderedDictionary<Transition, TransitionGroup> = [:]
    var changes = changes()
    while let (_, change) = try changes.next() {
      let transition = Transition(change)
      groups[transition, default: TransitionGroup(transition, first: change, in: self)]
        .add(change, maximumKeys: maximumKeys)
    }
    // The sort is stable: ties stay in the order of their first keys.
    return groups.values.sorted { $0.count > $1.count }
  }

  /// Passes on every object of one transition, in order. Reads the plan once, and keeps nothing.
  package func forEachName(
    of transition: Transition, _ body: (ObjectName) throws -> Void
  ) throws {
    var changes = changes()
    while let (_, change) = try changes.next() {
      if Transition(change) == transition { try body(change.name) }
    }
  }
}
