internal import AWSKit

/// Asks concurrently for everything that decides about one object, and records what it may not see.
struct FactGatherer: Sendable {
  let bucket: String
  let key: ObjectKey
  let versionID: String?
  let accounts: Accounts

  private var main: AWSClient { accounts.main.client }

  // MARK: - Asking

  /// Asks one question, and keeps what it showed as evidence.
  ///
  /// - Parameters:
  ///   - seen: what the answer shows, in a few words.
  ///   - body: the question; an error that says that a thing is not there must be answered by it.
  static func ask<Value: Sendable>(
    _ sight: Sight, seen: @Sendable (Value) -> String, _ body: @Sendable () async throws(AWSError) -> Value
  ) async -> Fact<Value> {
    let recorder = RequestRecord.Recorder()
    let result: Result<Value, AWSError> = await RequestRecord.$recorder.withValue(recorder) {
      do throws(AWSError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let value):
      let record = recorder.last
      return .known(
        value,
        Evidence(
          operation: record?.operation ?? "", profile: record?.account, status: record?.status,
          requestID: record?.requestID, seen: seen(value)))
    case .failure(let error): return .hidden(Evidence(error), sight)
    }
  }

  /// Asks the accounts one after another until one may see it.
  private func askInTurn<Value: Sendable>(
    _ sight: Sight, seen: @Sendable (Value) -> String,
    _ body: @Sendable (AWSClient) async throws(AWSError) -> Value
  ) async -> Fact<Value> {
    var last: Fact<Value> = .notAsked
    for client in [main] + accounts.owners.map(\.client) {
      let fact = await Self.ask(sight, seen: seen) { () async throws(AWSError) -> Value in try await body(client) }
      if case .known = fact { return fact }
      last = fact
    }
    return last
  }

  // MARK: - The bucket

