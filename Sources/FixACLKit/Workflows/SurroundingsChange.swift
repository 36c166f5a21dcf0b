package import AWSKit

/// A setting of the bucket that a plan relies on, and that is not as it was when the plan was made.
package enum SurroundingsChange: Sendable {
  /// Object Ownership is BucketOwnerEnforced: ACLs are off.
  case aclsOff(for: Undertaking, was: ObjectOwnership?)
  case objectOwnership(was: ObjectOwnership, now: ObjectOwnership)
  case publicAccess(was: PublicAccessBlock, now: PublicAccessBlock, PublicAccessEffect)
  case versioning(was: VersioningState, now: VersioningState, VersioningEffect)
  case encryption(was: ObjectEncryption, now: ObjectEncryption)
  case objectLock
  /// Requester Pays is on, and requests do not say who pays.
  case requesterPays
  case policyUnreadable
  case policy
  /// The bucket policy no longer allows a reader.
  case readerNotAllowed(Reader)
  case readerDenied(Reader, PolicyDocument.Denial)
  case repairDenied(PolicyDocument.RepairDenial)

  /// What a change of Block Public Access means for a plan.
  package enum PublicAccessEffect: Sendable, Equatable {
    case none
    /// ACLs with public grants cannot be put back.
    case blocksRollback
    /// The plan writes ACLs with public grants, which S3 refuses now.
    case blocksPlan
    /// The plan keeps public grants that this rule drops now.
    case wouldDrop(PublicGrantRule)
    /// The plan drops public grants that this rule keeps now.
    case wouldKeep(PublicGrantRule)
    /// Public grants that were hidden are visible now.
    case reveals
  }

  /// What a change of versioning means for a plan.
  package enum VersioningEffect: Sendable, Equatable {
    case none
    /// Copies that a rollback could undo cannot be undone now.
    case makesCopiesFinal
    /// The versions that copies are made of stay behind.
    case leavesVersions
  }

  /// Whether it makes the plan wrong, so that nothing may be done by it.
  package var refuses: Bool {
    switch self {
    case .aclsOff, .readerNotAllowed, .readerDenied: true
    case .publicAccess(_, _, let effect):
      switch effect {
      case .blocksPlan, .wouldDrop, .wouldKeep: true
      case .none, .blocksRollback, .reveals: false
      }
    case .versioning(_, _, let effect): effect == .makesCopiesFinal
    case .objectOwnership, .encryption, .objectLock, .requesterPays, .policyUnreadable, .policy, .repairDenied: false
    }
  }

  /// What the plan is used for.
  package enum Undertaking: Sendable {
    case apply
    case rollback
  }

  /// What of a plan depends on its surroundings.
  package struct Work: Sendable {
    package var hasCopies: Bool
    /// Whether it writes ACLs that hold public grants.
    package var writesPublicGrants: Bool
    /// Whether it leaves public grants out of ACLs that hold some.
    package var dropsPublicGrants: Bool

    package init(hasCopies: Bool, writesPublicGrants: Bool = false, dropsPublicGrants: Bool = false) {
      self.hasCopies = hasCopies
      self.writesPublicGrants = writesPublicGrants
      self.dropsPublicGrants = dropsPublicGrants
    }
  }

  /// Compares the bucket as a plan has it with what it is now; what cannot be read now is not compared.
  ///
  /// - Parameters:
  ///   - policy: the bucket policy as it is now.
  ///   - actors: who does what in the repair.
  package static func differences(
    planned: BucketSettings, now: BucketSettings, policy: BucketPolicyState, desired: Intent, work: Work,
    actors: [RepairActor], usesTLS: Bool, for undertaking: Undertaking
  ) -> [SurroundingsChange] {
    var changes: [SurroundingsChange] = []
    if let new = now.objectOwnership, new != planned.objectOwnership {
      guard new != .bucketOwnerEnforced else { return [.aclsOff(for: undertaking, was: planned.objectOwnership)] }
      if let was = planned.objectOwnership { changes.append(.objectOwnership(was: was, now: new)) }
    }
    if let change = publicAccess(planned, now, desired, work, undertaking) { changes.append(change) }
    if let was = planned.versioning, let new = now.versioning, was != new {
      changes.append(.versioning(was: was, now: new, effect(was, new, work, undertaking)))
    }
    if now.payer == .requester, planned.payer != .requester, desired.requestPayer == nil {
      changes.append(.requesterPays)
    }
    if work.hasCopies, undertaking == .apply {
      if let was = planned.encryption, let new = now.encryption, was != new {
        changes.append(.encryption(was: was, now: new))
      }
      if let was = planned.objectLock, let new = now.objectLock, was != new { changes.append(.objectLock) }
    }
    var ofPolicy: [SurroundingsChange] = []
    if let was = planned.policyDigest, was != now.policyDigest {
      ofPolicy = self.policy(policy, desired, actors, bucket: now.name, usesTLS: usesTLS, undertaking)
    }
    // Also if the policy is the same: anybody can write down its digest, and name a reader of their own beside it.
    if undertaking == .apply {
      ofPolicy.insert(contentsOf: notAllowed(desired, by: policy, bucket: now.name), at: min(1, ofPolicy.count))
    }
    changes += ofPolicy
    return changes
  }

  private static func publicAccess(
    _ planned: BucketSettings, _ now: BucketSettings, _ desired: Intent, _ work: Work, _ undertaking: Undertaking
  ) -> SurroundingsChange? {
    let (was, new) = (planned.effectivePublicAccessBlock, now.effectivePublicAccessBlock)
    guard now.publicAccessBlock != nil || now.accountPublicAccessBlock != nil, was != new else { return nil }
    func change(_ effect: PublicAccessEffect) -> SurroundingsChange { .publicAccess(was: was, now: new, effect) }
    guard undertaking == .apply else { return change(new.blockPublicAcls ? .blocksRollback : .none) }
    if new.blockPublicAcls, work.writesPublicGrants { return change(.blocksPlan) }
    let dropped = ACLPolicy(bucket: planned, desired: desired).dropsPublicGrants
    let drops = ACLPolicy(bucket: now, desired: desired).dropsPublicGrants
    if drops, !dropped, work.writesPublicGrants { return change(.wouldDrop(desired.dropPublicGrants)) }
    if dropped, !drops, work.dropsPublicGrants { return change(.wouldKeep(desired.dropPublicGrants)) }
    return change(was.ignorePublicAcls && !new.ignorePublicAcls ? .reveals : .none)
  }

  private static func effect(
    _ was: VersioningState, _ new: VersioningState, _ work: Work, _ undertaking: Undertaking
  ) -> VersioningEffect {
    guard work.hasCopies, undertaking == .apply else { return .none }
    if was == .enabled { return .makesCopiesFinal }
    return new == .enabled ? .leavesVersions : .none
  }

  /// The readers of the bucket policy whom it does not allow now, as far as it can be read.
  private static func notAllowed(
    _ desired: Intent, by state: BucketPolicyState, bucket: String
  ) -> [SurroundingsChange] {
    let allowed: Set<PolicyPrincipal>
    switch state {
    case .document(let document):
      let scope = PolicyScope(bucket: bucket, prefix: desired.filter.prefix)
      allowed = Set(document.readers(of: scope).readers.map(\.principal))
    case .none: allowed = []
    case .malformed, .unreadable: return []
    }
    return desired.readers.filter { $0.source == .bucketPolicy && allowed.isDisjoint(with: $0.principals) }
      .map { .readerNotAllowed($0) }
  }

  private static func policy(
    _ state: BucketPolicyState, _ desired: Intent, _ actors: [RepairActor], bucket: String, usesTLS: Bool,
    _ undertaking: Undertaking
  ) -> [SurroundingsChange] {
    let document: PolicyDocument
    switch state {
    case .document(let found): document = found
    case .none: document = PolicyDocument(statements: [])
    case .malformed, .unreadable: return [.policyUnreadable]
    }
    let scope = PolicyScope(bucket: bucket, prefix: desired.filter.prefix)
    var changes = [SurroundingsChange.policy]
    if undertaking == .apply {
      for reader in desired.readers {
        let denials = document.denials(
          of: reader.principals, withUnknownARN: reader.originAccessIdentity == nil && reader.canonicalID != nil,
          in: scope)
        for denial in denials where denial.isCertain && denial.resources.isEmpty {
          changes.append(.readerDenied(reader, denial))
        }
      }
    }
    changes += document.repairDenials(of: actors, in: scope, usesTLS: usesTLS).map { .repairDenied($0) }
    return changes
  }
}

extension Plan {
  /// What of the plan depends on its surroundings; the changes are read once, where an ACL holds a public grant.
  package func work() throws(FileFormatError) -> SurroundingsChange.Work {
    var work = SurroundingsChange.Work(hasCopies: header.summary.copies > 0)
    let publicNames = Set(
      acls.acls.filter { $0.value.grants.contains(where: \.grantee.isPublic) }.keys)
    guard !publicNames.isEmpty else { return work }
    var changes = changes()
    while let (_, change) = try changes.next() {
      guard let to = change.to else { continue }
      if publicNames.contains(to) {
        work.writesPublicGrants = true
      } else if let from = change.from, publicNames.contains(from) {
        work.dropsPublicGrants = true
      }
      if work.writesPublicGrants, work.dropsPublicGrants { break }
    }
    return work
  }
}
