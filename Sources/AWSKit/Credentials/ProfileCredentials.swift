internal import Synchronization

/// The credentials of one profile, or of the environment: selected once, fetched when they are needed.
package struct ProfileCredentials: Sendable {
  package let name: CredentialsName
  package let provider: RefreshingCredentials
  private let services: CredentialsServices

  /// Selects the source, without asking anybody.
  ///
  /// - Parameters:
  ///   - profile: the value of `--profile` or `--owner-profile`.
  ///   - settings: the profile's settings, which say where STS and other services are.
  /// - Throws: if there is none, or if the one that is configured cannot be used.
  package init(
    profile: String?, settings: AWSSettings, environment: AWSEnvironment, services: CredentialsServices
  ) throws(CredentialsError) {
    let fetcher = try ProfileFetcher(profile: profile, settings: settings, environment: environment, services: services)
    name = fetcher.name
    provider = RefreshingCredentials(fetcher, now: services.now)
    self.services = services
  }

  /// A role that these credentials assume.
  package func assuming(
    roleARN: String, externalID: String?, settings: AWSSettings, environment: AWSEnvironment
  ) -> ProfileCredentials {
    let role = RoleAssumption(roleARN: roleARN, externalID: externalID)
    let context = CredentialsContext(
      name: .role(roleARN), settings: settings, environment: environment, services: services)
    let fetcher = NamingFetcher(
      name: context.name, fetcher: AssumeRoleFetcher(role: role, source: provider, context: context))
    return ProfileCredentials(
      name: context.name, provider: RefreshingCredentials(fetcher, now: services.now), services: services)
  }

  private init(name: CredentialsName, provider: RefreshingCredentials, services: CredentialsServices) {
    (self.name, self.provider, self.services) = (name, provider, services)
  }
}

extension CredentialsServices {
  /// When the first session that an MFA code has opened ends; nil if there is none.
  package var mfaSessionEnd: Timestamp? { mfaSessions.firstEnd }
}

/// Adds to errors whose credentials they are about.
private struct NamingFetcher: CredentialsFetcher {
  let name: CredentialsName
  let fetcher: any CredentialsFetcher

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    do throws(CredentialsError) {
      return try await fetcher.fetch(insteadOf: rejected)
    } catch {
      throw error.code == .noCredentials ? error : error.naming(name)
    }
  }
}

/// The chain of one profile. If a server says that its credentials have expired, the files are read anew first: another
/// program may have written others.
private final class ProfileFetcher: CredentialsFetcher {
  let name: CredentialsName
  private let profile: String?
  private let settings: AWSSettings
  private let environment: AWSEnvironment
  private let services: CredentialsServices
  private let fetcher: Mutex<any CredentialsFetcher>

  init(
    profile: String?, settings: AWSSettings, environment: AWSEnvironment, services: CredentialsServices
  ) throws(CredentialsError) {
    self.profile = profile
    self.settings = settings
    self.environment = environment
    self.services = services
    let chosen = try Self.choose(profile, settings, environment, services)
    name = chosen.name
    fetcher = Mutex(chosen.fetcher)
  }

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    if rejected != nil {
      let chosen = try Self.choose(profile, settings, environment.reread(), services).fetcher
      fetcher.withLock { $0 = chosen }
    }
    return try await fetcher.withLock { $0 }.fetch(insteadOf: rejected)
  }

  private static func choose(
    _ profile: String?, _ settings: AWSSettings, _ environment: AWSEnvironment, _ services: CredentialsServices
  ) throws(CredentialsError) -> (name: CredentialsName, fetcher: any CredentialsFetcher) {
    let resolver = try environment.resolver(profile: profile)
    let selection = try CredentialsChain(settings: resolver).select()
    let context = CredentialsContext(
      name: selection.name, settings: settings, environment: environment, services: services)
    return (
      selection.name,
      NamingFetcher(
        name: selection.name,
        fetcher: context.fetcher(of: selection.source, noCredentials: resolver.noCredentials))
    )
  }
}

extension CredentialsContext {
  /// What fetches from a source.
  fileprivate func fetcher(
    of source: CredentialsSource, noCredentials: CredentialsError
  ) -> any CredentialsFetcher {
    switch source {
    case .keys(let credentials): StaticFetcher(credentials: credentials)
    case .assumeRole(let role, let source):
      AssumeRoleFetcher(
        role: role,
        source: RefreshingCredentials(fetcher(of: source, noCredentials: noCredentials), now: services.now),
        context: self)
    case .webIdentity(let identity): WebIdentityFetcher(identity: identity, context: self)
    case .sso(let role): SSOFetcher(role: role, context: self)
    case .login(let session): LoginFetcher(session: session, context: self)
    case .process(let words): CredentialProcess(words: words, context: self)
    case .container(let uri): ContainerFetcher(uri: uri, context: self)
    case .instanceMetadata(let metadata):
      InstanceMetadataFetcher(metadata: metadata, context: self, noCredentials: noCredentials)
    }
  }
}
