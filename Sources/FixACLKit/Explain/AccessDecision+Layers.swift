internal import AWSKit

/// S3's own layers.
extension AccessDecision {
  // MARK: organization

  /// What an organization denies can seldom be seen: it makes nothing unknown, and is never said to allow unseen.
  func organization() -> LayerReport {
    guard facts.hasOrganizations else { return LayerReport(.organization, .notApplicable, [], [.noOrganization]) }
    var report = LayerReport(.organization, .unknown, [], [], [facts.organizationBlock.evidence])
    if let proof, sentence?.policy == .serviceControl || sentence?.policy == .resourceControl {
      report.deny(.organizationPolicy)
      report.remarks.append(.said(proof.message))
      return report
    }
    if let block = facts.organizationBlock.value ?? nil, block != PublicAccessBlock() {
      report.add(.organizationPolicy)
      report.remarks.append(.blocks(block))
    }
    report.hide(Sight(.managementAccount, "organizations:DescribePolicy"))
    return report
  }

  // MARK: block-public-access

  func blockPublicAccess() -> LayerReport {
    var report = LayerReport(
      .blockPublicAccess, .allows, [], [],
      [facts.bucketBlock.evidence, facts.accountBlock.evidence, facts.policyIsPublic.evidence])
    var hidden = [facts.bucketBlock.sight, facts.accountBlock.sight].compactMap(\.self)
    let known = facts.knownBlock
    if known != PublicAccessBlock() {
      report.remarks.append(.blocks(known))
    } else if hidden.isEmpty {
      report.remarks.append(.nothingBlocked)
    }
    if (facts.organizationBlock.value ?? nil) ?? PublicAccessBlock() != PublicAccessBlock() {
      report.add(.organizationPolicy)
    }
    // Would the policy, or a public grant, have allowed the reader?
    let isRefused = isLetIn != .yes
    if isRestricted == .yes, policyAllows != .no, isForeign != .yes, isRefused { report.deny(.restrictPublicBuckets) }
    if isOn(.ignorePublicAcls) == .yes, aclsAreOff != .yes {
      if !ignoredGrants.isEmpty, isRefused {
        report.deny(.publicACLIgnored)
      } else {
        report.mention(.publicACLIgnored)
      }
    }
    guard report.verdict != .denies else { return report }
    if isOn(.restrictPublicBuckets) != .no { hidden += [facts.policyIsPublic.sight].compactMap(\.self) }
    guard let sight = hidden.first else { return report }
    // It matters only if everything else hangs on public access.
    let hangsOnPolicy = isRestricted == .unknown && policyAllows == .yes && aclAllows != .yes
    let hangsOnGrant = isOn(.ignorePublicAcls) == .unknown && aclAllows == .unknown && facts.acl.value != nil
    if hangsOnPolicy || hangsOnGrant {
      report.hide(sight)
    } else {
      report.mention(.notVisible)
      report.remarks.append(.hidden(sight))
    }
    return report
  }

  // MARK: object-ownership

  func objectOwnership() -> LayerReport {
    switch facts.ownership {
    case .known(.bucketOwnerEnforced, let evidence):
      return LayerReport(.objectOwnership, .note, [], [.aclsOff], [evidence])
    case .known(_, let evidence): return LayerReport(.objectOwnership, .allows, [], [.aclsCount], [evidence])
    case .hidden(let evidence, let sight):
      // A listing shows the bucket's owner for every object while ACLs are off.
      if isForeign == .yes { return LayerReport(.objectOwnership, .allows, [], [.aclsCount], [evidence]) }
      // Then only a grant could be wrong.
      if policyAllows == .yes || facts.acl.value.map({ _ in aclAllows == .no }) ?? false {
        return LayerReport(.objectOwnership, .note, [.notVisible], [.hidden(sight)], [evidence])
      }
      return LayerReport(.objectOwnership, .unknown, [.notVisible], [.hidden(sight)], [evidence])
    case .notAsked: return LayerReport(.objectOwnership, .notApplicable)
    }
  }

  // MARK: object-owner

