internal import Synchronization

/// Credentials that are fetched when they are needed, and anew before they end: one fetch for all requests in flight.
///
/// Any thread may ask. A fetch goes on if the task that asked for it is cancelled, since others wait for it too.
package final class RefreshingCredentials: CredentialsProvider {
  private struct State {
    var current: (credentials: Credentials, schedule: RefreshSchedule)?
    var fetch: Fetch?
    /// Credentials that a server has rejected, and what came of asking for others.
    var rejected: (credentials: Credentials, error: CredentialsError?)?
    var fetches = 0
  }

  private struct Fetch: Sendable {
    let number: Int
    let rejected: Credentials?
    let task: Task<Result<Credentials, CredentialsError>, Never>
  }

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
      switch await fetch.task.value {
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
      case .wait(let fetch): _ = await fetch.task.value
      }
    }
  }

  /// Begins to fetch, or joins a fetch under way.
  private func begin(_ state: inout State, insteadOf rejected: Credentials? = nil) -> Fetch {
    if let fetch = state.fetch { return fetch }
    state.fetches += 1
    let number = state.fetches
    let fetch = Fetch(
      number: number, rejected: rejected,
      task: Task { [fetcher] in
        let result: Result<Credentials, CredentialsError>
        do throws(CredentialsError) {
          result = .success(try await fetcher.fetch(insteadOf: rejected))
        } catch {
          result = .failure(error)
        }
        return self.end(number, result, insteadOf: rejected)
      })
    state.fetch = fetch
    return fetch
  }

  private func end(
    _ number: Int, _ result: Result<Credentials, CredentialsError>, insteadOf rejected: Credentials?
  ) -> Result<Credentials, CredentialsError> {
    let now = now()
    var result = result
    if case .success(let credentials) = result, let end = credentials.expiration, end <= now {
      result = .failure(
        CredentialsError(
          .sourceFailed,
          "it gave credentials that ended at \(end.extended), and it is \(now.extended) here: see to this machine's clock"
        ))
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
