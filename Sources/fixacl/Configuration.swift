internal import FixACLKit
internal import Glibc
internal import S3Kit

/// Options, environment and files, resolved: the clients that a command works with.
struct Configuration {
  /// Credentials whose account is not known yet.
  private struct Candidate {
    let label: String
    let client: S3Client
  }

  let governor: RequestGovernor
  let concurrency: Int
  private let main: Candidate
  /// Of AWS's other services, with the bucket owner's credentials.
  private let services: [AWSService: S3Client]
  private let owners: [Candidate]

  /// - Parameters:
  ///   - defaultRegion: for where neither the options nor the environment name one.
  init(
    credentials: CredentialOptions, run: RunOptions, defaultRegion: Region = .standard
  ) throws {
    let environment = AWSEnvironment.current()
    let governor = RequestGovernor(concurrency: run.concurrency, requestsPerSecond: run.maxRps)
    OpenFileLimit.raise(toHold: run.concurrency)
    var transportOptions = CurlTransport.Options()
    transportOptions.userAgent = "fixacl/\(FixACL.version)"
    transportOptions.certificateBundle = getenv("AWS_CA_BUNDLE").map { String(cString: $0) }
    if let bundle = transportOptions.certificateBundle, access(bundle, R_OK) != 0 {
      throw CommandFailure("AWS_CA_BUNDLE names \(bundle), which cannot be read: correct or unset it.")
    }
    let transport = CurlTransport(options: transportOptions, concurrency: run.concurrency)

    func candidate(profile: String?, endpointURL: String?) throws -> (Candidate, AWSSettings) {
      let settings = try environment.resolve(
        profile: profile, region: credentials.region, endpointURL: endpointURL)
      let endpoint = try Self.endpoint(settings.endpointURL) ?? .aws
      let client = S3Client(
        endpoint: endpoint, region: try Self.region(settings.region, at: endpoint) ?? defaultRegion,
        credentials: StaticCredentialsProvider(settings.credentials), transport: transport,
        governor: governor, account: settings.account, requestPayer: credentials.requestPayer)
      return (Candidate(label: settings.credentialsSource, client: client), settings)
    }

    let (main, settings) = try candidate(profile: credentials.profile, endpointURL: credentials.endpointURL)
    self.main = main
    let endpoint = main.client.endpoint
    // All accounts are on the one server that the bucket is on.
    owners = try Self.ownerProfiles(credentials).map {
      try candidate(profile: $0, endpointURL: endpoint.url ?? credentials.endpointURL).0
    }
    var services: [AWSService: S3Client] = [:]
    for service in AWSService.allCases where service != .s3 {
      // Whoever has S3 elsewhere would not expect its requests, and its keys' IDs, to go to Amazon.
      guard let place = try Self.endpoint(settings.otherEndpointURLs[service]) ?? (endpoint.url == nil ? .aws : nil)
      else { continue }
      services[service] = S3Client(
        service: service, endpoint: place, region: try Self.region(settings.region, at: place) ?? defaultRegion,
        credentials: StaticCredentialsProvider(settings.credentials), transport: transport,
        governor: service == .cloudFront || place.url != nil ? governor : Self.impatientGovernor,
        account: settings.account)
    }
    self.services = services
    self.governor = governor
    concurrency = run.concurrency
  }

  /// For questions to Amazon that a run can do without the answer to: where only S3 can be reached, nobody waits for long.
  private static let impatientGovernor: RequestGovernor = {
    var policy = RetryPolicy()
    policy.maximumConnectAttempts = 1
    return RequestGovernor(concurrency: 1, policy: policy)
  }()

  private static func endpoint(_ url: AWSSettings.Value?) throws -> S3Endpoint? {
    guard let url else { return nil }
    guard let endpoint = S3Endpoint(url: url.value) else {
      throw CommandFailure(
        "'\(url.value.escapedForTerminal)' (\(url.source)) is no endpoint URL: write it as https://HOST[:PORT].",
        status: .usage)
    }
    return endpoint
  }

  private static func region(_ setting: AWSSettings.Setting<Region>?, at endpoint: S3Endpoint) throws -> Region? {
    guard let setting else { return nil }
    guard endpoint.accepts(setting.value) else {
      throw CommandFailure(
        "'\(setting.value)' (\(setting.source.escapedForTerminal)) is no region of Amazon's: write it in lower case, like"
          + " eu-west-1.", status: .usage)
    }
    return setting.value
  }

  var endpoint: S3Endpoint { main.client.endpoint }
  var mainClient: S3Client { main.client }

  /// A client of CloudFront's, STS's or S3 Control's; nil where S3 is not Amazon's and nobody says where this service is.
  func client(of service: AWSService) -> S3Client? { services[service] }

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
    do throws(S3Error) {
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
    do throws(S3Error) {
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

  private func identify(_ candidate: Candidate) async throws -> CanonicalID {
    do throws(S3Error) {
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