  func owner() -> LayerReport {
    var report = LayerReport(.objectOwner, .allows, [], [], [facts.existence.evidence])
    guard case .present? = facts.existence.value else {
      report.verdict = .notApplicable
      if let sight = facts.existence.sight { report.hide(sight) }
      return report
    }
    if let owner = objectOwner {
      report.remarks.append(.owner(owner, isBucketOwner: isForeign == .no))
      if isForeign == .yes, let bucketOwner = facts.bucketOwner.value {
        report.remarks.append(.bucketOwner(bucketOwner))
      }
    }
    switch isForeign {
    case .no: return report
    case .unknown:
      report.hide(
        facts.bucketOwner.sight ?? facts.existence.sight ?? Sight(.bucketOwner, "s3:ListBucket"))
      return report
    case .yes:
      let wouldAllow = Truth.all([policyAllows, !isRestricted])
      if wouldAllow == .yes { report.remarks.append(.wouldAllow) }
      let isRefused = aclAllows == .no || aclAllows == .unknown && proof?.isFreshRefusalOfOrigin ?? false
      if wouldAllow == .yes, isRefused, policyDenies != .yes {
        report.deny(.foreignOwner)
      } else {
        report.mention(.foreignOwner)
      }
      return report
    }
  }

  // MARK: bucket-policy

  func bucketPolicy() -> LayerReport {
    var report = LayerReport(.bucketPolicy, .notApplicable, [], [], [facts.policy.evidence])
    if let sight = facts.policy.sight {
      report.hide(sight)
      return report
    }
    guard let policy else {
      report.remarks.append(.noPolicy)
      if needsPolicy { report.deny(subject.isService ? .oacNotInPolicy : .noAllow) }
      return report
    }
    for (effect, findings) in [
      (AccessRemark.Effect.deny, policy.denies), (.mayDeny, policy.mayDeny), (.allow, policy.allows),
      (.mayAllow, policy.mayAllow), (.unmetAllow, policy.unmetAllows),
    ] where !findings.isEmpty { report.remarks.append(.statements(effect, findings)) }
    if !policy.denies.isEmpty {
      report.deny(.explicitDeny)
      return report
    }
    if !policy.mayDeny.isEmpty {
      report.hide(Sight(.nobody, ""))
      return report
    }
    if isForeign == .yes {
      report.remarks.append(.onlyDenies)
      return report
    }
    switch Truth.all([policyAllows, !isRestricted]) {
    case .yes:
      report.verdict = isForeign == .no ? .allows : .note
    case .unknown:
      if isLetIn == .yes { report.verdict = .note } else { report.hide(Sight(.nobody, "")) }
    case .no:
      guard needsPolicy, policyAllows == .no else { return report }
      for reason in missingAllow(policy) { report.deny(reason) }
    }
    return report
  }

  /// Whether only the policy could allow the reader: the object is the bucket owner's, and nothing else allows it.
  private var needsPolicy: Bool {
    guard case .present? = facts.existence.value, isForeign == .no, isLetIn == .no else { return false }
    return isOfBucketOwner != .yes || identityAllows == .no
  }

  /// Why no statement allows the reader.
  private func missingAllow(_ policy: PolicyDocument.Decision) -> [AccessReason] {
    guard case .known(let document?, _) = facts.policy else { return [.noAllow] }
    let readers = document.statements.filter { $0.allows && $0.concernsReading }.flatMap(\.principals)
    if subject.isService {
      let isBySource = policy.unmetAllows.contains { finding in
        finding.conditions.contains { ["aws:sourcearn", "aws:sourceaccount"].contains($0.key) }
      }
      if isBySource { return [.oacSourceARN] }
      return policy.unmetAllows.isEmpty ? [.oacNotInPolicy] : [.conditionNotMet]
    }
    if !policy.unmetAllows.isEmpty { return [.conditionNotMet] }
    if subject.originAccessIdentity != nil {
      let isGone = readers.contains { principal in
        switch principal {
        // The unique ID of a user, as which S3 shows a deleted identity (IAM User Guide: "IAM identifiers").
        case .deleted(let id): id.hasPrefix("AIDA")
        case .originAccessIdentity(let id): facts.identities[id] == .some(nil)
        default: false
        }
      }
      if isGone { return [.noAllow, .oaiGone] }
      let others = readers.contains { principal in
        if case .originAccessIdentity(let id) = principal { return id != subject.originAccessIdentity }
        if case .canonicalUser(let id) = principal { return facts.identities.values.contains(id) }
        return false
      }
      if others { return [.noAllow, .oaiMismatch] }
    }
    return [.noAllow]
  }

