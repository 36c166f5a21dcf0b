import Synchronization
import TestSupport

@testable import AWSKit

/// Two clocks that only go on when they are told to.
final class ManualClock: Sendable {
  private let state = Mutex((now: Timestamp.example, uptime: 1000.0))

  var now: Timestamp { state.withLock { $0.now } }
  var uptime: Double { state.withLock { $0.uptime } }

  func advance(seconds: Double) {
    state.withLock { $0 = (Timestamp(seconds: $0.now.seconds + Int(seconds)), $0.uptime + seconds) }
  }

  /// The wall clock alone goes on, as that of a machine that was suspended does.
  func jump(seconds: Int) { state.withLock { $0.now = Timestamp(seconds: $0.now.seconds + seconds) } }
}

/// A client to be looked at: its transport is scripted, its clock stands still, its sleeper only takes notes and its
/// dice are loaded.
struct ClientBench {
  let client: AWSClient
  let transport: ScriptedTransport
  let throttle: Throttle
  let clock: ManualClock
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
    credentials: any CredentialsProvider = StaticCredentialsProvider(.example()), clock: ManualClock = ManualClock()
  ) {
    self.transport = transport
    self.clock = clock
    throttle = Throttle(concurrency: 8, policy: policy)
    var surroundings = AWSClient.Dependencies()
    surroundings.now = { clock.now }
    surroundings.uptime = { clock.uptime }
    surroundings.random = { die }
    surroundings.sleep = { [naps] in naps.note($0) }
    client = AWSClient(
      endpoint: endpoint, region: region, credentials: credentials, transport: transport,
      throttle: throttle, surroundings: surroundings)
  }
}
