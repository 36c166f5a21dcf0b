internal import FixACLKit
internal import AWSKit

/// What the views of a plan share.
enum PlanView {
  /// The whole plan in one sentence, without a full stop.
  static func sentence(for summary: PlanSummary) -> String {
    var text = "\(Quantity.count(summary.listed, "object")) listed, \(Quantity.count(summary.foreign)) foreign"
    if summary.missing > 0 { text += ", \(Quantity.count(summary.missing, "key")) missing" }
    guard summary.changes > 0 else { return text + ", nothing to change" }
    let parts = ChangeAction.allCases.compactMap { action -> String? in
      let count = summary.actions[action] ?? 0
      return count == 0 ? nil : "\(Quantity.count(count)) \(name(of: action))"
    }
    text += ", " + parts.joined(separator: ", ")
    return text
  }

  /// What becomes of an object by this action: `to grant`, `blocked`.
  static func name(of action: ChangeAction) -> String {
    action == .blocked ? "blocked" : "to \(action.rawValue)"
  }

  static func symbol(for action: ChangeAction) -> String {
    switch action {
    case .grant: "~"
    case .copy: ">"
    case .blocked: "!"
    }
  }

  /// Something that a plan says of its bucket: `versioning`, `Enabled`.
  struct Fact {
    let label: String
    let value: String
  }

  /// Where and when the plan was made.
  static func origin(of header: PlanHeader) -> [Fact] {
    [
      Fact(label: "server", value: header.bucket.endpoint ?? "Amazon S3"),
      Fact(label: "region", value: header.bucket.region), Fact(label: "planned", value: header.createdAt),
    ]
      + (header.inventory.map { [Fact(label: "from the report", value: "\($0.manifest) of \($0.createdAt)")] } ?? [])
  }

  /// How the bucket is set.
  static func facts(about bucket: BucketSettings) -> [Fact] {
    var facts = [
      Fact(label: "bucket owner", value: bucket.owner.description),
      Fact(label: "Object Ownership", value: bucket.objectOwnership?.rawValue ?? "unknown"),
      Fact(label: "versioning", value: bucket.versioning?.rawValue ?? "unknown"),
      Fact(label: "Block Public Access", value: "\(text(for: bucket.publicAccessBlock)) (of the bucket)"),
    ]
    if let block = bucket.accountPublicAccessBlock {
      facts.append(Fact(label: "", value: "\(text(for: block)) (of its account)"))
    }
    // What is as usual need not be said.
    if let encryption = bucket.encryption, encryption.usesKMS {
      facts.append(
        Fact(label: "default encryption", value: encryption.algorithm + (encryption.kmsKeyID.map { ", \($0)" } ?? "")))
    }
    if let lock = bucket.objectLock, lock.isEnabled {
      facts.append(Fact(label: "Object Lock", value: lock.text))
    }
    return facts
  }

  /// What was asked for.
  static func wanted(_ plan: Plan) -> [Fact] {
    let desired = plan.header.desired
    var facts = desired.grants.map { grant in
      Fact(
        label: "wanted",
        value: "\(grant.permission.rawValue) to \(name(grant.grantee, of: plan.header, isWhole: true))")
    }
    facts += desired.readers.map { Fact(label: "reader", value: $0.announcement) }
    facts.append(Fact(label: "strategy", value: desired.strategy.rawValue))
    facts += desired.droppedGrantees.map { Fact(label: "dropped", value: "grants to \($0)") }
    if desired.allVersions { facts.append(Fact(label: "versions", value: "old ones too")) }
    if desired.keepsPreviousOwner {
      facts.append(Fact(label: "previous owner", value: "keeps READ on copies"))
    }
    if desired.selection.includesOwn { facts.append(Fact(label: "own objects", value: "the bucket owner's too")) }
    let filters = desired.selectionTexts
    if !filters.isEmpty { facts.append(Fact(label: "only", value: filters.joined(separator: ", "))) }
    return facts + signers(plan.header.credentials)
  }

