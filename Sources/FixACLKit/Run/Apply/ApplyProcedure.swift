package import AWSKit

/// The steps of one change, as a plain value: told what happened, it says what to do next. No step is taken twice,
/// and nothing is written before the object has been looked at.
package struct ApplyProcedure: Procedure {
  package enum Action: ProcedureAction {
    /// Read the object's headers and its ACL.
    case observe
    /// Write the ACL, as the object's owner.
    case putACL(AccessControlList)
    /// Find out which lock a copy has to carry, and what it would overwrite or lose.
    case prepare(ObjectHead)
    /// Read the tags, and put them into the journal before the copy is made.
    case saveTags
    /// Copy the object over itself, as the bucket owner.
    indirect case copy(InPlaceCopy)
    /// Put the lock on the copy, where the server has not done it with the copy.
    indirect case putLock(ObjectLockState, version: String?)
    /// See to it that the object has these tags.
    case ensureTags([ObjectTag], version: String?)
    /// Wait before looking whether a write of unknown outcome was done.
    ///
    /// - Parameter attempt: how many writes of this change have had no answer, from 1.
    case wait(after: AWSError, attempt: Int)
    case finish(Outcome)

    package var outcome: Outcome? {
      if case .finish(let outcome) = self { outcome } else { nil }
    }

    package var isWrite: Bool {
      switch self {
      case .putACL, .copy, .putLock, .ensureTags: true
      case .observe, .prepare, .saveTags, .wait, .finish: false
      }
    }
  }

  package enum Event: Sendable {
    case begin
    case observed(ObservedObject)
    case aclPut
    case prepared(CopyPreflight.Answer)
    /// - Parameter byCopier: whether the bucket owner may read the tags, and not only the object's owner.
    case tagsSaved([ObjectTag], byCopier: Bool)
    case copied(CopyOutcome)
    case lockPut
    case tagsEnsured
    /// - Parameter mayRepeat: whether the write may be sent again if it was not done.
    case waited(mayRepeat: Bool)
    case failed(AWSError)
  }

  /// What is the same for all changes of a run.
  package struct Settings: Sendable {
    package let policy: ACLPolicy
    /// Whether each copy in this bucket needs to know more than HEAD shows; one in parts always does.
    package var needsPreparation = false
    /// What objects are encrypted with for which the server names nothing.
    package var encryption: ObjectEncryption?
    /// The most bytes that are copied by one request.
    package var maximumCopySize = AWSClient.maximumCopySize
    /// Whether only copies are completed that were made: an object that still is what the plan saw stays so.
    package var onlyCompletes = false

    package init(policy: ACLPolicy) {
      self.policy = policy
    }
  }

  private enum Phase: Sendable {
    case observing
    case granting
    case grantingBucketOwner
    case preparing(ObjectHead)
    /// With the refusal of the copy that was tried before.
    case savingTags(ObjectHead, AWSError?)
    indirect case copying(InPlaceCopy)
    indirect case checking(InPlaceCopy, CopyOutcome)
    indirect case locking(InPlaceCopy, CopyOutcome)
    /// Of a copy that a killed run has made.
    case relocking
    indirect case restoringTags([ObjectTag], version: String?, Outcome)
    /// After a write of unknown outcome, which is asked for again by `next` and looked for in `Phase` otherwise.
    indirect case waiting(AWSError, then: Phase, next: Action)
  }

  private let change: Change
  private let from: AccessControlList?
  private let to: AccessControlList
  private let settings: Settings
  /// Tags that the object must have after a copy; nil where none are known to matter.
  private var tags: [ObjectTag]?
  private var lock: ObjectLockState?
  /// The lock that a copy must have which a killed run has made and not confirmed.
  private let unconfirmedLock: ObjectLockState?
  private var hasGrantedBucketOwner = false
  private var hasLocked = false
  private var phase = Phase.observing
  /// The copy that was sent and not answered.
  private var unansweredCopy: InPlaceCopy?
  private var hasLookedForCopy = false
  /// Whether a grant or a copy was sent and not answered, so that what is as planned now is this run's work.
  private var hasUnansweredWrite = false
  private var unansweredWrites = 0
  /// Why a write that was not done is not repeated.
  private var finalError: AWSError?

  /// - Parameter unconfirmed: from the journal, a copy that had begun and was not confirmed.
  package init(
    change: Change, from: AccessControlList?, to: AccessControlList, settings: Settings, unconfirmed: CopyIntent?
  ) {
    self.change = change
    self.from = from
    self.to = to
    self.settings = settings
    tags = unconfirmed?.tags
    unconfirmedLock = unconfirmed?.lock
  }

  package static var beginning: Event { .begin }

  package static func failed(_ error: AWSError) -> Event { .failed(error) }

  package mutating func handle(_ event: Event) -> Action {
    switch (phase, event) {
    case (.granting, .failed(let error)) where error.isOutcomeUnknown,
      (.grantingBucketOwner, .failed(let error)) where error.isOutcomeUnknown:
      hasUnansweredWrite = true
      return wait(after: error, then: .observing, .observe)
    case (.copying(let copy), .failed(let error)) where error.isOutcomeUnknown:
      hasUnansweredWrite = true
      unansweredCopy = copy
      return wait(after: error, then: .observing, .observe)
    case (.locking(let copy, let outcome), .failed(let error)) where error.isOutcomeUnknown:
      return wait(after: error, then: .checking(copy, outcome), .observe)
    case (.relocking, .failed(let error)) where error.isOutcomeUnknown:
      return wait(after: error, then: .observing, .observe)
    case (.relocking, .lockPut):
      hasLocked = true
      phase = .observing
      return .observe
    case (.restoringTags(let tags, let version, _), .failed(let error)) where error.isOutcomeUnknown:
      // It looks first, and writes only what is missing.
      return wait(after: error, then: phase, .ensureTags(tags, version: version))
    case (.waiting(let error, let then, let next), .waited(let mayRepeat)):
      if !mayRepeat { finalError = error }
      phase = then
      if case .ensureTags = next, !mayRepeat { return .finish(.failed(.s3(error))) }
      return next
    case (.copying(let copy), .failed(let error)):
      return copyFailed(copy, error)
    case (.savingTags(_, let refusal?), .failed):
      return .finish(.failed(.s3(refusal)))
    case (_, .failed(let error)):
      return .finish(.failed(.s3(error)))
    case (.observing, .begin):
      return .observe
    case (.observing, .observed(let observed)):
      return decide(observed)
    case (.granting, .aclPut):
      return .finish(.done(version: nil))
    case (.grantingBucketOwner, .aclPut):
      hasGrantedBucketOwner = true
      phase = .observing
      return .observe
    case (.preparing(let head), .prepared(.lock(let found))):
      lock = found
      return beginCopy(head)
    case (.preparing, .prepared(.obstacle(let reason))):
      return .finish(.stale(.obstacle(reason)))
    case (.savingTags(let head, let refusal), .tagsSaved(let saved, let byCopier)):
      // Where the tags were not in the way of the copy, it was refused for another reason.
      if let refusal, byCopier || saved.isEmpty { return .finish(.failed(.s3(refusal))) }
      tags = saved.isEmpty ? nil : saved
      return copy(head)
    case (.copying(let copy), .copied(let outcome)):
      phase = .checking(copy, outcome)
      return .observe
    case (.checking(let copy, let outcome), .observed(let observed)):
      return check(observed, copy, outcome)
    case (.locking(let copy, let outcome), .lockPut):
      hasLocked = true
      phase = .checking(copy, outcome)
      return .observe
    case (.restoringTags(_, _, let outcome), .tagsEnsured):
      return .finish(outcome)
    default:
      preconditionFailure("\(event) cannot happen in \(phase)")
    }
  }

  private mutating func wait(after error: AWSError, then phase: Phase, _ next: Action) -> Action {
    unansweredWrites += 1
    self.phase = .waiting(error, then: phase, next: next)
    return .wait(after: error, attempt: unansweredWrites)
  }

  private mutating func decide(_ observed: ObservedObject) -> Action {
    if let copy = unansweredCopy, observed.shows(copy, by: to.owner) {
      return check(observed, copy, CopyOutcome(versionID: observed.head?.versionID))
    }
    let status: ChangeStatus
    do throws(AWSError) {
      status = try change.status(of: observed, from: from, to: to, policy: settings.policy)
    } catch {
      return .finish(.failed(.s3(error)))
    }
    if let finalError, status == .asSeen || status == .bucketOwnerGranted { return .finish(.failed(.s3(finalError))) }
    switch status {
    case .stale(.propertiesChanged) where canRelock(observed):
      guard let lock = unconfirmedLock else { return .finish(.stale(.propertiesChanged)) }
      phase = .relocking
      return .putLock(lock, version: observed.head?.versionID)
    case .stale(let staleness):
      return .finish(.stale(staleness))
    case .asPlanned:
      let version = observed.head?.versionID
      return restoreTags(hasUnansweredWrite ? .done(version: nil) : .already(version: version), version: version)
    case .asSeen where settings.onlyCompletes, .bucketOwnerGranted where settings.onlyCompletes:
      return .finish(.pending)
    case .asSeen where change.action == .grant:
      phase = .granting
      return .putACL(to)
    case .asSeen, .bucketOwnerGranted:
      guard let head = observed.head else {
        return .finish(.failed(.notAsPlanned("no given account can read the object")))
      }
      if let obstacle = CopyObstacle.find(in: head) { return .finish(.stale(.obstacle(obstacle))) }
      guard observed.isReadableByBucketOwner else { return grantBucketOwner(status) }
      // The copy has not been made, so what a killed run has read of them is out of date.
      tags = nil
      lock = head.lock
      guard settings.needsPreparation || head.size > settings.maximumCopySize else { return beginCopy(head) }
      phase = .preparing(head)
      return .prepare(head)
    }
  }

  /// Whether nothing is missing but the lock that a copy must have, on a server that does not set it with the copy.
  private func canRelock(_ observed: ObservedObject) -> Bool {
    guard let lock = unconfirmedLock, let head = observed.head, !hasLocked, finalError == nil else { return false }
    return !lock.isSame(as: head.lock) && AttributesDigest(head, lock: lock) == change.preserved
  }

  private mutating func beginCopy(_ head: ObjectHead) -> Action {
    // Only a copy by one request takes tags over by itself.
    guard (head.tagCount ?? 0) > 0 || head.size > settings.maximumCopySize else { return copy(head) }
    phase = .savingTags(head, nil)
    return .saveTags
  }

  private mutating func copy(_ head: ObjectHead) -> Action {
    let copy = InPlaceCopy(
      head: head, acl: to, encryption: head.encryption ?? settings.encryption, lock: lock, tags: tags)
    phase = .copying(copy)
    return .copy(copy)
  }

  private mutating func copyFailed(_ copy: InPlaceCopy, _ error: AWSError) -> Action {
    if error.isAccessDenied, copy.tags == nil {
      // S3 copies no tags for an account that may not read them, nor tells it by HEAD that there are some.
      phase = .savingTags(copy.head, error)
      return .saveTags
    }
    // 412, or 409 where somebody writes the object at this moment.
    if error.code == "PreconditionFailed" || error.code == "ConditionalRequestConflict" {
      guard unansweredCopy != nil, !hasLookedForCopy else { return .finish(.stale(.overwritten)) }
      // It may be the copy that was not answered: the look came before it.
      hasLookedForCopy = true
      phase = .observing
      return .observe
    }
    return .finish(.failed(.s3(error)))
  }

  /// Lets the bucket owner read the object, once: where that has been done already, doing it again would not help.
  private mutating func grantBucketOwner(_ status: ChangeStatus) -> Action {
    guard change.reason == .grantFirst, status == .asSeen, !hasGrantedBucketOwner, let from else {
      return .finish(.failed(.notAsPlanned("the bucket owner cannot read the object")))
    }
    phase = .grantingBucketOwner
    return .putACL(settings.policy.grantingReadToBucketOwner(from))
  }

  private mutating func check(_ observed: ObservedObject, _ copy: InPlaceCopy, _ outcome: CopyOutcome) -> Action {
    if case .denied(let error) = observed.content { return .finish(.failed(.s3(error))) }
    guard case .found(let content, let head?) = observed.content, content.size == change.size else {
      return .finish(.failed(.notAsPlanned("the copy is gone, or has another size")))
    }
    guard let acl = observed.acl else {
      if let error = observed.aclError { return .finish(.failed(.s3(error))) }
      return .finish(.failed(.notAsPlanned("the ACL of the copy cannot be read")))
    }
    guard acl.owner == to.owner else {
      return .finish(.failed(.notAsPlanned("the copy belongs to \(acl.owner), not to the bucket owner")))
    }
    guard acl.isEquivalent(to: to) else {
      return .finish(.failed(.notAsPlanned("the copy has other grants than planned")))
    }
    if let lock, !lock.isSame(as: head.lock), !hasLocked {
      if let finalError { return .finish(.failed(.s3(finalError))) }
      phase = .locking(copy, outcome)
      return .putLock(lock, version: head.versionID)
    }
    guard AttributesDigest(head, lock: head.lock) == AttributesDigest(copy.head, lock: lock) else {
      return .finish(
        .failed(
          .notAsPlanned(
            "the copy differs from the object in content headers, metadata, storage class, encryption,"
              + " redirect or lock")))
    }
    guard head.hasSameChecksum(as: copy.head) else {
      return .finish(.failed(.notAsPlanned("the copy has another checksum")))
    }
    // Where it took the place of what was there, there is no version to go back to.
    let made = outcome.versionID ?? head.versionID
    return restoreTags(.done(version: made == copy.head.versionID ? nil : made), version: head.versionID)
  }

  private mutating func restoreTags(_ outcome: Outcome, version: String?) -> Action {
    guard let tags, change.action == .copy else { return .finish(outcome) }
    phase = .restoringTags(tags, version: version, outcome)
    return .ensureTags(tags, version: version)
  }
}

extension ObservedObject {
  /// Whether the object is what a copy makes of it, as far as that tells whether it was made at all.
  fileprivate func shows(_ copy: InPlaceCopy, by owner: CanonicalID) -> Bool {
    guard let head, head.size == copy.head.size else { return false }
    return acl?.owner == owner
  }
}

extension ObjectHead {
  /// Whether both have the same content, as far as checksums tell: that of parts depends on their sizes.
  fileprivate func hasSameChecksum(as other: ObjectHead) -> Bool {
    guard let checksum, let known = other.checksum, checksum.algorithm == known.algorithm,
      !checksum.isComposite, !known.isComposite
    else { return true }
    return checksum.value == known.value
  }
}
