internal import AWSKit

/// The server and the bucket that a plan or a journal is for, and the accounts to work on it with.
package struct ChangeSession: Sendable {
  package let session: Session
  package let accounts: Accounts
  /// The bucket's settings as they are now; what writes depend on is as the document says if it cannot be read.
  package let bucket: BucketSettings
  /// The same settings as the document has them.
  package let planned: BucketSettings
  /// The bucket policy as it is now.
  package let policy: BucketPolicyState
  private let desired: Intent
  private let hasCopies: Bool

  /// Sees that the document is for this server and this bucket, and that the credentials it needs are given.
  ///
  /// - Parameters:
  ///   - owners: the accounts without whose credentials something cannot be done.
  ///   - hasCopies: whether the bucket owner's credentials are needed too.
  init(
    of document: WorkflowError.Document, bucket planned: BucketSettings, desired: Intent, credentials: CredentialNames,
    owners: Set<CanonicalID>, hasCopies: Bool, options: Session.Options, events: RunEventHandler
  ) async throws {
    var options = options
    options.credentials = try Self.chosen(options.credentials, else: credentials, events: events)
    options.requestPayer = options.requestPayer ?? desired.requestPayer
    guard let region = Region(planned.region) else { throw WorkflowError.badRegion(document, planned.region) }
    let session = try Session(options, defaultRegion: region, events: events)
    guard session.endpoint.url == planned.endpoint else {
      throw WorkflowError.otherServer(document, planned: planned.endpoint, now: session.endpoint.url)
    }
    let (inspection, callers) = try await session.inspect(planned.name)
    var bucket = inspection.bucket
    bucket.versioning = bucket.versioning ?? planned.versioning
    bucket.objectLock = bucket.objectLock ?? planned.objectLock
    bucket.encryption = bucket.encryption ?? planned.encryption
    bucket.publicAccessBlock = bucket.publicAccessBlock ?? planned.publicAccessBlock
    guard bucket.owner == planned.owner else {
      throw WorkflowError.otherOwner(document, bucket: planned.name, planned: planned.owner, now: bucket.owner)
    }
    let accounts = try session.accounts(callers, bucketOwner: bucket.owner, events: events)
    let missing = owners.filter { accounts.client(of: $0) == nil }.sorted()
    if missing.contains(bucket.owner) { throw WorkflowError.missingBucketOwner(document, bucket.owner) }
    guard missing.isEmpty else { throw WorkflowError.missingCredentials(document, missing) }
    if hasCopies, accounts.bucketOwnerClient == nil { throw WorkflowError.missingBucketOwner(document, bucket.owner) }
    bucket.accountPublicAccessBlock =
      await session.accountPublicAccessBlock(of: accounts, events: events) ?? planned.accountPublicAccessBlock
    (self.session, self.accounts, self.bucket, self.planned) = (session, accounts, bucket, planned)
    (policy, self.desired, self.hasCopies) = (inspection.policy, desired, hasCopies)
  }

  /// What the user names, and in place of what they do not name what the document remembers, as far as this machine has
  /// such profiles. A plan can come from another machine; whose credentials these are is checked in any case.
  private static func chosen(
    _ given: CredentialNames, else remembered: CredentialNames, events: RunEventHandler
  ) throws(CredentialsError) -> CredentialNames {
    let environment = AWSEnvironment.current()
    func isHere(_ profile: String, isObjectOwners: Bool) throws(CredentialsError) -> Bool {
      if try environment.hasProfile(profile) { return true }
      events(.notice(.rememberedProfileMissing(profile, isObjectOwners: isObjectOwners)))
      return false
    }
    var names = given
    if names.profile == nil, let profile = remembered.profile, try isHere(profile, isObjectOwners: false) {
      names.profile = profile
    }
    guard names.ownerProfiles.isEmpty, names.ownerRoles.isEmpty else { return names }
    for profile in remembered.ownerProfiles where try isHere(profile, isObjectOwners: true) {
      names.ownerProfiles.append(profile)
    }
    names.ownerRoles = remembered.ownerRoles
    return names
  }

  /// Compares the bucket with what the document has of it, before the first write, and tells what matters.
  ///
  /// - Parameter work: the part of the document that depends on it; read only if public grants do.
  /// - Throws: `WorkflowError.surroundings` if the document is wrong now.
  func checkSurroundings(
    for undertaking: SurroundingsChange.Undertaking, events: RunEventHandler, work: () throws -> SurroundingsChange.Work
  ) async throws {
    if undertaking == .apply { try await checkIdentities(events: events) }
    var needed = SurroundingsChange.Work(hasCopies: hasCopies)
    if bucket.effectivePublicAccessBlock != planned.effectivePublicAccessBlock { needed = try work() }
    var actors = accounts.repairActors(
      strategy: hasCopies ? .copy : .grant, allVersions: desired.allVersions,
      hasObjectLock: bucket.objectLock?.isEnabled ?? false, looksAtOwn: desired.looksAtOwn)
    // The plan has told of a policy that is still the same.
    if bucket.policyDigest != planned.policyDigest, case .document(let document) = policy {
      actors = await accounts.identified(actors, for: document)
    }
    let changes = SurroundingsChange.differences(
      planned: planned, now: bucket, policy: policy, desired: desired, work: needed, actors: actors,
      usesTLS: bucket.usesTLS, for: undertaking)
    let refusals = changes.filter(\.refuses)
    guard refusals.isEmpty else { throw WorkflowError.surroundings(refusals, undertaking) }
    for change in changes { events(.notice(.surroundings(change))) }
  }

  /// Asks CloudFront whether the canonical ID of each origin access identity is the one that the document has for it.
  /// People read the identity's name, and it is the canonical ID that gets access: anybody can write a document in which
  /// these are two.
  ///
  /// - Throws: `WorkflowError.otherIdentity`; `AWSError` of a run that was stopped.
  private func checkIdentities(events: RunEventHandler) async throws {
    for reader in desired.readers {
      guard let name = reader.originAccessIdentity, let id = reader.canonicalID else { continue }
      guard let cloudFront = session.client(of: .cloudFront) else {
        events(.notice(.readerUnverified(reader, .noCloudFront)))
        continue
      }
      let known: CanonicalID?
      do throws(AWSError) {
        known = try await cloudFront.canonicalIDIfKnown(ofOriginAccessIdentity: name)
      } catch {
        guard !error.isStopped else { throw error }
        events(.notice(.readerUnverified(reader, .failed(error))))
        continue
      }
      guard let known else {
        events(.notice(.readerUnverified(reader, .unknown)))
        continue
      }
      guard known == id else { throw WorkflowError.otherIdentity(reader, known) }
    }
  }

  /// Tells who gets access to what, which accounts grant it, and what cannot be undone.
  ///
  /// - Parameter remaining: how many objects are still to be changed.
  func announce(_ plan: Plan, remaining: Int, events: RunEventHandler) {
    let header = plan.header
    let copies = header.summary.copies
    let signers = plan.ownersNeeded.union(copies > 0 ? [bucket.owner] : []).sorted().compactMap { id in
      accounts.client(of: id).map { Notice.Signer(name: $0.account ?? "the account", id: id) }
    }
    func tell(_ beneficiary: Notice.Beneficiary) {
      events(.notice(.willGrant(beneficiary, objects: remaining, bucket: header.bucket.name, signers: signers)))
    }
    for reader in header.desired.readers { tell(.reader(reader)) }
    let readers = Set(header.desired.readers.compactMap(\.grant))
    for grant in header.desired.grants where !readers.contains(grant) {
      tell(.grantee(grant, isBucketOwner: grant.grantee == .canonicalUser(bucket.owner)))
    }
    if copies > 0 { events(.notice(.copies(copies, bucket.versioning))) }
  }
}