  /// Which credentials `apply` takes unless it is told otherwise.
  private static func signers(_ names: CredentialNames) -> [Fact] {
    let owners = names.ownerProfiles.map { "profile \($0)" } + names.ownerRoles.map { "role \($0.arn)" }
    return (names.profile.map { [Fact(label: "as bucket owner", value: "profile \($0)")] } ?? [])
      + owners.map { Fact(label: "as object owner", value: $0) }
  }

  /// How many objects, or old versions of objects, a transition is about.
  static func count(of group: TransitionGroup) -> String {
    Quantity.count(group.count, group.transition.isNoncurrent ? "old version" : "object")
  }

  /// A grantee or owner: what it is to this bucket, then its ID. An account of which nothing but its ID is known has all
  /// of that.
  ///
  /// - Parameter isWhole: whether all of the ID is shown; else as much as tells it from others that stand nearby in full.
  static func name(
    _ grantee: Grantee, of header: PlanHeader, objectOwner: CanonicalID? = nil, isWhole: Bool = false
  ) -> String {
    switch grantee {
    case .group(let uri):
      return grantee.isPublic ? (grantee == .allUsers ? "AllUsers" : "AuthenticatedUsers") : uri.escapedForTerminal
    case .canonicalUser(let id):
      guard let role = role(of: id, in: header, objectOwner: objectOwner) else { return "\(id)" }
      return "\(role) \(isWhole ? "\(id)" : shortened(id))"
    }
  }

  /// What an account is to the bucket; nil for a stranger.
  static func role(of id: CanonicalID, in header: PlanHeader, objectOwner: CanonicalID? = nil) -> String? {
    if id == header.bucket.owner { return "bucket owner" }
    if id == objectOwner { return "object owner" }
    if let reader = header.desired.readers.first(where: { $0.canonicalID == id }) {
      return reader.originAccessIdentity.map { "OAI \($0.escapedForTerminal)" } ?? "reader"
    }
    if header.desired.grants.contains(where: { $0.grantee == .canonicalUser(id) }) { return "reader" }
    // Such accounts are listed with their objects.
    return header.summary.owners[id] == nil ? nil : "account"
  }

  /// The beginning of an ID that stands in full nearby.
  static func shortened(_ id: CanonicalID) -> String {
    let text = "\(id)"
    return text.count > 20 ? text.prefix(12) + "…" : text
  }

  /// One line of what a transition does to an ACL.
  struct DiffLine {
    enum Kind {
      case removed, added, kept
    }

    let kind: Kind
    /// A permission, or `owner`.
    let what: String
    let grantee: Grantee
    /// The grantee in words.
    let who: String
  }

  /// What a transition does, line by line: to the owner, then to the grants.
  static func diff(of group: TransitionGroup, plan: Plan) -> [DiffLine] {
    let transition = group.transition
    let before = plan.acl(transition.from)
    var lines: [DiffLine] = []
    if let after = plan.acl(transition.to), before?.owner != after.owner {
      if let before {
        lines.append(
          DiffLine(
            kind: .removed, what: "owner", grantee: .canonicalUser(before.owner), who: shortened(before.owner)))
      }
      let owner = Grantee.canonicalUser(after.owner)
      lines.append(DiffLine(kind: .added, what: "owner", grantee: owner, who: name(owner, of: plan.header)))
    }
    let kinds = [
      (DiffLine.Kind.removed, group.diff.removed), (.added, group.diff.added), (.kept, group.diff.kept),
    ]
    for (kind, grants) in kinds {
      lines += grants.map { grant in
        DiffLine(
          kind: kind, what: grant.permission.rawValue, grantee: grant.grantee,
          who: name(grant.grantee, of: plan.header, objectOwner: transition.owner))
      }
    }
    return lines
  }

  /// Notes on a whole plan: whole sentences.
  static func notes(on header: PlanHeader) -> [String] {
    notes(on: header.bucket)
      + notes(onCopies: header.summary.copies, versioning: header.bucket.versioning) + droppedGrantees(in: header)
  }

