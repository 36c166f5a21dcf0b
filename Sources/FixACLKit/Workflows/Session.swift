internal import Dispatch
internal import Glibc
package import AWSKit
package import Logging

/// Clients for the accounts and services that a workflow works with.
package struct Session: Sendable {
  /// Which credentials and which server to use, and how hard to work.
  package struct Options: Sendable {
    /// The profiles and roles that the user names.
    package var credentials = CredentialNames()
    /// Asks for a code of an MFA device.
    package var askMFACode: CredentialsServices.MFAPrompt = { _, _ in nil }
    package var region: String?
    /// The partition that the bucket's ARN names.
    package var partition: Partition?
    package var endpointURL: String?
    package var requestPayer: RequestPayer?
    /// The most requests in flight.
    package var concurrency = 512
    package var requestsPerSecond: Double?
    package var userAgent = "fixacl"
    /// After how many failures alike, with no success in between, a run is ended; nil for never.
    package var maximumFailures: Int? = 50
    /// Told of each request at debug level; nil for nobody.
    package var logger: Logger?

    package init() {}
  }

  /// Credentials whose account is not known yet.
  private struct UnidentifiedAccount {
    let label: String
    let client: AWSClient
    let sts: AWSClient?
    let control: @Sendable (Region) -> AWSClient?

    func identified(as id: CanonicalID?) -> Account {
      Account(label: label, client: client, sts: sts, control: control, canonicalID: id)
    }
  }

  package let options: Options
  /// The profiles and roles by their names, for a plan to remember.
  package let credentialNames: CredentialNames
  package let throttle: Throttle
  private let transport: CurlTransport
  private let transportOptions: CurlTransport.Options
  private let viewerURL: AWSSettings.Value?
  private let credentials: CredentialsServices
  private let bucketOwner: UnidentifiedAccount
  /// AWS's other services, with the bucket owner's credentials.
  let services: [AWSService: AWSClient]
  private let owners: [UnidentifiedAccount]
  /// S3, asked by nobody.
  package let anonymous: AWSClient
  /// KMS in a region, with the bucket owner's credentials; nil if it is not known where it is.
  let kms: @Sendable (Region) -> AWSClient?

  /// - Parameter defaultRegion: the region if neither the options nor the environment name one.
  /// - Throws: `SessionProblem`, `CredentialsError`.
  package init(_ options: Options, defaultRegion: Region = .standard, events: RunEventHandler) throws {
    let environment = AWSEnvironment.current()
    let settings = try environment.settings(
      profile: options.credentials.profile, region: options.region, endpointURL: options.endpointURL)
    let endpoint = try Self.endpoint(settings.endpointURL, settings)
    let region = try Self.region(settings, at: endpoint) ?? options.partition?.mainRegion ?? defaultRegion
    // There may be a bucket of the same name.
    if endpoint.url == nil, let partition = options.partition, partition != Partition.of(region) {
      throw SessionProblem.otherPartition(
        SessionProblem.Setting(value: region.name, source: settings.region?.source ?? "the default"),
        than: SessionProblem.Setting(value: partition.mainRegion.name, source: "the bucket's ARN"))
    }
    try Self.checkFIPS(endpoint, settings, region)
    let throttle = Throttle(concurrency: options.concurrency, requestsPerSecond: options.requestsPerSecond)
    var transportOptions = CurlTransport.Options()
    transportOptions.userAgent = options.userAgent
    transportOptions.certificateBundle = try Self.certificateBundle(settings)
    let transport = CurlTransport(options: transportOptions, concurrency: options.concurrency)
    let services = Self.credentialsServices(options, transport, transportOptions)

    // Whoever has S3 elsewhere would not expect its requests, and its keys' IDs, to go to Amazon: nil then.
    @Sendable func client(
      _ service: AWSService, _ credentials: ProfileCredentials, region other: Region? = nil, isNeeded: Bool = false
    ) throws -> AWSClient? {
      guard let place = try Self.endpoint(of: service, settings, besides: endpoint) else { return nil }
      return AWSClient(
        service: service, endpoint: place, region: try other ?? Self.region(settings, at: place) ?? region,
        credentials: credentials.provider, transport: transport,
        throttle: service == .cloudFront || place.url != nil || isNeeded ? throttle : Self.optionalServicesThrottle,
        account: credentials.name.short, logger: options.logger)
    }
    func account(_ region: Region, _ credentials: ProfileCredentials) throws -> UnidentifiedAccount {
      let s3 = AWSClient(
        endpoint: endpoint, region: region, credentials: credentials.provider, transport: transport,
        throttle: throttle, account: credentials.name.short, requestPayer: options.requestPayer,
        logger: options.logger)
      return UnidentifiedAccount(
        label: credentials.name.long, client: s3, sts: try client(.sts, credentials),
        control: { region in (try? client(.s3Control, credentials, region: region, isNeeded: true)) ?? nil })
    }

    let main = try ProfileCredentials(
      profile: options.credentials.profile, settings: settings, environment: environment, services: services)
    bucketOwner = try account(region, main)
    var names = options.credentials
    if case .profile(let name, _) = main.name, settings.isProfileChosen { names.profile = name }
    credentialNames = names
    // All accounts are on the one server that the bucket is on.
    owners =
      try options.credentials.ownerProfiles.map { name in
        let owner = try environment.settings(profile: name, region: options.region)
        if let bundle = owner.certificateBundle, bundle.value != transportOptions.certificateBundle {
          throw SessionProblem.otherCertificates(SessionProblem.Setting(bundle))
        }
        return try account(
          try Self.region(of: owner, at: endpoint, besides: region),
          try ProfileCredentials(profile: name, settings: owner, environment: environment, services: services))
      }
      + options.credentials.ownerRoles.map { role in
        // Accounts do not reach beyond their partition.
        if endpoint.url == nil, let partition = Partition.of(arn: role.arn), partition != Partition.of(region) {
          throw SessionProblem.otherPartition(
            SessionProblem.Setting(value: partition.mainRegion.name, source: "the role \(role.arn)"),
            than: SessionProblem.Setting(value: region.name, source: "where the bucket is"))
        }
        return try account(
          region,
          main.assuming(
            roleARN: role.arn, externalID: role.externalID, settings: settings, environment: environment))
      }
    var clients: [AWSService: AWSClient] = [:]
    for service in [AWSService.cloudFront, .s3Control, .organizations, .iam] {
      clients[service] = try client(service, main)
    }
    clients[.sts] = bucketOwner.sts
    // Whether its place is right shows now.
    _ = try client(.kms, main)
    kms = { region in (try? client(.kms, main, region: region)) ?? nil }
    anonymous = AWSClient(
      endpoint: endpoint, region: region, credentials: nil, transport: transport, throttle: throttle,
      requestPayer: options.requestPayer, logger: options.logger)
    self.services = clients
    credentials = services
    self.throttle = throttle
    self.transport = transport
    self.transportOptions = transportOptions
    viewerURL = environment.viewerURL
    self.options = options
    events(.connecting(server: endpoint.url, throttle))
  }

  package var endpoint: AWSEndpoint { bucketOwner.client.endpoint }

  /// A client of another service than S3; nil if S3 is not Amazon's and nobody says where the service is.
  package func client(of service: AWSService) -> AWSClient? { services[service] }

  /// Asks CloudFront as viewers do: without credentials, and on connections of its own.
  ///
  /// - Throws: `SessionProblem.badEndpoint` if `FIXACL_VIEWER` is not an address.
  package func viewer() throws(SessionProblem) -> Viewer {
    var address: AWSEndpoint?
    if let viewerURL {
      address = AWSEndpoint(exactly: viewerURL.value)
      if address == nil { throw .badEndpoint(SessionProblem.Setting(url: viewerURL)) }
    }
    return Viewer(
      transport: CurlTransport(options: transportOptions, concurrency: Self.viewerConcurrency), address: address)
  }

  /// The most requests of a viewer in flight.
  package static let viewerConcurrency = 16

  /// Ends the requests of a run soon: nothing is tried again, and only answers to writes are waited for.
  ///
  /// - Parameter seconds: for how long answers to reads are waited for, which confirm writes.
  package func stopRequests(waitingForReads seconds: Int = 0) {
    throttle.stop()
    credentials.stop()
    @Sendable func stopReads() {
      throttle.stopReads()
      transport.abandonReads()
    }
    guard seconds > 0 else { return stopReads() }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { stopReads() }
  }

  // MARK: - The accounts of the credentials

  /// The accounts of the credentials, as far as their owners could be asked.
  package struct Callers: Sendable {
    fileprivate let main: Result<CanonicalID, AWSError>
    /// In the order of the options.
    fileprivate let owners: [Result<CanonicalID, AWSError>]
  }

  private func callers() async -> Callers {
    let known = await ([bucketOwner] + owners).sideBySide { account in
      await Result.settled { () throws(AWSError) in try await account.client.callerCanonicalID() }
    }
    return Callers(main: known[0], owners: Array(known.dropFirst()))
  }

  /// The credentials by the accounts that they belong to.
  ///
  /// - Throws: `WorkflowError.ownerUnknown`: such a profile would be of no use; `AWSError`.
  package func accounts(_ callers: Callers, bucketOwner id: CanonicalID, events: RunEventHandler) throws -> Accounts {
    if case .failure(let error) = callers.main {
      // A gateway may pass on requests about buckets only.
      guard error.isAccessDenied || error.kind == .malformedAnswer else { throw error }
      events(.notice(.callerUnknown(profile: bucketOwner.label, error)))
    }
    let accounts = try zip(owners, callers.owners).map { owner, caller in
      switch caller {
      case .success(let id): return owner.identified(as: id)
      case .failure(let error): throw WorkflowError.ownerUnknown(profile: owner.label, error)
      }
    }
    if let end = credentials.mfaSessionEnd { events(.notice(.sessionEnds(end))) }
    return Accounts(main: bucketOwner.identified(as: try? callers.main.get()), owners: accounts, bucketOwner: id)
  }

  /// The same, as far as fixacl can find out: a command that only reads can do without.
  ///
  /// - Parameter id: the bucket owner's; nil if it is not known.
  package func accountsAsKnown(bucketOwner id: CanonicalID?) async -> (
    accounts: Accounts, identities: [CallerIdentity?]
  ) {
    let known = await ([bucketOwner] + owners).sideBySide { unidentified in
      async let id = try? unidentified.client.callerCanonicalID()
      let identity = await unidentified.identified(as: nil).identity()
      return (unidentified.identified(as: await id), identity)
    }
    let accounts = known.map(\.0)
    return (
      Accounts(main: accounts[0], owners: Array(accounts.dropFirst()), bucketOwner: id ?? CanonicalID("")),
      known.map(\.1)
    )
  }

  /// The client with the bucket owner's credentials.
  package var mainClient: AWSClient { bucketOwner.client }

  // MARK: - The bucket

  /// Asks for the bucket's settings as its owner, and meanwhile for the accounts of the credentials.
  ///
  /// So an object owner's profile may ask for a code of an MFA device although ACLs turn out to be off: to wait for the
  /// settings first would cost every other run a round trip.
  ///
  /// - Parameter onAnswer: called once the server has answered: what else is needed can be asked for, too.
  /// - Throws: `WorkflowError.swappedProfiles` if another profile is the bucket owner's; `AWSError`.
  package func inspect(
    _ bucket: String, onAnswer: () -> Void = {}
  ) async throws -> (BucketInspection, Callers) {
    let acl = try await ownACL(of: bucket)
    onAnswer()
    async let known = callers()
    let inspection = try await BucketInspector.inspect(bucket, acl: acl, with: bucketOwner.client)
    return (inspection, await known)
  }

  /// The bucket's own ACL. First and alone: its answer reveals the bucket's region for the other requests, and what is
  /// wrong with the server, the way to it or the credentials shows once.
  private func ownACL(of bucket: String) async throws -> AccessControlList {
    do throws(AWSError) {
      return try await bucketOwner.client.bucketACL(bucket: bucket)
    } catch {
      guard error.isAccessDenied else { throw error }
      for owner in owners {
        guard let acl = try? await owner.client.bucketACL(bucket: bucket),
          (try? await owner.client.callerCanonicalID()) == acl.owner
        else { continue }
        throw WorkflowError.swappedProfiles(
          error, bucketOwner: owner.client.account ?? owner.label,
          other: bucketOwner.client.account ?? bucketOwner.label)
      }
      throw error
    }
  }

  /// Block Public Access of the bucket owner's account; nil if it is not known: the credentials are not the bucket
  /// owner's, or a service cannot be asked.
  package func accountPublicAccessBlock(of accounts: Accounts, events: RunEventHandler) async -> PublicAccessBlock? {
    guard accounts.main.canonicalID == accounts.bucketOwner, let sts = client(of: .sts),
      let control = client(of: .s3Control)
    else { return nil }
    do throws(AWSError) {
      return try await AccountInspector.publicAccessBlock(sts: sts, control: control)
    } catch {
      // Other servers than Amazon's need not know of these services.
      if control.endpoint.url == nil { events(.notice(.accountPublicAccessBlockUnknown(error))) }
      return nil
    }
  }

  // MARK: - Settings

  private static func credentialsServices(
    _ options: Options, _ transport: CurlTransport, _ transportOptions: CurlTransport.Options
  ) -> CredentialsServices {
    var direct = transportOptions
    direct.usesProxies = false
    var dependencies = CredentialsServices.Dependencies()
    dependencies.askMFACode = options.askMFACode
    return CredentialsServices(
      transport: transport, directTransport: CurlTransport(options: direct, concurrency: 4),
      throttle: Throttle(concurrency: 16), dependencies: dependencies, logger: options.logger)
  }

  private static func certificateBundle(_ settings: AWSSettings) throws(SessionProblem) -> String? {
    guard let bundle = settings.certificateBundle else { return nil }
    guard access(bundle.value, R_OK) == 0 else { throw .certificatesUnreadable(SessionProblem.Setting(bundle)) }
    return bundle.value
  }

  /// For questions to Amazon that a run can do without: if only S3 can be reached, nobody waits for long.
  private static let optionalServicesThrottle: Throttle = {
    var policy = RetryPolicy()
    policy.maximumConnectAttempts = 1
    return Throttle(concurrency: 1, policy: policy)
  }()

  /// Where a service beside S3 is; nil if S3 is not Amazon's and nobody says where this service is.
  private static func endpoint(
    of service: AWSService, _ settings: AWSSettings, besides s3: AWSEndpoint
  ) throws(SessionProblem) -> AWSEndpoint? {
    let url = settings.otherEndpointURLs[service]
    guard url != nil || s3.url == nil else { return nil }
    return try endpoint(url, of: service, settings)
  }

  /// The address that a URL names, or Amazon's hosts of the variant that is set.
  private static func endpoint(
    _ url: AWSSettings.Value?, of service: AWSService = .s3, _ settings: AWSSettings
  ) throws(SessionProblem) -> AWSEndpoint {
    guard let url else { return .amazons(settings.variant) }
    let shown = SessionProblem.Setting(url: url)
    guard let endpoint = AWSEndpoint(url: url.value, of: service) else { throw .badEndpoint(shown) }
    // A URL for all services that is S3's own says nothing of the others.
    if service != .s3, !endpoint.isFixed { return .amazons(settings.variant) }
    for setting in settings.variants where endpoint.isFixed || !endpoint.hosts(setting.value) {
      throw .otherVariant(setting.value, source: setting.source, url: shown)
    }
    return endpoint
  }

  /// Sees that S3 has FIPS hosts in the region's partition, if these are asked for.
  private static func checkFIPS(
    _ endpoint: AWSEndpoint, _ settings: AWSSettings, _ region: Region
  ) throws(SessionProblem) {
    guard endpoint.hosts(.fips), !Partition.of(region).hasFIPS else { return }
    throw .noFIPS(
      source: settings.variants.first { $0.value == .fips }?.source ?? settings.endpointURL?.source ?? "the endpoint")
  }

  /// The region that an address of Amazon's names, else the one that is set; nil if neither is.
  private static func region(
    _ settings: AWSSettings, at endpoint: AWSEndpoint
  ) throws(SessionProblem) -> Region? {
    guard let setting = settings.region else { return endpoint.region }
    let shown = SessionProblem.Setting(value: setting.value.name, source: setting.source)
    guard endpoint.accepts(setting.value) else { throw .badRegion(shown) }
    guard endpoint.hasPartition(of: setting.value) else {
      throw .otherPartition(shown, than: settings.endpointURL.map { SessionProblem.Setting(url: $0) } ?? shown)
    }
    return endpoint.region ?? setting.value
  }

  /// The region in which the profile of an object owner is used first: its own, else the bucket owner's. The bucket is in
  /// the partition of the latter.
  private static func region(
    of owner: AWSSettings, at endpoint: AWSEndpoint, besides main: Region
  ) throws(SessionProblem) -> Region {
    guard let setting = owner.region else { return main }
    let shown = SessionProblem.Setting(value: setting.value.name, source: setting.source)
    guard endpoint.accepts(setting.value) else { throw .badRegion(shown) }
    guard endpoint.url != nil || Partition.of(setting.value) == Partition.of(main) else {
      throw .otherPartition(shown, than: SessionProblem.Setting(value: main.name, source: "where the bucket is"))
    }
    return endpoint.region ?? setting.value
  }
}

extension SessionProblem.Setting {
  /// A URL, without the password that it may have.
  fileprivate init(url: AWSSettings.Value) {
    self.init(value: AWSEndpoint.shown(url: url.value), source: url.source)
  }

  fileprivate init(_ setting: AWSSettings.Value) {
    self.init(value: setting.value, source: setting.source)
  }
}