  // MARK: object-acl

  func objectACL() -> LayerReport {
    var report = LayerReport(.objectACL, .notApplicable, [], [], [facts.acl.evidence])
    guard case .present? = facts.existence.value else { return report }
    guard aclsAreOff != .yes else {
      report.remarks.append(.aclsOff)
      return report
    }
    if !grants.isEmpty { report.remarks.append(.grants(grants)) }
    if isOfObjectOwner == .yes { report.remarks.append(.ofOwnAccount) }
    switch aclAllows {
    case .yes: report.verdict = .allows
    case .unknown:
      if isForeign == .no, isLetIn == .yes {
        if let sight = facts.acl.sight { report.remarks.append(.hidden(sight)) }
      } else {
        // The ACL may be known, and the canonical ID of the reader not.
        let isReaderUnknown = subject.originAccessIdentity != nil && subject.caller.canonicalID == nil
        report.hide(
          facts.acl.sight
            ?? (isReaderUnknown
              ? Sight(.distributionOwner, "cloudfront:GetCloudFrontOriginAccessIdentity")
              : Sight(.objectOwner(objectOwner), "s3:GetObjectAcl")))
      }
    case .no:
      if !ignoredGrants.isEmpty { report.remarks.append(.publicGrantsIgnored) }
      if isForeign == .yes { report.deny(.readerNotInACL) }
    }
    return report
  }

  // MARK: iam

  func identity() -> LayerReport {
    guard let principal = subject.principal else { return LayerReport(.iam, .notApplicable) }
    guard principal.kind != .root else { return LayerReport(.iam, .allows) }
    if let proof, let sentence, !sentence.isAboutEncryption,
      [.identity, .session, .boundary, .endpoint].contains(sentence.policy)
    {
      // S3's own sentence names the policy, and counts more than a simulation.
      return LayerReport(.iam, .denies, [sentence.isExplicit ? .explicitDeny : .noAllow], [.said(proof.message)])
    }
    let fact = facts.simulations[principal.text] ?? .notAsked
    switch fact {
    case .known(let decision, let evidence):
      var report = LayerReport(.iam, .note, [], [.identityDecision(decision)], [evidence])
      switch decision {
      case .allowed: report.verdict = .allows
      case .explicitDeny: report.deny(.explicitDeny)
      case .implicitDeny:
        // Within the bucket owner's account the policy may suffice.
        if isOfBucketOwner != .yes || isLetIn == .no { report.deny(.noAllow) } else { report.verdict = .notApplicable }
      }
      return report
    case .hidden(let evidence, let sight):
      return LayerReport(.iam, .unknown, [.notVisible], [.hidden(sight)], [evidence])
    case .notAsked:
      return LayerReport(
        .iam, .unknown, [.notVisible], [.hidden(Sight(.account(principal.account), "iam:SimulatePrincipalPolicy"))])
    }
  }

  // MARK: encryption

  func encryption() -> LayerReport {
    var report = LayerReport(.encryption, .allows, [], [], [facts.content.evidence])
    if let proof, let sentence, sentence.isAboutEncryption {
      report.deny(.kmsKeyPolicy)
      report.remarks.append(.said(proof.message))
      return report
    }
    switch facts.content {
    case .notAsked:
      report.verdict = .notApplicable
      return report
    case .hidden(_, let sight):
      report.hide(sight)
      return report
    case .known(let content, _):
      if content.hasCustomerKey {
        report.deny(.customerKey)
        return report
      }
      guard let encryption = content.encryption, encryption.algorithm.hasPrefix("aws:kms") else {
        report.remarks.append(content.encryption.map { .encryption($0.algorithm, keyID: nil) } ?? .notEncrypted)
        return report
      }
      report.remarks.append(.encryption(encryption.algorithm, keyID: encryption.kmsKeyID))
      report.evidence += [facts.decryptionKey.evidence].compactMap(\.self)
      judgeKey(&report)
      return report
    }
  }