  /// What rollback may not be able to put back, a sentence for each grantee.
  static func droppedGrantees(in header: PlanHeader) -> [String] {
    header.desired.droppedGrantees.map(droppedGrantee)
  }

  /// What follows from dropping a grantee.
  static func droppedGrantee(_ id: CanonicalID) -> String {
    "fixacl drops grants to \(id) from every ACL that it writes. If S3 no longer knows the account, rollback cannot put"
      + " them back."
  }

  /// Whether copies can be undone, what stays behind, and what else they do.
  static func notes(onCopies count: Int, versioning: VersioningState?) -> [String] {
    guard count > 0 else { return [] }
    let copies = Quantity.count(count, "copy", plural: "copies")
    let stayBehind =
      "make new current versions, and the old versions stay behind with their owners. Remove these with"
      + " 'aws s3api delete-object --version-id', or by a lifecycle rule for noncurrent versions."
    let undo =
      switch versioning {
      case .enabled: "versioning is enabled: \(copies) \(stayBehind)"
      case .unversioned:
        "\(copies) cannot be undone: the bucket has no versions, so a copy replaces the object for good, and rollback"
          + " cannot give it back to its owner. To be able to undo copies, enable versioning first."
      case .suspended:
        "versioning is suspended: \(copies) \(stayBehind) A copy of a \"null\" version replaces it for good and cannot be"
          + " undone. To be able to undo copies, enable versioning first."
      case nil:
        "fixacl cannot tell whether the bucket has versions. If it has, \(copies) \(stayBehind) If not, they cannot be"
          + " undone."
      }
    return [undo, sideEffects]
  }

  /// What a copy does to an object besides.
  private static let sideEffects =
    "to S3, a copy is a new object: it has a new Last-Modified, sends events (s3:ObjectCreated:Copy) and is replicated"
    + " again. It costs a PUT, and what is left of its storage class's minimum duration."

  /// What IgnorePublicAcls means for a plan.
  static let hiddenGrants =
    "IgnorePublicAcls is on, so S3 does not show public grants. They are not in the plan, and a rewritten ACL loses them"
    + " for good."

  /// What BucketOwnerEnforced means.
  static let aclsOff =
    "Object Ownership is BucketOwnerEnforced: ACLs are disabled and the bucket owner owns every object, so there is"
    + " nothing for fixacl to repair."
  static let aclsOffAdvice = "Look at the bucket policy instead."

  /// How many copies no rollback can undo. If versioning is suspended or unknown, all count, since they may be such.
  static func irreversibleCopies(in header: PlanHeader) -> Int {
    header.bucket.versioning == .enabled ? 0 : header.summary.copies
  }

  /// What follows for the whole plan from how the bucket is set: whole sentences.
  static func notes(on bucket: BucketSettings) -> [String] {
    guard bucket.objectOwnership != .bucketOwnerEnforced else {
      return ["\(aclsOff) \(aclsOffAdvice)"]
    }
    return bucket.effectivePublicAccessBlock.ignorePublicAcls ? [hiddenGrants] : []
  }

  /// Block Public Access in a few words.
  static func text(for block: PublicAccessBlock?) -> String {
    guard let block else { return "unknown" }
    return block.settingsOn.isEmpty ? "off" : block.settingsOn.joined(separator: ", ")
  }
}

extension String {
  /// With a capital first letter: notes on stderr stand behind a word. The program's name has none.
  var asSentence: String { hasPrefix("fixacl ") ? self : prefix(1).uppercased() + dropFirst() }
}

extension ObjectLockConfiguration {
  /// Whether it is on, and what it does to new objects.
  fileprivate var text: String {
    let defaults = [hasDefaultRetention ? defaultMode : nil, defaultEventHold == nil ? nil : "an event hold"]
    let text = defaults.compactMap(\.self).joined(separator: " and ")
    return text.isEmpty ? "on" : "on, by default \(text)"
  }
}