  /// Adds what the bucket says of access, but for its owner.
  func readBucket(_ facts: AccessFacts, control: AWSClient?, organizations: AWSClient?) async -> AccessFacts {
    var facts = facts
    let (bucket, main) = (bucket, main)
    async let ownership = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketOwnershipControls"), seen: { "Object Ownership \($0.rawValue)" }
    ) { () async throws(AWSError) in try await main.objectOwnership(bucket: bucket) }
    async let block = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketPublicAccessBlock"), seen: \.summary
    ) { () async throws(AWSError) in try await main.publicAccessBlock(bucket: bucket) }
    async let policy = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketPolicy"),
      seen: { $0 == nil ? "no policy" : "\($0?.count ?? 0) bytes of policy" }
    ) { () async throws(AWSError) in try await main.bucketPolicy(bucket: bucket) }
    async let isPublic = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketPolicyStatus"), seen: { "IsPublic \($0)" }
    ) { () async throws(AWSError) in try await main.policyIsPublic(bucket: bucket) }
    async let payer = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketRequestPayment"), seen: { "Payer \($0?.rawValue ?? "BucketOwner")" }
    ) { () async throws(AWSError) in try await main.requestPayment(bucket: bucket) }
    async let cors = Self.ask(
      Sight(.bucketOwner, "s3:GetBucketCORS"), seen: { "\($0) CORS rules" }
    ) { () async throws(AWSError) in try await main.corsRuleCount(bucket: bucket) }
    let bucketAccount = facts.bucketAccount
    async let account = accountBlock(bucketAccount, control)
    async let organization = organizationBlock(organizations)

    facts.ownership = await ownership
    facts.bucketBlock = await block
    facts.payer = await payer
    facts.corsRuleCount = await cors
    facts.policyIsPublic = await isPublic
    facts.accountBlock = await account
    facts.organizationBlock = await organization
    // Other servers than Amazon's need not know of these services, nor of every setting.
    let isAmazons = main.endpoint.url == nil
    if !isAmazons, facts.payer.isOfUnknownSetting { facts.payer = .notAsked }
    if let control, control.endpoint.url != nil, facts.accountBlock.isOfUnknownService {
      facts.accountBlock = .notAsked
    }
    if let organizations, organizations.endpoint.url != nil, facts.organizationBlock.isOfUnknownService {
      facts.organizationBlock = .notAsked
      facts.hasOrganizations = false
    }
    facts.policy = Self.document(await policy, isAmazons: isAmazons)
    let usesBucketTags =
      facts.policyStatements.contains { statement in
        statement.conditions.contains { $0.key.hasPrefix("aws:resourcetag/") || $0.key.hasPrefix("s3:buckettag/") }
      }
    if usesBucketTags {
      facts.bucketTagsCount = await Self.ask(
        Sight(.bucketOwner, "s3:GetBucketAbac"), seen: { $0 ? "ABAC is on" : "ABAC is off" }
      ) { () async throws(AWSError) in try await main.bucketTagsCount(bucket: bucket) }
    }
    // A policy that allows nobody but those whom it names is not public, whether the server says so or not.
    if !isAmazons, facts.policyIsPublic.isOfUnknownSetting, case .known(let document, let evidence) = facts.policy,
      !(document?.statements.contains(where: \.allowsStrangers) ?? false)
    {
      facts.policyIsPublic = .known(false, evidence)
    }
    return facts
  }

  private static func document(_ bytes: Fact<[UInt8]?>, isAmazons: Bool) -> Fact<PolicyDocument?> {
    switch bytes {
    case .known(let bytes, var evidence):
      switch BucketPolicyState(bytes, isAmazons: isAmazons) {
      case .document(let document): return .known(document, evidence)
      case .malformed(let detail):
        evidence?.seen = detail
        return .hidden(evidence ?? Evidence(operation: "GetBucketPolicy", seen: detail), Sight(.nobody, ""))
      case .none, .unreadable: return .known(nil, evidence)
      }
    case .hidden(let evidence, let sight): return .hidden(evidence, sight)
    case .notAsked: return .notAsked
    }
  }

  private func accountBlock(_ account: AccountID?, _ control: AWSClient?) async -> Fact<PublicAccessBlock> {
    guard let control else { return .notAsked }
    guard let account else {
      return .hidden(
        Evidence(operation: "GetPublicAccessBlock", seen: "the account is not known"),
        Sight(.bucketOwner, "s3:GetAccountPublicAccessBlock"))
    }
    return await Self.ask(Sight(.bucketOwner, "s3:GetAccountPublicAccessBlock"), seen: \.summary) {
      () async throws(AWSError) in try await control.accountPublicAccessBlock(account)
    }
  }

  private func organizationBlock(_ organizations: AWSClient?) async -> Fact<PublicAccessBlock?> {
    guard let organizations else { return .notAsked }
    return await Self.ask(
      Sight(.bucketOwner, "organizations:DescribeEffectivePolicy"),
      seen: { $0.map(\.summary) ?? "no S3 policy of an organization" }
    ) { () async throws(AWSError) in try await organizations.organizationPublicAccessBlock() }
  }

  // MARK: - The object

  /// Adds the facts about the object, and about the key that it is encrypted with.
  ///
  /// - Parameter originPrefix: what the distribution's origin path puts before keys.
  func readObject(_ facts: AccessFacts, originPrefix: [UInt8], kms: (Region) -> AWSClient?) async -> AccessFacts {
    var facts = facts
    guard !key.bytes.isEmpty else { return facts }
    let (bucket, key, versionID) = (bucket, key, versionID)
    async let existence = existence(originPrefix: originPrefix)
    let aclSight = Sight(.objectOwner(nil), versionID == nil ? "s3:GetObjectAcl" : "s3:GetObjectVersionAcl")
    async let acl = askInTurn(aclSight, seen: { "owner \($0.owner), \($0.grants.count) grants" }) {
      client async throws(AWSError) in
      try await client.objectACL(bucket: bucket, key: key, versionID: versionID)
    }
    async let head = askInTurn(
      Sight(.objectOwner(nil), versionID == nil ? "s3:GetObject" : "s3:GetObjectVersion"), seen: \.summary
    ) { client async throws(AWSError) in
      try await content(with: client)
    }
    facts.existence = await existence
    facts.acl = await acl
    facts.content = await head
    if facts.existence.sight != nil { facts.existence = Self.existence(shownBy: facts) ?? facts.existence }
    await readKey(into: &facts, kms: kms)
    return facts
  }

  /// That the object is there, shown by its ACL or a HEAD: neither needs the right to list the bucket.
  private static func existence(shownBy facts: AccessFacts) -> Fact<AccessFacts.Existence>? {
    let owner = facts.acl.value?.owner
    let unseen = AccessFacts.ObjectSummary(owner: owner, etag: nil, size: nil, storageClass: nil)
    switch (facts.content, facts.acl) {
    case (.known(let content, let evidence), _):
      var object = content.object ?? unseen
      object.owner = owner
      return .known(.present(object), evidence)
    case (_, .known(_, let evidence)): return .known(.present(unseen), evidence)
    default: return nil
    }
  }

  /// Reads the object's tags, if the policy looks at them.
  func readTags(into facts: inout AccessFacts) async {
    let (bucket, key, versionID) = (bucket, key, versionID)
    guard
      facts.policyStatements.contains(where: { $0.conditions.contains { $0.key.hasPrefix("s3:existingobjecttag/") } })
    else {
      return
    }
    facts.tags = await askInTurn(Sight(.objectOwner(nil), "s3:GetObjectTagging"), seen: { "\($0.count) tags" }) {
      client async throws(AWSError) in
      try await client.objectTags(bucket: bucket, key: key, versionID: versionID)
    }
  }

  private func content(with client: AWSClient) async throws(AWSError) -> AccessFacts.Content {
    var content = AccessFacts.Content()
    do throws(AWSError) {
      let head = try await client.headObject(bucket: bucket, key: key, versionID: versionID)
      content.encryption = head.encryption
      content.hasCustomerKey = head.hasCustomerKey
      content.isArchived = head.isArchived
      content.isLocked = head.lock != nil
      content.object = AccessFacts.ObjectSummary(
        owner: nil, etag: head.etag, size: head.size, storageClass: head.storageClass)
    } catch {
      guard error.meansCustomerKey else { throw error }
      content.hasCustomerKey = true
    }
    return content
  }

  /// What a listing shows of the key, and of its neighbours if it is missing.
  private func existence(originPrefix: [UInt8]) async -> Fact<AccessFacts.Existence> {
    let sight = Sight(.bucketOwner, versionID == nil ? "s3:ListBucket" : "s3:ListBucketVersions")
    return await Self.ask(sight, seen: \.summary) { () async throws(AWSError) in
      if let versionID { return try await version(versionID) }
      let page = try await main.listObjects(bucket: bucket, prefix: key, startAfter: nil, limit: 2)
      if let object = page.objects.first, object.key == key {
        return .present(AccessFacts.ObjectSummary(object))
      }
      return try await missing(isFolder: !page.objects.isEmpty, originPrefix: originPrefix)
    }
  }

  private func version(_ id: String) async throws(AWSError) -> AccessFacts.Existence {
    guard let found = try await main.listedObject(bucket: bucket, key: key, versionID: id) else {
      return .missing(AccessFacts.Hints())
    }
    return found.version?.isDeleteMarker ?? false
      ? .deleteMarker(versionID: id) : .present(AccessFacts.ObjectSummary(found))
  }

  private func missing(isFolder: Bool, originPrefix: [UInt8]) async throws(AWSError) -> AccessFacts.Existence {
    let versions = try? await main.listObjectVersions(bucket: bucket, prefix: key, after: nil, limit: 1)
    if let latest = versions?.objects.first, latest.key == key, let version = latest.version, version.isLatest,
      version.isDeleteMarker
    {
      return .deleteMarker(versionID: version.id)
    }
    var hints = AccessFacts.Hints()
    let slash = UInt8(ascii: "/")
    let folder = key.bytes.last == slash ? key.bytes : key.bytes + [slash]
    func isThere(_ key: ObjectKey) async -> Bool {
      await (try? main.listedObject(bucket: bucket, key: key)) ?? nil != nil
    }
    let index = ObjectKey(folder + Array("index.html".utf8))
    if await isThere(index) { hints.indexDocument = index }
    hints.isFolder = isFolder && key.bytes.last == slash || hints.indexDocument != nil
    if !originPrefix.isEmpty, key.bytes.starts(with: originPrefix) {
      let plain = ObjectKey(Array(key.bytes.dropFirst(originPrefix.count)))
      if !plain.bytes.isEmpty, await isThere(plain) { hints.withoutOriginPath = plain }
    }
    return .missing(hints)
  }

  // MARK: - The key that it is encrypted with

  private func readKey(into facts: inout AccessFacts, kms: (Region) -> AWSClient?) async {
    guard let encryption = facts.content.value?.encryption, encryption.algorithm.hasPrefix("aws:kms"),
      let id = encryption.kmsKeyID
    else { return }
    // A key is asked for in its own region, which its ARN names.
    let parts = id.split(separator: ":", omittingEmptySubsequences: false)
    let region = parts.count > 3 ? Region(String(parts[3])) : nil
    guard let kms = kms(region ?? main.region) else { return }
    async let description = Self.ask(
      Sight(.keyOwner, "kms:DescribeKey"), seen: { "\($0.state), managed by \($0.isAWSManaged ? "AWS" : "its owner")" }
    ) { () async throws(AWSError) in try await kms.kmsKey(id) }
    async let policy = Self.ask(Sight(.keyOwner, "kms:GetKeyPolicy"), seen: { "\($0.count) bytes of policy" }) {
      () async throws(AWSError) in try await kms.kmsKeyPolicy(id)
    }
    switch (await description, await policy) {
    case (.known(let key, let evidence), let policy):
      let document = policy.value.flatMap { try? PolicyDocument(parsing: $0) }
      facts.decryptionKey = .known(AccessFacts.DecryptionKey(key: key, policy: document), policy.evidence ?? evidence)
    case (.hidden(let evidence, let sight), _): facts.decryptionKey = .hidden(evidence, sight)
    case (.notAsked, _): return
    }
  }

  // MARK: - Proof

  /// Asks for one byte as each given identity, and anonymously.
  func probe(identities: [(account: Account, identity: CallerIdentity?)], anonymous: AWSClient) async -> [Probe] {
    guard !key.bytes.isEmpty else { return [] }
    let target = "s3://\(bucket)/\(key.text)"
    let (bucket, key, versionID) = (bucket, key, versionID)
    async let last = Self.probe(.anonymous, target, bucket, key, versionID, with: anonymous)
    let probes = await identities.sideBySide { entry in
      let identity = Probe.Identity.profile(
        entry.account.name, entry.account.canonicalID, entry.identity.flatMap { PrincipalARN($0.arn) })
      return await Self.probe(identity, target, bucket, key, versionID, with: entry.account.client)
    }
    return probes + [await last]
  }

  private static func probe(
    _ identity: Probe.Identity, _ target: String, _ bucket: String, _ key: ObjectKey, _ versionID: String?,
    with client: AWSClient
  ) async -> Probe {
    var probe = Probe(identity, target: target)
    let recorder = RequestRecord.Recorder()
    await RequestRecord.$recorder.withValue(recorder) {
      do throws(AWSError) {
        let answer = try await client.probeObject(bucket: bucket, key: key, versionID: versionID)
        probe.status = answer.status
        probe.etag = answer.etag
        probe.requestID = answer.requestID
        probe.answeredBy = .origin
      } catch {
        probe.message = error.message
        // What a proxy says, or what no answer was, proves nothing.
        guard error.kind == .service else { return }
        probe.status = error.status
        probe.code = error.code
        probe.requestID = error.requestID
        probe.answeredBy = .origin
      }
    }
    return probe
  }

  /// Asks for a URL as viewers do; a redirection to another protocol is followed once.
  static func probe(_ url: ViewerURL?, with viewer: Viewer) async -> [Probe] {
    guard let url else { return [] }
    let first = await probeOnce(url, with: viewer)
    guard let status = first.status, [301, 302, 307, 308].contains(status), let location = first.location,
      let next = ViewerURL(location), next.host == url.host, next.scheme != url.scheme
    else { return [first] }
    return [first, await probeOnce(next, with: viewer)]
  }

  private static func probeOnce(_ url: ViewerURL, with viewer: Viewer) async -> Probe {
    var probe = Probe(.viewer, target: url.description)
    do throws(TransportError) {
      let answer = try await viewer.get(url)
      probe.status = answer.status
      probe.code = answer.code
      probe.message = answer.message
      probe.requestID = answer.requestID
      probe.answeredBy = answer.source
      probe.ageSeconds = answer.ageSeconds
      probe.etag = answer.etag
      probe.cacheStatus = answer.cacheStatus
      probe.location = answer.location
    } catch {
      probe.message = error.message
    }
    return probe
  }
}

extension PublicAccessBlock {
  fileprivate var summary: String {
    settingsOn.isEmpty ? "nothing is blocked" : settingsOn.joined(separator: ", ")
  }
}

extension AccessFacts.Existence {
  fileprivate var summary: String {
    switch self {
    case .present(let object):
      "it is there\(object.owner.map { ", owner \($0)" } ?? "")\(object.storageClass.map { ", \($0)" } ?? "")"
    case .missing: "there is no such key"
    case .deleteMarker(let id): "the version is the delete marker \(id)"
    }
  }
}

extension AccessFacts.Content {
  fileprivate var summary: String {
    if hasCustomerKey { return "encrypted with a customer's key" }
    return "encryption \(encryption?.algorithm ?? "none")" + (isArchived ? ", archived" : "")
      + (isLocked ? ", locked" : "")
  }
}
