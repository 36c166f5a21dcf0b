package import AWSKit

/// The steps that undo one change, as a plain value: told what happened, it says what to do next. Nothing is written
/// unless the object is as apply left it.
package struct RollbackProcedure: Procedure {
  package enum Action: ProcedureAction {
    case observe
    /// Write the ACL, as the object's owner.
    case putACL(AccessControlList)
    /// Find out which version is behind the current one.
    case findPreviousVersions(of: String)
    /// Remove a version that a copy made, so that the one before is the current one again.
    case deleteVersion(String)
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
      case .putACL, .deleteVersion: true
      case .observe, .findPreviousVersions, .wait, .finish: false
      }
    }
  }

  package enum Event: Sendable {
    case begin
    case observed(ObservedObject)
    case aclPut
    /// The versions behind the current one, the newest first.
    case foundPreviousVersions([ListedObject])
    case versionDeleted
    /// - Parameter mayRepeat: whether the write may be sent again if it was not done.
    case waited(mayRepeat: Bool)
    case failed(AWSError)
  }

  /// What the journal knows of versions.
  package struct Versions: Sendable {
    /// Whether a version is the one that the copy made; nil where the journal does not say.
    package var isMade: @Sendable (String) -> Bool?
    /// Whether a version is the one that the copy was put over; nil where the journal does not say.
    package var isReplaced: @Sendable (String) -> Bool?

    package init(
      isMade: @escaping @Sendable (String) -> Bool?, isReplaced: @escaping @Sendable (String) -> Bool? = { _ in nil }
    ) {
      self.isMade = isMade
      self.isReplaced = isReplaced
    }
  }

  private let change: Change
  private let from: AccessControlList?
  private let to: AccessControlList
  private let policy: ACLPolicy
  /// Whether an ACL with public grants would be refused now.
  private let blocksPublicGrants: Bool
  private let versions: Versions
  private var hasRemoved = false
  /// The current version, while it is looked what is behind it.
  private var current = ""
  /// Versions that are yet to be removed, the current one last.
  private var doomed: [String] = []
  private var unansweredWrites = 0
  private var unanswered: AWSError?
  /// Why a write that was not done is not repeated.
  private var finalError: AWSError?

  package init(
    change: Change, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy, blocksPublicGrants: Bool,
    versions: Versions
  ) {
    self.change = change
    self.from = from
    self.to = to
    self.policy = policy
    self.blocksPublicGrants = blocksPublicGrants
    self.versions = versions
  }

  package static var beginning: Event { .begin }

  package static func failed(_ error: AWSError) -> Event { .failed(error) }

  package mutating func handle(_ event: Event) -> Action {
    switch event {
    case .begin: return .observe
    case .observed(let observed): return decide(observed)
    case .aclPut: return .finish(.done())
    case .foundPreviousVersions(let behind): return remove(behind)
    case .versionDeleted:
      hasRemoved = true
      return doomed.popLast().map { .deleteVersion($0) } ?? .observe
    case .waited(let mayRepeat):
      if !mayRepeat { finalError = unanswered }
      return .observe
    case .failed(let error) where error.isOutcomeUnknown:
      // Another look at the object shows what it did.
      unansweredWrites += 1
      unanswered = error
      doomed = []
      // What is still there is to be removed after the look.
      hasRemoved = false
      return .wait(after: error, attempt: unansweredWrites)
    case .failed(let error): return .finish(.failed(.s3(error)))
    }
  }

  private mutating func decide(_ observed: ObservedObject) -> Action {
    let status: ChangeStatus
    do throws(AWSError) {
      status = try change.status(of: observed, from: from, to: to, policy: policy)
    } catch {
      return .finish(.failed(.s3(error)))
    }
    if let finalError, status != .asSeen { return .finish(.failed(.s3(finalError))) }
    switch status {
    case .stale(let staleness): return .finish(.stale(staleness))
    case .asSeen: return .finish(hasRemoved || unanswered != nil ? .done() : .already())
    case .bucketOwnerGranted: return putBack()
    case .asPlanned where change.action == .grant: return putBack()
    case .asPlanned:
      // The journal knows the version that the copy made, or else the one that it was put over.
      guard let version = observed.head?.versionID, !hasRemoved,
        versions.isMade(version) ?? (versions.isReplaced(version) == false)
      else { return .finish(.irreversible(.ownership)) }
      current = version
      return .findPreviousVersions(of: version)
    }
  }

  /// Removes the current version, and those between it and what was copied: a run whose answers were lost has made more
  /// than one.
  private mutating func remove(_ behind: [ListedObject]) -> Action {
    guard let place = behind.firstIndex(where: isWhatWasCopied) else {
      return .finish(.irreversible(versions.isMade(current) == true ? .previousVersion : .ownership))
    }
    let between = behind[..<place]
    guard between.allSatisfy(isCopy) else {
      return .finish(.irreversible(versions.isMade(current) == true ? .previousVersion : .ownership))
    }
    // The oldest first: until the current one is gone, readers see no change.
    doomed = [current] + between.compactMap(\.version?.id)
    return doomed.popLast().map { .deleteVersion($0) } ?? .observe
  }

  /// Lifecycle rules remove old versions: what the plan saw may be gone, and the copy the last of it.
  private func isWhatWasCopied(_ version: ListedObject) -> Bool {
    guard let id = version.version?.id, versions.isReplaced(id) != false else { return false }
    return version.version?.isDeleteMarker == false && change.isSameObject(as: version)
  }

  /// Whether a version has what the plan saw, and is the bucket owner's: before the copy, no such version was there.
  private func isCopy(_ version: ListedObject) -> Bool {
    version.version?.isDeleteMarker == false && version.size == change.size && version.owner == to.owner
  }

  private func putBack() -> Action {
    guard let from else { return .finish(.stale(.aclChanged)) }
    if blocksPublicGrants, from.grants.contains(where: \.grantee.isPublic) {
      return .finish(.irreversible(.publicGrants))
    }
    return .putACL(from)
  }
}
