internal import AWSKit

/// Something of a bucket that a plan relies on, and that is not as it was when the plan was made.
package struct SurroundingsChange: Sendable, Equatable {
  /// Whether it makes the plan wrong, so that nothing may be done by it.
  package let refuses: Bool
  /// What has changed, and what follows: a sentence without its full stop.
  package let text: String

  private init(_ text: String, refuses: Bool = false) {
    self.refuses = refuses
    self.text = text
  }

  /// What the plan is to be used for.
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
    if let change = ownership(planned, now, undertaking) {
      changes.append(change)
      if change.refuses { return changes }
    }
    if let change = publicAccess(planned, now, desired, work, undertaking) { changes.append(change) }
    if let change = versioning(planned, now, work, undertaking) { changes.append(change) }
    if let change = payer(planned, now, desired) { changes.append(change) }
    if work.hasCopies, undertaking == .apply {
      if let was = planned.encryption, let new = now.encryption, was != new {
        changes.append(
          SurroundingsChange(
            "the default encryption was \(was.algorithm) and is \(new.algorithm) now: copies keep what their objects have"
          ))
      }
      if let was = planned.objectLock, let new = now.objectLock, was != new {
        changes.append(
          SurroundingsChange(
            "Object Lock is not set as it was: a copy that the bucket would lock otherwise than its object is left alone"
          ))
      }
    }
    if let was = planned.policyDigest, was != now.policyDigest {
      changes += self.policy(policy, desired, actors, bucket: now.name, usesTLS: usesTLS, undertaking)
    }
    return changes
  }

  private static func ownership(
    _ planned: BucketSettings, _ now: BucketSettings, _ undertaking: Undertaking
  ) -> SurroundingsChange? {
    guard let new = now.objectOwnership, new != planned.objectOwnership else { return nil }
    if new == .bucketOwnerEnforced {
      let what =
        undertaking == .apply
        ? "ACLs are off, and the bucket owner owns every object, so there is nothing to do"
        : "ACLs are off, so none can be put back before it is set to \((planned.objectOwnership ?? .objectWriter).rawValue)"
          + " again"
      return SurroundingsChange("Object Ownership is BucketOwnerEnforced now: \(what)", refuses: true)
    }
    guard let was = planned.objectOwnership else { return nil }
    return SurroundingsChange(
      "Object Ownership was \(was.rawValue) and is \(new.rawValue) now, which decides of new uploads only")
  }

  private static func publicAccess(
    _ planned: BucketSettings, _ now: BucketSettings, _ desired: Intent, _ work: Work, _ undertaking: Undertaking
  ) -> SurroundingsChange? {
    let (was, new) = (planned.effectivePublicAccessBlock, now.effectivePublicAccessBlock)
    guard now.publicAccessBlock != nil || now.accountPublicAccessBlock != nil, was != new else { return nil }
    let text = "Block Public Access was \(was.names) and is \(new.names) now"
    guard undertaking == .apply else {
      return SurroundingsChange(
        new.blockPublicAcls ? "\(text): an ACL with public grants cannot be put back under BlockPublicAcls" : text)
    }
    if new.blockPublicAcls, work.writesPublicGrants {
      return SurroundingsChange(
        "\(text), and the plan writes ACLs that keep public grants, which S3 refuses", refuses: true)
    }
    let dropped = ACLPolicy(bucket: planned, desired: desired).dropsPublicGrants
    let drops = ACLPolicy(bucket: now, desired: desired).dropsPublicGrants
    if drops, !dropped, work.writesPublicGrants {
      return SurroundingsChange(
        "\(text): the plan keeps public grants, which --drop-public-grants \(desired.dropPublicGrants.rawValue) drops now",
        refuses: true)
    }
    if dropped, !drops, work.dropsPublicGrants {
      return SurroundingsChange(
        "\(text): the plan drops public grants, which --drop-public-grants \(desired.dropPublicGrants.rawValue) keeps now",
        refuses: true)
    }
    if was.ignorePublicAcls, !new.ignorePublicAcls {
      return SurroundingsChange(
        "\(text): public grants that S3 did not show then show now, and objects that have some count as stale")
    }
    return SurroundingsChange(text)
  }

  private static func versioning(
    _ planned: BucketSettings, _ now: BucketSettings, _ work: Work, _ undertaking: Undertaking
  ) -> SurroundingsChange? {
    guard let was = planned.versioning, let new = now.versioning, was != new else { return nil }
    let text = "versioning was \(was.rawValue) and is \(new.rawValue) now"
    guard work.hasCopies, undertaking == .apply else { return SurroundingsChange(text) }
    if was == .enabled {
      return SurroundingsChange(
        "\(text): copies that a rollback could undo can no more be undone", refuses: true)
    }
    return SurroundingsChange(
      new == .enabled ? "\(text): the versions that copies are made of stay behind" : text)
  }

  private static func payer(_ planned: BucketSettings, _ now: BucketSettings, _ desired: Intent) -> SurroundingsChange?
  {
    guard now.payer == .requester, planned.payer != .requester, desired.requestPayer == nil else { return nil }
    return SurroundingsChange(
      "Requester Pays is on now, and S3 refuses other accounts' requests that do not say that they pay: add"
        + " --request-payer requester")
  }

  private static func policy(
    _ state: BucketPolicyState, _ desired: Intent, _ actors: [RepairActor], bucket: String, usesTLS: Bool,
    _ undertaking: Undertaking
  ) -> [SurroundingsChange] {
    let document: PolicyDocument
    switch state {
    case .document(let found): document = found
    case .none: document = PolicyDocument(statements: [])
    case .malformed, .unreadable:
      return [
        SurroundingsChange("the bucket policy cannot be read now, so whether it lets the readers in is not known")
      ]
    }
    let scope = PolicyScope(bucket: bucket, prefix: desired.filter.prefix)
    var changes = [SurroundingsChange("the bucket policy is not what it was, and was read again")]
    if undertaking == .apply {
      let allowed = Set(document.readers(of: scope).readers.map(\.principal))
      for reader in desired.readers {
        if reader.source == .bucketPolicy, allowed.isDisjoint(with: reader.principals) {
          changes.append(
            SurroundingsChange("the bucket policy does not let \(reader.name) in any more", refuses: true))
        }
        let denials = document.denials(
          of: reader.principals, withUnknownARN: reader.originAccessIdentity == nil && reader.canonicalID != nil,
          in: scope)
        for denial in denials where denial.isCertain && denial.resources.isEmpty {
          changes.append(SurroundingsChange(denial.text(reader: reader.name), refuses: true))
        }
      }
    }
    for denial in document.repairDenials(of: actors, in: scope, usesTLS: usesTLS) {
      changes.append(SurroundingsChange(denial.text))
    }
    return changes
  }
}

extension Plan {
  /// What of the plan depends on its surroundings; the changes are read once, where an ACL holds a public grant.
  package func work() throws(FileFormatError) -> SurroundingsChange.Work {
    var work = SurroundingsChange.Work(hasCopies: (header.summary.actions[.copy] ?? 0) > 0)
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

extension PublicAccessBlock {
  /// The flags that are on, for people.
  fileprivate var names: String {
    let flags = [
      (blockPublicAcls, "BlockPublicAcls"), (ignorePublicAcls, "IgnorePublicAcls"),
      (blockPublicPolicy, "BlockPublicPolicy"), (restrictPublicBuckets, "RestrictPublicBuckets"),
    ].filter(\.0).map(\.1)
    return flags.isEmpty ? "off" : flags.joined(separator: ", ")
  }
}