  private func judgeKey(_ report: inout LayerReport) {
    switch subject.caller.kind {
    case .originAccessIdentity:
      report.deny(.kmsOAI)
      return
    case .anonymous:
      report.deny(.kmsAnonymous)
      return
    case .service, .account, .principal: break
    }
    guard let key = facts.decryptionKey.value else {
      report.hide(facts.decryptionKey.sight ?? Sight(.keyOwner, "kms:DescribeKey"))
      return
    }
    if !key.key.isEnabled {
      report.deny(.kmsKeyPolicy)
      report.remarks.append(.keyState(key.key.state))
      return
    }
    if key.key.isAWSManaged {
      // A key that AWS manages serves its own account only, and no service but S3.
      if subject.isService || subject.caller.accountID != nil && subject.caller.accountID != key.key.account {
        report.deny(.kmsKeyPolicy)
      } else if subject.caller.accountID == nil {
        report.hide(Sight(.keyOwner, "kms:GetKeyPolicy"))
      }
      return
    }
    guard let policy = key.policy else {
      report.hide(facts.decryptionKey.sight ?? Sight(.keyOwner, "kms:GetKeyPolicy"))
      return
    }
    let decision = policy.decision(on: Self.decryptRequest(facts, subject, with: key.key))
    // Whatever the key's policy allows.
    if let principal = subject.principal, facts.keySimulations[principal.text]?.value == .explicitDeny {
      report.deny(.kmsKeyPolicy)
      report.remarks.append(.identityDecision(.explicitDeny))
      return
    }
    let byAccount = keyIdentityAllows
    let allows = Truth.any(
      decision.allows.map { $0.match == .directly ? .yes : byAccount }
        + decision.mayAllow.map { $0.match == .directly ? .unknown : .all([.unknown, byAccount]) })
    if !decision.denies.isEmpty {
      report.deny(.kmsKeyPolicy)
      return
    }
    switch Truth.all([allows, decision.mayDeny.isEmpty ? .yes : .unknown]) {
    case .yes: return
    case .unknown:
      report.hide(
        byAccount == .unknown
          ? subject.caller.accountID.map { Sight(.account($0), "iam:SimulatePrincipalPolicy") } ?? Sight(.nobody, "")
          : Sight(.nobody, ""))
    case .no:
      // A grant of the key could allow it too, though to no service.
      if subject.isService || byAccount == .no {
        report.deny(.kmsKeyPolicy)
      } else {
        report.hide(Sight(.keyOwner, "kms:ListGrants"))
      }
    }
  }

  /// Whether the reader's own policies allow decrypting with the key, once the key's policy leaves it to them.
  private var keyIdentityAllows: Truth {
    guard let principal = subject.principal, principal.kind != .root else { return .yes }
    switch facts.keySimulations[principal.text] {
    case .known(let decision, _)?: return Truth(decision == .allowed)
    default: return .unknown
    }
  }

  // MARK: archive, object-lock, cors

  func archive() -> LayerReport {
    guard case .present? = facts.existence.value else { return LayerReport(.archive, .notApplicable) }
    let storageClass = facts.storageClass
    var report = LayerReport(
      .archive, .allows, [], storageClass.map { [.storageClass($0)] } ?? [],
      [facts.content.value == nil ? facts.existence.evidence : facts.content.evidence])
    let isArchived = facts.content.value?.isArchived ?? storageClass.map(ObjectHead.archiveClasses.contains)
    switch (isArchived, facts.content.sight) {
    case (true?, let sight?):
      // It may have been restored.
      report.hide(sight)
      report.add(.archived)
    case (nil, let sight?): report.hide(sight)
    case (true?, nil): report.deny(.archived)
    case (false?, _), (nil, nil): break
    }
    return report
  }

  func objectLock() -> LayerReport {
    LayerReport(
      .objectLock, .note, [], [facts.content.value?.isLocked ?? false ? .locked : .notLocked], [facts.content.evidence])
  }

  func cors() -> LayerReport {
    LayerReport(
      .cors, .note, [], [.corsRules(facts.corsRuleCount.value ?? -1)], [facts.corsRuleCount.evidence])
  }
}
