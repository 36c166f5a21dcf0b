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
  private let owners: [Candidate]

  /// - Parameters:
  ///   - defaultRegion: for where neither the options nor the environment name one.
  init(
    credentials: CredentialOptions, run: RunOptions, defaultRegion: String = "us-east-1"
  ) throws {
    let environment = AWSEnvironment.current()
    let governor = RequestGovernor(concurrency: run.concurrency)
    var transportOptions = CurlTransport.Options()
    transportOptions.userAgent = "fixacl/\(FixACL.version)"
    transportOptions.certificateBundle = getenv("AWS_CA_BUNDLE").map { String(cString: $0) }
    if let bundle = transportOptions.certificateBundle, access(bundle, R_OK) != 0 {
      throw CommandFailure("AWS_CA_BUNDLE names \(bundle), which cannot be read: correct or unset it.")
    }
    let transport = CurlTransport(options: transportOptions, concurrency: run.concurrency)

    func candidate(profile: String?, endpointURL: String?) throws -> (Candidate, S3Endpoint) {
      let settings = try environment.resolve(
        profile: profile, region: credentials.region, endpointURL: endpointURL)
      var endpoint = S3Endpoint.aws
      if let url = settings.endpointURL {
        guard let custom = S3Endpoint(url: url.value) else {
          throw CommandFailure(
            "'\(url.value.escapedForTerminal)' (\(url.source)) is no endpoint URL: write it as https://HOST[:PORT].",
            status: .usage)
        }
        endpoint = custom
      }
      let client = S3Client(
        endpoint: endpoint, region: settings.region?.value ?? defaultRegion,
        credentials: StaticCredentialsProvider(settings.credentials), transport: transport,
        governor: governor)
      return (Candidate(label: settings.credentialsSource, client: client), endpoint)
    }

    let (main, endpoint) = try candidate(profile: credentials.profile, endpointURL: credentials.endpointURL)
    self.main = main
    // All accounts are on the one server that the bucket is on.
    owners = try Self.ownerProfiles(credentials).map {
      try candidate(profile: $0, endpointURL: endpoint.url ?? credentials.endpointURL).0
    }
    self.governor = governor
    concurrency = run.concurrency
  }

  var endpoint: S3Endpoint { main.client.endpoint }
  var mainClient: S3Client { main.client }

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

/// A bucket's name as an argument: also `s3://NAME`, as other tools write it.
func bucketName(_ argument: String) throws -> String {
  var name = argument[...]
  if name.hasPrefix("s3://") { name = name.dropFirst(5) }
  if name.hasSuffix("/") { name = name.dropLast() }
  guard !name.isEmpty, !name.contains("/") else {
    throw CommandFailure(
      "'\(argument.escapedForTerminal)' is no bucket: write its name, and a part of it with --prefix.", status: .usage)
  }
  return String(name)
}
