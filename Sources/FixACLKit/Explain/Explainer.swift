package import AWSKit

/// What `explain` asks with.
package struct ExplainClients: Sendable {
  /// S3, with the first credentials.
  package var main: AWSClient
  /// S3, asked by nobody.
  package var anonymous: AWSClient
  package var viewer: Viewer
  /// Other services, with the first credentials; those whose place is not known are missing.
  package var services: [AWSService: AWSClient]
  /// KMS in a region; nil if its place is not known.
  package var kms: @Sendable (Region) -> AWSClient?
  /// All given credentials with their accounts, if these are known.
  package var accounts: @Sendable (CanonicalID?) async -> (accounts: Accounts, identities: [CallerIdentity?])

  package init(
    main: AWSClient, anonymous: AWSClient, viewer: Viewer, services: [AWSService: AWSClient],
    kms: @escaping @Sendable (Region) -> AWSClient?,
    accounts: @escaping @Sendable (CanonicalID?) async -> (accounts: Accounts, identities: [CallerIdentity?])
  ) {
    self.main = main
    self.anonymous = anonymous
    self.viewer = viewer
    self.services = services
    self.kms = kms
    self.accounts = accounts
  }
}

/// One run of `explain`, from the target to the answer.
package struct Explainer: Sendable {
  private let request: ExplainRequest
  private let clients: ExplainClients

  /// Whether to ask for a byte as each identity.
  private let asksForProof: Bool

  package init(_ request: ExplainRequest, _ clients: ExplainClients, asksForProof: Bool = true) {
    self.request = request
    self.clients = clients
    self.asksForProof = asksForProof
  }

  /// What the target leads to.
  private struct Place {
    var bucket: String
    var key: ObjectKey
    var url: ViewerURL?
    /// The same as CloudFront has it, where a server that stands for it has another.
    var viewed: ViewerURL?
    var route: AccessFacts.Route?
    var evidence: Evidence?
  }

  /// Given credentials, and the account that they belong to.
  private typealias Known = [(account: Account, identity: CallerIdentity?)]

  /// - Throws: `ExplainProblem`, `ReaderProblem`, `AWSError`.
  package func run() async throws -> Explanation {
    let place = try await place(clients.viewer)
    let (basis, accounts, known) = try await begin(place)
    var facts = await gather(basis, place, accounts, known)
    var readers: [ReaderExplanation] = []
    var drafts = AccessFix.Drafts()
    await resolveIdentities(of: &facts)
    let subjects = try await subjects(place, facts, known: known)
    for (subject, route) in subjects {
      readers.append(await explain(subject, route, facts, known, &drafts))
    }
    // Whose logs are meant, if any are given.
    let routes = subjects.compactMap(\.1.value)
    return Explanation(
      url: place.url, distribution: place.route?.distribution.id, bucket: place.bucket, key: place.key,
      versionID: request.versionID, readers: readers, probes: facts.probes,
      route: place.route ?? (routes.count == 1 ? routes[0] : nil),
      accounts: accounts)
  }

  /// Finds out whose the bucket and the credentials are.
  private func begin(_ place: Place) async throws -> (facts: AccessFacts, accounts: Accounts, known: Known) {
    let main = clients.main
    // First and alone: its answer shows the bucket's region to the other requests.
    let bucketOwner = await FactGatherer.ask(
      Sight(.bucketOwner, "s3:GetBucketAcl"), seen: { (id: CanonicalID) in "bucket owner \(id)" }
    ) { () async throws(AWSError) in try await main.bucketACL(bucket: place.bucket).owner }
    try Self.check(bucketOwner)
    async let location = try? main.bucketLocation(bucket: place.bucket)
    let (accounts, identities) = await clients.accounts(bucketOwner.value)
    var facts = AccessFacts(
      bucket: place.bucket, key: place.key, versionID: request.versionID,
      region: (await location)?.name ?? main.region.name, partition: Partition.of(main.region).name, now: .now())
    facts.url = place.viewed
    facts.bucketOwner = bucketOwner
    facts.hasOrganizations = clients.services[.organizations] != nil
    let known = zip([accounts.main] + accounts.owners, identities).map { (account: $0, identity: $1) }
    let owners = known.filter { $0.account.canonicalID == bucketOwner.value && bucketOwner.value != nil }
    facts.bucketAccount = owners.first?.identity?.account
    return (facts, accounts, known)
  }

  /// Asks for the bucket, the object and the proof, side by side.
  private func gather(
    _ basis: AccessFacts, _ place: Place, _ accounts: Accounts, _ known: Known
  ) async -> AccessFacts {
    let gatherer = FactGatherer(
      bucket: place.bucket, key: place.key, versionID: request.versionID, accounts: accounts)
    let (control, organizations) = (clients.services[.s3Control], clients.services[.organizations])
    let url = asksForProof ? place.url : nil
    async let probes = asksForProof ? gatherer.probe(identities: known, anonymous: clients.anonymous) : []
    async let views = FactGatherer.probe(url, with: clients.viewer)
    async let bucketFacts = gatherer.readBucket(basis, control: control, organizations: organizations)
    let objectFacts = await gatherer.readObject(
      basis, originPrefix: place.route?.origin?.keyPrefix ?? [], kms: clients.kms)
    var facts = await bucketFacts
    facts.existence = objectFacts.existence
    facts.acl = objectFacts.acl
    facts.content = objectFacts.content
    facts.decryptionKey = objectFacts.decryptionKey
    await gatherer.readTags(into: &facts)
    facts.probes = await probes + views
    return facts
  }

  /// Adds what is asked for one reader only, and decides.
  private func explain(
    _ subject: ReadSubject, _ route: Fact<AccessFacts.Route>, _ facts: AccessFacts, _ known: Known,
    _ drafts: inout AccessFix.Drafts
  ) async -> ReaderExplanation {
    var (subject, facts) = (subject, facts)
    if case .principal(let arn) = subject.caller.kind {
      subject.caller.canonicalID = known.first { $0.identity?.account == arn.account }?.account.canonicalID
      let resource = "arn:\(facts.partition):s3:::\(facts.bucket)/\(facts.key.text)"
      let read = AccessDecision.readRequest(facts, subject)
      facts.simulations[arn.text] = await simulate(read, on: resource, as: arn, facts, known)
      if let key = facts.decryptionKey.value?.key, !key.isAWSManaged {
        let decrypt = AccessDecision.decryptRequest(facts, subject, with: key)
        facts.keySimulations[arn.text] = await simulate(decrypt, on: key.arn, as: arn, facts, known)
      }
    }
    facts.route = route
    return AccessDecision.explain(facts, for: subject, drafts: &drafts)
  }

  /// A bucket that is not there, a server that cannot be asked, or credentials that it does not take leave nothing to
  /// explain.
  private static func check(_ bucketOwner: Fact<CanonicalID>) throws {
    guard let error = bucketOwner.evidence?.error, !error.isForbidden || error.refusesCredentials else { return }
    throw error.isNotFound ? ExplainProblem.bucketMissing(error) : error
  }

  // MARK: - Where the target is

  private func place(_ viewer: Viewer) async throws -> Place {
    switch request.target {
    case .object(let bucket, let key): return Place(bucket: bucket, key: key)
    case .url(let url):
      guard let cloudFront = clients.services[.cloudFront] else { throw ExplainProblem.noCloudFront }
      var path = url.path
      var id = request.distributions.first
      if let (named, rest) = viewer.distribution(in: url) {
        id = named
        path = rest
      }
      guard let decoded = PercentEncoding.decode(path.utf8) else {
        throw ExplainProblem.badPath(path)
      }
      let (distribution, evidence) = try await distribution(id, url, cloudFront)
      var route = AccessFacts.Route(distribution)
      route.hasHost = viewer.distribution(in: url) != nil || distribution.answers(host: url.host)
      let viewed = ObjectKey(decoded)
      route.isRoot = viewed.bytes.count <= 1
      route.behavior = distribution.behavior(for: viewed)
      route.origin = route.behavior.flatMap { distribution.origins(of: $0).first }
      guard let origin = route.origin, let found = OriginDomain.bucket(in: origin.domainName) else {
        throw ExplainProblem.noBucket(domain: route.origin?.domainName ?? "")
      }
      route.originKind = found.kind
      route.originRegion = found.region
      await complete(&route, cloudFront)
      var seen = url
      if viewer.distribution(in: url) != nil {
        seen = ViewerURL(scheme: .https, host: distribution.domainName, path: path, query: url.query)
      }
      return Place(
        bucket: found.name, key: distribution.key(forPath: viewed, at: origin) ?? ObjectKey(""), url: url, viewed: seen,
        route: route, evidence: evidence)
    }
  }

  private func distribution(
    _ id: String?, _ url: ViewerURL, _ cloudFront: AWSClient
  ) async throws -> (Distribution, Evidence?) {
    var id = id
    if id == nil {
      let host = url.host
      do throws(AWSError) {
        id = try await cloudFront.distributions { $0.answers(host: host) }
          .max { $0.fit(host: host) ?? 0 < $1.fit(host: host) ?? 0 }?.id
      } catch {
        throw ExplainProblem.distributionsHidden(error)
      }
      if id == nil { throw ExplainProblem.noDistribution(host: host) }
    }
    return try await named(id ?? "", cloudFront)
  }

  private func named(_ id: String, _ cloudFront: AWSClient) async throws -> (Distribution, Evidence?) {
    let fact = await FactGatherer.ask(
      Sight(.distributionOwner, "cloudfront:GetDistribution"),
      seen: { (distribution: Distribution) in
        "\(distribution.domainName), \(distribution.isEnabled ? "enabled" : "disabled"), \(distribution.status)"
      }
    ) { () async throws(AWSError) in try await cloudFront.distribution(id) }
    if let error = fact.evidence?.error, error.code != "NoSuchDistribution" {
      throw ExplainProblem.distributionHidden(id, error)
    }
    guard let distribution = fact.value else { throw ExplainProblem.distributionUnknown(id) }
    return (distribution, fact.evidence)
  }

  /// Adds what the origin's access control and the behaviour's policies say, and what of these is hidden.
  private func complete(_ route: inout AccessFacts.Route, _ cloudFront: AWSClient) async {
    func note(_ right: String) { route.hidden.append(Sight(.distributionOwner, "cloudfront:" + right)) }
    if let id = route.origin?.originAccessControl {
      do throws(AWSError) {
        route.signing = try await cloudFront.signingBehavior(ofOriginAccessControl: id)
      } catch {
        note("GetOriginAccessControl")
      }
    }
    guard let behavior = route.behavior else { return }
    async let cache = forwarded(behavior.cachePolicyID) { id async throws(AWSError) in
      try await cloudFront.forwardedHeaders(ofCachePolicy: id)
    }
    async let origin = forwarded(behavior.originRequestPolicyID) { id async throws(AWSError) in
      try await cloudFront.forwardedHeaders(ofOriginRequestPolicy: id)
    }
    let (byCache, byOrigin) = await (cache, origin)
    if byCache == nil { note("GetCachePolicy") }
    if byOrigin == nil { note("GetOriginRequestPolicy") }
    guard let byCache, let byOrigin else { return }
    route.forwardedHeaders = behavior.forwardedHeaders.union(byCache).union(byOrigin)
  }

  /// Nothing for a policy that is not there; nil for one that is hidden.
  private func forwarded(
    _ id: String?, _ body: @Sendable (String) async throws(AWSError) -> ForwardedHeaders
  ) async -> ForwardedHeaders? {
    guard let id else { return .listed([]) }
    return try? await body(id)
  }

  // MARK: - The readers

  /// - Returns: each with its way through CloudFront, if it has one.
  private func subjects(
    _ place: Place, _ facts: AccessFacts, known: Known
  ) async throws -> [(ReadSubject, Fact<AccessFacts.Route>)] {
    if let route = place.route { return [(try await subject(of: route), .known(route, place.evidence))] }
    var ofDistributions: [(ReadSubject, Fact<AccessFacts.Route>)] = []
    for id in request.distributions {
      let (route, evidence) = try await route(ofDistribution: id, place)
      ofDistributions.append((try await subject(of: route), .known(route, evidence)))
    }
    var subjects: [ReadSubject] = []
    for id in request.originAccessIdentities {
      subjects.append(
        ReadSubject(.oai, PolicyCaller(kind: .originAccessIdentity(id), canonicalID: try await canonicalID(of: id))))
    }
    for id in request.canonicalIDs {
      // An identity of CloudFront's that the policy names has a name of its own.
      if let oai = facts.identities.first(where: { $0.value == id })?.key {
        subjects.append(ReadSubject(.id, PolicyCaller(kind: .originAccessIdentity(oai), canonicalID: id)))
        continue
      }
      let account = known.first { $0.account.canonicalID == id }?.identity?.account
      subjects.append(ReadSubject(.id, PolicyCaller(kind: .account, canonicalID: id, accountID: account)))
    }
    for arn in request.principals { subjects.append(ReadSubject(.principal, PolicyCaller(kind: .principal(arn)))) }
    if request.asksAnonymous { subjects.append(ReadSubject(.anonymous, .anonymous)) }
    if request.namesNobody { subjects = try await readersOfPolicy(facts) }
    return ofDistributions + subjects.map { ($0, .notAsked) }
  }

  /// The readers that `plan` would take.
  private func readersOfPolicy(_ facts: AccessFacts) async throws -> [ReadSubject] {
    let state: BucketPolicyState
    switch facts.policy {
    case .known(let document?, _): state = .document(document)
    case .hidden(let evidence, _): state = evidence.error.map { .unreadable($0) } ?? .malformed(evidence.seen)
    case .known(nil, _), .notAsked: state = .none
    }
    let finder = ReaderFinder(
      bucket: facts.bucket, prefix: nil, partition: Partition.of(Region(facts.region) ?? .standard), policy: state,
      cloudFront: clients.services[.cloudFront])
    let problem: ReaderProblem
    do throws(ReaderProblem) {
      return Self.subjects(of: try await finder.find(ReaderRequest()).readers)
    } catch {
      problem = error
    }
    // Without CloudFront's word an identity is known by its ARN alone.
    guard case .cloudFront(_, let cause) = problem, cause.isForbidden, !cause.refusesCredentials,
      let document = facts.policy.value ?? nil
    else { throw problem }
    return Self.subjects(of: document.readers(of: PolicyScope(bucket: facts.bucket)).readers, facts)
  }

  private static func subjects(of readers: [Reader]) -> [ReadSubject] {
    readers.flatMap { reader -> [ReadSubject] in
      switch reader.principal {
      case .canonicalUser(let id, _):
        let kind = reader.originAccessIdentity.map { PolicyCaller.Kind.originAccessIdentity($0) } ?? .account
        return subjects(kind, id, statement: reader.statement)
      case .service(let name, let sources):
        return subjects(.service(name), statement: reader.statement, sources: sources)
      }
    }
  }

  private static func subjects(of readers: [PolicyDocument.AllowedReader], _ facts: AccessFacts) -> [ReadSubject] {
    readers.flatMap { reader -> [ReadSubject] in
      switch reader.principal {
      case .originAccessIdentity(let id):
        return subjects(.originAccessIdentity(id), facts.identities[id] ?? nil, statement: reader.statement)
      case .canonicalUser(let id): return subjects(.account, id, statement: reader.statement)
      case .service(let name): return subjects(.service(name), statement: reader.statement, sources: reader.sources)
      case .everyone, .deleted, .other: return []
      }
    }
  }

  /// The readers that one principal of the policy is: one for each distribution or account that a service may act for.
  private static func subjects(
    _ kind: PolicyCaller.Kind, _ id: CanonicalID? = nil, statement: String?, sources: [String] = []
  ) -> [ReadSubject] {
    let wanted: [String?] = sources.isEmpty ? [nil] : sources
    return wanted.map { source in
      var subject = ReadSubject(.bucketPolicy, PolicyCaller(kind: kind, canonicalID: id), statement: statement)
      // A pattern names none.
      guard let source, !source.contains(where: { $0 == "*" || $0 == "?" }) else { return subject }
      if source.hasPrefix("arn:") { subject.sourceARN = source } else { subject.sourceAccount = source }
      return subject
    }
  }

  /// Finds the canonical IDs of the identities that the policy names.
  private func resolveIdentities(of facts: inout AccessFacts) async {
    guard let cloudFront = clients.services[.cloudFront], let document = facts.policy.value ?? nil else { return }
    let ids = Set(document.statements.flatMap(\.principals)).compactMap { principal in
      if case .originAccessIdentity(let id) = principal { id } else { nil }
    }
    facts.identities = await withTaskGroup(of: (String, CanonicalID?)?.self) { group in
      for id in ids {
        group.addTask {
          do throws(AWSError) {
            return (id, try await cloudFront.canonicalIDIfKnown(ofOriginAccessIdentity: id))
          } catch {
            return nil
          }
        }
      }
      var identities: [String: CanonicalID?] = [:]
      for await case let (id, canonicalID)? in group { identities[id] = .some(canonicalID) }
      return identities
    }
  }

  /// - Returns: nil if it may not be seen.
  private func canonicalID(of id: String) async throws -> CanonicalID? {
    guard let cloudFront = clients.services[.cloudFront] else { throw ExplainProblem.noCloudFront }
    let found: CanonicalID?
    do throws(AWSError) {
      found = try await cloudFront.canonicalIDIfKnown(ofOriginAccessIdentity: id)
    } catch {
      guard error.isAccessDenied else { throw error }
      return nil
    }
    guard let found else { throw ExplainProblem.identityUnknown(id) }
    return found
  }

  /// The identity that reads the origin of a route.
  private func subject(of route: AccessFacts.Route) async throws -> ReadSubject {
    let id = route.distribution.id
    guard route.originKind == .bucket, let origin = route.origin else {
      return ReadSubject(.distribution, .anonymous, distribution: id)
    }
    if let identity = origin.originAccessIdentity {
      return ReadSubject(
        .distribution,
        PolicyCaller(kind: .originAccessIdentity(identity), canonicalID: try await canonicalID(of: identity)),
        distribution: id)
    }
    if origin.originAccessControl != nil, route.signing != .never {
      return ReadSubject(
        .distribution, PolicyCaller(kind: .service(PolicyPrincipal.cloudFrontService)), distribution: id,
        sourceARN: route.distribution.arn)
    }
    return ReadSubject(.distribution, .anonymous, distribution: id)
  }

  /// The way through a distribution to an object that is named by its key.
  private func route(
    ofDistribution id: String, _ place: Place
  ) async throws -> (route: AccessFacts.Route, evidence: Evidence?) {
    guard let cloudFront = clients.services[.cloudFront] else { throw ExplainProblem.noCloudFront }
    let (distribution, evidence) = try await named(id, cloudFront)
    var route = AccessFacts.Route(distribution)
    let candidates = distribution.behaviors.flatMap { behavior in
      distribution.origins(of: behavior).map { (behavior, $0) }
    }
    // The behaviour that answers the path of the key, if its origin is the bucket; else any whose origin is.
    let ofBucket = candidates.filter { $0.1.isOf(bucket: place.bucket) }
    let found =
      ofBucket.first { behavior, origin in
        let prefix = origin.keyPrefix
        guard place.key.bytes.starts(with: prefix) else { return false }
        return distribution.behavior(for: ObjectKey([UInt8(ascii: "/")] + place.key.bytes.dropFirst(prefix.count)))
          == behavior
      } ?? ofBucket.first ?? candidates.first
    route.behavior = found?.0
    route.origin = found?.1
    route.originKind = found.map { OriginDomain($0.1.domainName, bucket: place.bucket) } ?? .other
    route.originRegion = found.flatMap { OriginDomain.bucket(in: $0.1.domainName)?.region }
    await complete(&route, cloudFront)
    return (route, evidence)
  }

  /// What a principal's own policies allow, if credentials of its account are given.
  private func simulate(
    _ request: PolicyRequest, on resource: String, as arn: PrincipalARN, _ facts: AccessFacts, _ known: Known
  ) async -> Fact<SimulatedDecision> {
    let isOwn = known.first?.identity?.account == arn.account
    guard isOwn, let iam = clients.services[.iam] else { return .notAsked }
    let source: String
    switch arn.kind {
    case .session(let role, _): source = "arn:\(facts.partition):iam::\(arn.account):role/\(role)"
    default: source = arn.text
    }
    let simulation = await FactGatherer.ask(
      Sight(.account(arn.account), "iam:SimulatePrincipalPolicy"),
      seen: { (simulation: PolicySimulation) in
        let keys = request.undecided(simulation.missingKeys)
        return simulation.decision.rawValue + (keys.isEmpty ? "" : " without \(keys.joined(separator: ", "))")
      }
    ) { () async throws(AWSError) in
      try await iam.simulate(request.action, on: resource, as: source, context: request.simulatedContext)
    }
    switch simulation {
    case .known(let result, let evidence):
      let keys = request.undecided(result.missingKeys)
      guard let evidence, !keys.isEmpty else { return .known(result.decision, evidence) }
      return .hidden(evidence, Sight(.nobody, keys.joined(separator: ", ")))
    case .hidden(let evidence, let sight): return .hidden(evidence, sight)
    case .notAsked: return .notAsked
    }
  }
}

extension ForwardedHeaders {
  fileprivate func union(_ other: ForwardedHeaders) -> ForwardedHeaders {
    switch (self, other) {
    case (.all, _), (_, .all): .all
    case (.listed(let own), .listed(let others)): .listed(own.union(others))
    case (.allExcept(let own), .allExcept(let others)): .allExcept(own.intersection(others))
    case (.allExcept(let excepted), .listed(let names)), (.listed(let names), .allExcept(let excepted)):
      .allExcept(excepted.subtracting(names))
    }
  }
}
