internal import Synchronization

/// Shared by all requests of a run, with any credentials: limits, retry budgets and statistics.
package final class Throttle: Sendable {
  /// What has happened so far.
  package struct Statistics: Sendable, Equatable {
    /// Requests sent, including retries.
    package var requests = 0
    package var retries = 0
    /// Answers that throttled (503 SlowDown and the like).
    package var throttled = 0

    package init(requests: Int = 0, retries: Int = 0, throttled: Int = 0) {
      (self.requests, self.retries, self.throttled) = (requests, retries, throttled)
    }
  }

  package let policy: RetryPolicy
  let gate: RequestGate
  private let budgets = Mutex([RetryBudget](repeating: RetryBudget(), count: RequestScope.allCases.count))
  private let counts = Mutex<(statistics: Statistics, byOperation: [String: Int])>((Statistics(), [:]))
  private let isStopped = Atomic<Bool>(false)
  /// Waits that a stop must end, by number.
  private let pauses = Mutex<(next: Int, tasks: [Int: Task<Void, Never>])>((0, [:]))
  private let succeeded = Atomic<Bool>(false)

  /// - Parameters:
  ///   - concurrency: the most requests in flight.
  ///   - requestsPerSecond: the most that may begin in a second; nil for no limit.
  package init(concurrency: Int, requestsPerSecond: Double? = nil, policy: RetryPolicy = RetryPolicy()) {
    gate = RequestGate(maximum: concurrency, requestsPerSecond: requestsPerSecond)
    self.policy = policy
  }

  package var statistics: Statistics { counts.withLock { $0.statistics } }

  /// Requests in flight now.
  package var inFlight: Int { gate.inFlight }

  /// The number of requests of a kind that may be in flight now.
  package func limit(of kind: RequestKind) -> Int { gate.limit(of: kind) }

  /// Whether any request has succeeded. Until then, the address may not be that of an S3 server.
  package var hasSucceeded: Bool { succeeded.load(ordering: .relaxed) }

  /// Requests sent by the operation's name, including retries.
  package var requestsByOperation: [String: Int] { counts.withLock { $0.byOperation } }

  func noteRequest(_ operation: String) {
    counts.withLock { counts in
      counts.statistics.requests += 1
      counts.byOperation[operation, default: 0] += 1
    }
  }

  func noteThrottled() {
    counts.withLock { $0.statistics.throttled += 1 }
  }

  /// Fails every write that has not been sent, and all retries, so that running work ends soon. Cannot be undone; any
  /// thread may call it.
  package func stop() {
    isStopped.store(true, ordering: .relaxed)
    gate.close(.write)
    for task in pauses.withLock({ $0.tasks }).values { task.cancel() }
  }

  /// Fails every read that has not been sent, too.
  package func stopReads() {
    gate.close(.read)
    gate.close(.page)
  }

  /// Waits until the time is over or the run is stopped.
  func pause(seconds: Double, _ sleep: @escaping @Sendable (Double) async -> Void) async {
    let task = Task { await sleep(seconds) }
    let number = pauses.withLock { pauses in
      defer { pauses.next += 1 }
      pauses.tasks[pauses.next] = task
      return pauses.next
    }
    if isStopped.load(ordering: .relaxed) { task.cancel() }
    await task.value
    pauses.withLock { $0.tasks[number] = nil }
  }

  /// Whether a request may be retried. If so, the budget has been charged.
  func allowsRetry(
    afterAttempt attempt: Int, throttled: Int, failure: RetryableFailure, of scope: RequestScope
  ) -> Bool {
    guard !isStopped.load(ordering: .relaxed), !Task.isCancelled,
      policy.allowsRetry(afterAttempt: attempt, throttled: throttled, failure: failure, of: scope),
      hasSucceeded || attempt < policy.maximumFirstAttempts,
      budgets.withLock({ $0[scope.rawValue].withdraw(for: failure) })
    else { return false }
    counts.withLock { $0.statistics.retries += 1 }
    return true
  }

  /// Records an answer that needs no retry, also if it is a refusal: the server is not in trouble.
  func noteAnswer(afterRetryOf failure: RetryableFailure?, of scope: RequestScope) {
    budgets.withLock { $0[scope.rawValue].deposit(afterRetryOf: failure) }
  }

  func noteSuccess(afterRetryOf failure: RetryableFailure?, of scope: RequestScope) {
    noteAnswer(afterRetryOf: failure, of: scope)
    if !hasSucceeded { succeeded.store(true, ordering: .relaxed) }
  }
}
