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
    provider = services.provider(fetcher)
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
      name: context.name, fetcher: AssumeRoleFetcher(role: role, source: provider, context: context),
      sameAgain: "STS gave the same keys again, which have ended", now: services.now)
    return ProfileCredentials(name: context.name, provider: services.provider(fetcher), services: services)
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
  /// What to say if keys come that have been rejected already.
  let sameAgain: String
  /// What to say if keys come that have ended; nil if the source said when they would, and so has a wrong clock.
  var ended: String?
  let now: @Sendable () -> Timestamp

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    do throws(CredentialsError) {
      let credentials = try await fetcher.fetch(insteadOf: rejected)
      if rejected?.signLike(credentials) == true { throw CredentialsError(.sessionEnded, sameAgain) }
      let now = now()
      if let end = credentials.expiration, end <= now {
        throw ended.map { CredentialsError(.sessionEnded, $0) } ?? CredentialsError(endedAt: end, now: now)
      }
      return credentials
    } catch {
      throw error.code == .noCredentials ? error : error.naming(name)
    }
  }
}

/// The chain of one profile. The files are read again for each fetch but the first: another program may have written
/// others, such as keys of a session that take the place of ones that end.
private final class ProfileFetcher: CredentialsFetcher {
  private struct Choice: Sendable, SecretHolding {
    let selection: CredentialsChain.Selection
    let fetcher: any CredentialsFetcher
  }

  private struct State {
    var choice: Choice
    var hasFetched = false
  }

  let name: CredentialsName
  private let profile: String?
  private let settings: AWSSettings
  private let environment: AWSEnvironment
  private let services: CredentialsServices
  private let state: Mutex<State>

  init(
    profile: String?, settings: AWSSettings, environment: AWSEnvironment, services: CredentialsServices
  ) throws(CredentialsError) {
    self.profile = profile
    self.settings = settings
    self.environment = environment
    self.services = services
    let choice = try Self.choose(profile, settings, environment, services)
    name = choice.selection.name
    state = Mutex(State(choice: choice))
  }

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    if rejected != nil {
      let choice = try Self.choose(profile, settings, environment.reread(), services)
      let found = choice.selection.name
      // A file that somebody is writing must not make another account's role the one that goes on.
      guard found.short == name.short else {
        throw CredentialsError(
          .sourceFailed,
          "its files no longer have it: put it back, and run the same command again; \(found.short) may be another account's"
        ).naming(name)
      }
      state.withLock { $0.choice = choice }
    } else if state.withLock({ $0.hasFetched }),
      let choice = try? Self.choose(profile, settings, environment.reread(), services),
      choice.selection.name.short == name.short
    {
      // What has fetched its own source's credentials continues with them. A file that cannot be read now may be next time.
      state.withLock { state in
        if state.choice.selection.source != choice.selection.source { state.choice = choice }
      }
    }
    let fetcher = state.withLock { state in
      state.hasFetched = true
      return state.choice.fetcher
    }
    return try await fetcher.fetch(insteadOf: rejected)
  }

  private static func choose(
    _ profile: String?, _ settings: AWSSettings, _ environment: AWSEnvironment, _ services: CredentialsServices
  ) throws(CredentialsError) -> Choice {
    let resolver = try environment.resolver(profile: profile)
    let selection = try CredentialsChain(settings: resolver).select()
    let context = CredentialsContext(
      name: selection.name, settings: settings, environment: environment, services: services)
    return Choice(
      selection: selection, fetcher: context.namingFetcher(of: selection.source, resolver.noCredentials))
  }
}

extension CredentialsContext {
  /// What fetches from a source, and names the profile in errors.
  fileprivate func namingFetcher(
    of source: CredentialsSource, _ noCredentials: CredentialsError
  ) -> any CredentialsFetcher {
    // Of keys that stand somewhere, only those of the environment have an end.
    var ended: String?
    if case .keys = source {
      ended = "AWS_CREDENTIAL_EXPIRATION says that its session has ended: set new keys, and when they end"
    }
    return NamingFetcher(
      name: name, fetcher: fetcher(of: source, noCredentials), sameAgain: sameAgain(from: source), ended: ended,
      now: services.now)
  }

  /// What to say if a source gives keys once more that have ended.
  private func sameAgain(from source: CredentialsSource) -> String {
    switch source {
    case .keys where name == .environment:
      "its session has ended: set new keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    case .keys: "its session has ended, and the file has no other keys: write new ones there"
    case .process(let words):
      "credential_process (\(words[0])) gave the same keys again, which have ended: see to it that it gives new ones"
    default: "it gave the same keys again, which have ended: wait until there are others"
    }
  }

  private func fetcher(
    of source: CredentialsSource, _ noCredentials: CredentialsError
  ) -> any CredentialsFetcher {
    switch source {
    case .keys(let credentials): return StaticFetcher(credentials: credentials)
    case .assumeRole(let role, let source, let name):
      let context = CredentialsContext(
        name: name ?? self.name, settings: settings, environment: environment, services: services)
      // The role's own name is in its errors already.
      let fetcher =
        name == nil || name == self.name
        ? context.fetcher(of: source, noCredentials) : context.namingFetcher(of: source, noCredentials)
      return AssumeRoleFetcher(
        role: role, source: RefreshingCredentials(fetcher, now: services.now), context: self)
    case .webIdentity(let identity): return WebIdentityFetcher(identity: identity, context: self)
    case .sso(let role): return SSOFetcher(role: role, context: self)
    case .login(let session): return LoginFetcher(session: session, context: self)
    case .process(let words): return CredentialProcess(words: words, context: self)
    case .container(let uri): return ContainerFetcher(uri: uri, context: self)
    case .instanceMetadata(let metadata):
      return InstanceMetadataFetcher(metadata: metadata, context: self, noCredentials: noCredentials)
    }
  }
}
