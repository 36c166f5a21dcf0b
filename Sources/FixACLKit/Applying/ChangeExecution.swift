package import S3Kit

/// How the work on one change ended.
package enum ChangeOutcome: Sendable {
  /// Made, and confirmed.
  case done
  /// It was as planned already; nothing was written.
  case already
  case stale(Staleness)
  case failed(ChangeFailure)
}

/// Why a change could not be made or confirmed.
package enum ChangeFailure: Sendable {
  case s3(S3Error)
  /// The server said that the copy was made, but the object is not as planned.
  case notAsPlanned(String)
}

/// The steps of one change, as a plain value: told what happened, it says what to do next. No step is taken twice,
/// and nothing is written before the object has been looked at.
package struct ChangeExecution: Sendable {
  package enum Action: Sendable {
    /// Read the object's headers and its ACL.
    case look
    /// Write the ACL, as the object's owner.
    case putACL(AccessControlList)
    /// Read the tags, and put them into the journal before the copy is made.
    case saveTags
    /// Copy the object over itself, as the bucket owner, with this ACL, and with its tags or without.
    case copy(ObjectHead, AccessControlList, withTags: Bool)
    /// See to it that the object has these tags.
    case ensureTags([ObjectTag])
    case finish(ChangeOutcome)
  }

  package enum Event: Sendable {
    case begin
    case looked(ObjectLook)
    case aclPut
    /// - Parameter byCopier: whether the bucket owner may read the tags, and not only the object's owner.
    case tagsSaved([ObjectTag], byCopier: Bool)
    case copied
    case tagsEnsured
    case failed(S3Error)
  }

  private enum Phase {
    case looking
    case granting
    case opening
    /// With the refusal of the copy that was tried before.
    case savingTags(ObjectHead, S3Error?)
    case copying(ObjectHead, withTags: Bool)
    case checking
    case restoringTags(wasCopiedNow: Bool)
  }

  private let change: Change
  private let from: AccessControlList?
  private let to: AccessControlList
  private let policy: ACLPolicy
  /// Tags that the object must have after a copy; nil where none are known to matter.
  private var tags: [ObjectTag]?
  private var hasOpened = false
  private var phase = Phase.looking

  /// - Parameter unconfirmedTags: from the journal, the tags of an object whose copy had begun.
  package init(
    change: Change, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy,
    unconfirmedTags: [ObjectTag]?
  ) {
    self.change = change
    self.from = from
    self.to = to
    self.policy = policy
    tags = unconfirmedTags
  }

  package mutating func handle(_ event: Event) -> Action {
    switch (phase, event) {
    case (.copying(let head, withTags: true), .failed(let refusal)) where refusal.isAccessDenied:
      // S3 copies no tags for an account that may not read them, nor tells it by HEAD that there are some.
      phase = .savingTags(head, refusal)
      return .saveTags
    case (.savingTags(_, let refusal?), .failed):
      return .finish(.failed(.s3(refusal)))
    case (_, .failed(let error)):
      return .finish(.failed(.s3(error)))
    case (.looking, .begin):
      return .look
    case (.looking, .looked(let look)):
      return decide(look)
    case (.granting, .aclPut):
      return .finish(.done)
    case (.opening, .aclPut):
      hasOpened = true
      phase = .looking
      return .look
    case (.savingTags(let head, let refusal), .tagsSaved(let saved, let byCopier)):
      // Where the tags were not in the way of the copy, it was refused for another reason.
      if let refusal, byCopier || saved.isEmpty { return .finish(.failed(.s3(refusal))) }
      tags = saved
      return copy(head, withTags: byCopier)
    case (.copying, .copied):
      phase = .checking
      return .look
    case (.checking, .looked(let look)):
      return check(look)
    case (.restoringTags(let wasCopiedNow), .tagsEnsured):
      return .finish(wasCopiedNow ? .done : .already)
    default:
      preconditionFailure("\(event) cannot happen in \(phase)")
    }
  }

  private mutating func decide(_ look: ObjectLook) -> Action {
    let status: ChangeStatus
    do throws(S3Error) {
      status = try change.status(of: look, from: from, to: to, policy: policy)
    } catch {
      return .finish(.failed(.s3(error)))
    }
    switch status {
    case .stale(let staleness):
      return .finish(.stale(staleness))
    case .asPlanned:
      return restoreTags(wasCopiedNow: false) ?? .finish(.already)
    case .asSeen where change.action == .grant:
      phase = .granting
      return .putACL(to)
    case .asSeen, .opened:
      guard case .found(_, _, let head?) = look.object else {
        return .finish(.failed(.notAsPlanned("nobody at hand can read the object")))
      }
      if let obstacle = CopyObstacle.find(in: head) { return .finish(.stale(.obstacle(obstacle))) }
      guard look.isReadableByBucketOwner else { return open(status) }
      guard (head.tagCount ?? 0) > 0 else { return copy(head, withTags: true) }
      phase = .savingTags(head, nil)
      return .saveTags
    }
  }

  private mutating func copy(_ head: ObjectHead, withTags: Bool) -> Action {
    phase = .copying(head, withTags: withTags)
    return .copy(head, to, withTags: withTags)
  }

  /// Lets the bucket owner read the object, once: where that has been done already, doing it again would not help.
  private mutating func open(_ status: ChangeStatus) -> Action {
    guard change.reason == .grantFirst, status == .asSeen, !hasOpened, let from else {
      return .finish(.failed(.notAsPlanned("the bucket owner cannot read the object")))
    }
    phase = .opening
    return .putACL(policy.opened(from))
  }

  private mutating func check(_ look: ObjectLook) -> Action {
    guard case .found(_, change.size, _) = look.object else {
      return .finish(.failed(.notAsPlanned("the copy cannot be read, or has another size")))
    }
    guard let acl = look.acl else {
      return .finish(.failed(.notAsPlanned("the ACL of the copy cannot be read")))
    }
    guard acl.owner == to.owner else {
      return .finish(.failed(.notAsPlanned("the copy belongs to \(acl.owner), not to the bucket owner")))
    }
    guard acl.isEquivalent(to: to) else {
      return .finish(.failed(.notAsPlanned("the copy has other grants than planned")))
    }
    return restoreTags(wasCopiedNow: true) ?? .finish(.done)
  }

  private mutating func restoreTags(wasCopiedNow: Bool) -> Action? {
    guard let tags, change.action == .copy else { return nil }
    phase = .restoringTags(wasCopiedNow: wasCopiedNow)
    return .ensureTags(tags)
  }
}
