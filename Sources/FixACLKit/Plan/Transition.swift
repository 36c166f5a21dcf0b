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
