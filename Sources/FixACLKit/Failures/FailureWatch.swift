internal import Synchronization

/// Stops a run that cannot succeed. Any thread may tell it of outcomes.
package final class FailureWatch: Sendable {
  private struct State {
    var streak: FailureStreak
    var reason: FailureStreak.Stop?
  }

  private let state: Mutex<State>
  private let stop: StopSignal

  /// - Parameters:
  ///   - limit: after how many failures alike, with no success in between, the run is stopped; nil for never.
  ///   - stop: set then.
  package init(limit: Int?, stop: StopSignal) {
    state = Mutex(State(streak: FailureStreak(limit: limit)))
    self.stop = stop
  }

  /// Why the run was stopped; nil as long as it was not, or by somebody else.
  package var reason: FailureStreak.Stop? { state.withLock { $0.reason } }

  package func noteSuccess() {
    state.withLock { $0.streak.noteSuccess() }
  }

  /// Takes note of a failure.
  ///
  /// - Returns: whether it counts as one. Once the run is stopped, none does: what was in progress then is left for the
  ///   next run. So is an object that happened to be the first for which credentials were refused.
  package func counts(_ failure: @autoclosure () -> FailureStreak.Failure) -> Bool {
    guard !stop.isSet else { return false }
    let failure = failure()
    let (counts, stops) = state.withLock { state in
      guard state.reason == nil else { return (false, false) }
      state.reason = state.streak.note(failure)
      return (state.reason?.cause != .credentialsRefused, state.reason != nil)
    }
    if stops { stop.set() }
    return counts
  }
}
