internal import Dispatch
internal import FixACLKit
internal import Glibc
internal import AWSKit

/// Options, environment and files, resolved: the clients that a command works with.
struct Configuration {
  /// Credentials whose account is not known yet.
  private struct UnidentifiedAccount {
    let label: String
    let client: AWSClient
  }

  let throttle: Throttle
  let concurrency: Int
  private let transport: CurlTransport
  private let main: UnidentifiedAccount
  /// Of AWS's other services, with the bucket owner's credentials.
  private let services: [AWSService: AWSClient]
  private let owners: [UnidentifiedAccount]

  /// - Parameters:
  ///   - defaultRegion: for where neither the options nor the environment name one.
  init(
    credentials: CredentialOptions, run: RunOptions, defaultRegion: Region = .standard
  ) throws {
    let environment = AWSEnvironment.current()
    let settings = try environment.resolve(
      profile: credentials.profile, region: credentials.region, endpointURL: credentials.endpointURL)
    let endpoint = try Self.endpoint(settings.endpointURL, settings, defaultRegion)
    let (concurrency, limit) = try OpenFileLimit.raise(toHold: run.concurrency)
    if let limit, !run.quiet {
      Console.shared.note(
        "fixacl: only \(limit) files may be open at once (ulimit -Hn), so no more than \(concurrency) requests are sent at once."
      )
    }
    let throttle = Throttle(concurrency: concurrency, requestsPerSecond: run.maxRps)
    var transportOptions = CurlTransport.Options()
    transportOptions.userAgent = "fixacl/\(FixACL.version)"
    transportOptions.certificateBundle = try Self.certificateBundle(settings)
    let transport = CurlTransport(options: transportOptions, concurrency: concurrency)
    self.transport = transport

    func candidate(_ settings: AWSSettings) throws -> UnidentifiedAccount {
      let client = AWSClient(
        endpoint: endpoint, region: try Self.region(settings.region, at: endpoint) ?? defaultRegion,
        credentials: StaticCredentialsProvider(settings.credentials), transport: transport,
        throttle: throttle, account: settings.account, requestPayer: credentials.requestPayer)
      return UnidentifiedAccount(label: settings.credentialsSource, client: client)
    }

    main = try candidate(settings)
    // All accounts are on the one server that the bucket is on.
    owners = try Self.ownerProfiles(credentials).map { name in
      let owner = try environment.resolve(profile: name, region: credentials.region)
      if let bundle = owner.certificateBundle, bundle.value != transportOptions.certificateBundle {
        throw CommandFailure(
          "\(bundle.source.escapedForTerminal) names certificates (\(bundle.value.escapedForTerminal)) that the bucket owner's"
            + " profile does not, and there is one server for both: name them in AWS_CA_BUNDLE.")
      }
      return try candidate(owner)
    }
    var services: [AWSService: AWSClient] = [:]
    for service in AWSService.allCases where service != .s3 {
      // Whoever has S3 elsewhere would not expect its requests, and its keys' IDs, to go to Amazon.
      guard let place = try Self.endpoint(of: service, settings, besides: endpoint, defaultRegion) else { continue }
      services[service] = AWSClient(
        service: service, endpoint: place, region: try Self.region(settings.region, at: place) ?? defaultRegion,
        credentials: StaticCredentialsProvider(settings.credentials), transport: transport,
        throttle: service == .cloudFront || place.url != nil ? throttle : Self.optionalServicesThrottle,
        account: settings.account)
    }
    self.services = services
    self.throttle = throttle
    self.concurrency = concurrency
    if !run.quiet { WaitingNotice.start(for: endpoint.url ?? "Amazon's S3", throttle: throttle) }
  }

  private static func certificateBundle(_ settings: AWSSettings) throws -> String? {
    guard let bundle = settings.certificateBundle else { return nil }
    guard access(bundle.value, R_OK) == 0 else {
      throw CommandFailure(
        "\(bundle.source.escapedForTerminal) names \(bundle.value.escapedForTerminal) for certificates, which cannot be"
          + " read: correct or unset it.")
    }
    return bundle.value
  }

  /// For questions to Amazon that a run can do without the answer to: where only S3 can be reached, nobody waits for long.
  private static let optionalServicesThrottle: Throttle = {
    var policy = RetryPolicy()
    policy.maximumConnectAttempts = 1
    return Throttle(concurrency: 1, policy: policy)
  }()

  /// Where a service beside S3 is; nil where S3 is not Amazon's and nobody says where this service is.
  private static func endpoint(
    of service: AWSService, _ settings: AWSSettings, besides s3: AWSEndpoint, _ defaultRegion: Region
  ) throws -> AWSEndpoint? {
    let url = settings.otherEndpointURLs[service]
    // A URL for all services that is S3's own says nothing of the others.
    if let url, let endpoint = AWSEndpoint(url: url.value), endpoint.url == nil { return .amazons(settings.variant) }
    guard url != nil || s3.url == nil else { return nil }
    return try endpoint(url, settings, defaultRegion)
  }

