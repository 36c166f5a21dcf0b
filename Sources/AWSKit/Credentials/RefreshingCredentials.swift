internal import Synchronization

extension CredentialsError {
  /// A source gave credentials that had ended by then.
  init(endedAt end: Timestamp, now: Timestamp) {
    self.init(
      .sourceFailed,
      "it gave credentials that ended at \(end.extended), and it is \(now.extended) here: see to this machine's clock")
  }
}

/// Credentials that are fetched when they are needed, and again before they end: one fetch for all requests in flight.
///
/// Any thread may ask. A fetch continues if the task that asked for it is cancelled, since others wait for it too. Nobody
/// waits any more once the run is stopped: a program or a server that gives credentials may never answer.
package final class RefreshingCredentials: CredentialsProvider {
  private struct State {
    var current: (credentials: Credentials, schedule: RefreshSchedule)?
    var fetch: Fetch?
    /// Credentials that a server has rejected, and what came of asking for others.
    var rejected: (credentials: Credentials, error: CredentialsError?)?
    var fetches = 0
    var isStopped = false
  }

  /// A fetch in progress, and who waits for it.
  private final class Fetch: Sendable {
    private struct State {
      var result: Result<Credentials, CredentialsError>?
      var waiting: [CheckedContinuation<Result<Credentials, CredentialsError>, Never>] = []
    }

    private let state = Mutex(State())

    var result: Result<Credentials, CredentialsError> {
      get async {
        await withCheckedContinuation { continuation in
          let result = state.withLock { state in
            if state.result == nil { state.waiting.append(continuation) }
            return state.result
          }
          if let result { continuation.resume(returning: result) }
        }
      }
    }

    /// Ends it; how it has ended before stays.
    func end(_ result: Result<Credentials, CredentialsError>) {
      let waiting = state.withLock { state in
        state.result = state.result ?? result
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume(returning: result) }
    }
  }

  private static let stopped = CredentialsError(.stopped, "not fetched, since the run was stopped")

  private let fetcher: any CredentialsFetcher
  private let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  init(_ fetcher: any CredentialsFetcher, now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }) {
    self.fetcher = fetcher
    self.now = now
  }

  /// How often credentials were fetched.
  package var fetches: Int { state.withLock { $0.fetches } }

  /// When the present credentials end; nil if they do not, or if there are none yet.
  package var expiration: Timestamp? { state.withLock { $0.current?.credentials.expiration } }

  /// Fetches nothing more, and ends all waiting.
  func stop() {
    let fetch = state.withLock { state in
      state.isStopped = true
      return state.fetch
    }
    fetch?.end(.failure(Self.stopped))
  }

  package func credentials() async throws(CredentialsError) -> Credentials {
    let now = now()
    enum Step {
      case use(Credentials)
      case wait(Fetch, meanwhile: Credentials?)
      case fail(CredentialsError)
    }
    let step = state.withLock { state -> Step in
      guard let current = state.current else { return .wait(begin(&state), meanwhile: nil) }
      if let rejected = state.rejected, rejected.credentials.signLike(current.credentials), let error = rejected.error {
        return .fail(error)
      }
      switch current.schedule.need(at: now) {
      case .none: return .use(current.credentials)
      case .advisory:
        if state.fetch == nil { _ = begin(&state) }
        return .use(current.credentials)
      case .mandatory: return .wait(state.fetch ?? begin(&state), meanwhile: current.credentials)
      case .ended: return .wait(state.fetch ?? begin(&state), meanwhile: nil)
      }
    }
    switch step {
    case .use(let credentials): return credentials
    case .fail(let error): throw error
    case .wait(let fetch, let meanwhile):
      switch await fetch.result {
      case .success(let credentials): return credentials
      case .failure(let error):
        guard let meanwhile else { throw error }
        return meanwhile
      }
    }
  }

  package func credentials(insteadOf rejected: Credentials) async throws(CredentialsError) -> Credentials {
    enum Step {
      case use(Credentials)
      case fail(CredentialsError)
      case wait(Fetch)
    }
    while true {
      let step = state.withLock { state -> Step in
        // Somebody else has fetched others by now.
        if let current = state.current?.credentials, !current.signLike(rejected) { return .use(current) }
        if let earlier = state.rejected, earlier.credentials.signLike(rejected) {
          return earlier.error.map { .fail($0) } ?? .use(rejected)
        }
        // Only who knows what is rejected does not take it from a cache once more.
        guard let fetch = state.fetch else { return .wait(begin(&state, insteadOf: rejected)) }
        return .wait(fetch)
      }
      switch step {
      case .use(let credentials): return credentials
      case .fail(let error): throw error
      case .wait(let fetch): if case .failure(let error) = await fetch.result, error.code == .stopped { throw error }
      }
    }
  }

  /// Begins to fetch, or joins a fetch in progress.
  private func begin(_ state: inout State, insteadOf rejected: Credentials? = nil) -> Fetch {
    if let fetch = state.fetch { return fetch }
    let fetch = Fetch()
    guard !state.isStopped else {
      fetch.end(.failure(Self.stopped))
      return fetch
    }
    state.fetches += 1
    state.fetch = fetch
    Task { [fetcher] in
      let result: Result<Credentials, CredentialsError>
      do throws(CredentialsError) {
        result = .success(try await fetcher.fetch(insteadOf: rejected))
      } catch {
        result = .failure(error)
      }
      fetch.end(self.end(result, insteadOf: rejected))
    }
    return fetch
  }

  private func end(
    _ result: Result<Credentials, CredentialsError>, insteadOf rejected: Credentials?
  ) -> Result<Credentials, CredentialsError> {
    let now = now()
    var result = result
    if case .success(let credentials) = result, let end = credentials.expiration, end <= now {
      result = .failure(CredentialsError(endedAt: end, now: now))
    }
    state.withLock { state in
      state.fetch = nil
      switch result {
      case .success(let credentials):
        state.current = (credentials, RefreshSchedule(expiration: credentials.expiration, fetchedAt: now))
        if let rejected { state.rejected = (rejected, nil) }
      case .failure(let error):
        state.current?.schedule.postpone(at: now)
        if let rejected { state.rejected = (rejected, error) }
      }
    }
    return result
  }
}
