import AWSKit
import TestSupport

/// What must become of each object, worked out from what was uploaded and from what the options promise. It is written
/// from the documentation and shares nothing with the program that could be wrong in both.
struct RepairModel {
  /// What becomes of one version of an object.
  enum Outcome: Equatable {
    /// It is nobody's business: the bucket owner's own, already as wanted, or filtered out.
    case untouched
    case granted(ModelACL)
    /// - Parameters:
    ///   - to: the ACL of the copy.
    ///   - opened: the ACL of the source, where its owner had to let the bucket owner read it first.
    case copied(to: ModelACL, opened: ModelACL?)
    case blocked(Set<String>)
    /// Planned, and then refused for a reason that no plan can know; nothing is changed.
    case failing

    /// How the plan names it; nil where it does not.
    var action: String? {
      switch self {
      case .untouched: nil
      case .granted: "grant"
      case .copied, .failing: "copy"
      case .blocked: "blocked"
      }
    }
  }

  let server: S3TestServer
  let round: RandomRound

  private var site: String { server.site.id.value }
  private var ignoresPublic: Bool { round.blocks.contains("IgnorePublicAcls") }
  private var dropsPublic: Bool {
    switch round.dropPublicGrants {
    case "always": true
    case "never": false
    default: ignoresPublic || round.blocks.contains("BlockPublicAcls")
    }
  }

  /// Who must be let in.
  private var wanted: [(permission: String, id: String)] {
    var wanted = [("READ", server.oai.id.value)]
    if round.bucketOwnerFullControl { wanted.append(("FULL_CONTROL", site)) }
    if round.otherFullControl { wanted.append(("FULL_CONTROL", server.other.id.value)) }
    return wanted
  }

  /// The ACL of a version as long as nothing is done to it, as the server shows it.
  func visible(_ acl: ModelACL) -> ModelACL {
    ignoresPublic && server.hidesIgnoredGrants ? acl.withoutPublicGrants : acl
  }

  /// - Parameter version: the place of the version among the object's, the oldest first.
  func outcome(of object: RandomObject, version: Int) -> Outcome {
    let upload = object.uploads[version]
    let isCurrent = version == object.uploads.count - 1 && !object.isDeleted
    guard isCurrent || round.allVersions, passesFilter(object.key), upload.acl.owner != site else { return .untouched }
    let acl = visible(upload.acl)
    let ownerIsAtHand = round.owners.contains(upload.account.name)
    let siteSeesACL = acl.allowsAlsoAsPublic("READ_ACP", to: site, publicCounts: !ignoresPublic)
    let isSatisfied = wanted.allSatisfy { acl.allows($0.permission, to: $0.id) }
    if isSatisfied, ownerIsAtHand || siteSeesACL { return .untouched }

    let siteReads = acl.allowsAlsoAsPublic("READ", to: site, publicCounts: !ignoresPublic)
    if ownerIsAtHand, round.strategy != "copy" { return .granted(granted(acl)) }
    if !ownerIsAtHand, round.strategy == "grant" || !isCurrent {
      return .blocked(["owner-credentials-missing", "noncurrent-version"])
    }
    // From here on it is a copy, or nothing.
    if !isCurrent { return .blocked(["noncurrent-version"]) }
    let ownerReads =
      ownerIsAtHand
      && (!server.needsGrantsToReadOwnObjects
        || acl.allowsAlsoAsPublic("READ", to: acl.owner, publicCounts: !ignoresPublic))
    guard siteReads || ownerReads else {
      return .blocked([ownerIsAtHand ? "owner-access-denied" : "owner-credentials-missing"])
    }
    if upload.hasCustomerKey { return .blocked(["customer-key"]) }
    if upload.isArchived { return .blocked(["archived"]) }
    if round.hasObjectLock {
      if !ownerIsAtHand, !server.showsLocksToReaders { return .blocked(["object-lock"]) }
      if round.hasDefaultRetention, !upload.isRetained { return .blocked(["default-retention"]) }
    }
    // A copy must keep the tags, and nobody at hand may see them.
    if !ownerIsAtHand, !upload.tags.isEmpty, !server.showsTagsToReaders { return .failing }
    let known = ownerIsAtHand || siteSeesACL ? acl : nil
    return .copied(to: copied(known, previousOwner: acl.owner), opened: siteReads ? nil : opened(acl))
  }

  private func passesFilter(_ key: ObjectKey) -> Bool {
    key.bytes.starts(with: round.prefix.utf8)
      && !(round.excludesTemporary && key.bytes.suffix(4).elementsEqual(".tmp".utf8))
  }

  /// What is there stays, and what is missing is added.
  private func granted(_ acl: ModelACL) -> ModelACL {
    withWanted(dropsPublic ? acl.withoutPublicGrants : acl)
  }

  /// The bucket owner's own, and what others had; the previous owner's goes.
  private func copied(_ acl: ModelACL?, previousOwner: String) -> ModelACL {
    var copy = acl ?? ModelACL(owner: site)
    copy.owner = site
    copy.rights[previousOwner] = round.keepPreviousOwner ? ["READ"] : nil
    copy.add("FULL_CONTROL", to: site)
    return withWanted(dropsPublic ? copy.withoutPublicGrants : copy)
  }

  private func opened(_ acl: ModelACL) -> ModelACL {
    var open = dropsPublic ? acl.withoutPublicGrants : acl
    open.add("READ", to: site)
    return open
  }

  private func withWanted(_ acl: ModelACL) -> ModelACL {
    var acl = acl
    for (permission, id) in wanted { acl.add(permission, to: id) }
    return acl
  }
}
