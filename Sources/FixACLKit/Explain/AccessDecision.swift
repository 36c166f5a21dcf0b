internal import AWSKit

/// Decides from facts whether one reader can read one object, layer by layer. Pure.
///
/// It follows the S3 User Guide ("How Amazon S3 authorizes a request for an object operation", "Blocking public access to
/// your Amazon S3 storage", "Controlling ownership of objects") and the CloudFront Developer Guide ("Restrict access to an
/// Amazon S3 origin").
package struct AccessDecision: Sendable {
  let facts: AccessFacts
  let subject: ReadSubject
  /// What the bucket policy says of the request; nil if there is none, or it is hidden.
  let policy: PolicyDocument.Decision?
  /// The proof as just this reader, if there was one.
  let proof: Probe?
  /// Why S3 refused it, as far as S3 says so.
  let sentence: AccessDeniedSentence?

  package init(_ facts: AccessFacts, _ subject: ReadSubject) {
    self.facts = facts
    self.subject = subject
    if case .known(let document?, _) = facts.policy {
      policy = document.decision(on: Self.readRequest(facts, subject))
    } else {
      policy = nil
    }
    let proof = facts.probes.last { Self.isProof($0, for: subject, facts) }
    self.proof = proof
    sentence = proof.flatMap { $0.isRefusal ? AccessDeniedSentence($0.message) : nil }
  }

  /// The explanation for a reader.
  ///
  /// - Parameter drafts: what the fixes of the readers before make of the bucket's documents.
  package static func explain(
    _ facts: AccessFacts, for subject: ReadSubject, drafts: inout AccessFix.Drafts
  ) -> ReaderExplanation {
    let decision = AccessDecision(facts, subject)
    var explanation = decision.judge()
    explanation.fixes = AccessFix.fixes(for: explanation, facts, &drafts)
    return explanation
  }

  // MARK: - The request

  static func readRequest(_ facts: AccessFacts, _ subject: ReadSubject) -> PolicyRequest {
    var request = PolicyRequest.read(
      of: facts.key, versionID: facts.versionID, bucket: facts.bucket, partition: facts.partition, by: subject.caller,
      isTLS: isTLS(facts, subject), region: facts.region, now: facts.now)
    if let arn = subject.sourceARN {
      request.context["aws:sourcearn"] = .value(arn)
      let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
      request.context["aws:sourceaccount"] = parts.count > 4 ? .value(String(parts[4])) : .unknown
    }
    if let account = subject.sourceAccount { request.context["aws:sourceaccount"] = .value(account) }
    if let account = facts.bucketAccount {
      request.context["aws:resourceaccount"] = .value(account.digits)
      request.context["s3:resourceaccount"] = .value(account.digits)
    }
    request.objectTags = facts.tags.value
    request.bucketTagsCount = facts.bucketTagsCount.value
    // A viewer's Referer and User-Agent reach the bucket only if the distribution forwards them.
    if subject.isCloudFront, let route = facts.route.value {
      func mayForward(_ name: String) -> Bool { route.forwardedHeaders?.contains(name) ?? !route.hidden.isEmpty }
      if mayForward("referer") { request.context["aws:referer"] = .unknown }
      if mayForward("user-agent") { request.context["aws:useragent"] = .unknown }
    }
    return request
  }

  /// S3's own, in the reader's name, for the key that the object is encrypted with.
  static func decryptRequest(_ facts: AccessFacts, _ subject: ReadSubject, with key: KMSKey) -> PolicyRequest {
    var request = readRequest(facts, subject)
    request.action = "kms:Decrypt"
    request.resource = Array(key.arn.utf8)
    request.context["aws:viaawsservice"] = .value("true")
    request.context["aws:resourceaccount"] = key.account.map { .value($0.digits) } ?? .unknown
    // The key's tags, which nobody has asked for.
    request.bucketTagsCount = nil
    request.context["kms:viaservice"] = .value("s3.\(facts.region).amazonaws.com")
    request.context["kms:calleraccount"] = subject.caller.accountID.map { .value($0.digits) } ?? .unknown
    return request
  }

  /// CloudFront asks an S3 origin by the viewer's own protocol; with an origin access control it always uses TLS.
  private static func isTLS(_ facts: AccessFacts, _ subject: ReadSubject) -> Bool? {
    guard !subject.isService, let url = facts.url, url.scheme == .http, subject.isCloudFront else { return true }
    return facts.route.value?.behavior?.viewerProtocol == .redirected ? true : nil
  }

  // MARK: - Who and whose

  /// Whether the reader is of the account that owns the bucket.
  var isOfBucketOwner: Truth {
    guard subject.caller.isOfAccount else { return .no }
    if let account = facts.bucketAccount, let own = subject.caller.accountID { return Truth(account == own) }
    guard let owner = facts.bucketOwner.value, let own = subject.caller.canonicalID else { return .unknown }
    return Truth(owner == own)
  }

  /// Whether ACLs are off, so that the bucket's owner owns every object.
  var aclsAreOff: Truth {
    facts.ownership.value.map { Truth($0 == .bucketOwnerEnforced) } ?? .unknown
  }

  var objectOwner: CanonicalID? {
    if aclsAreOff == .yes { return facts.bucketOwner.value }
    if case .present(let object)? = facts.existence.value, let owner = object.owner { return owner }
    return facts.acl.value?.owner
  }

  /// Whether another account than the bucket's owns the object.
  var isForeign: Truth {
    if aclsAreOff == .yes { return .no }
    guard let owner = objectOwner, let bucketOwner = facts.bucketOwner.value else { return .unknown }
    return Truth(owner != bucketOwner)
  }

  /// Whether the reader is of the account that owns the object.
  var isOfObjectOwner: Truth {
    guard subject.caller.isOfAccount else { return .no }
    guard let owner = objectOwner else { return .unknown }
    if owner == facts.bucketOwner.value { return isOfBucketOwner }
    if let own = subject.caller.canonicalID { return Truth(own == owner) }
    return .unknown
  }

  // MARK: - Block Public Access

  /// Whether a setting is on: of the bucket, its account or its organization.
  func isOn(_ flag: AccessFix.PublicAccessBlockFlag) -> Truth {
    if flag.isOn(facts.knownBlock) { return .yes }
    switch (facts.bucketBlock, facts.accountBlock) {
    case (.hidden, _), (_, .hidden): return .unknown
    default: return .no
    }
  }

  /// Whether RestrictPublicBuckets keeps the policy from letting this reader in.
  var isRestricted: Truth {
    if subject.isService { return .no }
    let isPublic: Truth =
      switch facts.policyIsPublic {
      case .known(let isPublic, _): Truth(isPublic)
      case .hidden: .unknown
      case .notAsked: .no
      }
    return .all([isOn(.restrictPublicBuckets), isPublic, !isOfBucketOwner])
  }

  // MARK: - What allows the reader

  /// What the bucket policy's Allows come to, were the object the bucket owner's. Within the bucket owner's account, a
  /// statement that names the account leaves it to the account's own policies.
  var policyAllows: Truth {
    guard let policy else { return facts.policy.sight == nil ? .no : .unknown }
    func counts(_ finding: PolicyDocument.Finding) -> Truth {
      finding.match == .directly ? .yes : .any([!isOfBucketOwner, identityAllows])
    }
    return .any(policy.allows.map(counts) + policy.mayAllow.map { .all([.unknown, counts($0)]) })
  }

  var policyDenies: Truth {
    guard let policy else { return facts.policy.sight == nil ? .no : .unknown }
    if !policy.denies.isEmpty { return .yes }
    return policy.mayDeny.isEmpty ? .no : .unknown
  }

  /// What the reader's own policies come to; yes for those that have none, and for an account as a whole.
  var identityAllows: Truth {
    guard let principal = subject.principal, principal.kind != .root else { return .yes }
    switch facts.simulations[principal.text] {
    case .known(let decision, _)?: return Truth(decision == .allowed)
    default: return .unknown
    }
  }

  /// A foreign account's policies can seldom be seen, and make nothing unknown.
  var identityAllowsOrIsForeign: Truth {
    identityAllows == .unknown && isOfBucketOwner == .no ? .yes : identityAllows
  }

  /// The grants of the ACL that allow the reader.
  var grants: [Grant] {
    guard let acl = facts.acl.value, aclsAreOff != .yes else { return [] }
    return acl.grants.filter { $0.permission.rights.contains(.read) && applies($0.grantee) == .yes }
  }

  /// Grants that IgnorePublicAcls makes nothing of.
  var ignoredGrants: [Grant] {
    guard let acl = facts.acl.value, isOn(.ignorePublicAcls) == .yes else { return [] }
    return acl.grants.filter { grant in
      guard grant.permission.rights.contains(.read) else { return false }
      return grant.grantee == .allUsers || grant.grantee == .authenticatedUsers && subject.caller.isOfAccount
    }
  }

  /// Whether the object's ACL, or owning it, allows the reader.
  var aclAllows: Truth {
    if aclsAreOff == .yes { return .no }
    if isOfObjectOwner == .yes { return identityAllowsOrIsForeign }
    guard let acl = facts.acl.value else {
      // Nobody is named but accounts and identities; others depend on public grants.
      let isOfPublic = !subject.caller.isOfAccount && subject.originAccessIdentity == nil
      return isOfPublic && isOn(.ignorePublicAcls) == .yes ? .no : .unknown
    }
    let truths = acl.grants.filter { $0.permission.rights.contains(.read) }.map { applies($0.grantee) }
    return .all([.any(truths), identityAllowsOrIsForeign])
  }

  private func applies(_ grantee: Grantee) -> Truth {
    switch grantee {
    case .canonicalUser(let id):
      switch subject.caller.kind {
      case .anonymous, .service: return .no
      case .originAccessIdentity, .account: return subject.caller.canonicalID.map { Truth($0 == id) } ?? .unknown
      case .principal:
        if let own = subject.caller.canonicalID { return Truth(own == id) }
        if id == facts.bucketOwner.value { return isOfBucketOwner }
        return .unknown
      }
    case .allUsers: return !isOn(.ignorePublicAcls)
    case .authenticatedUsers: return .all([Truth(subject.caller.isOfAccount), !isOn(.ignorePublicAcls)])
    case .group: return .no
    }
  }

  /// Whether S3's Allows include the reader, Denies aside.
  var isLetIn: Truth {
    let byPolicy = Truth.all([
      policyAllows, !isRestricted, !isForeign, isOfBucketOwner == .yes ? .yes : identityAllowsOrIsForeign,
    ])
    // Within the bucket owner's account either side suffices, for the bucket owner's own objects.
    let byIdentity = Truth.all([isOfBucketOwner, !isForeign, identityAllows])
    return .any([byPolicy, byIdentity, aclAllows])
  }

  /// Whether S3 would certainly refuse the reader.
  var isRefused: Bool { isLetIn == .no || policyDenies == .yes }

  // MARK: - The verdict

  private func judge() -> ReaderExplanation {
    var explanation = ReaderExplanation(
      subject: subject, verdict: .unknown,
      layers: [
        request(), distribution(), edge(), organization(), blockPublicAccess(), objectOwnership(), owner(),
        bucketPolicy(), objectACL(), identity(), encryption(), archive(), objectLock(), cors(),
      ])
    let proven: Bool? = isProvenAllowed ? true : proof?.isRefusal ?? false ? false : nil
    if !explanation.deniedBy.isEmpty {
      guard proven == true else {
        explanation.verdict = .denied
        return explanation
      }
      // S3 itself allows the reader: something has changed meanwhile, or differs from what S3 shows.
      for index in explanation.layers.indices where explanation.layers[index].verdict == .denies {
        explanation.layers[index].verdict = .note
        explanation.layers[index].remarks.append(.proofContradicts)
      }
      explanation.verdict = .allowed
      explanation.isByProof = true
    } else if let proven {
      explanation.verdict = proven ? .allowed : .denied
      explanation.isByProof = !proven || isUndecided(explanation)
    } else {
      // That nothing denies does not allow anybody; and viewers do not get what an edge does not pass on.
      let isOutOfOrder = proof.map { $0.identity == .viewer && ($0.isError || $0.isElsewhere) } ?? false
      explanation.verdict = isUndecided(explanation) || isLetIn != .yes || isOutOfOrder ? .unknown : .allowed
    }
    return explanation
  }

  /// Whether a layer that decides could not be seen.
  private func isUndecided(_ explanation: ReaderExplanation) -> Bool {
    explanation.layers.contains { report in
      guard report.verdict == .unknown else { return false }
      switch report.layer {
      case .organization: return false
      // A foreign account's policies can seldom be seen.
      case .iam: return isOfBucketOwner != .no
      default: return true
      }
    }
  }

  // MARK: - Proof

  /// Whether a probe was made as just this reader.
  private static func isProof(_ probe: Probe, for subject: ReadSubject, _ facts: AccessFacts) -> Bool {
    guard probe.status != nil else { return false }
    switch probe.identity {
    case .viewer: return subject.distribution != nil && facts.url != nil
    case .anonymous: return subject.caller.kind == .anonymous && subject.distribution == nil
    case .profile(_, let id, let arn):
      switch subject.caller.kind {
      // Another identity of the account may be allowed even if this one is not.
      case .account: return probe.isSuccess && id != nil && id == subject.caller.canonicalID
      case .principal(let own): return arn.map { Self.is($0, own) } ?? false
      case .anonymous, .originAccessIdentity, .service: return false
      }
    }
  }

  /// Whether credentials are those of a principal: itself, or a session of the role.
  private static func `is`(_ actual: PrincipalARN, _ wanted: PrincipalARN) -> Bool {
    if actual == wanted { return true }
    guard actual.account == wanted.account, case .session(let role, _) = actual.kind, case .role(let name) = wanted.kind
    else { return false }
    return role == name
  }

  /// Whether the proof shows that the reader gets the object itself: a custom error page may come with 200 too.
  var isProvenAllowed: Bool {
    guard let probe = proof, probe.isSuccess else { return false }
    guard probe.identity == .viewer else { return true }
    // What the edge remembers says nothing of the origin, but viewers do get it.
    if case .present(let object)? = facts.existence.value {
      if probe.isOfEmptyObject, let size = object.size { return size == 0 }
      if let seen = probe.etag, let etag = object.etag { return ProbeAnswer.isETag(seen, of: etag) }
    }
    // No error page answers a range that way, and CloudFront calls it an error where it puts one in an object's place.
    if probe.isOfEmptyObject || probe.isPassedOn { return true }
    let mayBeErrorPage = facts.route.value?.distribution.customErrorResponses.contains { $0.pagePath != nil } ?? true
    return !mayBeErrorPage
  }
}
