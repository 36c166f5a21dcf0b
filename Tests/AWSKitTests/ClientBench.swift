import TestSupport

@testable import AWSKit

/// A client to be looked at: its transport is scripted, its clock stands still, its sleeper only takes notes and its
/// dice are loaded.
struct ClientBench {
  let client: AWSClient
  let transport: ScriptedTransport
  let throttle: Throttle
  private let naps = Log<Double>()

  /// The seconds that the client slept, each time.
  var sleeps: [Double] { naps.entries }

  var requests: [HTTPRequest] { transport.requests }

  /// - Parameters:
  ///   - answers: given one after the other; the last one for ever.
  ///   - die: what the dice show, always.
  init(
    _ answers: ScriptedAnswer..., endpoint: AWSEndpoint = .aws, region: Region = "us-east-1", die: Double = 0.5,
    policy: RetryPolicy = RetryPolicy()
  ) {
    self.init(ScriptedTransport(answers), endpoint: endpoint, region: region, die: die, policy: policy)
  }

  init(
    _ transport: ScriptedTransport, endpoint: AWSEndpoint = .aws, region: Region = "us-east-1", die: Double = 0.5,
    policy: RetryPolicy = RetryPolicy(),
    credentials: any CredentialsProvider = StaticCredentialsProvider(.example())
  ) {
    self.transport = transport
    throttle = Throttle(concurrency: 8, policy: policy)
    var surroundings = AWSClient.Dependencies()
    surroundings.now = { .example }
    surroundings.random = { die }
    surroundings.sleep = { [naps] in naps.note($0) }
    client = AWSClient(
      endpoint: endpoint, region: region, credentials: credentials, transport: transport,
      throttle: throttle, surroundings: surroundings)
  }
}