  /// The address that a URL names, or Amazon's hosts of the variant that is set.
  private static func endpoint(
    _ url: AWSSettings.Value?, _ settings: AWSSettings, _ defaultRegion: Region
  ) throws -> AWSEndpoint {
    guard let url else {
      if settings.variant.contains(.fips), !Partition.of(settings.region?.value ?? defaultRegion).hasFIPS {
        throw CommandFailure(
          "\(source(of: .fips, settings)) asks for FIPS endpoints, which S3 does not have in China: unset it.",
          status: .usage)
      }
      return .amazons(settings.variant)
    }
    guard let endpoint = AWSEndpoint(url: url.value) else {
      throw CommandFailure(
        "'\(AWSEndpoint.shown(url: url.value).escapedForTerminal)' (\(url.source.escapedForTerminal)) is no endpoint URL:"
          + " write it as https://HOST[:PORT].",
        status: .usage)
    }
    for setting in settings.variants where endpoint.isFixed || !endpoint.hosts(setting.value) {
      throw CommandFailure(
        "\(setting.source.escapedForTerminal) asks for \(setting.value == .fips ? "FIPS" : "dual-stack") endpoints, and"
          + " \(AWSEndpoint.shown(url: url.value).escapedForTerminal) (\(url.source.escapedForTerminal)) is none: unset one of them.",
        status: .usage)
    }
    return endpoint
  }

  private static func source(of variant: EndpointVariant, _ settings: AWSSettings) -> String {
    settings.variants.first { $0.value == variant }?.source.escapedForTerminal ?? ""
  }

  private static func region(_ setting: AWSSettings.Setting<Region>?, at endpoint: AWSEndpoint) throws -> Region? {
    guard let setting else { return nil }
    guard endpoint.accepts(setting.value) else {
      throw CommandFailure(
        "'\(setting.value)' (\(setting.source.escapedForTerminal)) is no region of Amazon's: write it in lower case, like"
          + " eu-west-1.", status: .usage)
    }
    return setting.value
  }

  /// Ends the requests of a run as soon as can be: nothing is tried again, and no answer but those to writes is waited for.
  ///
  /// - Parameter seconds: for how long answers to reads are still waited for, where they confirm writes.
  func stopRequests(waitingForReads seconds: Int = 0) {
    throttle.stop()
    @Sendable func stopReads() {
      throttle.stopReads()
      transport.abandonReads()
    }
    guard seconds > 0 else { return stopReads() }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { stopReads() }
  }

  var endpoint: AWSEndpoint { main.client.endpoint }
  var mainClient: AWSClient { main.client }

  /// A client of CloudFront's, STS's or S3 Control's; nil where S3 is not Amazon's and nobody says where this service is.
  func client(of service: AWSService) -> AWSClient? { services[service] }

  private static func ownerProfiles(_ credentials: CredentialOptions) -> [String] {
    guard credentials.ownerProfile.isEmpty, let names = getenv("FIXACL_OWNER_PROFILE") else {
      return credentials.ownerProfile
    }
    return String(cString: names).split(separator: ",").map(String.init)
  }

  /// Finds out whose the credentials are.
  ///
  /// - Throws: where an owner profile's account cannot be found out: it would be of no use.
  func accounts(bucketOwner: CanonicalID) async throws -> Accounts {
    var mainID: CanonicalID?
    do throws(AWSError) {
      mainID = try await main.client.callerCanonicalID()
    } catch {
      guard error.isAccessDenied else { throw error }
      Console.shared.note(
        "fixacl: whose the credentials of \(main.label) are cannot be found out, so they are not used to copy"
          + " or to grant. \(error). \(Advice.text(for: error))")
    }
    var accounts: [Account] = []
    for owner in owners {
      accounts.append(
        Account(label: owner.label, client: owner.client, canonicalID: try await identify(owner)))
    }
    return Accounts(
      main: Account(label: main.label, client: main.client, canonicalID: mainID), owners: accounts,
      bucketOwner: bucketOwner)
  }

  /// Asks for the bucket's settings as its owner.
  ///
  /// - Throws: where they cannot be read; says so where another profile is the bucket owner's.
  func inspect(_ bucket: String) async throws -> BucketInspection {
    do throws(AWSError) {
      return try await BucketInspector.inspect(bucket, with: main.client)
    } catch {
      guard error.isAccessDenied, error.operation == "GetBucketAcl" else { throw error }
      for owner in owners {
        guard let acl = try? await owner.client.bucketACL(bucket: bucket),
          (try? await owner.client.callerCanonicalID()) == acl.owner
        else { continue }
        let (wrong, right) = (main.client.account ?? main.label, owner.client.account ?? owner.label)
        throw CommandFailure(
          "\(error). \(right.escapedForTerminal), which --owner-profile names, is the bucket owner's, and"
            + " \(wrong.escapedForTerminal) is not: give the bucket owner's with --profile, and with --owner-profile those"
            + " of the accounts that own objects.")
      }
      throw error
    }
  }

  private func identify(_ candidate: UnidentifiedAccount) async throws -> CanonicalID {
    do throws(AWSError) {
      return try await candidate.client.callerCanonicalID()
    } catch {
      throw CommandFailure(
        "whose the credentials of \(candidate.label) are cannot be found out. \(error)."
          + " \(Advice.text(for: error))")
    }
  }
}

extension AWSSettings {
  /// As whom requests are signed, in as few words as errors have room for.
  fileprivate var account: String {
    credentialsSource == "environment" ? "the environment" : "profile \(profileName)"
  }
}
