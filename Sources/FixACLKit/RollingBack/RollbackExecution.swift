package import S3Kit

/// How the undoing of one change ended.
package enum RollbackOutcome: Sendable {
  /// The object is again what the plan saw.
  case done
  /// It was already; nothing was written.
  case already
  /// It is no longer what apply left, and was left alone.
  case stale(Staleness)
  case impossible(Irreversible)
  case failed(ChangeFailure)

  /// Why something that was done cannot be undone.
  package enum Irreversible: Sendable, Equatable {
    /// A copy took the object's place, and nobody can make an object somebody else's.
    case ownership
    /// A copy made a version, and what was there before is not the one behind it any more: removed, it would leave
    /// something else, or nothing.
    case previousVersion
    /// The ACL from before holds public grants, and Block Public Access refuses them.
    case publicGrants

    package var explanation: String {
      switch self {
      case .ownership:
        "it was copied where no older version stays, and ownership cannot be given back: have its former owner"
          + " upload it again"
      case .previousVersion:
        "the version from before the copy is gone, so the copy is all that is left of it: have its former owner upload"
          + " it again"
      case .publicGrants:
        "its ACL had public grants, which Block Public Access refuses: switch BlockPublicAcls off, and run it again"
      }
    }
  }
}

/// The steps that undo one change, as a plain value: told what happened, it says what to do next. Nothing is written
/// unless the object is as apply left it.
package struct RollbackExecution: Sendable {
  package enum Action: Sendable {
    case look
    /// Write the ACL, as the object's owner.
    case putACL(AccessControlList)
    /// Find out which version is behind the current one.
    case lookBehind(version: String)
    /// Remove the version that a copy made, so that the one before is the current one again.
    case deleteVersion(String)
    case finish(RollbackOutcome)
  }

  package enum Event: Sendable {
    case begin
    case looked(ObjectLook)
    case aclPut
    /// Nil where the current version is the only one.
    case foundBehind(version: String, ListedObject?)
    case versionDeleted
    case failed(S3Error)
  }

  private let change: Change
  private let from: AccessControlList?
  private let to: AccessControlList
  private let policy: ACLPolicy
  /// Whether an ACL with public grants would be refused now.
  private let blocksPublicGrants: Bool
  /// Whether a version is the one that the copy made.
  private let isMadeVersion: @Sendable (String) -> Bool
  private var hasWritten = false

  package init(
    change: Change, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy, blocksPublicGrants: Bool,
    isMadeVersion: @escaping @Sendable (String) -> Bool
  ) {
    self.change = change
    self.from = from
    self.to = to
    self.policy = policy
    self.blocksPublicGrants = blocksPublicGrants
    self.isMadeVersion = isMadeVersion
  }

  package mutating func handle(_ event: Event) -> Action {
    switch event {
    case .begin: return .look
    case .looked(let look): return decide(look)
    case .aclPut: return .finish(.done)
    case .foundBehind(let version, let previous):
      guard let previous, isWhatWasCopied(previous) else { return .finish(.impossible(.previousVersion)) }
      return .deleteVersion(version)
    case .versionDeleted:
      hasWritten = true
      return .look
    case .failed(let error): return .finish(.failed(.s3(error)))
    }
  }

  private func decide(_ look: ObjectLook) -> Action {
    let status: ChangeStatus
    do throws(S3Error) {
      status = try change.status(of: look, from: from, to: to, policy: policy)
    } catch {
      return .finish(.failed(.s3(error)))
    }
    switch status {
    case .stale(let staleness): return .finish(.stale(staleness))
    case .asSeen: return .finish(hasWritten ? .done : .already)
    case .opened: return putBack()
    case .asPlanned where change.action == .grant: return putBack()
    case .asPlanned:
      guard let version = look.head?.versionID, isMadeVersion(version), !hasWritten else {
        return .finish(.impossible(.ownership))
      }
      return .lookBehind(version: version)
    }
  }

  /// Lifecycle rules remove old versions: what the plan saw may be gone, and the copy the last of it.
  private func isWhatWasCopied(_ version: ListedObject) -> Bool {
    version.version?.isDeleteMarker == false && version.etag == change.etag && version.size == change.size
      && (version.owner ?? change.owner) == change.owner
  }

  private func putBack() -> Action {
    guard let from else { return .finish(.stale(.aclChanged)) }
    if blocksPublicGrants, from.grants.contains(where: \.grantee.isPublic) {
      return .finish(.impossible(.publicGrants))
    }
    return .putACL(from)
  }
}
