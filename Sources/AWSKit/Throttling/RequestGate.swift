internal import DequeModule
internal import Synchronization

/// Lets requests begin within the limit of their kind and the rate limits; first come, first served within a kind.
package final class RequestGate: Sendable {
  /// Permission to send a request; `leave` gives it back.
  package struct Pass: Sendable {
    fileprivate let ticket: AdaptiveLimit.Ticket
  }

  /// Time and waiting, replaceable in tests.
  package struct Clock: Sendable {
    /// Seconds; only differences matter.
    package var now: @Sendable () -> Double = {
      let time = ContinuousClock.now - Self.epoch
      return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
    /// Waits for that many seconds.
    package var sleep: @Sendable (Double) async -> Void = { seconds in
      try? await Task.sleep(nanoseconds: UInt64(max(0, seconds) * 1e9))
    }

    private static let epoch = ContinuousClock.now

    package init() {}
  }

  private struct Lane {
    var waiters: Deque<UnsafeContinuation<Pass?, Never>> = []
    /// Whether the kind is closed for good.
    var isClosed = false
  }

  private struct State {
    var limits: AdaptiveLimit
    var lanes = RequestKind.allCases.map { _ in Lane() }
    /// The user's limit for all requests; nil for none.
    var pace: RateLimit?
    /// Whether a timer will check again when the rate limit allows more.
    var isTimerSet = false

    /// Reads and writes that wait.
    var waiting: Int {
      lanes[RequestKind.read.rawValue].waiters.count + lanes[RequestKind.write.rawValue].waiters.count
    }

    /// What keeps a request of that kind from beginning now; nil for nothing.
    mutating func obstacle(for kind: RequestKind, at now: Double) -> AdaptiveLimit.Obstacle? {
      let obstacle = limits.obstacle(for: kind, at: now)
      if case .others = obstacle { return obstacle }
      var wait = pace?.wait(at: now) ?? 0
      if case .pace(let seconds) = obstacle { wait = max(wait, seconds) }
      return wait > 0 ? .pace(seconds: wait) : nil
    }

    mutating func begin(_ kind: RequestKind, at now: Double) -> Pass {
      pace?.take(at: now)
      return Pass(ticket: limits.requestBegan(kind, at: now))
    }

    /// Admits every waiter that may begin now.
    ///
    /// - Returns: the waiters to resume, and after how many seconds to check again.
    mutating func admit(at now: Double) -> (admitted: [Admission], wait: Double?) {
      var admitted: [Admission] = []
      var shortestWait: Double?
      // Writes first: they complete what has been begun. Then pages: they find what the other reads wait for.
      for kind in [RequestKind.write, .page, .read] {
        if lanes[kind.rawValue].isClosed {
          while let waiter = lanes[kind.rawValue].waiters.popFirst() { admitted.append((waiter, nil)) }
        }
        while !lanes[kind.rawValue].waiters.isEmpty {
          switch obstacle(for: kind, at: now) {
          case nil:
            guard let waiter = lanes[kind.rawValue].waiters.popFirst() else { break }
            admitted.append((waiter, begin(kind, at: now)))
            continue
          case .others: break
          case .pace(let seconds): shortestWait = min(seconds, shortestWait ?? seconds)
          }
          break
        }
      }
      guard let shortestWait, !isTimerSet else { return (admitted, nil) }
      isTimerSet = true
      return (admitted, shortestWait)
    }
  }

  private typealias Admission = (waiter: UnsafeContinuation<Pass?, Never>, pass: Pass?)

  private let state: Mutex<State>
  private let clock: Clock

  /// - Parameters:
  ///   - maximum: the most requests in flight, of all kinds together.
  ///   - requestsPerSecond: the most requests that may begin in a second; nil for no limit.
  package init(maximum: Int, requestsPerSecond: Double? = nil, clock: Clock = Clock()) {
    self.clock = clock
    state = Mutex(
      State(
        limits: AdaptiveLimit(maximum: maximum), pace: requestsPerSecond.map { RateLimit(perSecond: $0) }))
  }

  /// The number of requests of a kind that may be in flight now.
  package func limit(of kind: RequestKind) -> Int { state.withLock { $0.limits.limit(of: kind) } }

  /// Requests in flight now.
  package var inFlight: Int { state.withLock { $0.limits.inFlight } }

  /// Reads and writes that wait for permission now.
  var waiting: Int { state.withLock { $0.waiting } }

  /// How many pieces of work, each with one read or write at a time, keep as many requests in flight as may be.
  ///
  /// - Parameter underWay: how many there are now.
  package func wantedWork(underWay: Int) -> Int {
    state.withLock { state in
      let (waiting, limit) = (state.waiting, state.limits.limit(of: .read))
      // Some must wait, or nobody could tell whether more in flight brought more.
      if waiting == 0 { return max(underWay + 1, limit + limit / 4) }
      return max(1, waiting <= max(Self.fewestWaiting, limit / 2) ? underWay : underWay - 1)
    }
  }

  private static let fewestWaiting = 8

  /// Waits for permission.
  ///
  /// - Returns: nil if the gate is closed for that kind.
  func enter(_ kind: RequestKind) async -> Pass? {
    let pass: Pass? = state.withLock { state in
      let now = clock.now()
      guard !state.lanes[kind.rawValue].isClosed, state.lanes[kind.rawValue].waiters.isEmpty,
        state.obstacle(for: kind, at: now) == nil
      else {
        return nil
      }
      return state.begin(kind, at: now)
    }
    if let pass { return pass }
    return await withUnsafeContinuation { continuation in
      look { state, _ in state.lanes[kind.rawValue].waiters.append(continuation) }
    }
  }

  /// Closes the gate for a kind, and fails those that wait.
  func close(_ kind: RequestKind) {
    look { state, _ in state.lanes[kind.rawValue].isClosed = true }
  }

  /// - Parameter operation: the API operation.
  func leave(_ pass: Pass, operation: String, outcome: AdaptiveLimit.Outcome) {
    look { state, now in
      state.limits.requestEnded(pass.ticket, operation: operation, outcome: outcome, at: now)
    }
  }

  /// Records a change, and admits the waiters that may begin after it.
  private func look(after change: (inout State, _ now: Double) -> Void) {
    let (admitted, wait) = state.withLock { state in
      let now = clock.now()
      change(&state, now)
      return state.admit(at: now)
    }
    for (waiter, pass) in admitted { waiter.resume(returning: pass) }
    guard let wait else { return }
    Task.detached { [self, clock] in
      await clock.sleep(wait)
      look { state, _ in state.isTimerSet = false }
    }
  }
}
