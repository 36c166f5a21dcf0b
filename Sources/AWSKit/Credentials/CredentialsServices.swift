package import Logging
internal import Synchronization

/// What sources of credentials work with: transports, services, the terminal, and what several profiles of a run share.
package final class CredentialsServices: Sendable {
  /// Asks for the code of an MFA device; nil if there is nobody to ask, and nothing if nothing was typed.
  ///
  /// - Parameters:
  ///   - profile: for which profile, for the prompt.
  ///   - serial: the device's serial number or ARN.
  package typealias MFAPrompt = @Sendable (_ profile: String, _ serial: String) async -> String?

  /// Replaceable in tests.
  package struct Dependencies: Sendable {
    package var client = AWSClient.Dependencies()
    package var askMFACode: MFAPrompt = { _, _ in nil }
    /// Runs a `credential_process`.
    var run: @Sendable (_ words: [String]) async throws(CredentialsError) -> CredentialProcess.Output =
      CredentialProcess.run
    /// An ID that is used once (RFC 9449, `jti`).
    var uniqueID: @Sendable () -> String = DPoPProof.uniqueID

    package init() {}
  }

  /// For AWS's services, through proxies where the environment says so.
  let transport: any HTTPTransport
  /// For containers and instances: never through a proxy.
  let directTransport: any HTTPTransport
  let dependencies: Dependencies
  let throttle: Throttle
  let logger: Logger?
  /// Files of tokens that several profiles share.
  let tokenFiles = TokenFiles()
  let mfaSessions = MFASessions()
  /// Whoever waits for them is told when the run is stopped.
  private let providers = Mutex<[@Sendable () -> Void]>([])

  package init(
    transport: any HTTPTransport, directTransport: any HTTPTransport, throttle: Throttle,
    dependencies: Dependencies = Dependencies(), logger: Logger? = nil
  ) {
    self.transport = transport
    self.directTransport = directTransport
    self.throttle = throttle
    self.dependencies = dependencies
    self.logger = logger
  }

  /// Ends what waits for credentials, or to be tried again, and fetches nothing more.
  package func stop() {
    throttle.stop()
    throttle.stopReads()
    for stop in providers.withLock({ $0 }) { stop() }
  }

  /// Credentials that are fetched during the whole run.
  func provider(_ fetcher: any CredentialsFetcher) -> RefreshingCredentials {
    let provider = RefreshingCredentials(fetcher, now: now)
    providers.withLock { $0.append { [weak provider] in provider?.stop() } }
    return provider
  }

  var now: @Sendable () -> Timestamp { dependencies.client.now }

  /// A client of a service, at the address that a profile's settings give it.
  ///
  /// - Parameters:
  ///   - region: where the service is asked.
  ///   - credentials: nil for operations that nobody signs.
  func client(
    of service: AWSService, region: Region, settings: AWSSettings, credentials: (any CredentialsProvider)?,
    account: String?
  ) throws(CredentialsError) -> AWSClient {
    var endpoint = AWSEndpoint.amazons(settings.variant)
    if let url = settings.otherEndpointURLs[service] {
      let shown = "the URL \(AWSEndpoint.shown(url: url.value)) (from \(url.source))"
      guard let own = AWSEndpoint(url: url.value, of: service) else {
        throw CredentialsError(
          .invalidValue, "\(shown) is not the address of a server: write it like https://host:port")
      }
      if own.isFixed {
        if let setting = settings.variants.first {
          throw CredentialsError(
            .invalidValue,
            "\(setting.source) asks for \(setting.value == .fips ? "FIPS" : "dual-stack") endpoints, and \(shown) is none: "
              + "unset one of the two")
        }
        endpoint = own
      }
    }
    return AWSClient(
      service: service, endpoint: endpoint, region: region, credentials: credentials, transport: transport,
      throttle: throttle, surroundings: dependencies.client, account: account, logger: logger)
  }
}
